"""The command as a process in a shell, as an impatient operator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from sweep_stage import STRANGER, label

PROGRAM = "from pulumi_dashscope_ft.cli import main; main()"
LOST = ("sweep", "--lost-state", STRANGER, "--min-age", "0", "--utc-offset", "8")


def shell(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A line of shell in which `dashscope-ft` is the command under test."""
    text = f'dashscope-ft() {{ "{sys.executable}" -c "{PROGRAM}" "$@"; }}; {command}'
    environment = {**os.environ, **variables}
    done = subprocess.run(
        ["bash", "-c", text], env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def start(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    # What runs the tests may ignore SIGINT, as a shell's background jobs do; a terminal's foreground job does not.
    program = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {PROGRAM}"
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
    return subprocess.Popen([sys.executable, "-c", program, *arguments], **streams)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def strangers(line: Any, count: int = 3) -> set[str]:
    line.emulator.configure(running_seconds=1e7, canceling_seconds=0)
    return {line.job("RUNNING", label(STRANGER)) for _ in range(count)}
