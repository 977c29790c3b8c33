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

from . import counting, finished, fleet, growth, import_time, many_processes, single, starting
from .figures import Figure, Target
from .finished import Finished
from .scene import ENGINE_NAMES, FOUR_THREADS, NAIVE, OURS, PARALLEL, PLUGIN, Contestant, scenes
from .teardown import ALLOWED_SECONDS, Teardown, allowed, spread_cancels, tear_down

Say = Callable[[str], None]
Results = dict[tuple[Contestant, str, float], Teardown]
"""By provider, engine and seconds that a cancel takes."""

SHORTEST_SPREAD = 1.7
"""Seconds of the shortest cancel where they differ; no whole number, which would favour whoever looks every second."""

LONG_CANCEL = 10.0

LEFT_DEPLOYMENTS_LOOK = 1
"""Calls that a whole `destroy` of the dynamic flavour adds to those about its jobs: the stack's identity goes last, and
looks whether a deployment of the stack is left."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    :param cancels: pairs a cancel's duration in seconds with the most calls that a teardown may make.
    :param starts: pairs a number of jobs with the most calls that their `up` may make.
    :param many_jobs: for the memory of the provider host, beside that with `finished_jobs`.
    """

    teardown_jobs: int
    cancels: tuple[tuple[float, int], ...]
    starts: tuple[tuple[int, int], ...]
    finished_jobs: int
    many_jobs: int
    repetitions: int
    import_rounds: int
    processes: tuple[int, ...]
    data_megabytes: int
    judged: bool
    fleet_stacks: tuple[int, ...] = fleet.STACKS
    fleet_jobs: int = fleet.JUDGED * fleet.JOBS_OF_A_STACK


FULL = Size(
    teardown_jobs=20,
    cancels=((4.0, 43), (30.0, 58)),
    starts=((20, 24), (100, 106)),
    finished_jobs=100,
    many_jobs=1000,
    repetitions=3,
    import_rounds=11,
    processes=(1, 10, 50),
    data_megabytes=300,
    judged=True,
)
QUICK = Size(
    teardown_jobs=5,
    cancels=((2.0, 22),),
    starts=((5, 9),),
    finished_jobs=10,
    many_jobs=30,
    repetitions=1,
    import_rounds=3,
    processes=(1, 3),
    data_megabytes=2,
    judged=False,
    fleet_stacks=(10,),
    fleet_jobs=300,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures in the order of the table, and the parts of one job's operations; empty without the real engine."""

    figures: list[Figure]
    parts: str


def run(size: Size, engines: Sequence[str], say: Say) -> Measured:
    """Measure everything. The figures have no targets where the size is not to be judged."""
    say("import of the front end")
    imports = _imports(size)
    say(f"tokens of {size.data_megabytes} MB of training data")
    of_counting = counting.figures(size.data_megabytes, 1)
    of_single, parts = _single(size, engines, say)
    of_starts = _starts(size, engines, say)
    of_finished = _finished(size, engines, say)
    of_growth = _growth(size, engines[0], say)
    of_teardown = _teardowns(size, engines, say)
    of_processes = many_processes.figures(size.processes, say)
    of_fleet = fleet.run(size.fleet_stacks, size.fleet_jobs, say)
    figures = [
        *of_teardown,
        *of_starts,
        *of_finished,
        *of_growth,
        *of_single,
        *imports,
        *of_counting,
        *of_processes,
        *of_fleet,
    ]
    return Measured(figures if size.judged else [replace(figure, target=None) for figure in figures], parts)


def _single(size: Size, engines: Sequence[str], say: Say) -> tuple[list[Figure], str]:
    figures: list[Figure] = []
    parts = ""
    for engine in engines:
        say(f"one job, {ENGINE_NAMES[engine]}")
        measured = single.measure(engine, size.repetitions)
        figures += single.figures(engine, measured)
        if engine == "command":
            parts = single.table(measured)
    return figures, parts


def _starts(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    figures: list[Figure] = []
    for jobs, most in size.starts:
        for engine in engines:
            say(f"up of {jobs} jobs, {ENGINE_NAMES[engine]}")
            results = starting.measure((OURS, PLUGIN, NAIVE), engine, jobs, size.repetitions)
            figures += starting.figures(jobs, most, engine, results)
    return figures


def _growth(size: Size, engine: str, say: Say) -> list[Figure]:
    few, many = size.finished_jobs, size.many_jobs
    say(f"memory with {many} finished jobs, {ENGINE_NAMES[engine]}")
    results = {contestant: growth.measure(contestant, engine, few, many) for contestant in (OURS, PLUGIN)}
    return growth.figures(few, many, engine, results)


def _imports(size: Size) -> list[Figure]:
    ours, naive = import_time.measure([OURS.module, NAIVE.module], size.import_rounds)
    what = f"import of the front end over `{import_time.BASE}`"
    return [
        Figure(what, "s", ours.wall, naive.wall, Target(0.15)),
        Figure(f"processor time: {what}", "s", ours.processor, naive.processor),
    ]


def _finished(size: Size, engines: Sequence[str], say: Say) -> list[Figure]:
    say(f"preparing {size.finished_jobs} finished jobs for each provider and engine")
    lanes = [(contestant, engine) for engine in engines for contestant in (OURS, PLUGIN, NAIVE)]
    figures: list[Figure] = []
    with scenes(lanes, size.finished_jobs, "SUCCEEDED") as many, scenes(lanes, 1, "SUCCEEDED") as one:
        for engine in engines:
            say(f"refresh, preview and memory, {ENGINE_NAMES[engine]}")
            group, singles = ([scene for scene in lane if scene.engine == engine] for lane in (many, one))
            results = finished.measure(group, singles, size.repetitions)
            figures += _of_finished(size.finished_jobs, engine, results)
    return figures


def _of_finished(jobs: int, engine: str, results: Sequence[Finished]) -> list[Figure]:
    """`results` are those of many jobs, then those of a single one; each time ours, the plugin's, the naive one's."""
    *ours, naive, ours_single, plugin_single, naive_single = results
    singles = (ours_single, plugin_single)
    at_latency = f"wall time at {finished.LATENCY_SECONDS * 1000:.0f} ms latency"
    what = f"`refresh` of {jobs} finished jobs, {ENGINE_NAMES[engine]}"
    # The naive provider does nothing but call, so with calls that take no time the rest is the engine's.
    engine_alone = median(naive.instant_walls) - median(naive_single.instant_walls)
    rows: list[Figure] = []
    for mine, own_single, flavour in zip(ours, singles, ("", ", plugin"), strict=True):
        rows += [
            Figure(f"calls{flavour}: {what}", "calls", mine.refresh_calls, naive.refresh_calls, Target(10)),
            # The command takes seconds to start and end, whatever the provider does: there the next row is judged.
            Figure(
                f"{at_latency}{flavour}: {what}",
                "s",
                mine.refresh_walls,
                naive.refresh_walls,
                Target(0.4, of_ratio=True) if engine == "local" else None,
            ),
            Figure(
                f"{at_latency}, beyond that for a single job{flavour}: {what}",
                "s",
                _beyond(mine, own_single),
                _beyond(naive, naive_single),
            ),
            Figure(
                f"{at_latency}, beyond that for a single job and what the engine takes for each{flavour}: {what}",
                "s",
                [wall - engine_alone for wall in _beyond(mine, own_single)],
                None,
                Target(0.15),
            ),
            Figure(
                f"calls{flavour}: `preview` of {jobs} unchanged jobs, {ENGINE_NAMES[engine]}",
                "calls",
                mine.preview_calls,
                naive.preview_calls,
                Target(0),
            ),
        ]
        if mine.memory is not None and naive.memory is not None:
            about = f"memory of the provider host{flavour}: {what}"
            limit = Target(1.2, of_ratio=True)
            rows += [
                Figure(f"resident {about}", "MiB", [mine.memory.resident], [naive.memory.resident], limit),
                Figure(f"proportional {about}", "MiB", [mine.memory.proportional], [naive.memory.proportional]),
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
        Figure(f"calls: {what}", "calls", [ours.total], [naive.total], Target(most + LEFT_DEPLOYMENTS_LOOK)),
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
    "operation on a stack of one job is subtracted. “What the engine takes for each”: the same difference, of the "
    "naive provider whose service answers at once. On the real engine it is larger than the 0.15 s that are ours to "
    "spend. There only this rest is judged for `refresh`, because starting and ending the command takes longer than "
    "the naive provider's hundred calls.",
    "Where an operation was repeated, the median counts and the range is in brackets. Repetitions alternate between "
    "the providers; imports are rounds of fresh interpreters.",
    "“From final to delete” comes from the emulator's records: the arrival of the delete minus the moment the job "
    "became final. The naive provider looks every second, and the cancels here last whole seconds, so it always comes "
    "at the right moment; with any other duration it is half a second late on average.",
    "An `up` is measured from an empty stack, each time on a new service that answers after "
    f"{finished.LATENCY_SECONDS * 1000:.0f} ms and has no limit of its own. One job goes through `up`, `refresh` and "
    "`preview` in this order, and is `SUCCEEDED` from the second on. For “nothing declared” the program imports the "
    "naive provider and makes nothing: no provider host starts.",
    "Memory with many jobs: the stack of few gets a copy of a job in its state for each job that was started without "
    "Pulumi.",
    "Memory is the host's largest during a refresh. Resident counts pages shared with other processes in full; "
    "proportional counts them in part, and so depends on what else runs on the machine: it is not judged.",
    "The plugin (`pulumi_dashscope_ft.native` and the provider plugin behind it) is a process of its own with a thread "
    "for each call. Its limit for the wall time is 1.25 cancels and a second; the command's own start and end are "
    "judged with it only where cancels are long.",
    "Many processes on one account run the real lifecycle and the real client, forked from one process that has "
    "everything imported, and no engine: fifty engines do not fit on two cores, and both front ends stand on that same "
    "code. “Naive” is a fixed rate here: 10 calls a second, bursts of 20, a second's pause for all after a refusal, "
    "and each refused call backs off by itself. What the limit alone costs: the calls that were accepted, at the "
    "limit, and one cancel.",
    "A host that is not widened (`DASHSCOPE_FT_PLAIN_HOST=1`, or an SDK whose inside looks different) serves four "
    "calls at a time, as the naive provider's does. These rows have no target; they show what the fallback costs.",
    *fleet.NOTES,
)
