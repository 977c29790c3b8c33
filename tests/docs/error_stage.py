"""Why this exists: the messages on the page of errors are taken from runs, and a run must give the same text each time.

A stage is one account on one emulator, seen through the real client over a real socket. Time is simulated, ids and
nonces are fixed or renamed, and the waits between tries are drawn from a seeded source.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from emulated_clock import EmulatedClock
from made_up_names import renamed_in_order
from verbs import Checked, exported_checkpoint, fine_tuning_job, model_deployment, training_file

from pulumi_dashscope_ft.api import ApiTimeoutError, Client, DashScopeError, RateLimiter, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.emulator import Settings as Service
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.schema import to_snake_case

KEY = "sk-the-key-of-this-page"
ROW = '{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}]}\n'

_START = 1_790_000_000.0
_SHORT_TIMEOUT = 0.3
_JOB_IDS = ("ft-202610291653-1c7f", "ft-202610291655-1851", "ft-202610291657-8ae7")
_JOB_ID = re.compile(r"ft-\d{12}-[0-9a-z]{4}")
_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_UUIDS = ("7d7e1469-df77-4163-83ce-54425df744ed", "c59b2145-a93c-4e00-b610-4d7cc5c521a2")
_PORT = re.compile(r"\b127\.0\.0\.1:\d+")


class Stage:
    """One account and one provider process. Its verbs do what the resources do, and return what the user is told."""

    def __init__(self, emulator: EmulatorServer, folder: Path) -> None:
        self.emulator = emulator
        self.folder = folder
        self.clock = EmulatedClock(emulator)
        self.lines: list[str] = []
        self.restart()

    def restart(self, base_url: str | None = None, *, api_key: str = KEY, impatient: bool = False) -> None:
        """A new provider process, which remembers nothing."""
        settings = resolve_settings(base_url=base_url or self.emulator.base_url, api_key=api_key, environ={})
        if impatient:
            settings = replace(settings, read_timeout=_SHORT_TIMEOUT)
        self.limiter = RateLimiter(settings.rate, settings.burst, self.clock)
        self.client = Client(settings, clock=self.clock, limiter=self.limiter)
        if impatient:
            self._hangs_take_time(self.client)
        self.run_registry = RunRegistry()
        self.connection = connect(
            self.client, clock=self.clock, run_registry=self.run_registry, report=self.lines.append
        )

    def _hangs_take_time(self, client: Client) -> None:
        """A hang costs a moment here, and a minute in the story."""
        transport = client._transport
        send = transport.send

        def sent(*arguments: Any, **more: Any) -> Any:
            try:
                return send(*arguments, **more)
            except ApiTimeoutError:
                self.clock.sleep(60.0)
                raise

        transport.send = sent  # type: ignore[method-assign]

    def fault(self, operation: str, **rule: Any) -> None:
        self.emulator.add_fault(FaultRule(operation=operation, **rule))

    # What the user does

    def inputs(self, **changes: Any) -> dict[str, Any]:
        """Inputs of a job, as `check` hands them on."""
        given = {
            "model": "qwen3-8b",
            "trainingFileIds": ["file-1"],
            "hyperParameters": {"n_epochs": 3},
            "__name": "triage",
            "__owner": "0wner0wner",
            "__nonce": "n0nce1",
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def job(self, status: str = "RUNNING", **changes: Any) -> tuple[str, dict[str, Any]]:
        """A job that `up` has started and that is in this status now."""
        job_id, outputs = fine_tuning_job.create(self.connection, self.inputs(**changes))
        self.emulator.force(job_id, status)
        self.clock.sleep(3)  # what was read before is too old now
        self.lines.clear()
        return job_id, {**outputs, "status": status}

    def up(self, **changes: Any) -> str:
        """`pulumi up` of a program with a job."""
        return self.told(lambda: fine_tuning_job.create(self.connection, self.inputs(**changes)))

    def refresh(self, job: tuple[str, dict[str, Any]]) -> str:
        return self.told(lambda: fine_tuning_job.read(self.connection, *job))

    def destroy(self, job: tuple[str, dict[str, Any]]) -> str:
        return self.told(lambda: fine_tuning_job.delete(self.connection, *job))

    def data(self, text: str = ROW * 3) -> Path:
        path = self.folder / "train.jsonl"
        path.write_text(text, encoding="utf-8")
        return path

    def file_inputs(self, path: Path) -> dict[str, Any]:
        """Inputs of a file, as `check` hands them on."""
        given = {"path": str(path), "__name": "tickets", "__owner": "0wner0wner"}
        return {**training_file.check({}, given, self.run_registry).inputs, "__nonce": "n0nce2"}

    def upload(self, inputs: dict[str, Any] | None = None) -> str:
        """`pulumi up` of a program with a training file."""
        wanted = self.file_inputs(self.data()) if inputs is None else inputs
        return self.told(lambda: training_file.create(self.connection, wanted))

    def destroy_file(self, file: tuple[str, dict[str, Any]]) -> str:
        return self.told(lambda: training_file.delete(self.connection, *file))

    def model(self, **hyper_parameters: Any) -> str:
        """The id of the job that has just trained a model."""
        job_id, _ = self.job("SUCCEEDED", trainingType="sft", hyperParameters={"n_epochs": 3, **hyper_parameters})
        self.lines.clear()
        return job_id

    def serving(self, **changes: Any) -> dict[str, Any]:
        """Inputs of a deployment, as `check` hands them on."""
        given = {
            "modelName": "qwen3-8b",
            "plan": "mu",
            "deploySpec": "MU1",
            "capacity": 1,
            "waitUntilRunning": False,
            "__name": "served",
            "__owner": "0wner0wner",
            "__nonce": "n0nce4",
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def deployment(self, status: str = "RUNNING", **changes: Any) -> tuple[str, dict[str, Any]]:
        """A deployment that `up` has made and that is in this status now."""
        deployed_model, outputs = model_deployment.create(self.connection, self.serving(**changes))
        self.emulator.force_deployment(deployed_model, status)
        self.clock.sleep(3)  # what was read before is too old now
        self.lines.clear()
        return deployed_model, {**outputs, "status": status}

    def deploy(self, **changes: Any) -> str:
        """`pulumi up` of a program with a deployment."""
        return self.told(lambda: model_deployment.create(self.connection, self.serving(**changes)))

    def deploy_and_wait(self, connection: Connection | None = None) -> str:
        """The same, with the wait until it runs that is the default."""
        inputs = self.serving(waitUntilRunning=None)
        return self.told(lambda: model_deployment.create(connection or self.connection, inputs))

    def adjust(self, deployment: tuple[str, dict[str, Any]], **changes: Any) -> str:
        """`pulumi up` after inputs of the deployment were changed."""
        return self.told(lambda: model_deployment.update(self.connection, *deployment, self.serving(**changes)))

    def undeploy(self, deployment: tuple[str, dict[str, Any]]) -> str:
        return self.told(lambda: model_deployment.delete(self.connection, *deployment))

    def export(self, job_id: str, checkpoint: str, **changes: Any) -> str:
        """`pulumi up` of a program with an exported checkpoint."""
        inputs = {"jobId": job_id, "checkpoint": checkpoint, "modelDisplayName": "tickets", **changes}
        return self.told(lambda: exported_checkpoint.create(self.connection, inputs))

    # What the user sees

    def told(self, step: Callable[[], Any]) -> str:
        """The failure's message, or the lines that were shown when there was none. Bugs are raised."""
        random.seed(20)  # what the waits between tries are drawn from
        self.lines.clear()
        try:
            step()
        except (LifecycleError, DashScopeError, ResourceInitFailedError) as failure:
            return self.renamed(str(failure))
        return self.renamed("\n".join(self.lines))

    def violations(self, checked: Checked) -> str:
        """What `check` says, as the Python front end words it."""
        return self.renamed("\n".join(violation.message(to_snake_case) for violation in checked.violations))

    def renamed(self, text: str) -> str:
        """The text as the front end shows it, without what differs from run to run: ids, ports, folders, and the
        shortened read timeout.
        """
        text = sanitize_for_python(text)
        text = text.replace(f"{self.folder}/.dashscope", "~/.dashscope").replace(f"{self.folder}/", "data/")
        text = text.replace(f"{_SHORT_TIMEOUT:g} s", "60 s")
        text = renamed_in_order(text, _JOB_ID, _JOB_IDS)
        text = renamed_in_order(text, _UUID, _UUIDS)
        return _PORT.sub("127.0.0.1:8100", text)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A fresh account on an emulator of its own."""
    service = Service(check_file_ids=False, canceling_seconds=4.0, running_seconds=1e6)
    with EmulatorServer(service, speed=None, start=_START) as emulator:
        scene = Stage(emulator, folder)
        yield scene
        scene.client.close()
