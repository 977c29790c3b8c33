"""What a change means for a deployment, in which order old and new follow each other, and what the plan says of it."""

from __future__ import annotations

from typing import Any

import pytest
from verbs import model_deployment

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.deployment.status import billing, rate
from pulumi_dashscope_ft.schema import UNKNOWN

SAME: list[dict[str, Any]] = [
    {},
    {"capacity": 1},
    {"suffix": None},
    {"__name": "renamed", "__nonce": "other1", "__owner": UNKNOWN},
]
REPLACES: list[tuple[dict[str, Any], str, bool]] = [
    ({"modelName": "qwen3-8b"}, "modelName", False),
    ({"modelName": UNKNOWN}, "modelName", False),
    ({"suffix": "blue"}, "suffix", False),
    ({"suffix": UNKNOWN}, "suffix", False),
    ({"plan": "cu"}, "plan", True),
    ({"plan": None}, "plan", True),
    ({"name": "shop"}, "name", True),
    ({"deploySpec": "MU2"}, "deploySpec", True),
    ({"billingMethod": "POST_PAY"}, "billingMethod", True),
    ({"templateId": "t"}, "templateId", True),
    ({"enableThinking": True}, "enableThinking", True),
    ({"maxContextLength": 8192}, "maxContextLength", True),
    ({"aigcConfig": {"prompt": "x"}}, "aigcConfig", True),
    ({"modelVersion": "2"}, "modelVersion", True),
    ({"extra": {"service_tier": "ptu_default"}}, "extra", True),
    ({"workspaceId": "llm-2"}, "workspaceId", True),
    ({"triggers": [1]}, "triggers", True),
    ({"adoptDeployment": "another"}, "adoptDeployment", False),
    ({"modelName": "qwen3-8b", "capacity": 2.0}, "modelName", False),
]
IN_PLACE = [{"waitTimeout": "1h"}, {"onDestroy": "retain"}, {"teardownTimeout": "30m"}, {"apiKeyEnv": "OTHER"}]


@pytest.mark.parametrize("change", SAME)
def test_nothing_changed_costs_no_call(fleet: Any, change: dict[str, Any]) -> None:
    deployed_model, outputs = fleet.running()
    plan = fleet.diff(deployed_model, outputs, **change)
    assert (plan.changes, plan.replaces, plan.consequence) == (False, (), None)
    assert fleet.all_calls == []


@pytest.mark.parametrize(("change", "field", "old_first"), REPLACES)
def test_what_replaces(fleet: Any, change: dict[str, Any], field: str, old_first: bool) -> None:
    deployed_model, outputs = fleet.running()
    plan = fleet.diff(deployed_model, outputs, **change)
    assert plan.changes
    assert plan.replaces == (field,)
    assert plan.delete_before_replace == old_first
    doubt = "not known yet; if it changes, " if UNKNOWN in change.values() else ""
    assert plan.consequence.startswith(f"{field}: {doubt}replaces {deployed_model}, which is RUNNING")
    assert "requests fail " in plan.consequence
    assert ("goes offline first" in plan.consequence) == old_first
    assert fleet.calls == []


def test_naming_the_deployment_that_it_has_and_no_longer_naming_it_deploys_nothing(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    named = fleet.diff(deployed_model, outputs, adoptDeployment=deployed_model)
    assert named.replaces == ()
    adopted = fleet.update(deployed_model, outputs, adoptDeployment=deployed_model)
    assert fleet.diff(deployed_model, adopted).replaces == ()
    assert fleet.diff(deployed_model, adopted, adoptDeployment="another").replaces == ("adoptDeployment",)
    assert fleet.calls == []


def test_with_the_same_suffix_another_model_has_to_wait_for_the_old_one(fleet: Any) -> None:
    deployed_model, outputs = fleet.running(suffix="blue")
    assert fleet.diff(deployed_model, outputs, suffix="blue", modelName="qwen3-8b").delete_before_replace
    assert not fleet.diff(deployed_model, outputs, suffix="green", modelName="qwen3-8b").delete_before_replace
    # Without a suffix the model's own name may be refused as long as there is any deployment of it.
    assert fleet.diff(deployed_model, outputs).delete_before_replace


@pytest.mark.parametrize("change", IN_PLACE)
def test_what_steers_changes_in_place_without_a_call(fleet: Any, change: dict[str, Any]) -> None:
    deployed_model, outputs = fleet.running()
    plan = fleet.diff(deployed_model, outputs, **change)
    assert (plan.changes, plan.replaces, plan.consequence) == (True, (), None)
    updated = fleet.update(deployed_model, outputs, **change)
    assert fleet.all_calls == []
    assert updated["teardown"] == ("keep" if "onDestroy" in change else "delete")
    assert updated["deployedModel"] == deployed_model
    assert not fleet.diff(deployed_model, updated, **change).changes
    back = fleet.update(deployed_model, updated)
    assert {**back, "__nonce": None} == {**outputs, "__nonce": None}


@pytest.mark.parametrize(
    ("first", "change", "said"),
    [
        ({}, {"capacity": 2.0}, "capacity 1 → 2: scaled in place, and billed for 2 model units from then on"),
        ({}, {"capacity": UNKNOWN}, "capacity 1 → not known yet: scaled in place, and billed for its model units"),
        ({}, {"capacity": None}, "capacity 1 → not set: the service keeps what it has"),
        ({}, {"rpmLimit": 60.0}, "rpmLimit 600 → 60: changed in place"),
        ({"rpmLimit": 50.0}, {"rpmLimit": None}, "rpmLimit 50 → not set: the service keeps what it has"),
        ({"plan": "lora", "deploySpec": None}, {"capacity": 2.0}, "the service ignores it for the plan lora"),
    ],
)
def test_what_is_adjusted_in_place_says_what_follows(
    fleet: Any, first: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    deployed_model, outputs = fleet.running(**first)
    plan = fleet.diff(deployed_model, outputs, **{**first, **change})
    assert not plan.replaces
    assert plan.changes
    assert f"{deployed_model}, which is RUNNING: " in plan.consequence
    assert said in plan.consequence


@pytest.mark.parametrize("status", ["PENDING", "UPDATING", "STOPPED", "FAILED", "ARREARS_DOWN"])
def test_a_replacement_says_how_the_old_one_stands(fleet: Any, status: str) -> None:
    deployed_model, outputs = fleet.running()
    fleet.emulator.force_deployment(deployed_model, status)
    fleet.world.clock.sleep(3)
    assert f"which is {status}" in fleet.diff(deployed_model, outputs, triggers=[1]).consequence


def test_a_replacement_of_what_is_gone_or_cannot_be_asked_about(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    fleet.emulator.add_fault(FaultRule(operation="get_deployment", kind="status", status=403, code="AccessDenied"))
    assert "which is RUNNING" in fleet.diff(deployed_model, outputs, triggers=[1]).consequence
    fleet.emulator.clear_faults()
    fleet.emulator.remove_deployment(deployed_model)
    fleet.world.clock.sleep(3)
    assert "already gone" in fleet.diff(deployed_model, outputs, triggers=[1]).consequence


def test_retain_says_what_stays_and_that_the_new_one_needs_a_suffix(fleet: Any) -> None:
    deployed_model, outputs = fleet.running(onDestroy="retain")
    told = fleet.diff(deployed_model, outputs, onDestroy="retain", triggers=[1]).consequence
    assert "it is kept, and billed as before" in told
    assert "refused unless it has a suffix" in told
    told = fleet.diff(deployed_model, outputs, onDestroy="retain", suffix="b").consequence
    assert "refused" not in told


def test_one_that_is_known_to_have_failed_is_replaced(fleet: Any) -> None:
    deployed_model, outputs = fleet.create()
    failed = fleet.forced(deployed_model, outputs, "FAILED")
    plan = fleet.diff(deployed_model, failed)
    assert (plan.replaces, plan.delete_before_replace) == (("status",), True)
    assert "which is FAILED and serves nothing" in plan.consequence


def test_one_that_has_recovered_since_is_not_replaced(fleet: Any) -> None:
    deployed_model, outputs = fleet.create()
    failed = fleet.forced(deployed_model, outputs, "FAILED")
    fleet.emulator.force_deployment(deployed_model, "RUNNING")
    assert not fleet.diff(deployed_model, failed).changes


def test_what_somebody_else_has_scaled_shows_after_a_refresh_and_is_changed_back(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    fleet.world.client.deployments.scale(deployed_model, 4)
    fleet.world.clock.sleep(3)
    assert fleet.read(deployed_model, outputs)["capacity"] == 1, "under way, it says nothing"
    fleet.world.clock.sleep(100)
    fresh = fleet.read(deployed_model, outputs)
    assert (fresh["capacity"], fresh["readyCapacity"]) == (4, 4)
    assert "capacity 4 → 1" in fleet.diff(deployed_model, fresh).consequence
    fleet.begin()
    fleet.update(deployed_model, fresh)
    assert fleet.calls == ["scale"]
    assert fleet.emulator.deployments[deployed_model].capacity == 1


def test_the_capacity_of_a_lora_deployment_never_drifts(fleet: Any) -> None:
    given = {"plan": "lora", "capacity": 3.0, "deploySpec": None}
    deployed_model, outputs = fleet.running(**given)
    fleet.world.client.deployments.scale(deployed_model, 7)
    fleet.world.clock.sleep(100)
    fresh = fleet.read(deployed_model, outputs)
    assert not fleet.diff(deployed_model, fresh, **given).changes


def test_a_refresh(fleet: Any) -> None:
    deployed_model, outputs = fleet.create()
    stopped = fleet.forced(deployed_model, outputs, "STOPPED")
    assert stopped["billing"] == "nothing: it is stopped"
    assert not fleet.diff(deployed_model, stopped).changes
    leaving = fleet.forced(deployed_model, outputs, "DELETING")
    assert leaving["teardown"] == "wait until it is gone"
    fleet.world.clock.sleep(100)
    assert fleet.read(deployed_model, leaving) is None


def test_check_keeps_the_nonce_and_tells_what_is_wrong() -> None:
    first = model_deployment.check({}, {"modelName": "m", "plan": "new", "__name": "x"}, RunRegistry())
    assert first.violations == ()
    assert [warning.property for warning in first.warnings] == ["plan"]
    run_registry = RunRegistry()
    again = model_deployment.check(first.inputs, {"modelName": UNKNOWN, "capacity": 1.5, "plam": "lora"}, run_registry)
    assert again.inputs["__nonce"] == first.inputs["__nonce"]
    assert run_registry.is_recorded(first.inputs["__nonce"])
    assert {violation.property for violation in again.violations} == {"capacity", "plam"}


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({"plan": "mu"}, {"capacity", "deploySpec"}),
        ({}, {"capacity"}),
        ({"plan": "lora"}, set()),
        ({"plan": "ptu"}, {"ptuCapacity"}),
        ({"adoptDeployment": "x"}, set()),
        ({"plan": UNKNOWN}, set()),
        ({"plan": "lora", "suffix": "Upper"}, {"suffix"}),
    ],
)
def test_what_is_unusual_is_a_warning(given: dict[str, Any], warned: set[str]) -> None:
    found = model_deployment.check({}, {"modelName": "m", **given}, RunRegistry())
    assert found.violations == ()
    assert {warning.property for warning in found.warnings} == warned


@pytest.mark.parametrize("suffix", ["", "much-too-long", "a b", "a/b"])
def test_a_suffix_that_can_never_work_is_refused(suffix: str) -> None:
    found = model_deployment.check({}, {"modelName": "m", "plan": "lora", "suffix": suffix}, RunRegistry())
    assert [violation.property for violation in found.violations] == ["suffix"]


@pytest.mark.parametrize(
    ("plan", "capacity", "said"),
    [
        ("lora", 1, "by token"),
        ("Lora", None, "by token"),
        ("mu", 1.0, "for 1 model unit"),
        ("mu", 8, "for 8 model units"),
        (None, 2, "for 2 compute units"),
        ("cu", None, "for its compute units"),
        ("ptu", 1, "for its reserved throughput"),
        ("ptu_v2", 1, "for its reserved throughput"),
        ("brand-new", 1, "as its plan brand-new is"),
    ],
)
def test_what_is_billed(plan: str | None, capacity: Any, said: str) -> None:
    assert rate(plan, capacity) == said
    assert billing("RUNNING", plan, capacity).startswith(said)
    assert billing("DELETING", plan, capacity).startswith("nothing")


@pytest.mark.parametrize(("plan", "told"), [("lora", True), ("mu", False)])
def test_a_deployment_that_the_service_may_have_released(fleet: Any, plan: str, told: bool) -> None:
    """One that is billed by token and that nobody has called for a month is not drift that somebody has made."""
    of_the_plan = {"plan": plan, "deploySpec": None if plan == "lora" else "MU1"}
    deployed_model, outputs = fleet.running(**of_the_plan)
    fleet.emulator.remove_deployment(deployed_model)
    assert fleet.read(deployed_model, outputs) is None
    said = [line for line in fleet.world.lines if "nobody has called for a month" in line]
    assert [line.startswith(f"{deployed_model} is gone. ") for line in said] == [True] * told


def test_reserved_throughput_is_scaled_in_place(fleet: Any) -> None:
    reserved = {"plan": "ptu", "deploySpec": None, "capacity": None}
    before, after = {"input_tpm": 10000.0, "output_tpm": 1000.0}, {"input_tpm": 20000.0, "output_tpm": 1000.0}
    deployed_model, outputs = fleet.running(**reserved, modelName="qwen3-8b", ptuCapacity=before)
    news = {**reserved, "modelName": "qwen3-8b", "ptuCapacity": after}
    plan = fleet.diff(deployed_model, outputs, **news)
    assert (plan.changes, plan.replaces) == (True, ())
    assert (
        "ptuCapacity input_tpm 10000, output_tpm 1000 → input_tpm 20000, output_tpm 1000: scaled in place"
        in plan.consequence
    )
    fleet.update(deployed_model, outputs, **news)
    assert fleet.calls == ["scale"]
    assert (
        f"{deployed_model} is UPDATING: ptuCapacity input_tpm 20000, output_tpm 1000 was accepted" in fleet.world.told
    )
