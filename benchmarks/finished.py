"""A stack of many finished jobs: what `refresh` and `preview` cost, and how large the provider host grows.

Why it exists: a stack spends its life in this state. `refresh` runs in every pipeline, `preview` on every change, and
the host's memory is what a small build machine has to have free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .host_memory import Memory, watched
from .scene import NAIVE, Scene, timed

LATENCY_SECONDS = 0.05
"""What the service takes to answer: a call to another continent's data centre takes longer, a call next door less."""


@dataclass(slots=True)
class Finished:
    """What one provider needs for finished jobs. One entry for each repetition; times are seconds."""

    refresh_calls: list[int] = field(default_factory=list)
    refresh_walls: list[float] = field(default_factory=list)
    instant_walls: list[float] = field(default_factory=list)
    """Of refreshes while the service answers at once; only of the naive provider."""
    preview_calls: list[int] = field(default_factory=list)
    memory: Memory | None = None


def measure(scenes: Sequence[Scene], singles: Sequence[Scene], repetitions: int) -> list[Finished]:
    """Refresh and preview these stacks of finished jobs, and refresh those of a single one; one result for each stack.

    Repetitions alternate between the stacks, so that a slow moment of the machine hits all of them.
    """
    many = [(scene, Finished()) for scene in scenes]
    everything = many + [(scene, Finished()) for scene in singles]
    for scene, _ in everything:
        scene.emulator.configure(latency_seconds=LATENCY_SECONDS)
    for scene, result in many:
        # A refresh of its own: whoever reads a process's memory slows it down. It also brings the state up to date.
        with watched() as memory:
            scene.stack.refresh()
        result.memory = memory()
    for _ in range(repetitions):
        for scene, result in everything:
            _refresh(scene, result)
            if scene.contestant is NAIVE:
                scene.emulator.configure(latency_seconds=0.0)
                result.instant_walls.append(timed(scene.stack.refresh))
                scene.emulator.configure(latency_seconds=LATENCY_SECONDS)
    for scene, result in many:
        _preview(scene, result)
    return [result for _, result in everything]


def _refresh(scene: Scene, result: Finished) -> None:
    made = scene.calls(lambda: result.refresh_walls.append(timed(scene.stack.refresh)))
    result.refresh_calls.append(sum(made.values()))


def _preview(scene: Scene, result: Finished) -> None:
    made = scene.calls(lambda: scene.stack.preview(expect_no_changes=True))
    result.preview_calls.append(sum(made.values()))
