"""No run lasts for ever, and none leaves a process behind: both would end `make mutants` before its last mutant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, subprocess, sys, time
from pathlib import Path

sys.path.insert(0, {folder!r})
import runs


def loop():
    while True:
        pass


def leave_something():
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid


def of_tests(copy, tests):
    (copy / "left").write_text(str(leave_something()))
    {act}


runs._status_of_tests = of_tests
(run,) = runs.finished(iter([runs.Run(Path({copy!r}), (), longest={longest}, most_work=1)]), 1)
print(run.status)
"""


def alive(process: int) -> bool:
    """Whether the process runs. One that nobody has waited for yet does not."""
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(
    ("act", "longest", "status"),
    [
        ("return 0", 600, 0),
        ("return 1", 600, 1),
        ("raise ValueError", 600, 3),
        ("os.abort()", 600, -6),
        ("loop()", 600, -9),
        ("time.sleep(600)", 2, -9),
    ],
)
def test_a_run_ends_with_all_that_it_has_started(tmp_path: Path, act: str, longest: int, status: int) -> None:
    program = PROGRAM.format(folder=str(Path(__file__).parent), copy=str(tmp_path), act=act, longest=longest)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) == status
    assert not alive(int((tmp_path / "left").read_text(encoding="utf-8")))
