"""A create and a change return once the deployment runs; a wait that ends too early loses nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from verbs import model_deployment

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
from pulumi_dashscope_ft.lifecycle.deployment import plan as deployment_plan
from pulumi_dashscope_ft.schema import UNKNOWN

WAITS = {"waitUntilRunning": None}


def half_made(step: Any) -> ResourceInitFailedError:
    with pytest.raises(ResourceInitFailedError) as caught:
        step()
    assert "next:" in str(caught.value)
    assert caught.value.state.is_waiting
    return caught.value


def test_a_create_returns_when_it_runs(fleet: Any) -> None:
    fleet.begin()
    deployed_model, outputs = fleet.create(**WAITS)
    assert fleet.emulator.deployments[deployed_model].status == outputs["status"] == "RUNNING"
    assert KEYS["is_waiting"] not in outputs
    assert fleet.calls == ["create"]
    looks = [call for call in fleet.all_calls if call == "get_deployment"]
    assert 10 < len(looks) < 45, "deploying takes five minutes here"
    assert f"{deployed_model} is PENDING: waiting until it runs" in fleet.world.told
    assert not fleet.diff(deployed_model, outputs, **WAITS).changes


def test_it_is_the_default_and_can_be_turned_off(fleet: Any) -> None:
    fleet.begin()
    _, outputs = fleet.create(waitUntilRunning=False)
    assert outputs["status"] == "PENDING"
    assert "get_deployment" not in fleet.all_calls
    assert KEYS["is_waiting"] not in outputs


@pytest.mark.parametrize("changes", [{"capacity": 2.0}, {"rpmLimit": 60.0}, {"capacity": 2.0, "rpmLimit": 60.0}])
def test_a_change_returns_when_it_runs_again(fleet: Any, changes: dict[str, Any]) -> None:
    deployed_model, outputs = fleet.running(**WAITS)
    updated = fleet.update(deployed_model, outputs, **WAITS, **changes)
    assert (updated["status"], updated["capacity"]) == ("RUNNING", changes.get("capacity", 1))
    assert not fleet.diff(deployed_model, updated, **WAITS, **changes).changes


def test_what_is_stopped_on_purpose_is_waited_for_as_well(fleet: Any) -> None:
    deployed_model, outputs = fleet.running(**WAITS)
    stopped = fleet.update(deployed_model, outputs, **WAITS, capacity=0.0)
    assert stopped["status"] == "STOPPED"
    assert fleet.update(deployed_model, stopped, **WAITS, capacity=1.0)["status"] == "RUNNING"


def test_time_up_records_it_and_the_next_up_goes_on(fleet: Any) -> None:
    fleet.begin()
    failed = half_made(lambda: fleet.create(**WAITS, waitTimeout="1m"))
    deployed_model, state = failed.resource_id, failed.state.properties()
    assert state["status"] == "PENDING"
    for needed in (
        deployed_model,
        "does not run yet after 1m",
        "pulumi up",
        "longer waitTimeout",
        "nothing is deployed",
    ):
        assert needed in str(failed)
    planned = fleet.diff(deployed_model, state, **WAITS, waitTimeout="1m")
    assert (planned.changes, planned.replaces) == (True, ())
    assert f"{deployed_model} is PENDING: goes on waiting until it runs" in planned.consequence
    again = half_made(lambda: fleet.update(deployed_model, state, **WAITS, waitTimeout="1m"))
    assert again.resource_id == deployed_model
    done = fleet.update(deployed_model, again.state.properties(), **WAITS)
    assert done["status"] == "RUNNING"
    assert KEYS["is_waiting"] not in done
    assert fleet.calls == ["create"]


def test_a_refresh_ends_the_wait_when_it_runs_by_then(fleet: Any) -> None:
    failed = half_made(lambda: fleet.create(**WAITS, waitTimeout=5.0))
    still = fleet.read(failed.resource_id, failed.state.properties())
    assert still[KEYS["is_waiting"]]
    fleet.world.clock.sleep(400)
    fresh = fleet.read(failed.resource_id, still)
    assert KEYS["is_waiting"] not in fresh
    assert not fleet.diff(failed.resource_id, fresh, **WAITS, waitTimeout=5.0).changes


def test_one_that_fails_is_recorded_and_replaced_by_the_next_up(fleet: Any) -> None:
    fleet.emulator.plan_next_deployment(deployment_outcome="FAILED")
    failed = half_made(lambda: fleet.create(**WAITS))
    assert failed.state.outputs["status"] == "FAILED"
    planned = fleet.diff(failed.resource_id, failed.state.properties(), **WAITS)
    assert planned.replaces == ("status",)


def test_one_that_has_failed_since_the_wait_was_given_up_is_replaced_at_once(fleet: Any) -> None:
    failed = half_made(lambda: fleet.create(**WAITS, waitTimeout=5.0))
    fleet.emulator.force_deployment(failed.resource_id, "FAILED")
    fleet.world.clock.sleep(3)
    assert fleet.diff(failed.resource_id, failed.state.properties(), **WAITS, waitTimeout=5.0).replaces == ("status",)


@pytest.mark.parametrize("status", ["STOPPED", "ARREARS_DOWN", "UPDATING_FAILED"])
def test_the_plan_says_of_a_wait_that_it_is_in_vain(fleet: Any, status: str) -> None:
    failed = half_made(lambda: fleet.create(**WAITS, waitTimeout=5.0))
    fleet.emulator.force_deployment(failed.resource_id, status)
    fleet.world.clock.sleep(3)
    told = fleet.diff(failed.resource_id, failed.state.properties(), **WAITS, waitTimeout=5.0).consequence
    assert f"is {status} and does not come to run by itself" in told
    assert "so this fails" in told
    off = {"waitUntilRunning": False, "waitTimeout": 5.0}
    recorded = fleet.update(failed.resource_id, failed.state.properties(), **off)
    assert KEYS["is_waiting"] not in recorded, "the user takes it as it is"


def test_one_that_goes_away_meanwhile_is_not_recorded(fleet: Any) -> None:
    fault = FaultRule(operation="get_deployment", kind="status", status=404, code="NotFound", nth=3)
    fleet.emulator.add_fault(fault)
    with pytest.raises(Exception, match="is gone") as caught:
        fleet.create(**WAITS)
    assert not isinstance(caught.value, ResourceInitFailedError)


def test_a_refused_key_loses_nothing(fleet: Any) -> None:
    fault = FaultRule(operation="get_deployment", kind="status", status=401, code="InvalidApiKey", nth=3)
    fleet.emulator.add_fault(fault)
    failed = half_made(lambda: fleet.create(**WAITS))
    assert "check the key" in str(failed)
    assert failed.resource_id in fleet.emulator.deployments


def test_ctrl_c_ends_the_wait_and_nothing_else(fleet: Any) -> None:
    stop = threading.Event()
    fleet.world.connection = replace(fleet.world.connection, interrupted=stop.is_set, report=lambda line: stop.set())
    began = fleet.world.clock.monotonic()
    failed = half_made(lambda: fleet.create(**WAITS))
    assert fleet.world.clock.monotonic() - began < 2
    assert "interrupted (Ctrl-C)" in str(failed)
    assert failed.resource_id in fleet.emulator.deployments
    assert fleet.calls[-1] == "create"


def test_an_old_state_plans_no_change(fleet: Any) -> None:
    """A release that did not wait has recorded what it made as PENDING."""
    deployed_model, outputs = fleet.create(waitUntilRunning=False)
    old = {name: value for name, value in outputs.items() if name not in ("waitUntilRunning", "waitTimeout")}
    old["__inputs"] = [name for name in old["__inputs"] if name in old]
    fleet.begin()
    plan = fleet.diff(deployed_model, old, **WAITS)
    assert (plan.changes, plan.consequence) == (False, None)
    assert fleet.all_calls == []


class TestOutage:
    def test_a_new_run_of_the_job_is_no_outage_and_a_preview_says_so(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running(**WAITS)
        plan = fleet.diff(deployed_model, outputs, **WAITS, modelName=UNKNOWN)
        assert not plan.delete_before_replace
        assert "it serves until the new one runs" in plan.consequence
        assert "until then both are billed" in plan.consequence
        assert "requests fail" not in plan.consequence

    def test_what_is_not_known_yet_decides_the_order(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running(**WAITS)
        told = fleet.diff(deployed_model, outputs, **WAITS, modelName=UNKNOWN, enableThinking=True).consequence
        assert "if modelName changes as well (it is not known yet), it serves until the new one runs" in told
        assert "otherwise it goes offline first" in told

    def test_an_outage_is_announced_with_its_length_and_what_avoids_it(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running(**WAITS)
        plan = fleet.diff(deployed_model, outputs, **WAITS, enableThinking=True)
        assert plan.delete_before_replace
        assert f"requests fail for about {deployment_plan.OUTAGE}" in plan.consequence
        assert "with a `suffix` the new one runs before the old one goes" in plan.consequence
        other = fleet.diff(deployed_model, outputs, **WAITS, enableThinking=True, suffix="b")
        assert not other.delete_before_replace
        assert "it serves until the new one runs" in other.consequence

    def test_the_emulators_outage_is_as_long_as_the_plan_says(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running(**WAITS)
        began = fleet.world.clock.monotonic()
        fleet.delete(deployed_model, outputs)
        fleet.create(**WAITS, enableThinking=True)
        minutes = (fleet.world.clock.monotonic() - began) / 60
        assert f"({minutes:.0f} on the emulator)" in deployment_plan.OUTAGE

    def test_one_that_serves_nobody_is_missed_by_nobody(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running(**WAITS)
        stopped = fleet.forced(deployed_model, outputs, "STOPPED")
        assert "it serves nobody now" in fleet.diff(deployed_model, stopped, **WAITS, enableThinking=True).consequence


def test_a_preview_tells_what_an_update_would_find_without_asking(fleet: Any) -> None:
    _, outputs = fleet.running(**WAITS)
    assert model_deployment.is_local_update(outputs, fleet.inputs(**WAITS, onDestroy="retain"))
    assert not model_deployment.is_local_update(outputs, fleet.inputs(**WAITS, capacity=2.0))
    assert not model_deployment.is_local_update({**outputs, KEYS["is_waiting"]: True}, fleet.inputs(**WAITS))
