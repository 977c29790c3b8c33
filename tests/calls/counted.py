"""A stack whose operations are counted, call by call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from counted_front_ends import COMPRESSION, IMPORT, JOB, FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer

Counts = dict[str, int]


class Counted:
    """A stack of `number` jobs of the front end's kind, and what its operations cost."""

    def __init__(self, front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep, number: int) -> None:
        self.front_end, self.emulator, self.clock, self.number = front_end, emulator, clock, number
        self.jobs: list[Any] = []
        self.took = 0.0
        """Simulated seconds of the last operation."""

    def operation(self, step: Callable[[Any], Any], things: list[Any]) -> Counts:
        """Run a step for all of them at once, in a new process."""
        self.clock.sleep(60)  # what was read before is too old, and the rate limiter has all its burst
        self.front_end.restart()
        before, began = dict(self.emulator.count()), self.clock.monotonic()
        self.outcomes = self.clock.run([partial(step, thing) for thing in things])
        self.took = self.clock.monotonic() - began
        after = self.emulator.count()
        return {name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name, 0)}

    def up(self) -> Counts:
        counts = self.operation(self.front_end.create, [f"job{position}" for position in range(self.number)])
        self.jobs = self.outcomes
        assert len({job.id for job in self.jobs}) == self.number
        return counts

    def force(self, status: str) -> None:
        emulator = self.emulator
        force = {JOB: emulator.force, COMPRESSION: emulator.force_compression, IMPORT: emulator.force_import}[
            self.front_end.kind
        ]
        for job in self.jobs:
            force(job.id, status)

    def destroy(self) -> Counts:
        counts = self.operation(self.front_end.delete, self.jobs)
        emulator = self.emulator
        left = {*emulator.jobs, *emulator.compressions, *emulator.imports}
        assert not left & {job.id for job in self.jobs}
        return counts
