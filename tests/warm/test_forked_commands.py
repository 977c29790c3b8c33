"""A forked command is to a shell what a started one is: its streams, its folder, its variables and its end."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from warm_processes import command_file

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="commands are started in the usual way here")
PROGRAM = """
import atexit, os, sys, time
atexit.register(print, "at the end", flush=True)
print(sys.argv[1:], os.getcwd(), os.environ["SAID"], sys.stdin.read().strip())
print("an error", file=sys.stderr)
{end}
"""


def ran(folder: Path, end: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(PROGRAM.format(end=end))
    command_file(folder / "command", folder / "program.py")
    text = f"echo hello | {folder}/command a 'b c'"
    environment: dict[str, Any] = {"cwd": folder, "env": {**os.environ, "SAID": "so"}}
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=False, timeout=60, **environment)


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no such thing')", 1, "no such thing\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("sys.stdout.flush(); os.kill(os.getpid(), 9)", 128 + signal.SIGKILL, ""),
    ],
)
def test_it_has_streams_a_folder_variables_and_an_end_of_its_own(
    end: str, status: int, said: str, tmp_path: Path
) -> None:
    done = ran(tmp_path, end)
    assert done.returncode == status
    lines = done.stdout.splitlines()
    assert lines[0] == f"['a', 'b c'] {tmp_path} so hello"
    assert lines[1:] == ([] if "kill" in end else ["at the end"])
    assert "an error\n" in done.stderr
    assert said in done.stderr


def test_a_signal_reaches_it(tmp_path: Path) -> None:
    waits = "import time; print('ready', flush=True); time.sleep(60)"
    (tmp_path / "program.py").write_text(waits)
    command_file(tmp_path / "command", tmp_path / "program.py")
    with subprocess.Popen([tmp_path / "command"], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == "ready\n"
        command.terminate()
        assert command.wait(60) == -signal.SIGTERM
