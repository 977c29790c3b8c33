"""`python -m benchmarks`: measure, write the table, and fail when a target is missed.

Why it exists: one command that a person and a pipeline can both run. `--quick` shows within a minute that everything
still runs; its sizes are too small for the targets to mean anything, so it judges and writes nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pulumi_dashscope_ft.testing import pulumi_command

from .figures import MISSED
from .report import render
from .scene import ENGINE_NAMES
from .suite import FULL, NOTES, QUICK, run

RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str]) -> int:
    """0 when every target is met (or none was to be judged), 1 when one is missed, 2 for a wrong argument."""
    chosen = _parse(arguments)
    engines = chosen.engine or (["local", "command"] if pulumi_command() else ["local"])
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {text}", file=sys.stderr, flush=True)

    # Without compiled modules, every import would be measured with its compilation, which no installed package needs.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    measured = run(QUICK if chosen.quick else FULL, engines, say)
    command = " ".join(["python -m benchmarks", *arguments])
    text = render(measured.figures, measured.parts, NOTES, command, time.monotonic() - started)
    print(text)
    if chosen.quick:
        return 0
    RESULTS.write_text(text, encoding="utf-8")
    missed = [figure.name for figure in measured.figures if figure.verdict == MISSED]
    for name in missed:
        say(f"target missed: {name}")
    return 1 if missed else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure this provider beside a naive one."
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run: small sizes, nothing judged, nothing written"
    )
    parser.add_argument(
        "--engine",
        action="append",
        choices=sorted(ENGINE_NAMES),
        help="only this engine; may be given twice (default: local, and command where `pulumi` is on PATH)",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
