"""The deployment endpoints over HTTP: refusals, billing plans, capacities, and what comes to nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from caller import Caller
from deployed import CAPACITY, MODEL, shown

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({"model_name": None}, 400, "model_name"),
        ({"model_name": 3}, 400, "model_name"),
        ({"model_name": "nobody-knows"}, 404, "Model: nobody-knows not found!"),
        ({"capacity": None}, 400, "capacity"),
        ({"capacity": "1"}, 400, "capacity"),
        ({"capacity": True}, 400, "capacity"),
        ({"plan": None, "capacity": -1}, 400, CAPACITY.format(-1, 1)),
        ({"plan": None, "capacity": 1000}, 400, CAPACITY.format(1000, 1)),
        ({"plan": "cu", "capacity": 1.5}, 400, CAPACITY.format(1.5, 1)),
        ({"plan": "mu"}, 400, "deploy_spec"),
        ({"plan": "mu", "deploy_spec": "MU0"}, 400, "deploy_spec"),
        ({"plan": "ptu"}, 400, "Miss ptu capacity info"),
        ({"plan": "PTU", "ptu_capacity": {}}, 400, "Miss ptu capacity info"),
        ({"plan": "ptu", "ptu_capacity": {"input_tpm": "x"}}, 400, "input_tpm"),
        ({"plan": "free"}, 400, "plan"),
        ({"suffix": "ninechars"}, 400, "suffix"),
        ({"suffix": "a b"}, 400, "suffix"),
        ({"suffix": 3}, 400, "suffix"),
        ({"aigc_config": []}, 400, "aigc_config"),
        ({"enable_thinking": "yes"}, 400, "enable_thinking"),
        ({"rpm_limit": -1}, 400, "rpm_limit"),
        ({"template_id": 5}, 400, "template_id"),
        ({"name": {}}, 400, "name"),
    ],
)
def test_refused_creates(
    emulator: EmulatorServer, deploy: Callable[..., Any], fields: dict[str, Any], status: int, named: str
) -> None:
    refused = deploy(**{"model_name": MODEL, **fields}, expect=status)
    assert named in refused["message"]
    assert refused["code"] == ("NotFound" if status == 404 else "InvalidParameter")
    assert not emulator.deployments


@pytest.mark.parametrize("raw", [b"[]", b"", b'"x"'])
def test_bodies_that_are_no_object(call: Caller, raw: bytes) -> None:
    assert call("POST", "/deployments", data=raw).status_code == 400


@pytest.mark.parametrize(
    ("fields", "plan", "capacity"),
    [
        ({"plan": "Lora", "capacity": 5}, "lora", 5),
        ({"plan": "lora", "capacity": 5000}, "lora", 1),
        ({"plan": "lora", "capacity": 0}, "lora", 1),
        ({"plan": "ptu", "capacity": None, "ptu_capacity": {"input_tpm": 1000, "output_tpm": 10}}, "ptu", 1),
        ({"plan": "cu", "capacity": 999}, "cu", 999),
        ({"plan": None, "capacity": 3.0}, None, 3),
    ],
)
def test_plans_and_capacities(
    deploy: Callable[..., Any], fields: dict[str, Any], plan: str | None, capacity: int
) -> None:
    made = deploy(**fields)
    assert (made.get("plan"), made["capacity"]) == (plan, capacity)


def test_capacity_is_a_multiple_of_the_base(emulator: EmulatorServer, deploy: Callable[..., Any]) -> None:
    emulator.configure(base_capacity=8)
    assert deploy(plan="cu", capacity=12, expect=400)["message"] == CAPACITY.format(12, 8)
    made = deploy(plan="cu", capacity=16)
    assert (made["base_capacity"], made["capacity"]) == (8, 16)


def test_model_units_and_their_limits(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    made = deploy(plan="mu", deploy_spec="MU1", rpm_limit=5)
    assert (made["model_unit_spec"], made["rpm_limit"], made["enable_thinking"]) == ("MU1", 5, False)
    path = f"/deployments/{made['deployed_model']}/update"
    early = call("PUT", path, json={"tpm_limit": 9}).json()["output"]
    assert (early["status"], early["tpm_limit"]) == ("PENDING", 9)
    emulator.clock.advance(300)
    late = call("PUT", path, json={"rpm_limit": 7}).json()["output"]
    assert (late["status"], late["rpm_limit"], late["ready_capacity"]) == ("UPDATING", 7, 1)
    assert call("PUT", path, json={"rpm_limit": 8}).json()["code"] == "UnsupportedOperation"
    emulator.clock.advance(60)
    assert emulator.deployments[made["deployed_model"]].status == "RUNNING"
    assert call("PUT", path, json={}).json()["code"] == "InvalidParameter"
    assert call("PUT", path, json={"rpm_limit": "x"}).status_code == 400


def test_only_model_units_have_limits(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy()["deployed_model"]
    emulator.clock.advance(300)
    answer = call("PUT", f"/deployments/{name}/update", json={"rpm_limit": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
    assert emulator.deployments[name].limits == {}


@pytest.mark.parametrize("status", STATUSES)
def test_what_can_be_scaled(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any], status: str) -> None:
    name = deploy(plan="cu")["deployed_model"]
    emulator.force_deployment(name, status)
    answer = call("PUT", f"/deployments/{name}/scale", json={"capacity": 2})
    if status in ("RUNNING", "STOPPED", "UPDATING_FAILED"):
        assert answer.json()["output"]["status"] == "UPDATING"
        emulator.clock.advance(60)
        assert (emulator.deployments[name].status, emulator.deployments[name].ready_capacity) == ("RUNNING", 2)
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert emulator.deployments[name].capacity == 1


def test_scaling_to_nothing_and_back(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy(plan="cu", capacity=2)["deployed_model"]
    emulator.clock.advance(300)
    for capacity, status in ((0, "STOPPED"), (3, "RUNNING")):
        call("PUT", f"/deployments/{name}/scale", json={"capacity": capacity})
        emulator.clock.advance(60)
        one = emulator.deployments[name]
        assert (one.status, one.ready_capacity) == (status, capacity)
    unusable: list[Any] = [{"capacity": 1000}, {"capacity": "2"}, {}, []]
    for wrong in unusable:
        assert call("PUT", f"/deployments/{name}/scale", json=wrong).status_code == 400


def test_created_with_nothing(emulator: EmulatorServer, deploy: Callable[..., Any]) -> None:
    name = deploy(plan="cu", capacity=0)["deployed_model"]
    emulator.clock.advance(300)
    assert emulator.deployments[name].status == "STOPPED"


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("status", STATUSES)
def test_what_can_be_deleted(
    emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any], status: str, locked: bool
) -> None:
    emulator.configure(running_deployment_undeletable=locked)
    name = deploy()["deployed_model"]
    emulator.force_deployment(name, status)
    answer = call("DELETE", f"/deployments/{name}")
    if locked and status in ("RUNNING", "UPDATING"):
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert "running" in answer.json()["message"]
        assert emulator.deployments[name].status == status
    else:
        assert answer.json()["output"]["status"] == "DELETING"
        assert call("DELETE", f"/deployments/{name}").json()["output"]["status"] == "DELETING"
        emulator.clock.advance(10)
        assert call("DELETE", f"/deployments/{name}").json()["message"] == "Not found."
        assert emulator.gone_deployments[name].statuses.count("DELETING") == 1


def test_deleting_in_no_time(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    emulator.configure(deleting_seconds=0)
    name = deploy()["deployed_model"]
    assert call("DELETE", f"/deployments/{name}").json()["output"]["status"] == "DELETING"
    assert call("GET", f"/deployments/{name}").status_code == 404


@pytest.mark.parametrize(
    ("settings", "plan", "status"),
    [
        ({"deployment_outcome": "FAILED"}, {}, "FAILED"),
        ({}, {"deployment_outcome": "FAILED"}, "FAILED"),
        ({"failing_models": [MODEL]}, {}, "FAILED"),
        ({"failing_models": [MODEL]}, {"deployment_outcome": "RUNNING"}, "RUNNING"),
        ({"failing_models": ["qwen3-8b"]}, {}, "RUNNING"),
    ],
)
def test_creating_that_comes_to_nothing(
    emulator: EmulatorServer, deploy: Callable[..., Any], settings: dict[str, Any], plan: dict[str, Any], status: str
) -> None:
    emulator.configure(**settings)
    if plan:
        emulator.plan_next_deployment(**plan)
    name = deploy()["deployed_model"]
    emulator.clock.advance(300)
    one = emulator.deployments[name]
    assert (one.status, one.ready_capacity) == (status, int(status == "RUNNING"))


def test_a_refused_create_leaves_the_plan_for_the_next(emulator: EmulatorServer, deploy: Callable[..., Any]) -> None:
    emulator.plan_next_deployment(deployment_outcome="FAILED")
    deploy("nobody-knows", expect=404)
    name = deploy()["deployed_model"]
    emulator.clock.advance(300)
    assert emulator.deployments[name].status == "FAILED"


def test_updating_that_comes_to_nothing(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy(plan="cu")["deployed_model"]
    emulator.clock.advance(300)
    emulator.replan_deployment(name, update_outcome="UPDATING_FAILED")
    call("PUT", f"/deployments/{name}/scale", json={"capacity": 2})
    emulator.clock.advance(60)
    one = shown(call, name)
    assert (one["status"], one["capacity"], one["ready_capacity"]) == ("UPDATING_FAILED", 2, 1)


@pytest.mark.parametrize(
    "plan", [{"deploying_seconds": -1}, {"deployment_outcome": "STOPPED"}, {"update_outcome": 1}, {"nonsense": 1}]
)
def test_unusable_plans(emulator: EmulatorServer, deploy: Callable[..., Any], plan: dict[str, Any]) -> None:
    name = deploy()["deployed_model"]
    for act in (emulator.plan_next_deployment, lambda **one: emulator.replan_deployment(name, **one)):
        with pytest.raises(ValueError, match=next(iter(plan))):
            act(**plan)
    if "nonsense" not in plan:
        with pytest.raises(ValueError, match=next(iter(plan))):
            Settings(**plan)
