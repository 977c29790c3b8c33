"""Nothing is deployed twice, whatever happens to the answer; and a name that is taken is explained."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from verbs import model_deployment

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, Client, resolve_settings
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.connection import connect
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError

LOSSES = ("lost", "effect_then_status", "malformed", "no_output")
NO_EFFECT = ("reset", "html")


def made(fleet: Any) -> list[str]:
    return [*fleet.emulator.deployments]


def test_a_create_returns_at_once_and_says_what_is_billed(fleet: Any) -> None:
    began = fleet.world.clock.monotonic()
    deployed_model, outputs = fleet.create(capacity=2.0)
    assert fleet.world.clock.monotonic() - began < 1
    assert deployed_model == fleet.model == outputs["deployedModel"]
    assert outputs["status"] == "PENDING"
    assert outputs["billing"] == "for 2 model units, until it is stopped or deleted"
    assert outputs["teardown"] == "delete"
    assert outputs["name"] == str(stamp.parse(outputs["name"]))
    assert "name" not in outputs["__inputs"]
    assert fleet.calls == ["create"]


def test_what_is_sent_is_what_was_written(fleet: Any) -> None:
    sent: list[dict[str, Any]] = []
    original = fleet.world.client.deployments.create

    def noted(body: Any) -> Any:
        sent.append(dict(body))
        return original(body)

    fleet.world.client.deployments.create = noted
    fleet.create(name="shop", suffix="blue", rpmLimit=60.0, enableThinking=False, triggers=["x"], onDestroy="delete")
    assert sent == [
        {
            "model_name": fleet.model,
            "plan": "mu",
            "capacity": 1,
            "suffix": "blue",
            "deploy_spec": "MU1",
            "enable_thinking": False,
            "rpm_limit": 60,
            "name": "shop",
        }
    ]


@pytest.mark.parametrize("plan", ["lora", "Lora"])
def test_a_capacity_is_sent_for_lora_though_none_is_written(fleet: Any, plan: str) -> None:
    deployed_model, outputs = fleet.create(plan=plan, capacity=None, deploySpec=None)
    assert "capacity" not in outputs["__inputs"]
    assert outputs["billing"] == "by token"
    assert not fleet.diff(deployed_model, outputs, plan=plan, capacity=None, deploySpec=None).changes


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("shows_names", [True, False])
@pytest.mark.parametrize(
    "changes", [{}, {"suffix": "blue"}, {"name": "shop"}, {"name": "shop", "suffix": "b"}, {"modelName": "qwen3-8b"}]
)
def test_a_lost_answer_makes_one_deployment(fleet: Any, kind: str, shows_names: bool, changes: dict[str, Any]) -> None:
    fleet.emulator.configure(echo_job_name=shows_names)
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind=kind, count=1))
    deployed_model, _ = fleet.create(**changes)
    assert made(fleet) == [deployed_model]
    assert fleet.calls == ["create"]
    assert f"{deployed_model} is it: adopted, nothing is deployed twice" in fleet.world.told


@pytest.mark.parametrize("kind", NO_EFFECT)
def test_a_create_without_effect_is_asked_for_again(fleet: Any, kind: str) -> None:
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind=kind, count=2))
    fleet.create()
    assert len(made(fleet)) == 1
    assert fleet.calls == ["create"] * 3


def test_three_creates_without_effect_end_in_an_error(fleet: Any) -> None:
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="reset"))
    with pytest.raises(AmbiguousCreateError, match="could not be made") as caught:
        fleet.create()
    assert "pulumi up" in str(caught.value)
    assert made(fleet) == []


@pytest.mark.parametrize("lag", [10, 100, 400])
def test_one_that_the_list_shows_late_is_found_all_the_same(fleet: Any, lag: int) -> None:
    # With a lag of 400 s the second request is refused, for the name is taken: by ours, as it turns out.
    fleet.emulator.configure(list_lag_seconds=lag)
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", count=1))
    if lag < 300:
        fleet.create()
    else:
        with pytest.raises(LifecycleError, match="exists already"):
            fleet.create()
        fleet.world.clock.sleep(lag)
        fleet.create()
    assert len(made(fleet)) == 1


@pytest.mark.parametrize("shows_names", [True, False])
def test_one_that_shows_only_when_its_name_is_refused_is_found(fleet: Any, shows_names: bool) -> None:
    # Seen at none of the looks (the last one is after 300.5 s), and known to the service all along.
    fleet.emulator.configure(list_lag_seconds=302.0, echo_job_name=shows_names)
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", count=1))
    deployed_model, _ = fleet.create()
    assert fleet.calls == ["create", "create"]
    assert made(fleet) == [deployed_model]


@pytest.mark.parametrize(
    ("shows_names", "theirs"),
    [
        (True, {"model_name": "qwen3-8b", "name": "theirs"}),
        (True, {"model_name": "qwen3-8b"}),
        (False, {"model_name": "qwen3-14b"}),
    ],
)
def test_somebody_elses_new_one_is_not_taken_for_ours(fleet: Any, shows_names: bool, theirs: dict[str, Any]) -> None:
    fleet.emulator.configure(echo_job_name=shows_names)
    fleet.create(modelName="qwen3-32b", __name="bystander")  # shows whether names are shown
    original = fleet.world.client.deployments.create

    def somebody_is_quicker(body: Any) -> Any:
        fleet.world.client.deployments.create = original
        original({**theirs, "capacity": 1, "plan": "mu", "deploy_spec": "MU1"})
        fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="reset", count=1))
        return original(body)

    fleet.world.client.deployments.create = somebody_is_quicker
    if theirs["model_name"] == "qwen3-8b":  # theirs has the name that ours needs
        with pytest.raises(LifecycleError, match="exists already"):
            fleet.create(modelName="qwen3-8b", name="ours")
    else:
        deployed_model, _ = fleet.create(modelName="qwen3-8b", name="ours")
        assert fleet.emulator.deployments[deployed_model].model_name == "qwen3-8b"
        assert len(made(fleet)) == 3


def test_one_with_another_suffix_is_not_ours(fleet: Any) -> None:
    """Where no names are shown: somebody deploys the same model while our answer is lost."""
    fleet.emulator.configure(echo_job_name=False)
    original = fleet.world.client.deployments.create

    def somebody_is_quicker(body: Any) -> Any:
        fleet.world.client.deployments.create = original
        original({**body, "suffix": "theirs"})
        fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="reset", count=1))
        return original(body)

    fleet.world.client.deployments.create = somebody_is_quicker
    deployed_model, _ = fleet.create(suffix="ours")
    assert deployed_model.endswith("-ours")
    assert len(made(fleet)) == 2


def test_one_that_somebody_deploys_just_before_ours_is_not_taken(fleet: Any) -> None:
    """The service has refused our first request: none of ours can exist."""
    original = fleet.world.client.deployments.create

    def somebody_is_quicker(body: Any) -> Any:
        original(body)
        return original(body)

    fleet.world.client.deployments.create = somebody_is_quicker
    with pytest.raises(LifecycleError, match="exists already"):
        fleet.create(name="ours")
    assert len(made(fleet)) == 1


def test_one_that_may_outlive_its_stack_says_so_in_its_name(fleet: Any) -> None:
    deployed_model, _ = fleet.create(onDestroy="retain")
    found = stamp.parse(fleet.emulator.deployments[deployed_model].name)
    assert found is not None
    assert found.retained


def test_another_resources_new_one_is_not_taken(fleet: Any) -> None:
    fleet.emulator.configure(echo_job_name=False)
    original = fleet.world.client.deployments.create
    other: list[str] = []

    def the_other_is_quicker(body: Any) -> Any:
        fleet.world.client.deployments.create = original
        other.append(fleet.create(modelName="qwen3-8b", __name="other", suffix="other")[0])
        fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="reset", count=1))
        return original(body)

    fleet.world.client.deployments.create = the_other_is_quicker
    deployed_model, _ = fleet.create(modelName="qwen3-8b")
    assert [deployed_model] != other
    assert len(made(fleet)) == 2


def test_the_id_that_only_ours_can_have_settles_it(fleet: Any) -> None:
    fleet.emulator.configure(echo_job_name=False)
    original = fleet.world.client.deployments.create

    def somebody_is_quicker(body: Any) -> Any:
        fleet.world.client.deployments.create = original
        original({**body, "suffix": "theirs"})
        return original(body)

    fleet.world.client.deployments.create = somebody_is_quicker
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", nth=2))
    assert fleet.create()[0] == fleet.model
    assert len(made(fleet)) == 2


def test_when_nothing_can_be_settled_the_next_up_settles_it(fleet: Any) -> None:
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", count=1))
    fleet.emulator.add_fault(FaultRule(operation="list_deployments", kind="html", status=403, nth=2))
    with pytest.raises(AmbiguousCreateError, match="not known"):
        fleet.create()
    fleet.emulator.clear_faults()
    fleet.world.restart()
    deployed_model, _ = fleet.create()
    assert made(fleet) == [deployed_model]
    assert "adopted, nothing new is deployed" in fleet.world.told


def test_two_candidates_are_left_to_the_user(fleet: Any) -> None:
    fleet.emulator.configure(echo_job_name=False)
    original = fleet.world.client.deployments.create

    def somebody_is_quicker(body: Any) -> Any:
        fleet.world.client.deployments.create = original
        original({"model_name": "qwen3-8b", "capacity": 1, "plan": "mu", "deploy_spec": "MU1", "suffix": "theirs"})
        return original(body)

    fleet.world.client.deployments.create = somebody_is_quicker
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", nth=2))
    with pytest.raises(AmbiguousCreateError, match="more than one could be it") as caught:
        fleet.create(modelName="qwen3-8b")
    for deployed_model in made(fleet):
        assert deployed_model in str(caught.value)
    assert "adoptDeployment" in str(caught.value)


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "STOPPED"])
def test_what_a_killed_up_left_is_taken(fleet: Any, status: str) -> None:
    deployed_model, _ = fleet.create()
    fleet.emulator.force_deployment(deployed_model, status)
    fleet.world.restart()
    again, outputs = fleet.create()
    assert (again, outputs["status"]) == (deployed_model, status)
    assert fleet.calls == ["create"]


@pytest.mark.parametrize("status", ["FAILED", "DELETING"])
def test_a_dead_left_over_is_not_taken(fleet: Any, status: str) -> None:
    deployed_model, _ = fleet.create()
    fleet.emulator.force_deployment(deployed_model, status)
    fleet.world.restart()
    if status == "FAILED":
        with pytest.raises(LifecycleError, match="exists already"):
            fleet.create()
    else:
        fleet.create()
        assert fleet.emulator.deployments[deployed_model].status == "PENDING"
        assert "waiting for" in fleet.world.told


def test_a_left_over_of_other_capacity_is_taken_and_shows_it(fleet: Any) -> None:
    fleet.running()
    fleet.world.restart()
    deployed_model, outputs = fleet.create(capacity=3.0)
    assert outputs["capacity"] == 1
    assert "the next `pulumi up` changes that" in fleet.world.told
    plan = fleet.diff(deployed_model, outputs, capacity=3.0)
    assert not plan.replaces
    assert "capacity 1 → 3" in plan.consequence


@pytest.mark.parametrize("change", [{"__owner": "another000"}, {"__name": "other"}, {"triggers": [1]}])
def test_what_is_of_another_stack_or_for_another_purpose_is_not_taken(fleet: Any, change: dict[str, Any]) -> None:
    fleet.create(suffix="one")
    fleet.world.restart()
    with pytest.raises(LifecycleError, match="exists already"):
        fleet.create(suffix="one", **change)


def test_a_recorded_one_is_no_left_over(fleet: Any) -> None:
    nonce = stamp.new_nonce()
    fleet.create(__nonce=nonce, modelName="qwen3-8b", suffix="a")
    fleet.world.restart()
    fleet.world.run_registry.note_recorded(nonce)
    with pytest.raises(LifecycleError, match="exists already"):
        fleet.create(modelName="qwen3-8b", suffix="a")


@pytest.mark.parametrize("suffix", [None, "blue"])
def test_a_taken_name_says_by_what_and_how_to_go_on(fleet: Any, suffix: str | None) -> None:
    theirs, _ = fleet.running(__owner="another000", suffix=suffix)
    fleet.world.restart()
    with pytest.raises(LifecycleError) as caught:
        fleet.create(suffix=suffix)
    text = str(caught.value)
    for needed in (theirs, "RUNNING", "since 20", "suffix", f'adoptDeployment to "{theirs}"', "nothing was deployed"):
        assert needed in text, needed
    assert ("another `suffix`" in text) == (suffix is not None)


def test_a_name_taken_by_another_resource_of_the_program_is_not_offered_for_adoption(fleet: Any) -> None:
    fleet.create()
    with pytest.raises(LifecycleError) as caught:
        fleet.create(__name="second")
    assert "another resource" in str(caught.value)
    assert "adoptDeployment" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ({"status": 403, "code": "AccessDenied", "message": "Workspace x does not have deployment privilege"},
         "model deployment - operate"),
        ({"status": 403, "code": "Model.AccessDenied"}, "may not deploy this model"),
        ({"status": 403, "code": "Workspace.AccessDenied"}, "may not use this workspace"),
        ({"status": 404, "code": "NotFound", "message": "Model: x not found!"}, "has SUCCEEDED"),
        ({"status": 400, "code": "InvalidParameter", "message": "Miss ptu capacity info"}, "correct the inputs"),
        ({"status": 401, "code": "InvalidApiKey"}, "check the key"),
        ({"status": 400, "code": "Arrearage"}, "unpaid"),
    ],
)  # fmt: skip
def test_a_refused_create_fails_at_once_and_says_what_to_do(fleet: Any, fault: dict[str, Any], advice: str) -> None:
    fleet.emulator.add_fault(FaultRule(operation="create_deployment", kind="status", **fault))
    with pytest.raises(LifecycleError) as caught:
        fleet.create()
    assert advice in str(caught.value)
    assert "nothing was deployed" in str(caught.value)
    assert fleet.calls == ["create"]


def test_a_list_that_cannot_be_read_before_stops_the_create(fleet: Any) -> None:
    fleet.emulator.add_fault(FaultRule(operation="list_deployments", kind="status", status=403, code="AccessDenied"))
    with pytest.raises(LifecycleError, match="model deployment - operate"):
        fleet.create()
    assert fleet.calls == []


def test_parallel_creates_share_their_first_look(fleet: Any) -> None:
    settings = resolve_settings(base_url=fleet.emulator.base_url, api_key="sk-test-key", environ={})
    connection = connect(Client(settings), clock=SYSTEM_CLOCK, run_registry=RunRegistry(), report=lambda line: None)
    inputs = [fleet.inputs(suffix=f"s{number}", __name=f"served{number}") for number in range(16)]
    fleet.begin()
    with ThreadPoolExecutor(16) as pool:
        ids = {found[0] for found in pool.map(lambda one: model_deployment.create(connection, one), inputs)}
    assert ids == set(made(fleet))
    assert len(ids) == fleet.calls.count("create") == 16
    assert fleet.all_calls.count("list_deployments") <= 4
