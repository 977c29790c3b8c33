"""The queue of jobs: one runner, first come first served, with the exact time of every step.

The service trains one job at a time per account and queues the others, so a job's course depends on its neighbours. The
board plays the table of :mod:`.machine` for all jobs of one workspace. It advances lazily, whenever somebody looks, but
every step gets the time at which it was due: one jump of an hour leaves the same history as 3600 steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pulumi_dashscope_ft.emulator import checks

from .machine import (
    ACTIVE,
    CANCEL,
    CANCELING,
    ELAPSED,
    FINAL,
    PENDING,
    QUEUING,
    RUNNING,
    STATUSES,
    TURN,
    Plan,
    due,
    next_status,
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a job or a deployment: when (service time), into which status, and why."""

    at: float
    status: str
    cause: str
    """`created`, `elapsed`, `forced`; `turn` and `cancel` for jobs; `scale`, `update`, `delete` and `removed` for
    deployments.
    """


class History:
    """The history in `transitions`; the first of them is the creation. Times are service seconds."""

    __slots__ = ()
    transitions: list[Transition]

    @property
    def status(self) -> str:
        """The present status."""
        return self.transitions[-1].status

    @property
    def since(self) -> float:
        """When the present status began."""
        return self.transitions[-1].at

    @property
    def created_at(self) -> float:
        """When the first status began, in service seconds."""
        return self.transitions[0].at


@dataclass(slots=True)
class Run(History):
    """A job as the board sees it: its history, and whether it occupies a runner."""

    run_id: str
    sequence: int
    plan: Plan
    overrides: dict[str, object] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)
    holds_runner: bool = False

    @property
    def started_at(self) -> float | None:
        """When training began, if it did."""
        return next((step.at for step in self.transitions if step.status == RUNNING), None)

    @property
    def ended_at(self) -> float | None:
        """When the run became final, in service seconds; None before that."""
        return self.since if self.status in FINAL else None

    @property
    def trained_until(self) -> float | None:
        """When training stopped (a cancel was requested, or it ended); `None` while it goes on or never began."""
        steps = iter(self.transitions)
        for step in steps:
            if step.status == RUNNING:
                after = next(steps, None)
                return None if after is None else after.at
        return None

    def enter(self, status: str, at: float, cause: str) -> None:
        """Change the status at this time. `cause` stands in the history."""
        self.transitions.append(Transition(at, status, cause))
        # A run that is being cancelled still occupies its machine (inferred: the slot becomes free at the end).
        self.holds_runner = status == RUNNING or (status == CANCELING and self.holds_runner)


class Board:
    """All runs of one workspace. Times are service seconds and must not go backwards."""

    def __init__(self, plan: Plan, *, runners: int = 1, time: float = 0.0) -> None:
        self.runs: dict[str, Run] = {}
        self.time = time
        self._plan = plan
        self._runners = runners
        self._active: dict[str, Run] = {}
        self._sequence = 0
        self._next_at: float | None = None
        """When the next step is due, as far as that is known: with thousands of runs, to search for it takes long."""

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs.values())

    def configure(self, plan: Plan, runners: int) -> None:
        """Set new defaults, also for runs already under way. What a run overrides stays."""
        self._plan, self._runners, self._next_at = plan, runners, None
        for run in self._active.values():
            run.plan = plan.override(run.overrides)

    def add(self, run_id: str, at: float, overrides: Mapping[str, object] | None = None) -> Run:
        """Add a run, which is `PENDING` at `at`."""
        self.advance(at)
        chosen = dict(overrides or {})
        self._sequence += 1
        run = Run(run_id, self._sequence, self._plan.override(chosen), chosen)
        run.enter(PENDING, at, "created")
        self._next_at = None
        self.runs[run_id] = self._active[run_id] = run
        return run

    def restore(self, run: Run) -> None:
        """Put back a saved run with its history."""
        run.plan = self._plan.override(run.overrides)
        self._sequence = max(self._sequence, run.sequence)
        self.time = max(self.time, run.since)
        self.runs[run.run_id] = run
        self._next_at = None
        if run.status in ACTIVE:
            self._active[run.run_id] = run

    def replan(self, run_id: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one run. Steps that are overdue by the new plan happen now, not in the past."""
        run = self.runs[run_id]
        overrides = {**run.overrides, **changes}
        run.plan = self._plan.override(overrides)
        run.overrides = overrides
        self._next_at = None

    def advance(self, to: float) -> None:
        """Play every step that is due until `to`, in order, each at its own time."""
        while self._next_at is None or self._next_at <= to:
            step = self._next_step()
            self._next_at = math.inf if step is None else step[0]
            if step is None or step[0] > to:
                break
            at, run, event = step
            self.time = at
            self._apply(run, event, at)
        self.time = max(self.time, to)

    def cancel(self, run_id: str, at: float) -> bool:
        """Ask for the end of a run. Return `False` if its status allows no cancel (or it ended just before)."""
        self.advance(at)
        run = self.runs[run_id]
        if run.status == RUNNING and run.plan.ends_before_cancel:
            self._apply(run, ELAPSED, at)
        if next_status(run.status, CANCEL, run.plan) is None:
            return False
        self._apply(run, CANCEL, at)
        return True

    def force(self, run_id: str, status: str, at: float) -> None:
        """Put a run into any status by hand, without regard to the table.

        :raises ValueError: the status is unknown.
        """
        if status not in STATUSES:
            raise ValueError(f"a job can be forced to {', '.join(STATUSES)}, not {checks.quoted(status)}")
        self.advance(at)
        run = self.runs[run_id]
        if run.status == status:
            return
        run.enter(status, at, "forced")
        self._next_at = None
        if status in ACTIVE:
            run.plan = self._plan.override(run.overrides)
            self._active[run_id] = run
        else:
            self._active.pop(run_id, None)

    def remove(self, run_id: str) -> Run:
        """Forget the run and return it. The runner that it occupied is free.

        :raises KeyError: there is no such run.
        """
        self._active.pop(run_id, None)
        self._next_at = None
        return self.runs.pop(run_id)

    def _apply(self, run: Run, event: str, at: float) -> None:
        status = next_status(run.status, event, run.plan)
        if status is None:
            raise AssertionError(f"no step {event} from {run.status}")
        run.enter(status, at, event)
        self._next_at = None
        if status in FINAL:
            del self._active[run.run_id]

    def _next_step(self) -> tuple[float, Run, str] | None:
        """Return the step that is due first.

        Ties: first a step that frees a runner, then the queue, then new jobs; older first.
        """
        best: tuple[float, int, int] | None = None
        chosen: tuple[float, Run, str] | None = None
        for run, event, rank in self._candidates():
            at = due(run.status, run.since, run.plan)
            if at is None:
                continue
            # A step is overdue only if the plan changed or the runner was busy: then it happens now.
            at = max(at, self.time)
            key = (at, rank, run.sequence)
            if best is None or key < best:
                best, chosen = key, (at, run, event)
        return chosen

    def _candidates(self) -> Iterator[tuple[Run, str, int]]:
        head: Run | None = None
        busy = 0
        for run in self._active.values():
            busy += run.holds_runner
            if run.status == QUEUING:
                if head is None or (run.since, run.sequence) < (head.since, head.sequence):
                    head = run
            else:
                yield run, ELAPSED, 2 if run.status == PENDING else 0
        if head is not None and busy < self._runners:
            yield head, TURN, 1
