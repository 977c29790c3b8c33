"""Which measurements make up the benchmark, in which order, and what each has to reach.

Why it exists: the order decides whether the figures are fair. What needs a quiet machine (imports, refreshes, memory)
goes first and alone. The slow teardowns mostly wait, so they wait side by side, and the short ones run beside them one
after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from . import finished, import_time
from .figures import Figure, Target
from .finished import Finished
from .scene import FOUR_THREADS, NAIVE, OURS, Contestant
from .teardown import Teardown, tear_down

ENGINE_NAMES = {"local": "local engine", "command": "`pulumi`"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `cancels` pairs a cancel's duration in seconds with the most calls a teardown may make."""

    teardown_jobs: int
    cancels: tuple[tuple[float, int], ...]
    finished_jobs: int
    repetitions: int
    import_pairs: int


FULL = Size(teardown_jobs=20, cancels=((4.0, 52), (30.0, 60)), finished_jobs=100, repetitions=3, import_pairs=15)
QUICK = Size(teardown_jobs=5, cancels=((2.0, 22),), finished_jobs=10, repetitions=1, import_pairs=3)


def run(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    """Measure everything; the figures in the order of the table."""
    say("import of the front end")
    imports = _imports(size)
    of_finished = _finished(size, engines, say)
    of_teardown = _teardowns(size, engines, say)
    return [*of_teardown, *of_finished, imports]


def _imports(size: Size) -> Figure:
    ours, naive = (import_time.differences(one.module, size.import_pairs) for one in (OURS, NAIVE))
    return Figure(f"import of the front end over `{import_time.BASE}`", "s", ours, naive, Target(0.15))


def _finished(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    say(f"preparing {size.finished_jobs} finished jobs for each provider and engine")
    measured = {engine: finished.measure([OURS, NAIVE], engine, size.finished_jobs, size.repetitions) for engine in engines}
    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(next, measured.values()))
    figures: list[Figure] = []
    for engine, steps in measured.items():
        say(f"refresh, preview and memory, {ENGINE_NAMES[engine]}")
        ours, naive = next(steps)
        steps.close()
        figures += _of_finished(size.finished_jobs, ENGINE_NAMES[engine], ours, naive)
    return figures


def _of_finished(jobs: int, engine: str, ours: Finished, naive: Finished) -> list[Figure]:
    latency = f"{finished.LATENCY_SECONDS * 1000:.0f} ms"
    what = f"`refresh` of {jobs} finished jobs, {engine}"
    rows = [
        Figure(f"calls: {what}", "calls", ours.refresh_calls, naive.refresh_calls, Target(10)),
        Figure(
            f"wall time at {latency} latency: {what}",
            "s",
            ours.refresh_walls,
            naive.refresh_walls,
            Target(0.5, of_ratio=True),
        ),
        Figure(
            f"calls: `preview` of {jobs} unchanged jobs, {engine}",
            "calls",
            ours.preview_calls,
            naive.preview_calls,
            Target(0),
        ),
    ]
    if ours.memory is not None and naive.memory is not None:
        limit = Target(1.15, of_ratio=True)
        for kind in ("resident", "proportional"):
            values = ([getattr(memory, kind)] for memory in (ours.memory, naive.memory))
            rows.append(Figure(f"{kind} memory of the provider host: {what}", "MiB", *values, limit))
    return rows


def _teardowns(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    """The longest cancels run side by side in the background, beside the short ones."""
    short, long = size.cancels[:-1], size.cancels[-1:]
    lanes = [(contestant, engine, seconds) for seconds, _ in long for engine in engines for contestant in (OURS, NAIVE)]
    results: dict[tuple[str, str, float], Teardown] = {}
    started = threading.Barrier(len(lanes) + 1)
    say(f"preparing the teardowns of {long[0][0]:g} s")
    with ThreadPoolExecutor(len(lanes)) as pool:
        waiting: dict[tuple[str, str, float], Future[Teardown]] = {
            _key(*lane): pool.submit(_lane, *lane, size.teardown_jobs, started) for lane in lanes
        }
        _meet(started, waiting.values())
        for seconds, _ in short:
            for engine in engines:
                for contestant in (OURS, FOUR_THREADS, NAIVE):
                    say(f"teardown of {seconds:g} s, {ENGINE_NAMES[engine]}, {contestant.name}")
                    results[_key(contestant, engine, seconds)] = tear_down(
                        contestant, engine, size.teardown_jobs, seconds
                    )
        say(f"waiting for the teardowns of {long[0][0]:g} s")
        results.update({key: future.result() for key, future in waiting.items()})
    return [
        figure
        for seconds, most in size.cancels
        for engine in engines
        for figure in _of_teardown(size.teardown_jobs, seconds, most, engine, results)
    ]


def _key(contestant: Contestant, engine: str, seconds: float) -> tuple[str, str, float]:
    return contestant.name, engine, seconds


def _lane(contestant: Contestant, engine: str, seconds: float, jobs: int, started: threading.Barrier) -> Teardown:
    try:
        return tear_down(contestant, engine, jobs, seconds, when_ready=started.wait)
    except BaseException:
        started.abort()  # or the others would wait for this one
        raise


def _meet(started: threading.Barrier, lanes: object) -> None:
    started.wait()


def _of_teardown(
    jobs: int, seconds: float, most: int, engine: str, results: dict[tuple[str, str, float], Teardown]
) -> list[Figure]:
    ours, naive = (results[_key(contestant, engine, seconds)] for contestant in (OURS, NAIVE))
    what = f"teardown of {jobs} running jobs, cancel takes {seconds:g} s, {ENGINE_NAMES[engine]}"
    rows = [
        Figure(f"calls: {what}", "calls", [ours.total], [naive.total], Target(most)),
        Figure(f"wall time: {what}", "s", [ours.wall], [naive.wall], Target(0.35, of_ratio=True)),
    ]
    if engine == "local":
        limit = Target(1.5 * seconds + 1)
        rows.append(Figure(f"wall time in itself: {what}", "s", [ours.wall], target=limit))
    rows.append(
        Figure(
            f"from “final” to delete, median: {what}",
            "s",
            [ours.reaction],
            [naive.reaction],
            Target(0.1 * seconds + 0.5),
        )
    )
    fallback = results.get(_key(FOUR_THREADS, engine, seconds))
    if fallback is not None:
        plain = f"host not widened (four threads): {what}"
        rows.append(Figure(f"calls, {plain}", "calls", [fallback.total], [naive.total]))
        rows.append(Figure(f"wall time, {plain}", "s", [fallback.wall], [naive.wall]))
    return rows
