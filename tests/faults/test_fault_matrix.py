"""Every operation × every fault, once and lasting: one file and one job, from `up` over `refresh` to `destroy`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine import TOLD, Engine, State
from fault_table import FAULTS, OPERATIONS, Fault
from inprocess import NoAnswer
from simulation import FINAL, KEY, Cloud, Process

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.emulator import EmulatorServer

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'
LONGEST_STEP = 1200.0
"""Simulated seconds that one `up` or `destroy` of one job may take under any fault: the teardown's ten minutes, or
three creates with all their looking; nothing hangs."""


class Stack:
    """One stack with one file and one job, and a fault that hits one operation."""

    def __init__(self, operation: str, fault: Fault, data: Path) -> None:
        emulator = EmulatorServer(speed=None)
        emulator.configure(canceling_seconds=4.0, running_seconds=1e6)
        self.cloud = Cloud(emulator)
        self.state = State()
        self.engine = Engine(self.state)
        self.program = {
            "data": {"path": str(data)},
            "job": {"model": "qwen3-8b", "trainingFileIds": ["@data"], "hyperParameters": {"n_epochs": 3}},
        }
        self.operation = operation
        self.fault = fault
        self.left: float = 0.0
        self.hits = 0

    def arm(self, lasting: bool) -> None:
        self.hits = 0
        self.left = float("inf") if lasting else 1
        if self.fault.wire is None:
            self.rule = self.cloud.emulator.add_fault(self.fault.arm(self.operation, None if lasting else 1))

    def clear(self) -> None:
        if self.fault.wire is None:
            self.hits = self.rule.fired
        self.left = 0
        self.cloud.emulator.clear_faults()

    def run(self, operation: Callable[[Process], None]) -> str | None:
        """One Pulumi operation in a process of its own; what it told the user when it failed."""
        started = self.cloud.clock.monotonic()
        try:
            operation(Process(self.cloud, call_point=self._point))
        except TOLD as failure:
            return _readable(failure)
        finally:
            self.took = self.cloud.clock.monotonic() - started
            assert self.took <= LONGEST_STEP
            assert KEY not in "\n".join(self.cloud.lines)
        return None

    def until_it_works(self, operation: Callable[[Process], None], lasting: bool) -> str | None:
        """Run it under the fault and, when that fails, once more without it: then it must work."""
        self.arm(lasting)
        told = self.run(operation)
        self.clear()
        if told is not None:
            again = self.run(operation)
            assert again is None, f"did not converge after: {told}\nthen: {again}"
        return told

    def up(self, process: Process) -> None:
        self.engine.up(process, self.program)

    def _point(self, phase: str, operation: str, object_id: str) -> None:
        if phase == "before" and self.fault.wire and operation == self.operation and self.left > 0:
            self.left -= 1
            self.hits += 1
            raise NoAnswer(self.fault.wire)


def _readable(failure: Exception) -> str:
    """The message, after a look at what every message must have and must not have."""
    text = str(failure)
    assert KEY not in text + repr(failure)
    assert "next:" in text, text
    assert "`pulumi " in text, text
    return text


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_lost_nothing_bought_twice(operation: str, fault: Fault, lasting: bool, tmp_path: Path) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text(ROW * 3)
    stack = Stack(operation, fault, data)
    hits = 0

    told = stack.until_it_works(stack.up, lasting)
    hits += stack.hits
    assert len(stack.cloud.bought()) == 1, "exactly one job is bought"
    assert len(stack.cloud.emulator.files) == 1, "exactly one file is stored"
    job = stack.state.live("job")
    assert job is not None
    assert {job.id} == set(stack.cloud.emulator.jobs)
    _judge(stack, told, lasting)

    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    assert {record.name for record in stack.state.records} == {"data", "job"}, "nothing that exists leaves the state"
    _judge(stack, told, lasting)

    stack.cloud.emulator.force(job.id, "RUNNING")
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    if told is not None:
        if job.id not in stack.state.ids():
            assert stack.cloud.status(job.id) is None, "it left the state though the service still has it"
        stack.clear()
        assert stack.run(stack.engine.destroy) is None
    stack.clear()
    hits += stack.hits
    _judge(stack, told, lasting)
    assert stack.state == State()
    assert stack.cloud.emulator.jobs == {}
    assert stack.cloud.emulator.files == {}
    assert stack.cloud.touched() <= {job.id}
    assert hits, "the fault never struck: the row proves nothing"


def _judge(stack: Stack, told: str | None, lasting: bool) -> None:
    """What can't pass fails at once and is asked for once; what may pass is waited for, within a limit that is told."""
    if told is None or not stack.hits:
        return
    if not stack.fault.passes:
        assert stack.hits == 1
        assert stack.took < 10, "waited for something that waiting can't mend"
    elif lasting:
        assert re.search(r"(after|within) (\d+ tries in )?\d+ s|teardownTimeout|\d+ requests were", told), told


@pytest.mark.parametrize("fault", ["job quota", "unpaid account", "401", "403", "gateway page 404"])
def test_what_waiting_cannot_mend_costs_one_call_and_no_time(fault: str, tmp_path: Path) -> None:
    stack = _job_only("create", FAULTS[fault])
    stack.arm(lasting=True)
    told = stack.run(stack.up)
    assert told is not None
    assert (stack.rule.fired, stack.cloud.bought()) == (1, {})
    assert stack.took < 1
    assert "nothing was started" in told


@pytest.mark.parametrize("operation", ["get", "cancel", "delete"])
@pytest.mark.parametrize("fault", ["401", "403", "gateway page 404", "200 with an error code"])
def test_a_refused_key_or_a_gateway_never_counts_as_gone(operation: str, fault: str) -> None:
    stack = _job_only(operation, FAULTS[fault])
    assert stack.run(stack.up) is None
    job = stack.state.live("job")
    assert job is not None
    stack.cloud.emulator.force(job.id, "RUNNING")
    stack.arm(lasting=True)
    for attempt in (stack.engine.refresh, stack.engine.destroy):
        stack.run(attempt)
        assert stack.state.live("job") is job
        assert stack.cloud.status(job.id) is not None


def test_final_statuses_are_the_documented_ones() -> None:
    assert FINAL == JobStatus.FINAL


def _job_only(operation: str, fault: Fault) -> Stack:
    stack = Stack(operation, fault, Path("unused"))
    stack.cloud.emulator.configure(check_file_ids=False)
    job: dict[str, Any] = {"model": "qwen3-8b", "trainingFileIds": ["file-1"]}
    stack.program = {"job": job}
    return stack
