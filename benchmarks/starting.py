"""Starting many jobs in one `up`: how many calls, and how long.

Why it exists: a sweep over hyper-parameters, or a stack for each customer, is one `up` of many jobs. A create that is
careful (it looks at what is there before it buys) must not be slower than one that is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .figures import Figure, Target
from .finished import LATENCY_SECONDS
from .scene import ENGINE_NAMES, NAIVE, OURS, PLUGIN, Contestant, Scene, bare_scene, require_jobs, timed

JUDGED_JOBS = 100
"""From this many jobs on, the time is judged: with few, it is mostly that of the start of engine and provider host."""


@dataclass(slots=True)
class Starting:
    """What one provider needed for an `up` of many jobs. One entry for each repetition; walls are seconds."""

    calls: list[int] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)


def measure(contestants: Sequence[Contestant], engine: str, jobs: int, repetitions: int) -> dict[Contestant, Starting]:
    """Run an `up` of so many jobs with each provider; each time a new stack on a new service.

    Repetitions alternate between the providers, so that a slow moment of the machine hits all of them.
    """
    results = {contestant: Starting() for contestant in contestants}
    for _ in range(repetitions):
        for contestant, result in results.items():
            with bare_scene(contestant, engine, jobs) as scene:
                scene.emulator.configure(latency_seconds=LATENCY_SECONDS)
                _up(scene, result)
                require_jobs(scene, jobs)
    return results


def _up(scene: Scene, result: Starting) -> None:
    made = scene.calls(lambda: result.walls.append(timed(scene.stack.up)))
    result.calls.append(sum(made.values()))


def figures(jobs: int, most: int, engine: str, results: dict[Contestant, Starting]) -> list[Figure]:
    """The rows of the table.

    :param most: the most calls that an `up` may make.
    """
    naive = results[NAIVE]
    rows: list[Figure] = []
    for contestant in (OURS, PLUGIN):
        ours = results[contestant]
        what = f"`up` of {jobs} jobs, {ENGINE_NAMES[engine]}"
        flavour = ", plugin" if contestant is PLUGIN else ""
        slowest = Target(1.0 if engine == "local" else 1.1, of_ratio=True) if jobs >= JUDGED_JOBS else None
        at_latency = f"wall time at {LATENCY_SECONDS * 1000:.0f} ms latency"
        rows += [
            Figure(f"calls{flavour}: {what}", "calls", ours.calls, naive.calls, Target(most)),
            Figure(f"{at_latency}{flavour}: {what}", "s", ours.walls, naive.walls, slowest),
        ]
    return rows
