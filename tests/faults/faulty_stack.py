"""Why this exists: the fault matrices (jobs, deployments, checkpoints) ask the same of every row: a stack, one fault
that hits one operation, and promises that hold for whatever it is told to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine import TOLD, Engine, Program, State
from fault_table import Fault
from front_ends import FRONT_ENDS
from inprocess import NoAnswerError
from liked import liked_changes
from processes import ProviderProcess
from simulation import KEY, Cloud, an_emulator

LONGEST_STEP = 1200.0
"""Simulated seconds that one `up` or `destroy` of one resource may take under any fault: the teardown's ten minutes, or
three creates with all their looking; nothing hangs."""
LONGEST_WAIT = 1800.0
"""The default of a deployment's `waitTimeout`."""


class FaultyStack:
    """One stack, and a fault that hits one operation.

    :param front: the front end that its provider processes are of.
    :param waits: seconds for which a step may wait at its end until a deployment runs.
    :param settings: of the emulator.
    """

    def __init__(
        self, front: str, operation: str, fault: Fault, program: Program, *, waits: float = 0.0, **settings: Any
    ) -> None:
        self.longest = LONGEST_STEP + waits
        self.front = FRONT_ENDS[front]
        emulator = an_emulator()
        emulator.configure(**settings | liked_changes())
        self.cloud = Cloud(emulator)
        self.state = State()
        self.engine = Engine(self.state)
        self.program = {name: dict(inputs) for name, inputs in program.items()}
        self.operation = operation
        self.fault = fault
        self.left: float = 0.0
        self.hits = 0
        self.took = 0.0
        """Simulated seconds of the operation that the fault was to hit."""
        self._armed = False

    def arm(self, lasting: bool) -> None:
        self.hits = 0
        self._armed = True
        self.left = float("inf") if lasting else 1
        if self.fault.wire is None:
            self.rule = self.cloud.emulator.add_fault(self.fault.arm(self.operation, None if lasting else 1))

    def clear(self) -> None:
        self._armed = False
        if self.fault.wire is None:
            self.hits = self.rule.fired
        self.left = 0
        self.cloud.emulator.clear_faults()

    def run(self, operation: Callable[[ProviderProcess], Any], *, readable: bool = True) -> str | None:
        """One Pulumi operation in a process of its own; what it told the user when it failed.

        :param readable: whether it has to say what to do next.
        """
        started = self.cloud.clock.monotonic()
        try:
            operation(self.front(self.cloud, call_point=self._point))
        except TOLD as failure:
            return _readable(failure) if readable else str(failure)
        finally:
            took = self.cloud.clock.monotonic() - started
            assert took <= self.longest
            self.took = took if self._armed else self.took
            assert KEY not in "\n".join(self.cloud.lines)
        return None

    def until_it_works(self, operation: Callable[[ProviderProcess], Any], lasting: bool) -> str | None:
        """Run it under the fault and, when that fails, once more without it: then it must work."""
        self.arm(lasting)
        told = self.run(operation)
        self.clear()
        if told is not None:
            again = self.run(operation)
            assert again is None, f"did not converge after: {told}\nthen: {again}"
        return told

    def up(self, process: ProviderProcess) -> None:
        self.engine.up(process, self.program)

    def judge(self, told: str | None, lasting: bool, *, asks: int = 1) -> None:
        """What can't pass fails at once and is asked for once (or `asks` times, where a plan asks, too, and does not
        mind); what may pass is waited for, within a limit that is told.
        """
        if told is None or not self.hits:
            return
        if not self.fault.passes:
            assert self.hits <= asks
            assert self.took < 10, "waited for something that waiting can't mend"
        elif lasting:
            limit = r"(after|within|for) (\d+ tries in )?\d+ ?[sm]|Timeout|\d+ (requests|times)|may pass by itself"
            assert re.search(limit, told), told

    def _point(self, phase: str, operation: str, object_id: str) -> None:
        if phase == "before" and self.fault.wire and operation == self.operation and self.left > 0:
            self.left -= 1
            self.hits += 1
            raise NoAnswerError(self.fault.wire)


def _readable(failure: Exception) -> str:
    """The message, after a look at what every message must have and must not have."""
    text = str(failure)
    assert KEY not in text + repr(failure)
    assert "next:" in text, text
    assert "`pulumi " in text, text
    return text
