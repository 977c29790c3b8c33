"""A forked provider is what a started one is: its own folder, session, streams and end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from warm_processes import WarmProcess, popen

COMMANDS = {
    "dynamic": [sys.executable, "-u", "-m", "pulumi.dynamic"],
    "plugin": [str(Path(sys.executable).with_name("pulumi-resource-dashscope-ft")), "127.0.0.1:1"],
}
STREAMS: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="providers are started in the usual way here")
@pytest.mark.parametrize(("sort", "status"), [("dynamic", -15), ("plugin", 0)])
def test_it_has_a_folder_a_session_streams_and_an_end_of_its_own(sort: str, status: int, tmp_path: Path) -> None:
    process = popen(COMMANDS[sort], cwd=tmp_path, env=dict(os.environ), start_new_session=True, **STREAMS)
    assert isinstance(process, WarmProcess)
    assert process.stdout is not None
    assert process.stdout.readline().strip().isdigit()
    assert os.getsid(process.pid) == process.pid
    if sys.platform == "linux":
        assert Path(f"/proc/{process.pid}/cwd").resolve() == tmp_path
    assert process.poll() is None
    process.terminate()
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == status


def test_variables_that_an_interpreter_reads_when_it_starts_need_a_start(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    process = popen(COMMANDS["dynamic"], cwd=tmp_path, env=environment, **STREAMS)
    assert isinstance(process, subprocess.Popen)
    process.kill()
    process.communicate()
