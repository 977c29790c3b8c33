"""Every row of the teardown of a compressed model."""

from __future__ import annotations

from typing import Any

import pytest
from press import MADE_ALL_THE_SAME, Press

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError


@pytest.fixture
def press(world: Any) -> Press:
    return Press(world)


@pytest.mark.parametrize("status", ["PENDING", "QUEUING", "RUNNING"])
def test_an_active_job_is_cancelled_awaited_and_deleted(press: Press, status: str) -> None:
    job_id, outputs = press.under_way(status)
    press.delete(job_id, outputs)
    assert press.calls == ["cancel_compression", "delete_compression"]
    assert job_id not in press.emulator.compressions
    assert f"{job_id} was CANCELED: deleted" in press.world.told


def test_a_canceling_job_gets_no_second_cancel(press: Press) -> None:
    job_id, outputs = press.under_way("CANCELING")
    press.delete(job_id, outputs)
    assert press.calls == ["delete_compression"]


def test_the_model_of_a_finished_job_is_said_to_stay(press: Press) -> None:
    job_id, outputs = press.create()
    press.begin()
    press.delete(job_id, outputs)
    assert press.calls == ["delete_compression"]
    assert f"its model {outputs['modelId']} stays in the account" in press.world.told


@pytest.mark.parametrize("code", ["ResourceNotFound", "NotFound"])
def test_a_job_that_is_gone_is_deleted_already(press: Press, code: str) -> None:
    """Two tables of the service's page have two names for an unknown id."""
    press.emulator.configure(missing_compression_code=code)
    job_id, outputs = press.under_way()
    press.emulator.remove_compression(job_id)
    press.delete(job_id, outputs)
    assert press.calls == []
    assert "was already gone" in press.world.told


def test_a_job_that_ends_between_the_read_and_the_cancel(press: Press) -> None:
    job_id, outputs = press.under_way()
    original = press.world.client.compressions.cancel

    def cancel(asked: str) -> None:
        press.emulator.force_compression(asked, "SUCCEEDED")
        original(asked)

    press.world.client.compressions.cancel = cancel
    press.delete(job_id, outputs)
    assert press.calls == ["cancel_compression", "delete_compression"]
    assert job_id not in press.emulator.compressions


def test_a_job_that_vanishes_between_the_read_and_the_cancel(press: Press) -> None:
    job_id, outputs = press.under_way()
    original = press.world.client.compressions.cancel

    def cancel(asked: str) -> None:
        press.emulator.remove_compression(asked)
        original(asked)

    press.world.client.compressions.cancel = cancel
    press.delete(job_id, outputs)
    assert "is gone" in press.world.told


@pytest.mark.parametrize("operation", ["cancel_compression", "delete_compression"])
@pytest.mark.parametrize("kind", MADE_ALL_THE_SAME)
def test_a_lost_answer_to_a_teardown_does_no_harm(press: Press, operation: str, kind: str) -> None:
    job_id, outputs = press.under_way()
    press.emulator.add_fault(FaultRule(operation=operation, kind=kind, count=1, after_effect=True))
    press.delete(job_id, outputs)
    assert job_id not in press.emulator.compressions


def test_the_record_can_be_kept(press: Press) -> None:
    job_id, outputs = press.under_way(onDestroy="cancel")
    press.delete(job_id, outputs)
    assert press.calls == ["cancel_compression"]
    assert press.emulator.compressions[job_id].status == "CANCELED"


def test_a_retained_job_is_left_alone(press: Press) -> None:
    job_id, outputs = press.under_way(onDestroy="retain")
    press.delete(job_id, outputs)
    assert press.calls == []


@pytest.mark.parametrize("on_undeletable", ["warn", "error"])
def test_a_record_that_the_service_keeps(press: Press, on_undeletable: str) -> None:
    job_id, outputs = press.under_way("FAILED", onUndeletable=on_undeletable)
    press.emulator.add_fault(FaultRule(operation="delete_compression", kind="status", error="unsupported"))
    if on_undeletable == "warn":
        press.delete(job_id, outputs)
        assert "the service will not delete its record" in press.world.told
        return
    with pytest.raises(LifecycleError, match="keeps the records of finished jobs"):
        press.delete(job_id, outputs)
