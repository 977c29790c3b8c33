"""Why this exists: what may befall any stack, whatever it is made of, while Pulumi operations run: faults of the
network and of the service, a killed process, Ctrl-C, a second `pulumi destroy`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from engine import TOLD, Engine, RunStoppedError, State, Watcher
from fault_table import FAULTS
from front_ends import DYNAMIC, FRONT_ENDS
from inprocess import READ_TIMEOUT, NoAnswerError
from liked import liked_changes
from processes import Killed, ProviderProcess
from simulation import KEY, Cloud, an_emulator

from pulumi_dashscope_ft.emulator import FaultRule

Trouble = tuple[Any, ...]
"""The name of a method of a story and its arguments."""

BEGINNINGS = (
    *("create", "upload", "export", "create_compression", "create_import"),
    *("create_deployment", "scale_deployment", "update_deployment"),
)


class TroubledStack(Watcher):
    """One account, one stack, and what befalls it.

    :param front: the front end that its provider processes are of.
    :param lag: seconds until something new shows in its list.
    :param sockets: over real sockets, which is honest and slow.
    :param service: settings of the emulator.
    """

    cloud_of = Cloud
    """What is bought of the service, and how it is looked at."""
    operations: Mapping[str, str] = {}
    """What troubles call an operation → the name of the service's operation on the objects of this stack."""

    def __init__(self, front: str = DYNAMIC, *, lag: float = 0.0, sockets: bool = False, **service: Any) -> None:
        self.front = FRONT_ENDS[front]
        self.cloud = self.cloud_of(an_emulator(listening=sockets))
        self.cloud.emulator.configure(**{"list_lag_seconds": lag, **service, **liked_changes()})
        self.lag = self.cloud.emulator.settings.list_lag_seconds
        self.state = State()
        self.engine = Engine(self.state, self)
        self.program: dict[str, dict[str, Any]] = {}
        self.told: str | None = None
        """What the last operation told the user, when it failed."""
        self.cut_short = False
        """Whether the last operation was killed, or stopped by Ctrl-C."""
        self.steps: list[str] = []
        """What the last operation has done, by resource: `create a`, `update a`, `delete a`."""
        self._unheard_of: set[str] = set()
        """What the last operation has bought by a step of which no id came back."""
        self._forced: frozenset[str] = frozenset()
        self._plans: list[tuple[int | str, str, Callable[[], None]]] = []
        self._wire: list[dict[str, Any]] = []
        self._calls = 0
        self._process: ProviderProcess | None = None
        self._ctrl_c_in: float | None = None
        self._cancelled_at = 0.0
        self._after_ctrl_c: list[str] = []
        self._killed_at_delete = self._destroying = False
        self._refuses_deletes = False

    # Pulumi operations

    def up(self, *replace: str) -> None:
        self._forced = frozenset(replace)
        self._run(lambda process: self.engine.up(process, copy.deepcopy(self.program), forced=self._forced))
        self._forced = frozenset()

    def preview(self) -> None:
        """For the plugin alone: nothing that a dynamic provider is asked in a preview differs from what `up` asks."""
        asked = len(self._changing_requests())
        self._run(lambda process: self.engine.preview(process, copy.deepcopy(self.program)))
        assert len(self._changing_requests()) == asked, "a preview has changed something"

    def _changing_requests(self) -> list[str]:
        return [record.operation for record in self.cloud.emulator.requests if record.method != "GET"]

    def refresh(self) -> None:
        self._run(self.engine.refresh)

    def destroy(self) -> None:
        self._destroying = True
        self._run(self.engine.destroy)
        self._destroying = False

    # The program, and time

    def edit(self, name: str, /, **changes: Any) -> None:
        """Change inputs of a resource in the program; None takes one out."""
        if name in self.program:
            merged = {**self.program[name], **changes}
            self.program[name] = {key: value for key, value in merged.items() if value is not None}

    def drop(self, name: str) -> None:
        self.program.pop(name, None)

    def wait(self, seconds: float) -> None:
        self.cloud.clock.sleep(seconds)

    # What goes wrong

    def fault(self, name: str, operation: str, count: int | None = 1) -> None:
        """Calls of `operation` go wrong, `count` times or until the faults are cleared."""
        fault, operation = FAULTS[name], self._named(operation)
        if fault.wire:
            left = float("inf") if count is None else count
            self._wire.append({"operation": operation, "kind": fault.wire, "left": left})
        else:
            self.cloud.emulator.add_fault(fault.arm(operation, count))

    def refused(self, operation: str) -> None:
        """The next `cancel` or `delete` is refused as the job's state would not allow it, whatever that state is."""
        rule: dict[str, Any] = {"kind": "status", "status": 400, "code": "UnsupportedOperation"}
        self.cloud.emulator.add_fault(FaultRule(operation=self._named(operation), count=1, **rule))
        self._refuses_deletes |= operation == "delete"

    def clear_faults(self) -> None:
        self.cloud.emulator.clear_faults()
        self._wire.clear()

    def _named(self, call: Any) -> Any:
        """A call by its number, or by the name of its operation."""
        return self.operations.get(call, call)

    def killed_at(self, call: int | str, phase: str = "after") -> None:
        """The next operation's process is killed `before` or `after` its n-th call, or its first call of that name, has
        reached the service."""

        def kill() -> None:
            raise Killed

        self._plans.append((self._named(call), phase, kill))

    def killed_between_steps(self) -> None:
        """The next operation's process is killed when it is about to delete something."""
        self._killed_at_delete = True

    def ctrl_c_at(self, call: int | str, phase: str = "after") -> None:
        """Ctrl-C at that call of the next operation (see `killed_at`)."""
        self._plans.append((self._named(call), phase, self._ctrl_c))

    def ctrl_c_in(self, seconds: float) -> None:
        """Ctrl-C when the next operation has taken so long, should it take that long."""
        self._ctrl_c_in = seconds

    def _ctrl_c(self) -> None:
        if self._process is not None and not self._process.cancelled:
            self._process.cancel()
            self._cancelled_at = self.cloud.clock.monotonic()

    def meanwhile(self, call: int | str, phase: str, what: str, *arguments: Any) -> None:
        """At that call of the next operation (see `killed_at`) this method of the story is called, too."""
        self._plans.append((self._named(call), phase, lambda: getattr(self, what)(*arguments)))

    def befall(self, troubles: list[Trouble]) -> None:
        """All these happen during the next operation."""
        for method, *arguments in troubles:
            getattr(self, method)(*arguments)

    def second_destroy(self) -> None:
        """Another `pulumi destroy` of the same stack, start to end; for use in `meanwhile`. What it takes is no time of
        the first one's.
        """
        began = self.cloud.clock.monotonic()
        try:
            self.engine.destroy(self.front(self.cloud, call_point=self._faults_only))
        except TOLD as failure:
            self._check_text(failure)
        finally:
            self._cancelled_at += self.cloud.clock.monotonic() - began

    # Running

    def _run(self, operation: Callable[[ProviderProcess], None]) -> None:
        started, steps = self.cloud.clock.monotonic(), 1 + len(self.state.records) + 2 * len(self.program)
        self._calls, self.told, self.cut_short = 0, None, False
        self._after_ctrl_c.clear()
        self._unheard_of.clear()
        self.steps.clear()
        self._process = self.front(self.cloud, call_point=self._point)
        if self._ctrl_c_in is not None:
            self.cloud.clock.alarm(self._ctrl_c_in, self._ctrl_c)
        try:
            operation(self._process)
        except TOLD as failure:
            self.told = str(failure)
            self._check_text(failure)
        except RunStoppedError:
            self.cut_short = True
        except Killed:
            self.cut_short = True
            # Nobody is quicker than the list: see docs/guarantees.md.
            self.wait(self.lag)
        self._check_ctrl_c()
        self._plans.clear()
        self._killed_at_delete = False
        self._ctrl_c_in = None
        self.cloud.clock.no_alarm()
        self._check(self.cloud.clock.monotonic() - started, steps)
        self._process = None

    def _point(self, phase: str, operation: str, object_id: str) -> None:
        if phase == "before":
            self._calls += 1
            if self._process is not None and self._process.cancelled:
                self._after_ctrl_c.append(operation)
        due = [plan for plan in self._plans if plan[0] in (self._calls, operation) and plan[1] == phase]
        for plan in due:
            self._plans.remove(plan)
            plan[2]()
        self._faults_only(phase, operation, object_id)

    def _faults_only(self, phase: str, operation: str, object_id: str) -> None:
        if phase == "before":
            for fault in self._wire:
                if fault["operation"] == operation and fault["left"] > 0:
                    fault["left"] -= 1
                    raise NoAnswerError(fault["kind"])

    def _check_ctrl_c(self) -> None:
        """What a provider that hears of it makes of Ctrl-C: no wait goes on, and nothing is begun. What had been asked
        of the service by then is awaited, for its answer must not be lost."""
        if self._process is None or not (self._process.cancelled and self._process.hears_of_ctrl_c):
            return
        longest = READ_TIMEOUT * (1 + len(self._after_ctrl_c))
        assert self.cloud.clock.monotonic() - self._cancelled_at <= longest, "waited on after Ctrl-C"
        # A step may make the call that it was about to make, and look what became of it.
        begun = [operation for operation in self._after_ctrl_c if operation in BEGINNINGS]
        assert len(begun) <= 1, f"begun after Ctrl-C: {begun}"
        assert len(self._after_ctrl_c) <= 2, f"went on after Ctrl-C: {self._after_ctrl_c}"

    def _check_text(self, failure: Exception) -> None:
        text = str(failure)
        assert KEY not in text
        assert "next:" in text, f"says nothing of what to do: {text}"

    def _check(self, took: float, steps: int) -> None:
        """The promises, after an operation that took so many seconds for so many steps of resources."""
