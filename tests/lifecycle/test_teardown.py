"""Every row of the teardown table, under both readings of the documentation."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, TeardownTimeoutError

ACTIVE = ("PENDING", "QUEUING", "RUNNING")
FINAL = ("SUCCEEDED", "FAILED", "CANCELED")


def started(world: Any, status: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
    job_id, outputs = world.create(**inputs)
    world.emulator.force(job_id, status)
    world.clock.sleep(3)
    world.emulator.requests_before = len(world.emulator.requests)
    return job_id, outputs


def calls(world: Any) -> list[str]:
    """The calls since `started`, reads left out."""
    made = [record.operation for record in world.emulator.requests[world.emulator.requests_before :]]
    return [operation for operation in made if operation in ("create", "cancel", "delete")]


@pytest.mark.parametrize("status", ACTIVE)
def test_an_active_job_is_cancelled_awaited_and_deleted(world: Any, status: str) -> None:
    job_id, outputs = started(world, status)
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel", "delete"]
    assert job_id not in world.emulator.jobs
    assert f"{job_id} is {status}: cancelling" in world.told
    assert f"{job_id} was CANCELED: deleted" in world.told


def test_a_canceling_job_gets_no_second_cancel(world: Any) -> None:
    job_id, outputs = started(world, "CANCELING")
    world.delete(job_id, outputs)
    assert calls(world) == ["delete"]


@pytest.mark.parametrize("status", FINAL)
def test_a_final_job_is_only_deleted(world: Any, status: str) -> None:
    job_id, outputs = started(world, status)
    world.delete(job_id, outputs)
    assert calls(world) == ["delete"]
    assert f"was {status}: deleted" in world.told


@pytest.mark.parametrize(
    ("inputs", "settings"),
    [({}, {}), ({}, {"literal_reading": True}), ({"onDestroy": "cancel"}, {})],
    ids=["deleted", "undeletable", "record kept"],
)
def test_the_model_of_a_succeeded_job_is_said_to_stay(world: Any, inputs: Any, settings: Any) -> None:
    world.emulator.configure(**settings)
    job_id, outputs = started(world, "SUCCEEDED", **inputs)
    world.delete(job_id, outputs)
    (line,) = [line for line in world.lines if "My models" in line]
    assert f"its model qwen3-8b-{job_id} stays in the account (the service has no call to delete it" in line
    assert line.startswith((f"{job_id} ", f"warning: {job_id} "))


@pytest.mark.parametrize("status", ["RUNNING", "FAILED", "CANCELED"])
def test_of_a_job_without_a_model_nothing_is_said_to_stay(world: Any, status: str) -> None:
    job_id, outputs = started(world, status)
    world.delete(job_id, outputs)
    assert "stays" not in world.told


def test_the_model_of_a_job_that_succeeds_while_it_is_cancelled_is_said_to_stay(world: Any) -> None:
    world.emulator.configure(cancel_outcome="SUCCEEDED")
    job_id, outputs = started(world, "RUNNING")
    world.delete(job_id, outputs)
    assert f"{job_id} was SUCCEEDED: deleted; its model qwen3-8b-{job_id} stays" in world.told


def test_a_job_that_is_gone_is_deleted_already(world: Any) -> None:
    job_id, outputs = started(world, "RUNNING")
    world.emulator.remove_job(job_id)
    world.delete(job_id, outputs)
    assert calls(world) == []
    assert "was already gone" in world.told


@pytest.mark.parametrize("ending", ["SUCCEEDED", "FAILED"])
def test_a_job_that_ends_by_itself_while_it_is_cancelled(world: Any, ending: str) -> None:
    world.emulator.configure(cancel_outcome=ending)
    job_id, outputs = started(world, "RUNNING")
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel", "delete"]
    assert f"was {ending}: deleted" in world.told


def test_a_job_that_ends_between_the_read_and_the_cancel(world: Any) -> None:
    world.emulator.configure(ends_before_cancel=True)
    job_id, outputs = started(world, "RUNNING")
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel", "delete"]
    assert job_id not in world.emulator.jobs


def test_a_job_that_vanishes_between_the_read_and_the_cancel(world: Any) -> None:
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation="cancel", kind="status", status=404, code="NotFound", count=1))
    world.connection.client.fine_tunes.get(job_id)
    world.emulator.add_fault(FaultRule(operation="get", kind="status", status=404, code="NotFound", nth=2))
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel"]
    assert "is gone" in world.told


@pytest.mark.parametrize("status", FINAL)
def test_literal_reading_drops_a_finished_job_with_a_warning(world: Any, status: str) -> None:
    world.emulator.configure(literal_reading=True)
    job_id, outputs = started(world, status)
    world.delete(job_id, outputs)
    assert "warning:" in world.told
    assert "Nothing runs, nothing is billed" in world.told.replace("\n", " ")
    assert ("counts toward the 20 jobs" in world.told) == (status == "SUCCEEDED")


def test_literal_reading_cancels_a_running_job_all_the_same(world: Any) -> None:
    world.emulator.configure(literal_reading=True)
    job_id, outputs = started(world, "RUNNING")
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel", "delete"]
    assert world.emulator.jobs[job_id].status == "CANCELED"


def test_literal_reading_as_an_error_tells_what_to_type(world: Any) -> None:
    world.emulator.configure(literal_reading=True)
    job_id, outputs = started(world, "SUCCEEDED", onUndeletable="error")
    with pytest.raises(LifecycleError) as caught:
        world.delete(job_id, outputs)
    text = str(caught.value)
    for needed in (job_id, "SUCCEEDED", "UnsupportedOperation", "onUndeletable", "pulumi state delete"):
        assert needed in text


def test_delete_refused_while_the_job_turns_out_active_starts_over(world: Any) -> None:
    job_id, outputs = started(world, "RUNNING")
    # The read before shows a final job, yet the service knows better when it comes to deleting.
    world.emulator.add_fault(FaultRule(operation="get", kind="unknown_status", shown_status="FAILED", count=1))
    world.delete(job_id, outputs)
    assert calls(world) == ["delete", "cancel", "delete"]
    assert job_id not in world.emulator.jobs


def test_an_unknown_status_counts_as_active(world: Any) -> None:
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation="get", kind="unknown_status", shown_status="REBALANCING", count=1))
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel", "delete"]
    assert "is REBALANCING: cancelling" in world.told


def test_a_cancel_that_stays_refused_is_tried_again_until_the_time_is_up(world: Any) -> None:
    job_id, outputs = started(world, "PENDING", teardownTimeout="1m")
    world.emulator.configure(pending_seconds=10_000)
    world.emulator.replan(job_id, pending_seconds=10_000)
    world.emulator.add_fault(FaultRule(operation="cancel", kind="status", status=400, code="UnsupportedOperation"))
    with pytest.raises(TeardownTimeoutError) as caught:
        world.delete(job_id, outputs)
    assert 2 <= calls(world).count("cancel") <= 8
    assert "cancel was refused" in str(caught.value)
    world.emulator.clear_faults()
    world.delete(job_id, outputs)
    assert job_id not in world.emulator.jobs


def test_timeout_names_job_status_deeds_and_the_next_command_and_resumes(world: Any) -> None:
    world.emulator.configure(canceling_seconds=3600)
    job_id, outputs = started(world, "RUNNING", teardownTimeout="2m")
    with pytest.raises(TeardownTimeoutError) as caught:
        world.delete(job_id, outputs)
    text = str(caught.value)
    for needed in (job_id, "2m", "CANCELING", "cancel was accepted", "pulumi destroy", "stays in the state"):
        assert needed in text
    world.emulator.force(job_id, "CANCELED")
    world.delete(job_id, outputs)
    assert calls(world) == ["cancel", "delete"]


@pytest.mark.parametrize(("status", "code"), [(401, "InvalidApiKey"), (403, "AccessDenied")])
@pytest.mark.parametrize("operation", ["get", "cancel", "delete"])
def test_a_refused_key_or_right_is_an_error_and_never_gone(world: Any, operation: str, status: int, code: str) -> None:
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation=operation, kind="status", status=status, code=code))
    with pytest.raises(LifecycleError) as caught:
        world.delete(job_id, outputs)
    assert job_id in str(caught.value)
    assert "pulumi destroy" in str(caught.value)
    assert job_id in world.emulator.jobs


@pytest.mark.parametrize("operation", ["get", "cancel", "delete"])
def test_a_gateway_page_with_404_is_never_gone(world: Any, operation: str) -> None:
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation=operation, kind="html", status=404))
    with pytest.raises(LifecycleError):
        world.delete(job_id, outputs)
    assert job_id in world.emulator.jobs


@pytest.mark.parametrize("operation", ["cancel", "delete"])
@pytest.mark.parametrize("kind", ["reset", "lost", "effect_then_status", "html", "malformed"])
def test_a_passing_fault_is_survived(world: Any, operation: str, kind: str) -> None:
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation=operation, kind=kind, count=1))
    world.delete(job_id, outputs)
    assert job_id not in world.emulator.jobs
    assert world.emulator.gone_jobs[job_id].status in FINAL


def test_a_fault_while_waiting_does_not_end_the_wait(world: Any) -> None:
    world.emulator.configure(canceling_seconds=60)
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation="get", kind="html", status=502, nth=4))
    world.delete(job_id, outputs)
    assert job_id not in world.emulator.jobs


def test_retain_makes_no_call(world: Any) -> None:
    job_id, outputs = started(world, "RUNNING", onDestroy="retain")
    before = world.counts()
    world.delete(job_id, outputs)
    assert world.counts() == before
    assert "kept" in world.told


@pytest.mark.parametrize("status", [*ACTIVE, *FINAL])
def test_cancel_ends_the_job_and_keeps_the_record(world: Any, status: str) -> None:
    job_id, outputs = started(world, status, onDestroy="cancel")
    world.delete(job_id, outputs)
    assert calls(world) == (["cancel"] if status in ACTIVE else [])
    assert world.emulator.jobs[job_id].status in FINAL


def test_two_at_once_both_succeed(world: Any) -> None:
    """The second one starts from every point the first one has reached."""
    job_id, outputs = started(world, "RUNNING")
    world.emulator.add_fault(FaultRule(operation="delete", kind="status", status=404, code="NotFound", nth=1))
    world.delete(job_id, outputs)  # the other run has deleted it just before
    assert "is gone" in world.told


PLANS = [
    ("delete", "RUNNING", "cancel, then delete"),
    ("delete", "REBALANCING", "cancel, then delete"),
    ("delete", None, "cancel, then delete"),
    ("delete", "CANCELING", "wait for cancel, then delete"),
    ("delete", "SUCCEEDED", "delete"),
    ("delete", "FAILED", "delete"),
    ("cancel", "QUEUING", "cancel, keep the record"),
    ("cancel", "CANCELING", "wait for cancel, keep the record"),
    ("cancel", "SUCCEEDED", "keep"),
    ("retain", "RUNNING", "keep"),
]


@pytest.mark.parametrize(("on_destroy", "status", "text"), PLANS)
def test_the_plan_in_words(on_destroy: str, status: str | None, text: str) -> None:
    assert plan(status, TeardownPolicy(on_destroy, "warn", 600)) == text


def test_every_documented_status_has_a_plan() -> None:
    for status in JobStatus.ACTIVE | JobStatus.FINAL:
        assert plan(status, TeardownPolicy("delete", "warn", 600))


def test_options_that_are_not_set_have_their_defaults() -> None:
    """A state may have null for what the program leaves out."""
    null = {"onDestroy": None, "onUndeletable": None, "teardownTimeout": None}
    for resource in ("FineTuningJob", "CompressedModel"):
        for properties in ({}, null):
            assert TeardownPolicy.of(resource, properties) == TeardownPolicy("delete", "warn", 600.0)
        given = {"onDestroy": "cancel", "onUndeletable": "error", "teardownTimeout": "90s"}
        assert TeardownPolicy.of(resource, given) == TeardownPolicy("cancel", "error", 90.0)
