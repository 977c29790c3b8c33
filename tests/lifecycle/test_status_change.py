"""A read says that the status is another one than in the state, once, and costs no call for it."""

from __future__ import annotations

from typing import Any

import pytest
from verbs import fine_tuning_job


def read(world: Any, job_id: str, outputs: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What a read of the job gives, and the lines that it shows."""
    said = len(world.lines)
    fresh = fine_tuning_job.read(world.connection, job_id, outputs)
    assert fresh is not None
    return fresh, world.lines[said:]


def test_each_change_is_told_once(world: Any) -> None:
    job_id, outputs = world.create()
    told = []
    for status in ("RUNNING", "RUNNING", "CANCELING", "CANCELED", "CANCELED"):
        world.emulator.force(job_id, status)
        world.clock.sleep(3)
        outputs, lines = read(world, job_id, outputs)
        told += lines
    assert told == [
        f"{job_id}: {a} → {b}" for a, b in (("PENDING", "RUNNING"), ("RUNNING", "CANCELING"), ("CANCELING", "CANCELED"))
    ]


def test_success_names_the_model(world: Any) -> None:
    job_id, outputs = world.create()
    world.emulator.force(job_id, "SUCCEEDED")
    fresh, lines = read(world, job_id, outputs)
    assert lines == [f"{job_id}: PENDING → SUCCEEDED, model {fresh['finetunedOutput']}"]


def test_failure_names_the_reason_where_the_service_gives_one(world: Any) -> None:
    job_id, outputs = world.create()
    world.emulator.force(job_id, "FAILED")
    fresh, lines = read(world, job_id, outputs)
    reason = fresh["failure"].get("message") or fresh["failure"].get("code")
    assert lines == [f"{job_id}: PENDING → FAILED{f', {reason}' if reason else ''}"]


@pytest.mark.parametrize("recorded", [{}, {"status": None}, {"status": ""}, {"status": 7}])
def test_without_a_status_in_the_state_nothing_has_changed(world: Any, recorded: dict[str, Any]) -> None:
    """An import, a lookup by id, or a state that somebody has edited."""
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    outputs.pop("status")
    assert read(world, job_id, {**outputs, **recorded})[1] == []


def test_a_read_costs_what_it_did(world: Any) -> None:
    job_id, outputs = world.create()
    world.emulator.force(job_id, "SUCCEEDED")
    before = sum(world.emulator.count().values())
    read(world, job_id, outputs)
    assert sum(world.emulator.count().values()) == before + 1
