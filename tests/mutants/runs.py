"""Runs of pytest side by side, each against a copy of the package of its own, and none of them without an end.

Most of a short run is imports. So each run is a fork of a process that has imported what the tests need from others,
and nothing of the package.

A mutant may make its tests loop or wait for ever, in any thread, where no deadline of a test reaches. So each run is a
process group of its own with two limits from outside. The limit of processor time stops a loop and does not depend on
what else the machine does; the limit of real time stops a wait. When a run ends, its whole group is killed: what a test
has started must not slow down the runs that follow.
"""

from __future__ import annotations

import compileall
import contextlib
import importlib
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from mutant import PACKAGE, REPOSITORY
from own_copy import COPY

PASSED, FAILED, STOPPED = 0, 1, -int(signal.SIGKILL)
_INTERVAL = 0.02
"""Seconds between two looks at the runs."""
_OF_OTHERS = (
    "anyio._backends._asyncio",
    "dill",
    "grpc",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "pulumi.dynamic",
    "requests",
    "starlette.applications",
    "tenacity",
    "uvicorn.lifespan.off",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.h11_impl",
)
_OPTIONS = (
    *("-p", "own_copy", "-p", "no:anyio", "-p", "no:xdist", "-p", "no:cacheprovider"),
    *("-x", "-q", "--tb=short", "--breadth", "whole", "--timeout", "0"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


@dataclass(slots=True)
class Run:
    """One run of some tests against the package in `copy`.

    :param tests: files or node ids below `tests`.
    :param longest: seconds after which the run is stopped.
    :param most_work: seconds of processor time after which it is stopped; None for any amount.
    :param status: pytest's exit status; `STOPPED` when the run was stopped.
    :param took: seconds that the run has taken.
    """

    copy: Path
    tests: Sequence[str]
    longest: float
    most_work: int | None = None
    status: int = STOPPED
    output: str = ""
    took: float = 0.0
    _process: int = 0
    _began: float = 0.0

    def start(self) -> None:
        """Start the run in a fork of this process, as the leader of a process group."""
        sys.stdout.flush()
        self._began = time.monotonic()
        self._process = os.fork()
        if self._process == 0:
            _be(self)
        with contextlib.suppress(OSError):  # the fork does the same: the group is there for the first of the two
            os.setpgid(self._process, self._process)

    def has_ended(self) -> bool:
        """Whether the run has ended, by itself or because its time is over; then what came of it is noted."""
        is_late = time.monotonic() > self._began + self.longest
        if not is_late and os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Kill the run and what it has started. Before its process is reaped, no other group can have this id."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        self.took = time.monotonic() - self._began
        code = os.waitstatus_to_exitcode(status)
        self.status = STOPPED if code == -signal.SIGXCPU else code
        output = self.copy / "output"
        self.output = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""


def preload(scratch: Path) -> None:
    """Import what the tests need from others.

    :param scratch: a folder for what the libraries keep.
    """
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(scratch / "hypothesis")
    sys.dont_write_bytecode = False  # the tests are compiled once, too, whatever the environment says
    for module in _OF_OTHERS:
        importlib.import_module(module)
    if any(name.partition(".")[0] == PACKAGE for name in sys.modules):
        raise RuntimeError(f"{PACKAGE} was imported before it was changed")


def copied_package(target: Path) -> Path:
    """Copy the package, compiled, and its schema, which it looks for beside itself."""
    shutil.copytree(REPOSITORY / PACKAGE, target / PACKAGE)
    shutil.copy2(REPOSITORY / "schema.json", target)
    compileall.compile_dir(target / PACKAGE, quiet=1)
    return target


def linked_copy(copy: Path, target: Path) -> Path:
    """Make another copy by links to the files of this one: a change has to replace a file, not to write into it."""
    shutil.copytree(copy, target, copy_function=os.link)
    return target


def finished(runs: Iterator[Run], jobs: int) -> Iterator[Run]:
    """Start the runs, as many at a time as there are jobs, and yield each when it has ended.

    When the caller gives up, what runs is stopped.
    """
    active: list[Run] = []
    more = True
    try:
        while more or active:
            while more and len(active) < jobs:
                run = next(runs, None)
                more = run is not None
                if run is not None:
                    run.start()
                    active.append(run)
            for run in [run for run in active if run.has_ended()]:
                active.remove(run)
                yield run
            time.sleep(_INTERVAL)
    finally:
        for run in active:
            run.stop()


def _be(run: Run) -> NoReturn:
    """Be this run: lead a process group, within the limits, and exit with pytest's status."""
    status = 3  # pytest's own for an internal error
    try:
        os.setpgid(0, 0)
        if run.most_work is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (run.most_work, 2 * run.most_work))
        with (run.copy / "output").open("wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        status = _status_of_tests(run.copy, run.tests)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _status_of_tests(copy: Path, tests: Sequence[str]) -> int:
    """Run the tests in this process, and return pytest's status.

    The copy comes before the editable install on `sys.path`, here and in processes that the tests start, and the
    current folder is kept off it; `own_copy` proves that. No process that another run has started warm may serve,
    because it has the sound package. The tests' folders are in the copy, and go with it.
    """
    os.chdir(REPOSITORY)
    sys.path.insert(0, str(copy))
    os.environ |= {"PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1", "WARM_PROCESSES": "0", COPY: str(copy)}
    return pytest.main([*_OPTIONS, "--basetemp", str(copy / "tmp"), *(f"tests/{test}" for test in tests)])
