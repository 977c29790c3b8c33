"""A state that an earlier release has written is today's state: nothing to plan, to refresh, to buy or to lose."""

from __future__ import annotations

from typing import Any

import pytest

ACTIVE = ("PENDING", "QUEUING", "RUNNING", "CANCELING")
STEERING = {
    "units": {"teardown_timeout": "20m"},
    "early": {"export_timeout": "40m"},
    "valid": {"description": "told later"},
    "model": {"wait_timeout": "3h"},
    "named": {"on_destroy": "cancel", "max_runtime": "3h"},
    "expiring": {"expires_in": "9100d"},
}
"""Inputs by resource that only steer the provider; the jobs of the table get `teardown_timeout`."""


@pytest.mark.timeout(900)  # a life of seven operations, on a machine that may be busy
def test_an_old_state_lives_on(golden: Any, engine: str, stage: Any) -> None:
    old = stage(golden, engine)
    before, ids = old.bags(), old.ids

    planned = old.stack.preview(expect_no_changes=True)
    assert {op for op, _ in planned.ops()} <= {"refresh"}, "what is under way is read before a plan"
    old.stack.refresh()
    assert old.bags() == before
    assert old.changes() == {}

    old.program(change={"teardown_timeout": "20m"}, changes=STEERING)
    table = {name.partition(" ")[2] for name in ids if name.startswith("FineTuningJob ") and "-" in name}
    planned = (
        old.stack.preview()
    )  # what is no update would wait for the end of jobs; others may depend on their outputs
    assert {op for op, name in planned.ops() if name in table and op != "refresh"} == {"update"}
    ops = {(op, name) for op, name in old.stack.up().ops() if op != "refresh"}
    steered = STEERING.keys() & {name.partition(" ")[2] for name in ids}
    assert ops == {("update", name) for name in table | steered}
    assert old.ids == ids
    assert old.changes() == {}

    retained = [ids[name] for name in ids if name.endswith(("-retain", " optional"))]
    for job_id in retained:  # so that no job is left that still reads a file
        old.emulator.force(job_id, "SUCCEEDED")
    old.stack.refresh()
    old.emulator.configure(canceling_seconds=0, deleting_seconds=0)
    old.stack.destroy()
    assert old.stack.resources == []
    left = {job_id: job.status for job_id, job in old.emulator.jobs.items()}
    assert not [job_id for job_id, status in left.items() if status in ACTIVE]
    records = [ids[name] for name in ids if name.endswith("-cancel") or name == "FineTuningJob named"]
    assert sorted(left) == sorted([*retained, *records])
    assert old.emulator.files == {}
    assert list(old.emulator.deployments) == [ids["ModelDeployment stays"]]
