"""Tearing down many running jobs: how many calls, how long, and how soon the end of a cancel is noticed.

Why it exists: this is what runs unattended at night. The time of the whole `destroy` is what people wait for; the
number of calls is what the service sees; and the time from "the service says final" to "delete sent" tells whether the
polling is as lazy as the number of calls suggests. That last one is read from the emulator's own records.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from pulumi_dashscope_ft.emulator import EmulatorServer

from .scene import Scene, timed

ALLOWED_SHARE, ALLOWED_SECONDS = 0.1, 0.5
"""How late a delete may come: a tenth of the cancel's duration, and half a second."""


def allowed(cancel_seconds: float) -> float:
    """How many seconds after the end of such a cancel the delete may come."""
    return ALLOWED_SHARE * cancel_seconds + ALLOWED_SECONDS


@dataclass(frozen=True, slots=True)
class Reaction:
    """How long a job was `CANCELING`, and how long after that the delete arrived. Seconds."""

    cancel: float
    late: float


@dataclass(frozen=True, slots=True)
class Teardown:
    """What one `destroy` of running jobs cost; `wall` is seconds."""

    calls: dict[str, int]
    wall: float
    reactions: tuple[Reaction, ...]

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())

    @property
    def late(self) -> float:
        """Seconds from final to delete: the median over the jobs."""
        return median(one.late for one in self.reactions)

    @property
    def share(self) -> float:
        """The same as a share of what is allowed: the median over the jobs."""
        return median(one.late / allowed(one.cancel) for one in self.reactions)


def tear_down(running: Scene) -> Teardown:
    """Destroy a stack of running jobs; the start of the provider host counts.

    :raises RuntimeError: jobs were left.
    """
    walls: list[float] = []
    calls = running.calls(lambda: walls.append(timed(running.stack.destroy)))
    if running.emulator.jobs:
        raise RuntimeError(f"{running.contestant.name} left {len(running.emulator.jobs)} jobs")
    return Teardown(calls, walls[0], reactions(running.emulator))


def spread_cancels(running: Scene, shortest: float) -> None:
    """Let the cancel of each job last a second longer than that of the one before it."""
    for number, job_id in enumerate(running.emulator.jobs):
        running.emulator.replan(job_id, canceling_seconds=shortest + number)


def reactions(emulator: EmulatorServer) -> tuple[Reaction, ...]:
    """One for each job that was cancelled and deleted; the first delete counts."""
    sent: dict[str, float] = {}
    for record in emulator.requests:
        if record.operation == "delete" and record.job_id is not None:
            sent.setdefault(record.job_id, record.time)
    found = []
    for job_id, job in emulator.gone_jobs.items():
        *_, before, final = job.transitions
        if before.status == "CANCELING" and job_id in sent:
            found.append(Reaction(final.at - before.at, sent[job_id] - final.at))
    return tuple(found)
