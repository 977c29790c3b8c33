"""Run the tests against one deliberate mistake at a time: each must be caught (`make mutants`).

mutmut and cosmic-ray make every mutant that the syntax allows: thousands for the lifecycle, hours on two cores; most of
the survivors are equivalent, or concern only the wording of a message. Here each mutant is a mistake that would cost
somebody money or a job, chosen by a person and written beside a cheap test that catches it: the table takes minutes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mutant import Mutant
from runs import FAILED, PASSED, STOPPED, Run, copied_package, finished, linked_copy, preload
from tables import AREAS

KILLED, TIMED_OUT, SURVIVED, ERROR = "killed", "killed by timeout", "survived", "error"
_RESULTS = {PASSED: SURVIVED, FAILED: KILLED, STOPPED: TIMED_OUT}
_LONGEST, _MOST_WORK = 30.0, 15
"""Seconds, and seconds of processor time, for the tests of one mutant. They take one or two. A busy machine is shown by
the first run: as long as all tests together have taken on the unchanged package, each mutant may take longer.
"""
_LONGEST_SOUND = 600.0
"""Seconds for all the tests together, on the unchanged package."""

Counts = Mapping[str, Counter[str]]
"""Area → result → how many."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that are asked for; return 0 when all of them were killed."""
    parser = argparse.ArgumentParser(prog="mutants", description="Each mutant of the table must make a test fail.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many mutants run side by side")
    parser.add_argument("--show", action="store_true", help="show what pytest says about each mutant")
    parser.add_argument(
        "parts", nargs="*", help="only mutants whose area, module, text or replacement contains one of these"
    )
    options = parser.parse_args(arguments)
    chosen = {
        area: [mutant for mutant in mutants if _is_chosen(area, mutant, options.parts)]
        for area, mutants in AREAS.items()
    }
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        preload(Path(folder))
        sound = copied_package(Path(folder, "sound"))
        tests = sorted({test for mutants in chosen.values() for mutant in mutants for test in mutant.tests})
        shares = [tests[start :: options.jobs] for start in range(min(options.jobs, len(tests)))]
        copies = [linked_copy(sound, sound.with_name(f"sound-{number}")) for number in range(len(shares))]
        first = (Run(copy, share, _LONGEST_SOUND) for copy, share in zip(copies, shares, strict=True))
        for run in finished(first, options.jobs):
            if run.status != PASSED:
                print(run.output, "error: the tests must pass on the unchanged package first", sep="\n")
                return 1
        took = time.monotonic() - began
        print(f"the tests of all mutants pass on the unchanged package, in {took:.0f} s", flush=True)
        counts = _judge(chosen, sound, options.jobs, _LONGEST + took, show=options.show)
    print(f"\n{_summary(counts)}\nin {time.monotonic() - began:.0f} s")
    total = sum(counts.values(), Counter())
    return 0 if total[KILLED] + total[TIMED_OUT] == total.total() > 0 else 1


def _is_chosen(area: str, mutant: Mutant, parts: Sequence[str]) -> bool:
    texts = (area, mutant.module, mutant.text, mutant.replacement)
    return not parts or any(part in text for part in parts for text in texts)


def _judge(chosen: Mapping[str, Sequence[Mutant]], sound: Path, jobs: int, longest: float, *, show: bool) -> Counts:
    """Run the tests of each mutant against a copy of the package with that change, and print what came of it.

    :param longest: seconds after which a mutant counts as killed by timeout.
    """
    counts: dict[str, Counter[str]] = {area: Counter() for area, mutants in chosen.items() if mutants}
    runs: dict[Path, tuple[str, Mutant]] = {}
    number_of_all = sum(map(len, chosen.values()))

    def note(area: str, result: str, text: str) -> None:
        counts[area][result] += 1
        number = sum(count.total() for count in counts.values())
        print(f"[{number}/{number_of_all}] {result}: {text}", flush=True)

    def changed_copies() -> Iterator[Run]:
        for area, mutants in chosen.items():
            for number, mutant in enumerate(mutants):
                copy = linked_copy(sound, sound.with_name(f"{area}-{number}"))
                try:
                    mutant.apply(copy)
                except LookupError as error:
                    note(area, ERROR, str(error))
                    continue
                runs[copy] = area, mutant
                yield Run(copy, mutant.tests, longest, _MOST_WORK)

    for run in finished(changed_copies(), jobs):
        shutil.rmtree(run.copy)
        area, mutant = runs[run.copy]
        result = _RESULTS.get(run.status, ERROR)
        if show or result == ERROR:
            print(run.output)
        note(area, result, f"{mutant} ({area}, {run.took:.1f} s)")
    return counts


def _summary(counts: Counts) -> str:
    """Return a table with a line for each area, and one for all of them."""
    results = (KILLED, TIMED_OUT, SURVIVED, ERROR)
    rows: list[tuple[str, ...]] = [("area", "mutants", *results)]
    for area, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        rows.append((area, str(count.total()), *(str(count[result]) for result in results)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
