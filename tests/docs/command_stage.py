"""Why this exists: each message on the page of the command's errors comes out of a run. This is the account, the folder
and the state that such a run finds, and what makes its text the same in every run.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner
from emulated_clock import EmulatedClock
from made_up_names import renamed_in_order

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.cli.output.runtime import CommandRuntime
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.emulator import Settings as Service
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

KEY = "sk-page-0123456789abcdef"
OWNER, STRANGER = "k7m2x9qd4t", "t3m8q0zx5a"
ROW = '{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}]}\n'
PREFIX = "pulumi-python:dynamic/dashscope-ft:"
_START = 1_790_000_000.0
_JOB_ID = re.compile(r"ft-\d{12}-[0-9a-z]{4}")
_COMPRESSION_ID = re.compile(r"quant-\d{12}-[0-9a-z]{4}")
_IMPORTED_MODEL = re.compile(r"(?<=-offline-)\d{8}-\w{4}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MADE_UP = {
    _JOB_ID: ("ft-202410291653-1c7f", "ft-202410291512-1851", "ft-202511272033-8ae7", "ft-202511111122-496e"),
    _COMPRESSION_ID: ("quant-202604111200-a1b2",),
    _IMPORTED_MODEL: ("20240101-abc1",),
    _UUID: (
        "976bd01a-f30b-4414-86fd-50c54486e3ef",
        "7d7e1469-df77-4163-83ce-54425df744ed",
        "c59b2145-a93c-4e00-b610-4d7cc5c521a2",
    ),
}


@dataclass(frozen=True)
class Told:
    """What was typed, what was said, and the exit code."""

    command: str
    text: str
    exit_code: int


class CommandStage:
    """An account, a folder to work in, and the state of one stack."""

    def __init__(self, emulator: EmulatorServer, folder: Path) -> None:
        self.emulator = emulator
        self.folder = folder
        self._clock = EmulatedClock(emulator)
        settings = resolve_settings(base_url=emulator.base_url, api_key=KEY, environ={})
        self.client = Client(settings, clock=self._clock)
        self._held: list[dict[str, Any]] = []
        self._pending: list[Any] = []

    # What there is

    def job(self, status: str = "RUNNING", owner: str | None = OWNER, file_id: str = "file-1") -> str:
        nonce = f"h3v8w{len(self.emulator.jobs)}"
        name = {} if owner is None else {"job_name": str(stamp.make("pr-7", owner, nonce, {}))}
        body = {"model": "qwen3-8b", "training_file_ids": [file_id], "hyper_parameters": {"n_epochs": 3}, **name}
        job_id = str(self.client.fine_tunes.create(body).job_id)
        self.emulator.force(job_id, status)
        return job_id

    def compression(self, status: str = "RUNNING") -> str:
        base_model = "qwen3.5-flash-2026-02-23"
        trained = {"model": base_model, "training_file_ids": ["file-1"], "training_type": "sft"}
        job_id = self.client.fine_tunes.create(trained).job_id
        self.emulator.force(job_id, "SUCCEEDED")
        body = {"model": self.client.fine_tunes.get(job_id).model_id, "template_id": "quant-w8a8"}
        compression_id = str(self.client.compressions.create(body).job_id)
        self.emulator.force_compression(compression_id, status)
        return compression_id

    def imported(self, status: str = "RUNNING") -> str:
        storage = {"bucket_name": "weights", "object_key": "triage/"}
        body = {"model_name": "qwen3-8b", "source": "oss", "weight_type": "lora", "storage_info": storage}
        import_id = str(self.client.imports.create(body).job_id)
        self.emulator.force_import(import_id, status)
        return import_id

    def file(self, text: str = ROW * 3) -> str:
        path = self.folder / "train.jsonl"
        path.write_text(text)
        return str(self.client.files.upload(path).file_id)

    def fault(self, operation: str, **rule: Any) -> None:
        self.emulator.add_fault(FaultRule(operation=operation, **rule))

    def holds(self, job_id: str, **properties: Any) -> None:
        outputs = {"createTime": self.client.fine_tunes.get(job_id).create_time, **properties}
        self._held.append({"type": f"{PREFIX}FineTuningJob", "id": job_id, "outputs": outputs, "created": self._now()})

    def later(self, seconds: float = 7200.0) -> None:
        self.emulator.clock.advance(seconds)

    def interrupted(self) -> None:
        """The state says that an operation of the stack is under way."""
        self._pending.append(
            {"type": "creating", "resource": self._resource("new", {"type": f"{PREFIX}FineTuningJob"})}
        )

    def state(self, name: str = "pr-7.json", owner: str = OWNER) -> None:
        """Write the state of the stack into a file."""
        identity = self._resource("dashscope-ft", {"type": f"{PREFIX}StackIdentity", "id": owner})
        held = [self._resource("triage", one) for one in self._held]
        document = {
            "manifest": {"time": self._now()},
            "resources": [identity, *held],
            "pending_operations": self._pending,
        }
        (self.folder / name).write_text(json.dumps({"version": 3, "deployment": document}))

    def _resource(self, name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
        return {"urn": f"urn:pulumi:pr-7::previews::{resource['type']}::{name}", **resource}

    def _now(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.emulator.clock.now() + 1))

    # What is typed

    def run(self, *arguments: str, stdin: str = "", only: str = "", **variables: str) -> Told:
        """Type it, in the folder; `only`: of the standard output, the lines that begin with one of these words."""
        environment = {
            "DASHSCOPE_HTTP_BASE_URL": self.emulator.base_url,
            "DASHSCOPE_API_KEY": KEY,
            "HOME": str(self.folder),
            "PATH": str(self.folder),
            **variables,
        }
        before = Path.cwd()
        random.seed(20)  # what the waits between tries are drawn from
        os.chdir(self.folder)
        try:
            with mock.patch.dict(os.environ, environment, clear=True):
                here = CommandRuntime(clock=self._clock, terminal=False)
                result = CliRunner().invoke(cli, list(arguments), obj=here, input=stdin, prog_name="dashscope-ft")
        finally:
            os.chdir(before)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        words = tuple(only.split()) or ("",)
        lines = [line for line in result.stdout.splitlines() if line.startswith(words)]
        text = "\n".join([*lines, *result.stderr.rstrip().splitlines()])
        typed = " ".join(["dashscope-ft", *(argument or '""' for argument in arguments)])
        return Told(self._renamed(typed), self._renamed(text), result.exit_code)

    def _renamed(self, text: str) -> str:
        text = text.replace(f"{self.folder}/", "").replace(str(self.folder), "~")
        for pattern, names in _MADE_UP.items():
            text = renamed_in_order(text, pattern, names, self._order)
        return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8100", text)

    def _order(self, one: str) -> tuple[int, str]:
        known = [*self.emulator.jobs, *self.emulator.files, *self.emulator.imports]
        return (known.index(one) if one in known else len(known), one)


@contextmanager
def stage(folder: Path) -> Iterator[CommandStage]:
    """A fresh account on an emulator of its own."""
    service = Service(check_file_ids=False, canceling_seconds=4.0, running_seconds=1e9)
    with EmulatorServer(service, speed=None, start=_START) as emulator:
        scene = CommandStage(emulator, folder)
        yield scene
        scene.client.close()
