"""Ctrl-C on a terminal reaches all that was started from it, also the `pulumi` that reads a state for a sweep."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest
from sweep_stage import FakePulumi, Stage

# What runs the tests may ignore SIGINT, as a shell's background jobs do; a terminal's foreground job does not.
PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pulumi_dashscope_ft.cli import main
main()
"""
SLOW = """
import fcntl, signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
if os.path.exists({hold!r}) and {command!r} in sys.argv:
    alive = open({reading!r}, "w")
    fcntl.flock(alive, fcntl.LOCK_EX)  # until it ends
    print("yes", file=alive, flush=True)
    while os.path.exists({hold!r}):
        time.sleep(0.02)
"""


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _free(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Terminal:
    """A sweep in a process group of its own, as a terminal has it, whose `pulumi` hangs after the first object."""

    def __init__(self, stage: Stage, pulumi: FakePulumi, command: str) -> None:
        self.hold, self.reading = pulumi.folder / "hold", pulumi.folder / "reading"
        script = pulumi.folder / "pulumi"
        slow = SLOW.format(hold=str(self.hold), reading=str(self.reading), command=command)
        script.write_text(script.read_text().replace("import json, os, sys\n", f"import json, os, sys\n{slow}", 1))
        self.jobs = {stage.job() for _ in range(3)}
        stage.job(hold={})
        stage.later()
        pulumi.write(stage)
        stage.line.emulator.configure(canceling_seconds=1e6)
        self.child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "sweep", "--project", "previews", "--execute", "--yes"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        until(lambda: stage.line.emulator.count("cancel"))
        self.hold.touch()
        stage.line.emulator.configure(canceling_seconds=0)
        stage.line.later(2e6)
        until(lambda: self.reading.exists() and self.reading.read_text())

    def ctrl_c(self) -> None:
        os.killpg(self.child.pid, signal.SIGINT)


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePulumi]:
    fake = FakePulumi(tmp_path, monkeypatch)
    yield fake
    (fake.folder / "hold").unlink(missing_ok=True)


@pytest.mark.parametrize("command", ["ls", "export"])
def test_ctrl_c_while_a_state_is_read_finishes_the_object_at_hand(
    stage: Stage, pulumi: FakePulumi, command: str
) -> None:
    terminal = Terminal(stage, pulumi, command)
    with terminal.child as child:
        terminal.ctrl_c()
        assert child.stderr is not None
        told = ""
        while "stopping after the current object" not in told:
            told = child.stderr.readline()
            assert told
        terminal.hold.unlink()
        out, told = child.communicate(timeout=30)
    assert child.returncode == 130, out + told
    assert "2 done, 1 not reached" in out
    assert len(terminal.jobs & stage.live) == 1


def test_a_second_ctrl_c_ends_the_reading_too(stage: Stage, pulumi: FakePulumi) -> None:
    terminal = Terminal(stage, pulumi, "export")
    with terminal.child as child:
        for _ in range(2):
            terminal.ctrl_c()
            time.sleep(0.3)
        _, told = child.communicate(timeout=30)
    assert child.returncode == 130, told
    assert "Traceback" not in told
    with terminal.reading.open() as reading:
        until(lambda: _free(reading))
    assert len(terminal.jobs & stage.live) == 2
