"""A stage for end-to-end tests: a Pulumi program in a project of its own, an engine, and the emulator on fast time."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from liked import liked
from pipeline_runner import Pipeline

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

KEY = "sk-e2e-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
if settings.get("file", True):
    data = TrainingFile("data", **{"path": "train.jsonl", **settings.get("data", {})})
    pulumi.export("file_id", data.file_id)
    pulumi.export("size", data.size)
for number in range(settings.get("more", 0)):
    FineTuningJob(f"job{number}", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3})
for number in range(settings.get("components", 0)):
    parent = pulumi.ComponentResource(f"shop:index:Part{number}", f"part{number}")
    options = pulumi.ResourceOptions(parent=parent)
    FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], opts=options)
if settings.get("job", True):
    options = pulumi.ResourceOptions(**settings.get("options", {}))
    if "alias" in settings:
        options.aliases = [pulumi.Alias(name=settings["alias"])]
    arguments = {"model": "qwen3-8b", "training_file_ids": [data.file_id], "hyper_parameters": {"n_epochs": 3},
                 **settings.get("arguments", {})}
    if "secret" in settings:
        arguments["hyper_parameters"] = {"note": pulumi.Output.secret(settings["secret"])}
    job = FineTuningJob(settings.get("name", "job"), opts=options, **arguments)
    for name in ("job_id", "job_name", "status", "teardown", "finetuned_output"):
        pulumi.export(name, getattr(job, name))
"""


class Stage:
    """One project on one engine, and the emulator it talks to."""

    key = KEY

    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        self.engine = engine
        self.flavour = flavour
        self.emulator = emulator
        self.directory = directory
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        self.write(PROGRAM)
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        self.lines: list[str] = []
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, directory, env=environment, on_line=self.lines.append)
        self.program()

    def write(self, program: str) -> None:
        """The program itself."""
        (self.directory / "__main__.py").write_text(self.flavour.program(program))

    def program(self, **settings: Any) -> None:
        """What the program is to declare."""
        self.stack.set_config("settings", json.dumps(settings))

    @property
    def job(self) -> dict[str, Any] | None:
        """The job's resource in the state."""
        return next((r for r in self.stack.resources if r["type"].endswith(":FineTuningJob")), None)

    @property
    def job_id(self) -> str:
        assert self.job is not None
        return str(self.job["id"])

    def counts(self) -> dict[str, int]:
        """Changing calls that reached the service, by operation."""
        changing = ("create", "cancel", "delete", "upload", "delete_file")
        return {name: n for name, n in self.emulator.count().items() if n and name in changing}

    def nothing_left(self) -> bool:
        active = [job for job in self.emulator.jobs.values() if job.status not in ("SUCCEEDED", "FAILED", "CANCELED")]
        return not active and not self.emulator.files and not self.stack.resources


@pytest.fixture
def in_background() -> Callable[[Callable[[], Any]], tuple[threading.Thread, list[BaseException]]]:
    """Runs an operation in a thread; gives the thread and, once it has ended, what it raised."""

    def begin(operation: Callable[[], Any]) -> tuple[threading.Thread, list[BaseException]]:
        failures: list[BaseException] = []

        def run() -> None:
            try:
                operation()
            except (StackOperationFailed, OSError) as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread, failures

    return begin


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=100_000, canceling_seconds=10, deploying_seconds=20
    )
    with EmulatorServer(settings=liked(settings), speed=20.0) as server:
        yield server


@pytest.fixture
def stage(engine: str, flavour: Any, tmp_path: Path, emulator: EmulatorServer) -> Stage:
    return Stage(engine, flavour, tmp_path / "project", emulator)


@pytest.fixture
def service() -> Iterator[EmulatorServer]:
    """What the pipelines' tests talk to. Five days ago there, so that what `up` starts is old when a test has moved the
    clock to now: the states of the stacks are dated by the machine.
    """
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=1e7, canceling_seconds=10, deploying_seconds=20
    )
    with EmulatorServer(settings=liked(settings), speed=20.0, start=time.time() - 5 * 86400.0) as server:
        yield server


@pytest.fixture
def local(tmp_path: Path, service: EmulatorServer) -> Any:
    """The pipelines on the local engine."""
    return Pipeline("local", tmp_path, service)
