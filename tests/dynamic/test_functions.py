"""Questions outside a Pulumi program: the environment is enough, and nothing heavy is loaded before the first one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

import pulumi_dashscope_ft
from pulumi_dashscope_ft import Checkpoint, get_checkpoints, get_logs, wait_for_model
from pulumi_dashscope_ft.api import AuthenticationError, NotFoundError, PermissionDeniedError, SettingsError
from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

KEY = "sk-functions-0123456789"


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as emulator:
        yield emulator


@pytest.fixture
def job_id(server: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> str:
    from pulumi_dashscope_ft.api import Client, resolve_settings

    server.reset()
    server.configure(check_file_ids=False, keys={})
    for name in ("DASHSCOPE_API_REGION", "DASHSCOPE_API_KEY_FILE_PATH", "PULUMI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", server.base_url)
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    with Client(resolve_settings()) as client:
        job = client.fine_tunes.create({"model": "qwen3-8b", "training_file_ids": ["f"], "hyper_parameters": {}})
    server.force(job.job_id, "SUCCEEDED")
    return job.job_id


def test_outside_of_a_program(job_id: str) -> None:
    (newest, *_) = get_checkpoints(job_id)
    assert isinstance(newest, Checkpoint)
    assert (newest.status, newest.job_id) == ("SUCCEEDED", job_id)


def test_the_end_of_a_log_and_the_model(job_id: str) -> None:
    log = get_logs(job_id, lines=5)
    assert len(log) == 5
    assert "FT_COMPLETE" in log[-1]
    said: list[str] = []
    assert wait_for_model(job_id, timeout="1m", report=said.append).endswith(job_id)
    assert said == []
    with pytest.raises(ValueError, match=r"timeout: must be a length of time"):
        wait_for_model(job_id, timeout="soon")
    with pytest.raises(LifecycleError, match="ft-none is gone"):
        wait_for_model("ft-none")


def test_the_errors_are_the_clients(job_id: str, server: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError, match="ft-none"):
        get_checkpoints("ft-none")
    with pytest.raises(SettingsError, match="api_key_env names the environment variable DASHSCOPE_OTHER_KEY"):
        get_checkpoints(job_id, api_key_env="DASHSCOPE_OTHER_KEY")
    with pytest.raises(SettingsError, match="workspace"):
        get_checkpoints(job_id, workspace_id="no such/workspace")
    server.configure(keys={"sk-only-this-one-1234": "a"})
    with pytest.raises(AuthenticationError):
        get_checkpoints(job_id)


def test_another_account(job_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", "bad key")
    monkeypatch.setenv("DASHSCOPE_OTHER_KEY", KEY)
    assert get_checkpoints(job_id, api_key_env="DASHSCOPE_OTHER_KEY")


def test_the_workspace_is_sent_along(job_id: str, server: EmulatorServer) -> None:
    server.configure(keys={KEY: "llm-mine"})
    with pytest.raises(NotFoundError):  # the job is in another one
        get_checkpoints(job_id, workspace_id="llm-mine")
    with pytest.raises(PermissionDeniedError):
        get_checkpoints(job_id, workspace_id="llm-elsewhere")


def test_every_public_name_has_a_home() -> None:
    for name in pulumi_dashscope_ft.__all__:
        assert getattr(pulumi_dashscope_ft, name) is not None
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = pulumi_dashscope_ft.Nonsense


def test_the_client_is_loaded_by_the_first_question() -> None:
    program = (
        "import sys, json; from pulumi_dashscope_ft import ExportedCheckpoint, get_checkpoints;"
        "print(json.dumps(sorted(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    loaded = set(json.loads(shown))
    assert "pulumi_dashscope_ft.program.functions" in loaded
    assert not {
        name for name in loaded if name.startswith(("pulumi_dashscope_ft.api", "pulumi_dashscope_ft.lifecycle"))
    }
