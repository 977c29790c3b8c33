"""What is torn down serves nothing any more, from whatever state, under both readings of the documentation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_dashscope_ft.api import UnsupportedOperationError
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity

ANY = ("PENDING", "RUNNING", "UPDATING", "STOPPED", "FAILED", "UPDATING_FAILED", "ARREARS_DOWN", "OFFLINING")
OWNER = "0wner0wner"


@pytest.mark.parametrize("status", ANY)
def test_from_any_status_it_is_deleted_and_its_end_awaited(fleet: Any, status: str) -> None:
    deployed_model, outputs = fleet.create()
    outputs = fleet.forced(deployed_model, outputs, status)
    fleet.delete(deployed_model, outputs)
    assert fleet.calls == ["delete"]
    assert deployed_model not in fleet.emulator.deployments
    assert f"{deployed_model} was {status}: offline, and being deleted" in fleet.world.told
    assert f"{deployed_model} is gone" in fleet.world.told


def test_one_that_is_being_deleted_is_only_awaited(fleet: Any) -> None:
    deployed_model, outputs = fleet.create()
    fleet.forced(deployed_model, outputs, "DELETING")
    fleet.delete(deployed_model, outputs)
    assert fleet.calls == []
    assert deployed_model not in fleet.emulator.deployments


def test_one_that_is_gone_is_deleted_already(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    fleet.emulator.remove_deployment(deployed_model)
    fleet.delete(deployed_model, outputs)
    assert fleet.calls == []
    assert "was already gone" in fleet.world.told


def test_retain_makes_no_call(fleet: Any) -> None:
    deployed_model, outputs = fleet.running(onDestroy="retain")
    fleet.delete(deployed_model, outputs)
    assert fleet.all_calls == []
    assert "billed as before" in fleet.world.told


def test_a_running_one_that_may_not_be_deleted_is_explained_and_kept(fleet: Any) -> None:
    fleet.emulator.configure(running_deployment_undeletable=True)
    deployed_model, outputs = fleet.running()
    with pytest.raises(LifecycleError) as caught:
        fleet.delete(deployed_model, outputs)
    text = str(caught.value)
    for needed in (deployed_model, "RUNNING", "1 model unit", "set `capacity` to 0", "console", "pulumi destroy"):
        assert needed in text, needed
    assert fleet.calls == ["delete"]
    # What it says works.
    outputs = fleet.update(deployed_model, outputs, capacity=0.0)
    fleet.world.clock.sleep(100)
    outputs = fleet.read(deployed_model, outputs)
    assert outputs["status"] == "STOPPED"
    fleet.delete(deployed_model, outputs)
    assert deployed_model not in fleet.emulator.deployments


def test_one_by_token_can_only_be_stopped_in_the_console(fleet: Any) -> None:
    fleet.emulator.configure(running_deployment_undeletable=True)
    deployed_model, outputs = fleet.running(plan="lora", deploySpec=None)
    with pytest.raises(LifecycleError) as caught:
        fleet.delete(deployed_model, outputs)
    assert "capacity" not in str(caught.value)


def test_reserved_throughput_is_released_in_the_console(fleet: Any) -> None:
    """All its capacities at zero do not delete it."""
    fleet.emulator.configure(running_deployment_undeletable=True)
    reserved = {"plan": "ptu", "ptuCapacity": {"input_tpm": 10, "output_tpm": 1}}
    deployed_model, outputs = fleet.running(**reserved, deploySpec=None, capacity=None)
    with pytest.raises(LifecycleError) as caught:
        fleet.delete(deployed_model, outputs)
    assert "release all its capacity instances" in str(caught.value)
    assert "`capacity`" not in str(caught.value)


def test_a_refusal_while_a_change_is_under_way_is_waited_out(fleet: Any) -> None:
    fleet.emulator.configure(running_deployment_undeletable=True, update_outcome="UPDATING_FAILED")
    deployed_model, outputs = fleet.running()
    fleet.world.client.deployments.scale(deployed_model, 2)
    fleet.begin()
    fleet.delete(deployed_model, outputs)
    assert fleet.calls == ["delete", "delete"]
    assert "the delete has to wait for that to end" in fleet.world.told


def test_a_change_that_ends_running_is_explained(fleet: Any) -> None:
    fleet.emulator.configure(running_deployment_undeletable=True)
    deployed_model, outputs = fleet.running()
    fleet.world.client.deployments.scale(deployed_model, 2)
    fleet.begin()
    with pytest.raises(LifecycleError, match="refuses to delete"):
        fleet.delete(deployed_model, outputs)
    assert fleet.calls == ["delete", "delete"]


def test_a_change_that_never_ends_is_a_timeout_and_resumes(fleet: Any) -> None:
    fleet.emulator.configure(running_deployment_undeletable=True, updating_seconds=10_000)
    deployed_model, outputs = fleet.running(teardownTimeout="2m")
    fleet.world.client.deployments.scale(deployed_model, 2)
    with pytest.raises(TeardownTimeoutError) as caught:
        fleet.delete(deployed_model, outputs)
    for needed in (deployed_model, "UPDATING", "2m", "delete was refused", "billed as before", "pulumi destroy"):
        assert needed in str(caught.value)
    fleet.emulator.force_deployment(deployed_model, "STOPPED")
    fleet.delete(deployed_model, outputs)
    assert deployed_model not in fleet.emulator.deployments


def test_one_that_changes_with_every_refusal_is_given_up_in_time(fleet: Any) -> None:
    deployed_model, outputs = fleet.running(teardownTimeout="1s")
    statuses = iter(["STOPPED", "RUNNING"] * 1000)  # were it not given up, the test would end all the same

    def refuse(_: str) -> None:
        fleet.emulator.force_deployment(deployed_model, next(statuses))
        raise UnsupportedOperationError(status=400, code="UnsupportedOperation", operation="delete_deployment")

    fleet.world.client.deployments.delete = refuse
    with pytest.raises(TeardownTimeoutError, match="delete was refused"):
        fleet.delete(deployed_model, outputs)


def test_a_deletion_that_takes_too_long_says_so_and_resumes(fleet: Any) -> None:
    fleet.emulator.configure(deleting_seconds=1000)
    deployed_model, outputs = fleet.running()
    began = fleet.world.clock.monotonic()
    with pytest.raises(TeardownTimeoutError) as caught:
        fleet.delete(deployed_model, outputs)
    assert 600 <= fleet.world.clock.monotonic() - began < 620
    for needed in (deployed_model, "DELETING", "10m", "delete was accepted", "no longer billed", "teardownTimeout"):
        assert needed in str(caught.value)
    fleet.delete(deployed_model, outputs)
    assert fleet.calls == ["delete"]


@pytest.mark.parametrize("kind", ["reset", "lost", "effect_then_status", "html", "malformed", "no_output"])
def test_a_passing_fault_is_survived(fleet: Any, kind: str) -> None:
    deployed_model, outputs = fleet.running()
    fleet.emulator.add_fault(FaultRule(operation="delete_deployment", kind=kind, count=1))
    fleet.emulator.add_fault(FaultRule(operation="get_deployment", kind="html", status=502, nth=3))
    fleet.delete(deployed_model, outputs)
    assert deployed_model not in fleet.emulator.deployments


@pytest.mark.parametrize("operation", ["get_deployment", "delete_deployment"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 401, "code": "InvalidApiKey"},
        {"kind": "status", "status": 403, "code": "AccessDenied"},
        {"kind": "html", "status": 404},
        {"kind": "status", "status": 404, "code": "WorkSpaceNotFound"},
    ],
)
def test_a_refused_key_or_a_gateway_is_never_gone(fleet: Any, operation: str, fault: dict[str, Any]) -> None:
    deployed_model, outputs = fleet.running()
    fleet.emulator.add_fault(FaultRule(operation=operation, **fault))
    with pytest.raises(LifecycleError) as caught:
        fleet.delete(deployed_model, outputs)
    assert deployed_model in str(caught.value)
    assert "stays in the state" in str(caught.value)
    assert fleet.emulator.deployments[deployed_model].status == "RUNNING"


def test_an_outage_after_the_delete_tells_what_was_done(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    fleet.emulator.add_fault(FaultRule(operation="delete_deployment", kind="lost"))
    fleet.emulator.replan_deployment(deployed_model, deleting_seconds=10_000)
    with pytest.raises(LifecycleError, match="may have taken effect all the same"):
        fleet.delete(deployed_model, outputs)


def test_two_at_once_end_in_the_same_place(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(fleet.delete, deployed_model, outputs) for _ in range(2)]:
            done.result(30)
    assert deployed_model not in fleet.emulator.deployments


def test_a_renamed_or_adopted_one_is_left_to_its_new_holder(fleet: Any) -> None:
    deployed_model, outputs = fleet.running()
    fleet.diff(deployed_model, outputs, __name="renamed")
    fleet.delete(deployed_model, outputs)
    assert "left alone, it is the deployment of renamed" in fleet.world.told
    fleet.world.restart()
    fleet.create(adoptDeployment=deployed_model)
    fleet.delete(deployed_model, outputs)
    assert "its replacement is this very deployment" in fleet.world.told
    assert fleet.calls == []


class TestWhatNoStateHolds:
    """The identity is the last thing that a destroy removes: until then, what a killed `up` deployed can be seen."""

    def test_a_lost_deployment_is_named(self, fleet: Any) -> None:
        lost, _ = fleet.create()
        fleet.world.restart()
        with pytest.raises(LifecycleError) as caught:
            stack_identity.delete(fleet.world.connection, OWNER)
        for needed in (f"the deployment {lost} (PENDING", "delete it", "pulumi state delete"):
            assert needed in str(caught.value)
        assert "cancel" not in str(caught.value)

    def test_with_a_lost_job_both_are_named(self, fleet: Any) -> None:
        lost, _ = fleet.create()
        job_id, _ = fleet.world.create(__name="other")
        with pytest.raises(LifecycleError) as caught:
            stack_identity.delete(fleet.world.connection, OWNER)
        for needed in (lost, job_id, "cancel it or delete it"):
            assert needed in str(caught.value)

    @pytest.mark.parametrize("status", ["DELETING", "FAILED"])
    def test_what_serves_nothing_is_not(self, fleet: Any, status: str) -> None:
        deployed_model, outputs = fleet.create()
        fleet.forced(deployed_model, outputs, status)
        stack_identity.delete(fleet.world.connection, OWNER)

    def test_nor_what_is_kept_on_purpose_nor_another_stacks(self, fleet: Any) -> None:
        fleet.create(onDestroy="retain", suffix="a")
        fleet.create(__retain=True, suffix="b")
        fleet.create(__owner="another000", suffix="c")
        later, outputs = fleet.create(suffix="d")
        fleet.delete(later, {**outputs, "onDestroy": "retain"})
        stack_identity.delete(fleet.world.connection, OWNER)

    def test_an_unreadable_list_stops_only_who_had_deployments(self, fleet: Any) -> None:
        rule = FaultRule(operation="list_deployments", kind="status", status=403, code="AccessDenied")
        fleet.emulator.add_fault(rule)
        stack_identity.delete(fleet.world.connection, OWNER)
        assert "note: the list of deployments could not be read" in fleet.world.told
        fleet.world.run_registry.note_deployment("another account")
        stack_identity.delete(fleet.world.connection, OWNER)
        fleet.world.run_registry.note_deployment(fleet.world.client)
        with pytest.raises(LifecycleError, match="model deployment - operate"):
            stack_identity.delete(fleet.world.connection, OWNER)

    def test_an_outage_is_waited_out(self, fleet: Any) -> None:
        fleet.emulator.add_fault(FaultRule(operation="list_deployments", kind="status", status=503))
        with pytest.raises(LifecycleError, match="identity stays in the state"):
            stack_identity.delete(fleet.world.connection, OWNER)
