"""Tearing down many running jobs: how many calls, how long, and how soon the end of a cancel is noticed.

Why it exists: this is what runs unattended at night. The time of the whole `destroy` is what people wait for; the
number of calls is what the service sees; and the time from "the service says final" to "delete sent" tells whether the
polling is as lazy as the number of calls suggests. That last one is read from the emulator's own records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pulumi_dashscope_ft.emulator import EmulatorServer

from .scene import Contestant, Scene, scene, timed


@dataclass(frozen=True, slots=True)
class Teardown:
    """What one `destroy` of running jobs cost. Times are seconds.

    :param reaction: the median over the jobs of the time from final to delete.
    """

    calls: dict[str, int]
    wall: float
    reaction: float

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())


def tear_down(
    contestant: Contestant,
    engine: str,
    jobs: int,
    cancel_seconds: float,
    *,
    when_ready: Callable[[], None] = lambda: None,
) -> Teardown:
    """Create the jobs, let all of them run, and measure `destroy`, the start of the provider host included.

    :param when_ready: called before `destroy`, to wait for others.
    :raises RuntimeError: jobs were left.
    """
    with scene(contestant, engine, jobs, cancel_seconds=cancel_seconds) as prepared:
        prepared.put_all_into("RUNNING")
        when_ready()
        return _destroy(prepared)


def _destroy(prepared: Scene) -> Teardown:
    walls: list[float] = []
    calls = prepared.calls(lambda: walls.append(timed(prepared.stack.destroy)))
    if prepared.emulator.jobs:
        raise RuntimeError(f"{prepared.contestant.name} left {len(prepared.emulator.jobs)} jobs")
    return Teardown(calls, walls[0], median(reactions(prepared.emulator)))


def reactions(emulator: EmulatorServer) -> list[float]:
    """For each deleted job the seconds from its final status to the arrival of the first delete."""
    deletes: dict[str, float] = {}
    for record in emulator.requests:
        if record.operation == "delete" and record.job_id is not None:
            deletes.setdefault(record.job_id, record.time)
    gone = emulator.gone_jobs
    return [sent - gone[job_id].transitions[-1].at for job_id, sent in deletes.items() if job_id in gone]
