"""The life of one fine-tuning job, as a table.

The service documents seven job statuses and no state machine. The one deduced in the API reference (3.7) is written
down here once, as data, free of HTTP, clocks and threads, so that it is easy to read and can be tested completely.
:mod:`.board` plays the table for many jobs that share a runner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pulumi_dashscope_ft.emulator import checks

PENDING = "PENDING"
QUEUING = "QUEUING"
RUNNING = "RUNNING"
CANCELING = "CANCELING"
SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
CANCELED = "CANCELED"

ACTIVE = frozenset({PENDING, QUEUING, RUNNING, CANCELING})
FINAL = frozenset({SUCCEEDED, FAILED, CANCELED})
STATUSES = (PENDING, QUEUING, RUNNING, CANCELING, SUCCEEDED, FAILED, CANCELED)

ELAPSED = "elapsed"  # the status has lasted as long as the plan says
TURN = "turn"  # the job is first in the queue, waited its minimum, and a runner is free
CANCEL = "cancel"  # somebody asked to end the job
EVENTS = (ELAPSED, TURN, CANCEL)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a job stays in each status (seconds of service time) and how it ends."""

    pending_seconds: float = 5.0
    queuing_seconds: float = 5.0
    """Shortest time in the queue; a busy runner makes it longer."""
    running_seconds: float = 600.0
    canceling_seconds: float = 8.0
    """0 skips `CANCELING`: the cancel call itself ends the job."""
    outcome: str = SUCCEEDED
    """The end of an undisturbed run: `SUCCEEDED` or `FAILED`."""
    fails_in: str = RUNNING
    """For `outcome: FAILED`: at the end of `RUNNING`, or already of `PENDING` (unusable data)."""
    cancel_outcome: str = CANCELED
    """The status after `CANCELING`; `SUCCEEDED` or `FAILED` is a job that ends by itself meanwhile."""
    ends_before_cancel: bool = False
    """A running job reaches `outcome` just before a cancel arrives, so that the cancel is refused."""
    failure_reason: str = ""
    """The reason in the log of a failed job; empty: a suitable one."""

    def __post_init__(self) -> None:
        for name in ("pending_seconds", "queuing_seconds", "running_seconds", "canceling_seconds"):
            checks.seconds(name, getattr(self, name))
        checks.choice("outcome", self.outcome, (SUCCEEDED, FAILED))
        checks.choice("fails_in", self.fails_in, (PENDING, RUNNING))
        checks.choice("cancel_outcome", self.cancel_outcome, (CANCELED, SUCCEEDED, FAILED))
        checks.switch("ends_before_cancel", self.ends_before_cancel)
        checks.text("failure_reason", self.failure_reason)

    def override(self, changes: Mapping[str, object]) -> Plan:
        """Return this plan with some fields replaced.

        :raises ValueError: names an unknown field or a bad value.
        """
        return checks.overridden("a job plan", self, changes)


PLAN_FIELDS = tuple(Plan.__dataclass_fields__)


def _after_pending(plan: Plan) -> str:
    return FAILED if plan.outcome == FAILED and plan.fails_in == PENDING else QUEUING


def _after_running(plan: Plan) -> str:
    return plan.outcome


def _after_cancel(plan: Plan) -> str:
    return CANCELING if plan.canceling_seconds > 0 else plan.cancel_outcome


Target = Callable[[Plan], str]

# (status, event) → the next status. A pair that is missing is not legal.
TRANSITIONS: Mapping[tuple[str, str], Target] = {
    (PENDING, ELAPSED): _after_pending,
    (QUEUING, TURN): lambda plan: RUNNING,
    (RUNNING, ELAPSED): _after_running,
    (CANCELING, ELAPSED): lambda plan: plan.cancel_outcome,
    (PENDING, CANCEL): _after_cancel,
    (QUEUING, CANCEL): _after_cancel,
    (RUNNING, CANCEL): _after_cancel,
}

# How long a status lasts before its ELAPSED (or, in the queue, its TURN) is possible.
DURATIONS: Mapping[str, Callable[[Plan], float]] = {
    PENDING: lambda plan: plan.pending_seconds,
    QUEUING: lambda plan: plan.queuing_seconds,
    RUNNING: lambda plan: plan.running_seconds,
    CANCELING: lambda plan: plan.canceling_seconds,
}


def next_status(status: str, event: str, plan: Plan) -> str | None:
    """Return the status that `event` leads to, or `None` if the table has no such step."""
    target = TRANSITIONS.get((status, event))
    return None if target is None else target(plan)


def due(status: str, since: float, plan: Plan) -> float | None:
    """Return when a job that entered `status` at `since` has stayed long enough; `None` for a final status."""
    duration = DURATIONS.get(status)
    return None if duration is None else since + duration(plan)
