"""Runs of pytest side by side, each against a copy of the package of its own.

Most of a short run is imports. So each run is a fork of a process that has imported what the tests need from others,
and nothing of the package.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from mutant import PACKAGE, REPOSITORY
from own_copy import COPY

PASSED, FAILED, ENDLESS = 0, 1, -1
_LONGEST = 600.0
"""Seconds for one run. It takes a few; this is for a mutant that never ends."""
_OF_OTHERS = (
    "dill",
    "grpc",
    "hypothesis",
    "jsonschema",
    "pulumi.dynamic",
    "requests",
    "starlette.applications",
    "uvicorn",
)
_OPTIONS = ("-p", "own_copy", "-p", "no:cacheprovider", "-x", "-q", "--tb=short", "--breadth", "whole")


@dataclass(slots=True)
class Run:
    """One run of some tests against the package in `copy`.

    :param tests: files or node ids below `tests`.
    :param status: pytest's exit status; `ENDLESS` when the run was stopped.
    """

    copy: Path
    tests: Sequence[str]
    status: int = ENDLESS
    output: str = ""

    def start(self) -> BaseProcess:
        """Start the run in a fork of this process."""
        process = multiprocessing.get_context("fork").Process(target=_run_tests, args=(self.copy, self.tests))
        process.start()
        return process

    def end(self, process: BaseProcess) -> None:
        """Note what came of the run; stop it if it goes on."""
        if process.is_alive():
            process.kill()
            process.join()
            self.output = f"{', '.join(self.tests)} did not end within {_LONGEST:.0f} s"
            return
        process.join()
        self.status = ENDLESS if process.exitcode is None else process.exitcode
        self.output = (self.copy / "output").read_text(encoding="utf-8", errors="replace")


def preload(scratch: Path) -> None:
    """Import what the tests need from others.

    :param scratch: a folder for what the libraries keep.
    """
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(scratch / "hypothesis")
    for module in _OF_OTHERS:
        importlib.import_module(module)
    if any(name.partition(".")[0] == PACKAGE for name in sys.modules):
        raise RuntimeError(f"{PACKAGE} was imported before it was changed")


def copied_package(target: Path, source: Path = REPOSITORY) -> Path:
    """Copy the package, and its schema, which it looks for beside itself; with what Python has compiled."""
    shutil.copytree(source / PACKAGE, target / PACKAGE)
    shutil.copy2(source / "schema.json", target)
    return target


def finished(runs: Iterator[Run], jobs: int) -> Iterator[Run]:
    """Start the runs, as many at a time as there are jobs, and yield each when it has ended."""
    active: dict[int, tuple[Run, BaseProcess, float]] = {}
    more = True
    while more or active:
        while more and len(active) < jobs:
            run = next(runs, None)
            more = run is not None
            if run is not None:
                process = run.start()
                active[process.sentinel] = run, process, time.monotonic() + _LONGEST
        wait(list(active), timeout=5.0)
        for sentinel, (run, process, deadline) in list(active.items()):
            if not process.is_alive() or time.monotonic() > deadline:
                del active[sentinel]
                run.end(process)
                yield run


def _run_tests(copy: Path, tests: Sequence[str]) -> None:
    """Run the tests in this process, and exit with pytest's status.

    The copy comes before the editable install on `sys.path`, here and in processes that the tests start, and the
    current folder is kept off it; `own_copy` proves that. No process that another run has started warm may serve,
    because it has the sound package.
    """
    with (copy / "output").open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.chdir(REPOSITORY)
    sys.path.insert(0, str(copy))
    os.environ |= {"PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1", "WARM_PROCESSES": "0", COPY: str(copy)}
    options = [
        "-p",
        "own_copy",
        "-p",
        "no:cacheprovider",
        "-x",
        "-q",
        "--tb=short",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    status = pytest.main([*options, *(f"tests/{test}" for test in tests)])
    sys.stdout.flush()
    os._exit(status)
