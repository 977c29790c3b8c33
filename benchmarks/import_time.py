"""What importing the front end adds to importing `pulumi` and `requests`.

Why it exists: every `preview` of every program pays it. One import is noise on a busy machine, so there are many
rounds of fresh interpreters, side by side, and the median of the differences within a round counts. The processor time
stands beside the wall time: on a busy machine the two part, and then only the former says something about the import.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

BASE = "import pulumi, requests"
_MEASURE = """
import time
wall, work = time.perf_counter(), time.process_time()
{program}
print(time.perf_counter() - wall, time.process_time() - work)
"""


@dataclass(slots=True)
class Import:
    """Seconds by which importing a front end lengthens the base, once for each round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def measure(modules: Sequence[str], rounds: int) -> list[Import]:
    """What `from module import FineTuningJob` adds to the base, for each module."""
    programs = [BASE, *(f"{BASE}; from {module} import FineTuningJob" for module in modules)]
    for program in programs:
        _seconds(program)  # compiles what is not compiled yet
    found = [Import() for _ in modules]
    for number in range(rounds):
        # Which one goes first alternates: what the first leaves in the page cache helps the next.
        took = {program: _seconds(program) for program in (programs if number % 2 else programs[::-1])}
        wall, processor = took[BASE]
        for one, program in zip(found, programs[1:], strict=True):
            one.wall.append(took[program][0] - wall)
            one.processor.append(took[program][1] - processor)
    return found


def _seconds(program: str) -> tuple[float, float]:
    command = [sys.executable, "-c", _MEASURE.format(program=program)]
    wall, processor = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(wall), float(processor)
