"""The table in Markdown, with all that is needed to judge it: machine, versions, date, command.

Why it exists: a figure without its circumstances can be neither trusted nor repeated.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from pulumi_dashscope_ft import __version__
from pulumi_dashscope_ft.testing import pulumi_command

from .figures import Figure, Target

COUNTED = ("calls", "steps")
"""Units that are written without a name."""

_HEADING = "| figure | target | this provider | naive | ratio | verdict |\n|---|---|---|---|---|---|\n"


_PARTS = (
    "\n## Where the time of one job goes\n\nMedians on the real engine. Each row is a difference between whole "
    "operations, so a small one may be noise.\n\n"
)


def render(figures: Sequence[Figure], parts: str, notes: Sequence[str], command: str, took: float) -> str:
    """The whole document. `parts` is the table of the parts of one job's operations, empty where there is none."""
    rows = "".join(_row(figure) for figure in figures)
    facts = "".join(f"- {fact}\n" for fact in (*_machine(), *_versions(), *_run(command, took)))
    remarks = "".join(f"- {note}\n" for note in notes)
    parts = parts and f"{_PARTS}{parts}"
    notes_and_facts = f"\n## How to read it\n\n{remarks}\n## Where this was measured\n\n{facts}"
    return f"# What it costs\n\n{_HEADING}{rows}{parts}{notes_and_facts}"


def _row(figure: Figure) -> str:
    ratio = "–" if figure.ratio is None else f"{figure.ratio:.2f}"
    naive = "–" if figure.naive is None else _shown(figure.naive, figure.unit)
    cells = (figure.name, _target(figure), _shown(figure.ours, figure.unit), naive, ratio, figure.verdict)
    return f"| {' | '.join(cells)} |\n"


def _target(figure: Figure) -> str:
    match figure.target:
        case None:
            return "–"
        case Target(limit=limit, of_ratio=True):
            return f"≤ {limit:g} × naive"
        case Target(limit=limit):
            return f"≤ {limit:g}" if figure.unit in COUNTED else f"≤ {limit:g} {figure.unit}"


def _shown(values: Sequence[float], unit: str) -> str:
    if unit in COUNTED:
        distinct = sorted({round(value) for value in values})
        return "–".join(str(number) for number in (distinct[0], distinct[-1])[: len(distinct)])
    digits = 1 if unit == "MiB" else 2
    middle = f"{median(values):.{digits}f} {unit}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _machine() -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return [
        f"machine: {os.cpu_count()} cores, {memory:.0f} GiB memory, {_processor()}, {platform.system()} "
        f"{platform.release()}",
        f"load average at the end (1, 5, 15 minutes; this run included): {load}",
    ]


def _processor() -> str:
    """The processor's model, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def _versions() -> list[str]:
    listed = ", ".join(f"{name} {version(name)}" for name in ("pulumi", "requests", "grpcio"))
    command = pulumi_command()
    engine = "no `pulumi` command on PATH: local engine only"
    if command is not None:
        done = subprocess.run([str(command), "version"], check=True, capture_output=True, text=True)
        engine = f"`pulumi` command {done.stdout.strip()}"
    return [f"pulumi-dashscope-ft {__version__}, Python {platform.python_version()}, {listed}", engine]


def _run(command: str, took: float) -> list[str]:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return [f"command: `{command}`", f"{now}, after {took:.0f} s"]
