"""Changing what runs, and waiting until it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.deployment.adjusting import BUSY_LIMIT
from pulumi_dashscope_ft.lifecycle.deployment.status import NOT_SERVING
from pulumi_dashscope_ft.lifecycle.deployment.wait import DEPLOYMENT_UP, wait_until_running
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError


class TestAdjusting:
    @pytest.mark.parametrize(
        ("changes", "calls"),
        [
            ({"capacity": 2.0}, ["scale"]),
            ({"rpmLimit": 60.0}, ["update"]),
            ({"rpmLimit": 60.0, "tpmLimit": 1000.0}, ["update"]),
            ({"capacity": 2.0, "tpmLimit": 1000.0}, ["scale", "update", "update"]),
            ({"capacity": None}, []),
            ({"capacity": 2.0, "teardownTimeout": "1m"}, ["scale"]),
        ],
    )
    def test_it_makes_the_calls_it_needs(self, fleet: Any, changes: dict[str, Any], calls: list[str]) -> None:
        deployed_model, outputs = fleet.running()
        updated = fleet.update(deployed_model, outputs, **changes)
        assert fleet.calls == calls  # the second update was refused while the first change was under way
        live = fleet.emulator.deployments[deployed_model]
        assert live.capacity == (changes.get("capacity") or 1)
        assert updated["status"] == ("UPDATING" if calls else "RUNNING")
        assert not fleet.diff(deployed_model, updated, **changes).changes
        assert set(outputs) - {"capacity"} <= set(updated)

    def test_the_capacity_of_a_deployment_by_token_is_recorded_and_not_asked_for(self, fleet: Any) -> None:
        given = {"plan": "lora", "deploySpec": None}
        deployed_model, outputs = fleet.running(**given)
        updated = fleet.update(deployed_model, outputs, **given, capacity=5.0)
        assert fleet.calls == []
        assert not fleet.diff(deployed_model, updated, **given, capacity=5.0).changes

    def test_a_change_under_way_is_waited_for(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.create()
        fleet.begin()
        updated = fleet.update(deployed_model, outputs, capacity=3.0)
        assert fleet.calls == ["scale", "scale"]
        assert f"{deployed_model} is PENDING: capacity 3 has to wait for that to end" in fleet.world.told
        assert (updated["capacity"], updated["status"]) == (3, "UPDATING")

    def test_one_that_stays_busy_is_given_up_in_time(self, fleet: Any) -> None:
        fleet.emulator.configure(deploying_seconds=4 * BUSY_LIMIT)
        deployed_model, outputs = fleet.create()
        began = fleet.world.clock.monotonic()
        with pytest.raises(LifecycleError) as caught:
            fleet.update(deployed_model, outputs, capacity=3.0)
        assert fleet.world.clock.monotonic() - began < BUSY_LIMIT + 30
        for needed in (deployed_model, "PENDING", "busy", "UnsupportedOperation", "pulumi up"):
            assert needed in str(caught.value)

    def test_a_refusal_that_waiting_cannot_mend_ends_at_once(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running(plan="cu", deploySpec=None)
        fleet.emulator.add_fault(FaultRule(operation="update_deployment", kind="status", status=401, nth=10))
        with pytest.raises(LifecycleError, match="refuses to set rpmLimit 5") as caught:
            fleet.update(deployed_model, outputs, plan="cu", deploySpec=None, rpmLimit=5.0)
        assert len(fleet.calls) == 2
        assert "triggers" in str(caught.value)

    def test_both_rate_limits_arrive(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running()
        fleet.update(deployed_model, outputs, rpmLimit=60.0, tpmLimit=1000.0)
        live = fleet.world.client.deployments.get(deployed_model)
        assert (live.rpm_limit, live.tpm_limit) == (60, 1000)

    def test_one_that_settles_right_after_the_refusal_is_asked_again(self, fleet: Any) -> None:
        """The change that was under way has ended between the refusal and the look at it."""
        deployed_model, outputs = fleet.running()
        refusal = FaultRule(
            operation="scale_deployment", kind="status", status=400, code="UnsupportedOperation", count=1
        )
        fleet.emulator.add_fault(refusal)
        assert fleet.update(deployed_model, outputs, capacity=2.0)["capacity"] == 2
        assert fleet.calls == ["scale", "scale"]

    def test_a_read_after_a_change_shows_the_change(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running()
        reader = fleet.world.connection.deployments
        reader.read_many({deployed_model})  # as other resources of the same run do
        fleet.update(deployed_model, outputs, capacity=2.0)
        assert reader.read(deployed_model).capacity == 2

    def test_a_conflict_counts_as_busy(self, fleet: Any) -> None:
        deployed_model, outputs = fleet.running()
        rule = FaultRule(operation="scale_deployment", kind="status", status=409, code="Conflict", count=1)
        fleet.emulator.add_fault(rule)
        assert fleet.update(deployed_model, outputs, capacity=2.0)["capacity"] == 2

    @pytest.mark.parametrize("kind", ["reset", "lost", "effect_then_status", "html", "malformed", "no_output"])
    def test_a_lost_answer_is_asked_for_again(self, fleet: Any, kind: str) -> None:
        deployed_model, outputs = fleet.running()
        fleet.emulator.add_fault(FaultRule(operation="scale_deployment", kind=kind, count=1))
        updated = fleet.update(deployed_model, outputs, capacity=2.0)
        assert updated["capacity"] == fleet.emulator.deployments[deployed_model].capacity == 2

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            ({"status": 401, "code": "InvalidApiKey"}, "check the key"),
            ({"status": 403, "code": "AccessDenied"}, "model deployment - operate"),
            ({"status": 400, "code": "InvalidParameter", "message": "Invalid capacity (2)"}, "correct the inputs"),
            ({"status": 503, "code": "InternalError"}, "may have taken effect all the same"),
            ({"status": 404, "code": "NotFound"}, "pulumi refresh"),
        ],
    )
    def test_errors_say_what_to_do(self, fleet: Any, fault: dict[str, Any], said: str) -> None:
        deployed_model, outputs = fleet.running()
        fleet.emulator.add_fault(FaultRule(operation="scale_deployment", kind="status", **fault))
        with pytest.raises(LifecycleError) as caught:
            fleet.update(deployed_model, outputs, capacity=2.0)
        assert said in str(caught.value)
        assert deployed_model in str(caught.value)


class TestWaiting:
    def test_it_returns_when_it_runs(self, fleet: Any) -> None:
        deployed_model, _ = fleet.create()
        lines: list[str] = []
        fleet.begin()
        live = wait_until_running(replace(fleet.world.connection, report=lines.append), deployed_model, 1800.0)
        assert (live.status, live.ready_capacity) == ("RUNNING", 1)
        assert lines[0] == f"{deployed_model} is PENDING: waiting until it runs"
        assert f"{deployed_model} RUNNING" in lines[-1]
        assert len(fleet.all_calls) < 45
        assert fleet.calls == []

    def test_one_that_runs_already_costs_one_call(self, fleet: Any) -> None:
        deployed_model, _ = fleet.running()
        assert wait_until_running(fleet.world.connection, deployed_model, 1800.0).status == "RUNNING"
        assert fleet.all_calls == ["get_deployment"]

    @pytest.mark.parametrize("status", ["FAILED", "STOPPED", "ARREARS_DOWN", "UPDATING_FAILED", "DELETING"])
    def test_one_that_will_not_run_says_why_and_what_to_do(self, fleet: Any, status: str) -> None:
        deployed_model, _ = fleet.create()
        fleet.emulator.force_deployment(deployed_model, status)
        with pytest.raises(LifecycleError) as caught:
            wait_until_running(fleet.world.connection, deployed_model, 1800.0)
        why, way_out = NOT_SERVING[status]
        for needed in (deployed_model, status, why, way_out):
            assert needed in str(caught.value)

    def test_one_that_fails_meanwhile(self, fleet: Any) -> None:
        fleet.emulator.plan_next_deployment(deployment_outcome="FAILED")
        deployed_model, _ = fleet.create()
        with pytest.raises(LifecycleError, match="is FAILED"):
            wait_until_running(fleet.world.connection, deployed_model, 1800.0)

    def test_the_time_limit_leaves_it_and_says_so(self, fleet: Any) -> None:
        deployed_model, _ = fleet.create()
        began = fleet.world.clock.monotonic()
        with pytest.raises(LifecycleError) as caught:
            wait_until_running(fleet.world.connection, deployed_model, 60.0)
        assert 60 <= fleet.world.clock.monotonic() - began < 75
        for needed in (deployed_model, "1m", "PENDING", "goes on deploying", "pulumi up"):
            assert needed in str(caught.value)
        assert deployed_model in fleet.emulator.deployments

    @pytest.mark.parametrize("when", ["before", "meanwhile"])
    def test_one_that_is_gone(self, fleet: Any, when: str) -> None:
        deployed_model, _ = fleet.create()
        if when == "before":
            fleet.emulator.remove_deployment(deployed_model)
        else:
            fault = FaultRule(operation="get_deployment", kind="status", status=404, code="NotFound", nth=3)
            fleet.emulator.add_fault(fault)
        with pytest.raises(LifecycleError, match="is gone"):
            wait_until_running(fleet.world.connection, deployed_model, 1800.0)

    def test_a_refused_key_ends_it(self, fleet: Any) -> None:
        deployed_model, _ = fleet.create()
        fault = FaultRule(operation="get_deployment", kind="status", status=401, code="InvalidApiKey", nth=3)
        fleet.emulator.add_fault(fault)
        with pytest.raises(LifecycleError, match="check the key"):
            wait_until_running(fleet.world.connection, deployed_model, 1800.0)

    def test_every_status_that_ends_the_wait_has_its_explanation(self) -> None:
        assert DEPLOYMENT_UP.failure.keys() == NOT_SERVING.keys()
        assert DEPLOYMENT_UP.success == {"RUNNING"}
        assert {*NOT_SERVING, "RUNNING"} == DeploymentStatus.SETTLED | {DeploymentStatus.DELETING}
