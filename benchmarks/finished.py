"""A stack of many finished jobs: what `refresh` and `preview` cost, and how large the provider host grows.

Why it exists: a stack spends its life in this state. `refresh` runs in every pipeline, `preview` on every change, and
the host's memory is what a small build machine has to have free.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from .host_memory import Memory, watched
from .scene import Contestant, Scene, scene, timed

LATENCY_SECONDS = 0.05
"""What the service takes to answer: a call to another continent's data centre takes longer, a call next door less."""


@dataclass(slots=True)
class Finished:
    """What one provider needs for finished jobs. One entry for each repetition; times are seconds."""

    refresh_calls: list[int] = field(default_factory=list)
    refresh_walls: list[float] = field(default_factory=list)
    preview_calls: list[int] = field(default_factory=list)
    memory: Memory | None = None


def measure(contestants: list[Contestant], engine: str, jobs: int, repetitions: int) -> Iterator[list[Finished]]:
    """Prepare the stacks, yield once (so that stacks of several engines can be prepared together), then measure.

    Repetitions alternate between the providers, so that a slow moment of the machine hits both.
    """
    with ExitStack() as opened:
        scenes = [opened.enter_context(scene(contestant, engine, jobs)) for contestant in contestants]
        for prepared in scenes:
            prepared.put_all_into("SUCCEEDED")
        found = [Finished() for _ in scenes]
        yield found
        for prepared in scenes:
            prepared.emulator.configure(latency_seconds=LATENCY_SECONDS)
        for prepared, result in zip(scenes, found, strict=True):
            # A refresh of its own: whoever reads a process's memory slows it down. It also brings the state up to date.
            with watched() as memory:
                prepared.stack.refresh()
            result.memory = memory()
        for _ in range(repetitions):
            for prepared, result in zip(scenes, found, strict=True):
                _refresh(prepared, result)
        for prepared, result in zip(scenes, found, strict=True):
            made = prepared.calls(lambda stack=prepared.stack: stack.preview(expect_no_changes=True))
            result.preview_calls.append(sum(made.values()))
        yield found


def _refresh(prepared: Scene, result: Finished) -> None:
    made = prepared.calls(lambda: result.refresh_walls.append(timed(prepared.stack.refresh)))
    result.refresh_calls.append(sum(made.values()))
