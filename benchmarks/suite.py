"""Which measurements make up the benchmark, in which order, and what each has to reach.

Why it exists: the order decides whether the figures are fair. What needs a quiet machine (imports, refreshes, memory)
goes first and alone. The slow teardowns mostly wait, so they wait side by side, and the short ones run beside them one
after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median

from . import finished, fleet, import_time
from .figures import Figure, Target
from .finished import Finished
from .scene import FOUR_THREADS, NAIVE, OURS, PARALLEL, PLUGIN, Contestant, scenes
from .teardown import ALLOWED_SECONDS, Teardown, allowed, spread_cancels, tear_down

ENGINE_NAMES = {"local": "local engine", "command": "`pulumi`"}

Say = Callable[[str], None]
Results = dict[tuple[Contestant, str, float], Teardown]
"""By provider, engine and seconds that a cancel takes."""

SHORTEST_SPREAD = 1.7
"""Seconds of the shortest cancel where they differ; no whole number, which would favour whoever looks every second."""


LONG_CANCEL = 10.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `cancels` pairs a cancel's duration in seconds with the most calls a teardown may make."""

    teardown_jobs: int
    cancels: tuple[tuple[float, int], ...]
    finished_jobs: int
    repetitions: int
    import_rounds: int
    judged: bool
    fleet_stacks: tuple[int, ...] = fleet.STACKS
    fleet_jobs: int = fleet.JUDGED * fleet.JOBS_OF_A_STACK


FULL = Size(
    teardown_jobs=20, cancels=((4.0, 52), (30.0, 60)), finished_jobs=100, repetitions=3, import_rounds=11, judged=True
)
QUICK = Size(
    teardown_jobs=5,
    cancels=((2.0, 22),),
    finished_jobs=10,
    repetitions=1,
    import_rounds=3,
    judged=False,
    fleet_stacks=(10,),
    fleet_jobs=300,
)


def run(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    """Measure everything; the figures in the order of the table. Without targets where the size is not to be judged."""
    say("import of the front end")
    imports = _imports(size)
    of_finished = _finished(size, engines, say)
    of_teardown = _teardowns(size, engines, say)
    figures = [*of_teardown, *of_finished, *imports, *fleet.run(size.fleet_stacks, size.fleet_jobs, say)]
    return figures if size.judged else [replace(figure, target=None) for figure in figures]


def _imports(size: Size) -> list[Figure]:
    ours, naive = import_time.measure([OURS.module, NAIVE.module], size.import_rounds)
    what = f"import of the front end over `{import_time.BASE}`"
    return [
        Figure(what, "s", ours.wall, naive.wall, Target(0.15)),
        Figure(f"processor time: {what}", "s", ours.processor, naive.processor),
    ]


def _finished(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    say(f"preparing {size.finished_jobs} finished jobs for each provider and engine")
    lanes = [(contestant, engine) for engine in engines for contestant in (OURS, NAIVE)]
    figures: list[Figure] = []
    with scenes(lanes, size.finished_jobs, "SUCCEEDED") as many, scenes(lanes, 1, "SUCCEEDED") as single:
        for engine in engines:
            say(f"refresh, preview and memory, {ENGINE_NAMES[engine]}")
            pair, singles = ([scene for scene in group if scene.engine == engine] for group in (many, single))
            figures += _of_finished(size.finished_jobs, engine, finished.measure(pair, singles, size.repetitions))
    return figures


def _of_finished(jobs: int, engine: str, results: Sequence[Finished]) -> list[Figure]:
    """`results` are those of many jobs, then those of a single one; each time this provider's and the naive one's."""
    ours, naive, our_single, naive_single = results
    at_latency = f"wall time at {finished.LATENCY_SECONDS * 1000:.0f} ms latency"
    what = f"`refresh` of {jobs} finished jobs, {ENGINE_NAMES[engine]}"
    half = Target(0.5, of_ratio=True)
    rows = [
        Figure(f"calls: {what}", "calls", ours.refresh_calls, naive.refresh_calls, Target(10)),
        # The command takes seconds to start and end, whatever the provider does: there the next row is judged.
        Figure(
            f"{at_latency}: {what}", "s", ours.refresh_walls, naive.refresh_walls, half if engine == "local" else None
        ),
        Figure(
            f"{at_latency}, beyond that for a single job: {what}",
            "s",
            _beyond(ours, our_single),
            _beyond(naive, naive_single),
            half,
        ),
        Figure(
            f"calls: `preview` of {jobs} unchanged jobs, {ENGINE_NAMES[engine]}",
            "calls",
            ours.preview_calls,
            naive.preview_calls,
            Target(0),
        ),
    ]
    if ours.memory is not None and naive.memory is not None:
        what = f"memory of the provider host: {what}"
        mine, other = ours.memory, naive.memory
        rows += [
            Figure(f"resident {what}", "MiB", [mine.resident], [other.resident], Target(1.15, of_ratio=True)),
            Figure(f"proportional {what}", "MiB", [mine.proportional], [other.proportional]),
        ]
    return rows


def _beyond(many: Finished, single: Finished) -> list[float]:
    """How much longer the refreshes of many jobs took than that of a single one, which is what an engine costs."""
    return [wall - median(single.refresh_walls) for wall in many.refresh_walls]


def _teardowns(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    """The longest cancels run side by side in the background, beside the short ones."""
    *short, (longest, _) = size.cancels
    lanes = [(contestant, engine) for engine in engines for contestant in (OURS, PLUGIN, NAIVE)]
    results: Results = {}
    say(f"preparing the teardowns of {longest:g} s")
    with (
        scenes(lanes, size.teardown_jobs, "RUNNING", cancel_seconds=longest) as slow,
        scenes([(OURS, engines[0]), (NAIVE, engines[0])], size.teardown_jobs, "RUNNING") as mixed,
        ThreadPoolExecutor(len(slow) + len(mixed)) as pool,
    ):
        for scene in mixed:
            spread_cancels(scene, SHORTEST_SPREAD)
        waiting = [(scene, pool.submit(tear_down, scene)) for scene in slow]
        spread = [pool.submit(tear_down, scene) for scene in mixed]
        for seconds, _ in short:
            for engine in engines:
                results.update(_one_by_one(size.teardown_jobs, seconds, engine, say))
        say(f"waiting for the teardowns of {longest:g} s")
        results.update({(scene.contestant, scene.engine, longest): done.result() for scene, done in waiting})
        of_spread = _of_spread(size.teardown_jobs, engines[0], *(done.result() for done in spread))
    of_equal = [
        figure
        for seconds, most in size.cancels
        for engine in engines
        for figure in _of_teardown(size.teardown_jobs, seconds, most, engine, results)
    ]
    return [*of_equal, of_spread]


def _of_spread(jobs: int, engine: str, ours: Teardown, naive: Teardown) -> Figure:
    """Equal cancels could meet a schedule of looks at lucky moments; these can't."""
    name = (
        f"from “final” to delete as a share of what is allowed (a tenth of the cancel + {ALLOWED_SECONDS} s), median: "
        f"teardown of {jobs} running jobs, cancels take {SHORTEST_SPREAD:g} to {SHORTEST_SPREAD + jobs - 1:g} s, "
        f"{ENGINE_NAMES[engine]}"
    )
    return Figure(name, "×", [ours.share], [naive.share], Target(1))


def _one_by_one(jobs: int, seconds: float, engine: str, say: Say) -> Results:
    contestants = (OURS, PLUGIN, FOUR_THREADS, NAIVE)
    say(f"teardowns of {seconds:g} s, {ENGINE_NAMES[engine]}")
    with scenes([(one, engine) for one in contestants], jobs, "RUNNING", cancel_seconds=seconds) as prepared:
        return {(scene.contestant, engine, seconds): tear_down(scene) for scene in prepared}


def _of_teardown(jobs: int, seconds: float, most: int, engine: str, results: Results) -> list[Figure]:
    ours, naive = (results[contestant, engine, seconds] for contestant in (OURS, NAIVE))
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
            [ours.late],
            [naive.late],
            Target(allowed(seconds)),
        )
    )
    plugin = results[PLUGIN, engine, seconds]
    limit = Target(1.25 * seconds + 1)
    rows += [
        Figure(f"calls, plugin: {what}", "calls", [plugin.total], [naive.total], Target(most)),
        # The command itself takes seconds to start and end: that is within the limit only where cancels are long.
        Figure(
            f"wall time, plugin: {what}",
            "s",
            [plugin.wall],
            [naive.wall],
            limit if engine == "local" or seconds >= LONG_CANCEL else None,
        ),
    ]
    fallback = results.get((FOUR_THREADS, engine, seconds))
    if fallback is not None:
        plain = f"host not widened (four threads): {what}"
        rows.append(Figure(f"calls, {plain}", "calls", [fallback.total], [naive.total]))
        rows.append(Figure(f"wall time, {plain}", "s", [fallback.wall], [naive.wall]))
    return rows


NOTES = (
    "Both providers run the same program with the same arguments, each against an emulator of its own with the same "
    f"settings, over loopback sockets, in a real provider host (`python -m pulumi.dynamic`), with {PARALLEL} parallel "
    "steps.",
    "Wall times are those of the whole operation as a user sees it: the start of the engine and of the provider host "
    "included, for both providers. “Beyond that for a single job” takes that start away: the median time of the same "
    "operation on a stack of one job is subtracted. On the real engine only this is judged for `refresh`, because "
    "starting and ending the command takes longer than the naive provider's hundred calls.",
    "Where an operation was repeated, the median counts and the range is in brackets. Repetitions alternate between "
    "the providers; imports are rounds of fresh interpreters.",
    "“From final to delete” comes from the emulator's records: the arrival of the delete minus the moment the job "
    "became final. The naive provider looks every second, and the cancels here last whole seconds, so it always comes "
    "at the right moment; with any other duration it is half a second late on average.",
    "Memory is the host's largest during a refresh. Resident counts pages shared with other processes in full; "
    "proportional counts them in part, and so depends on what else runs on the machine: it is not judged.",
    "The plugin (`pulumi_dashscope_ft.native` and the provider plugin behind it) is a process of its own with a thread "
    "for each call. Its limit for the wall time is 1.25 cancels and a second; the command's own start and end are "
    "judged with it only where cancels are long.",
    "A host that is not widened (`DASHSCOPE_FT_PLAIN_HOST=1`, or an SDK whose inside looks different) serves four "
    "calls at a time, as the naive provider's does. These rows have no target; they show what the fallback costs.",
    *fleet.NOTES,
)
