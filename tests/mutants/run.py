"""Run the tests against one deliberate mistake at a time: each must be caught (`make mutants`).

mutmut and cosmic-ray make every mutant that the syntax allows: thousands for the lifecycle, hours on two cores; most of
the survivors are equivalent, or concern only the wording of a message. Here each mutant is a mistake that would cost
somebody money or a job, chosen by a person and written beside a cheap test that catches it: the table takes minutes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutant import Mutant
from runs import FAILED, PASSED, Run, copied_package, finished, preload
from tables import ALL

KILLED, SURVIVED, ERROR = "killed", "survived", "error"
_RESULTS = {PASSED: SURVIVED, FAILED: KILLED}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that are asked for; return 0 when all of them were killed."""
    parser = argparse.ArgumentParser(prog="mutants", description="Each mutant of the table must make a test fail.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many mutants run side by side")
    parser.add_argument("--show", action="store_true", help="show what pytest says about each mutant")
    parser.add_argument("parts", nargs="*", help="only mutants whose module, text or replacement contains one of these")
    options = parser.parse_args(arguments)
    chosen = [mutant for mutant in ALL if _is_chosen(mutant, options.parts)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        preload(Path(folder))
        sound = copied_package(Path(folder, "sound"))
        tests = sorted({test for mutant in chosen for test in mutant.tests})
        shares = [tests[start :: options.jobs] for start in range(min(options.jobs, len(tests)))]
        for run in finished((Run(sound, share) for share in shares), options.jobs):
            if run.status != PASSED:
                print(run.output, "error: the tests must pass on the unchanged package first", sep="\n")
                return 1
        print(f"{len(chosen)} mutants; their tests pass on the unchanged package", flush=True)
        counts = _judge(chosen, sound, options.jobs, show=options.show)
    told = ", ".join(f"{counts[result]} {result}" for result in (KILLED, SURVIVED, ERROR))
    print(f"{told} in {time.monotonic() - began:.0f} s")
    return 0 if counts[KILLED] == len(chosen) > 0 else 1


def _is_chosen(mutant: Mutant, parts: Sequence[str]) -> bool:
    texts = (mutant.module, mutant.text, mutant.replacement)
    return not parts or any(part in text for part in parts for text in texts)


def _judge(chosen: Sequence[Mutant], sound: Path, jobs: int, *, show: bool) -> Counter[str]:
    """Run the tests of each mutant against a copy of the package with that change, and print what came of it."""
    counts: Counter[str] = Counter()
    runs: dict[Path, Mutant] = {}

    def changed_copies() -> Iterator[Run]:
        for number, mutant in enumerate(chosen):
            copy = copied_package(sound.with_name(str(number)), sound)
            try:
                mutant.apply(copy)
            except LookupError as error:
                counts[ERROR] += 1
                print(f"{ERROR}: {error}", flush=True)
                continue
            runs[copy] = mutant
            yield Run(copy, mutant.tests)

    for run in finished(changed_copies(), jobs):
        shutil.rmtree(run.copy)
        result = _RESULTS.get(run.status, ERROR)
        counts[result] += 1
        if show or result == ERROR:
            print(run.output)
        print(f"{result}: {runs[run.copy]}", flush=True)
    return counts


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    sys.exit(main())
