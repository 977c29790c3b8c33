"""Where the time of one job's `up`, `refresh` and `preview` goes, part by part.

Why it exists: a person who waits four seconds for one job wants to know for what, and only our own part of it is ours
to shorten. Nothing here is estimated. The parts are differences between whole operations that are run side by side: one
with nothing declared (the engine, Python and `import pulumi`), one with the naive provider (Pulumi's provider host and
one call), and ours. What our imports take is measured in interpreters of their own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .figures import Figure, Target
from .finished import LATENCY_SECONDS
from .scene import ENGINE_NAMES, NAIVE, OURS, PLUGIN, Contestant, Scene, bare_scene, timed

OPERATIONS = ("up", "refresh", "preview")
OWN_SECONDS = 0.3
"""How much longer than with the naive provider an operation may take."""
NOTHING = Contestant("nothing declared", NAIVE.module)

_PYTHON = "import pulumi"
_IMPORTS: Mapping[Contestant, tuple[str, str]] = {
    # What is there anyway, and what is imported beside it: by the program, and then by the provider's process.
    OURS: (
        "import pulumi, requests",
        "import pulumi_dashscope_ft; from pulumi_dashscope_ft.dynamic import serving; serving.handler('job')",
    ),
    PLUGIN: (
        "import pulumi, requests",
        "import pulumi_dashscope_ft.native; import pulumi_dashscope_ft.plugin.servicer",
    ),
}


@dataclass(frozen=True, slots=True)
class Single:
    """What operations on a stack of one job took on one engine; one value for each repetition, in seconds.

    :param walls: by provider and operation.
    :param calls: how many calls an operation made, by provider and operation.
    :param python: the start of Python and the import of `pulumi`.
    :param imports: what importing this package adds to that in program and provider, by flavour.
    """

    walls: Mapping[Contestant, Mapping[str, Sequence[float]]]
    calls: Mapping[Contestant, Mapping[str, int]]
    python: Sequence[float]
    imports: Mapping[Contestant, Sequence[float]]

    def beyond_naive(self, contestant: Contestant, operation: str) -> list[float]:
        """How much longer the operation took than with the naive provider; one value for each repetition."""
        pairs = zip(self.walls[contestant][operation], self.walls[NAIVE][operation], strict=True)
        return [ours - naive for ours, naive in pairs]


def measure(engine: str, repetitions: int) -> Single:
    """Run the three operations with one job, for each provider in turn."""
    contestants = (NOTHING, NAIVE, OURS, PLUGIN)
    walls: dict[Contestant, dict[str, list[float]]] = {one: {name: [] for name in OPERATIONS} for one in contestants}
    calls: dict[Contestant, dict[str, int]] = {one: {} for one in contestants}
    for _ in range(repetitions):
        for contestant in contestants:
            with bare_scene(contestant, engine, 0 if contestant is NOTHING else 1) as scene:
                scene.emulator.configure(latency_seconds=LATENCY_SECONDS)
                for name in OPERATIONS:
                    calls[contestant][name] = _run(scene, name, walls[contestant][name])
                    for job_id in scene.emulator.jobs:  # an active job would be read again by every preview
                        scene.emulator.force(job_id, "SUCCEEDED")
    rounds = max(repetitions, 3)
    return Single(
        walls=walls,
        calls=calls,
        python=[_took(_PYTHON) for _ in range(rounds)],
        imports={
            flavour: [_took(f"{base}; {more}") - _took(base) for _ in range(rounds)]
            for flavour, (base, more) in _IMPORTS.items()
        },
    )


def parts(single: Single, contestant: Contestant) -> list[tuple[str, list[float]]]:
    """The parts of each operation by name: seconds in the order of `OPERATIONS`, medians of the repetitions.

    They add up to the last one, which is the whole. Only for the real engine: the local one runs a program in its own
    process, whose start nothing here measures.
    """
    python, imports = median(single.python), median(single.imports[contestant])
    rows: dict[str, list[float]] = {}
    for name in OPERATIONS:
        nothing, naive, whole = (median(single.walls[one][name]) for one in (NOTHING, NAIVE, contestant))
        start = 0.0 if name == "refresh" else python  # a refresh runs no program
        waited = single.calls[contestant][name] * LATENCY_SECONDS
        host = naive - nothing - single.calls[NAIVE][name] * LATENCY_SECONDS
        for part, seconds in (
            ("Pulumi's engine and command", nothing - start),
            ("start of Python, import of `pulumi`", start),
            ("Pulumi's provider host", host),
            ("the calls to the service", waited),
            ("import of this package", imports),
            ("this package's work (the rest)", whole - nothing - host - waited - imports),
            ("whole", whole),
        ):
            rows.setdefault(part, []).append(seconds)
    return list(rows.items())


def _run(scene: Scene, name: str, walls: list[float]) -> int:
    """Run the operation, note how long it took, and return how many calls it made."""
    operation = getattr(scene.stack, name)
    return sum(scene.calls(lambda: walls.append(timed(operation))).values())


def _took(program: str) -> float:
    """Seconds from the start of an interpreter that runs this program to its end."""
    return timed(lambda: subprocess.run([sys.executable, "-c", program], check=True))


def figures(engine: str, single: Single) -> list[Figure]:
    """The rows of the table."""
    return [
        Figure(
            f"wall time beyond that of the naive provider{flavour}: `{name}` of one job, {ENGINE_NAMES[engine]}",
            "s",
            single.beyond_naive(contestant, name),
            target=Target(OWN_SECONDS),
        )
        for contestant, flavour in ((OURS, ""), (PLUGIN, ", plugin"))
        for name in OPERATIONS
    ]


def table(single: Single) -> str:
    """The parts in Markdown, for both flavours."""
    flavours = ((OURS, ""), (PLUGIN, ", plugin"))
    heads = [f"`{name}`{flavour}" for _, flavour in flavours for name in OPERATIONS]
    lines = [f"| part | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    both = [dict(parts(single, contestant)) for contestant, _ in flavours]
    for part in both[0]:
        cells = [f"{seconds:.2f} s" for of_flavour in both for seconds in of_flavour[part]]
        lines.append(f"| {part} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
