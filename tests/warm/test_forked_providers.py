"""A forked provider is what a started one is: its own folder, session, streams and end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from warm_processes import WarmProcess, popen

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import LocalStack
from pulumi_dashscope_ft.testing.providers.process import ProviderProcess

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


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="providers are started in the usual way here")
def test_the_local_engine_forks_its_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable more in their environment, and each test that starts one takes seconds."""
    started: list[Any] = []

    def noted(*arguments: Any, **more: Any) -> Any:
        started.append(popen(*arguments, **more))
        return started[-1]

    monkeypatch.setattr(ProviderProcess, "popen", noted)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(
        "from pulumi_dashscope_ft import FineTuningJob\n"
        "from pulumi_dashscope_ft.native import FineTuningJob as Native\n"
        "FineTuningJob('a', model='qwen3-8b', training_file_ids=['file-1'])\n"
        "Native('b', model='qwen3-8b', training_file_ids=['file-1'])\n"
    )
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as emulator:
        env = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": "sk-warm-0123456789abcdef"}
        LocalStack(tmp_path, env=env).preview()
    assert [type(one) for one in started] == [WarmProcess, WarmProcess]
