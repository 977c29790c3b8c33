"""What a sweep reads from a folder or bucket is what `pulumi stack export` shows: the real command has written it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from liked import liked

from benchmarks.bucket_server import ENVIRONMENT, bucket_server
from pulumi_dashscope_ft.cli.sweeping.backends.command import Command
from pulumi_dashscope_ft.cli.sweeping.backends.opening import Backend
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState
from pulumi_dashscope_ft.testing import CommandStack, pulumi_command

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(pulumi_command() is None, reason="the `pulumi` command is not on PATH"),
]

KEY = "sk-e2e-0123456789abcdef"
PROGRAM = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], expires_in="3h",
                    model_name=pulumi.Output.secret("hush-hush"))
kept = FineTuningJob("kept", model="qwen3-8b", training_file_ids=["file-1"], on_destroy="cancel",
                     opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True))
pulumi.export("job_id", pulumi.Output.secret(job.job_id))
pulumi.export("<odd> & \\u2028 name", "\\u4e2d\\u6587 \\U0001f600 <&>")
"""
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'


Store = Callable[[str, bytes], None]


class Written:
    """A backend in which the real command has written the states of three stacks."""

    def __init__(
        self, url: str, store: Store, folder: Path, emulator: EmulatorServer, variables: Mapping[str, str]
    ) -> None:
        self.url = url
        self.store = store
        self.folder = folder
        self.variables = {
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
            "DASHSCOPE_API_KEY": KEY,
            "PULUMI_BACKEND_URL": url,
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **variables,
        }
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        self.stack = CommandStack(folder, stack="pr-7", env=self.variables)
        self.stack.up()
        self.home = folder / ".pulumi-command" / "home"
        self.pulumi("stack", "init", "empty")
        self.write_one_that_was_interrupted()

    def write_one_that_was_interrupted(self) -> None:
        """What a killed `up` leaves; the command takes pending operations out of what it imports."""
        latest = json.loads(self.pulumi("stack", "export", "--stack", "pr-7"))["deployment"]
        resource = {name: value for name, value in latest["resources"][-1].items() if name != "id"}
        latest["pending_operations"] = [{"resource": resource, "type": "creating"}]
        inside = {"stack": "organization/shop/under-way", "latest": latest}
        self.store(".pulumi/stacks/shop/under-way.json", json.dumps({"version": 3, "checkpoint": inside}).encode())

    def pulumi(self, *arguments: str) -> str:
        command = pulumi_command()
        done = subprocess.run(
            [str(command), *arguments, "--non-interactive"],
            cwd=self.folder,
            env={**os.environ, **self.variables, "PULUMI_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def directly(self) -> dict[str, RecordedState]:
        backend = Backend(self.url, None)
        return backend.read(backend.stacks(), lambda: None)

    def exported(self) -> dict[str, RecordedState]:
        command = Command({**os.environ, **self.variables, "PULUMI_HOME": str(self.home)})
        return command.read(command.stacks(), lambda: None)


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(settings=liked(Settings(running_seconds=1e7, check_file_ids=False)), speed=20.0) as server:
        yield server


@pytest.fixture(params=["folder", "folder, gzip", "bucket"])
def written(
    request: pytest.FixtureRequest, tmp_path: Path, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Written]:
    place, _, gzip = str(request.param).partition(", ")
    variables = {"PULUMI_DIY_BACKEND_GZIP": "true"} if gzip else {}
    if place == "folder":
        states = tmp_path / "states"
        states.mkdir()

        def store(key: str, content: bytes) -> None:
            (states / key).write_bytes(content)

        yield Written(states.as_uri(), store, tmp_path / "project", emulator, variables)
        return
    for name in ("AWS_PROFILE", "AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**ENVIRONMENT, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    with bucket_server() as bucket:

        def put(key: str, content: bytes) -> None:
            bucket.put(f"team/states/{key}", content)

        url = bucket.backend("/team/states")
        yield Written(url, put, tmp_path / "project", emulator, {**ENVIRONMENT, **variables})


def test_a_state_that_is_read_directly_says_what_its_export_says(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = written.exported()
    assert {name.rpartition("/")[2] for name in expected} == {"pr-7", "empty", "under-way"}

    def refused(*arguments: Any) -> Any:
        raise AssertionError("the command was needed")

    monkeypatch.setattr("pulumi_dashscope_ft.cli.sweeping.backends.command._pulumi", refused)
    found = written.directly()
    assert found == expected
    state = found["organization/shop/pr-7"]
    assert state.problem is None
    assert len(state.held) == 3
    assert "hush-hush" not in state.mentions, "secrets stay encrypted"
    assert "中文 😀 <&>" in state.mentions
    assert {held.protected for resources in state.held.values() for held in resources} == {True, False}
    assert "(creating " in str(found["organization/shop/under-way"].problem)


@pytest.mark.parametrize("written", ["folder"], indirect=True)
def test_an_update_under_way_is_seen(written: Written) -> None:
    """The real command locks the stack. An export of that moment would not say so."""
    lock: list[str] = []

    def while_it_runs() -> None:
        backend = Backend(written.url, None)
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline and not lock:
            lock.extend(str(stack.doubt) for stack in backend.stacks() if stack.doubt)

    command = pulumi_command()
    (written.folder / "__main__.py").write_text("import time\ntime.sleep(4)\n" + PROGRAM)
    update = subprocess.Popen(
        [str(command), "up", "--yes", "--non-interactive", "--stack", "pr-7"],
        cwd=written.folder,
        env={**os.environ, **written.variables, "PULUMI_HOME": str(written.home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while_it_runs()
    finally:
        update.wait(200)
    assert [doubt.partition(" since")[0] for doubt in lock] == ["it has been locked"]
    assert "pulumi cancel --stack organization/shop/pr-7" in lock[0]
    assert not [stack for stack in Backend(written.url, None).stacks() if stack.doubt], "and unlocks it in the end"
