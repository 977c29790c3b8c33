"""A state backend that is no folder: PostgreSQL, where its server and the real `pulumi` command are installed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import CommandStack, pulumi_command

KEY = "sk-e2e-0123456789abcdef"
DAY = 86400.0
PROGRAM = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3},
                    max_runtime="4h")
pulumi.export("job_id", job.job_id)
"""
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'


def _tool(name: str) -> str:
    """A program of the server, which Debian keeps off PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(installed[-1]) if installed else None)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: postgresql)")
    return found


@pytest.fixture
def backend() -> Iterator[str]:
    """The URL of a database of its own, on a server that lives as long as the test."""
    initdb, postgres = _tool("initdb"), _tool("postgres")
    # The server refuses to run as root, and another user can't enter pytest's own folders.
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        made = [initdb, "--pgdata", str(data), "--username", "states", "--auth", "trust", "--no-sync"]
        subprocess.run(made, user=user, cwd=folder, check=True, capture_output=True)
        port = _free_port()
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        chosen = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = subprocess.Popen(
            [postgres, "-D", str(data), *chosen],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_open(port, server)
            yield f"postgres://states@127.0.0.1:{port}/postgres?sslmode=disable"
        finally:
            server.terminate()
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    # Five days ago there: see test_pipelines.
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=1e7, canceling_seconds=10, deploying_seconds=20
    )
    with EmulatorServer(settings=liked(settings), speed=20.0, start=time.time() - 5 * DAY) as server:
        yield server


@pytest.mark.timeout(300)
@pytest.mark.skipif(pulumi_command() is None, reason="the `pulumi` command is not on PATH")
def test_up_refresh_sweep_and_destroy_with_states_in_postgresql(
    backend: str, emulator: EmulatorServer, tmp_path: Path
) -> None:
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (directory / "__main__.py").write_text(PROGRAM)
    (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
    variables = {
        "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
        "DASHSCOPE_API_KEY": KEY,
        "PULUMI_BACKEND_URL": backend,
    }
    stack = CommandStack(directory, stack="pr-7", env=variables)
    job_id = stack.up().outputs["job_id"]
    emulator.force(job_id, "RUNNING")
    stack.refresh()
    (job,) = (one for one in stack.resources if one["type"].endswith(":FineTuningJob"))
    assert (job["id"], job["outputs"]["status"]) == (job_id, "RUNNING")
    assert not [*directory.rglob("pr-7.json")], "the state is in the database, and nowhere else"

    def sweep(*options: str) -> dict[str, Any]:
        """A report of the command, by verdict of the job; reads the states from the database."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("dashscope-ft")), "sweep", "--state-dir", backend, "--json", *options],
            env={**os.environ, **variables, "PULUMI_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        report = json.loads(done.stdout)
        assert [state["name"] for state in report["states"]] == ["shop/pr-7"], done.stderr
        (found,) = (one for one in report["objects"] if one["id"] == job_id)
        return {"verdict": found["verdict"], "result": found["result"], "code": done.returncode}

    assert sweep() == {"verdict": "in use", "result": None, "code": 0}
    emulator.clock.advance(5 * DAY)
    assert sweep() == {"verdict": "expired", "result": None, "code": 2}
    assert sweep("--execute", "--yes") == {"verdict": "expired", "result": "done", "code": 0}
    assert job_id not in emulator.jobs

    stack.destroy()
    assert stack.resources == []
    assert not emulator.files
    assert emulator.count("create") == 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not listen")
