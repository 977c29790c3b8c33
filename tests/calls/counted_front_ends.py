"""Why this exists: the same promises hold for both front ends, so the same tests run on both: the dynamic provider as
its host calls it, the plugin as the engine does, each without the process and the wire around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from lockstep import Lockstep
from pulumi.runtime.proto import provider_pb2

from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.dynamic import serving
from pulumi_dashscope_ft.dynamic.provider import (
    CompressedModelProvider,
    FineTuningJobProvider,
    ImportedModelProvider,
    ModelDeploymentProvider,
    TrainingFileProvider,
)
from pulumi_dashscope_ft.dynamic.session import Session
from pulumi_dashscope_ft.plugin.cancelling import CancelToken
from pulumi_dashscope_ft.plugin.servicer import ProviderServicer
from pulumi_dashscope_ft.plugin.wire import decode, encode

KEY = "sk-counted-0123456789abcdef"
JOB, COMPRESSION, IMPORT = "FineTuningJob", "CompressedModel", "ImportedModel"
INPUTS: Mapping[str, dict[str, Any]] = {
    JOB: {
        "model": "qwen3-8b",
        "trainingFileIds": ["file-1"],
        "hyperParameters": {"n_epochs": 3, "batch_size": 8, "max_length": 2048},
    },
    COMPRESSION: {"templateId": "quant-w8a8"},
    IMPORT: {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"},
}
"""By kind. The model to compress is that of `data`."""


class CallFailedError(Exception):
    """What the engine would be told."""


IDENTITY = {"__owner": "0wner0wner", "__stampKey": "5" * 64}
DEPLOYMENT = {"modelName": "qwen3-8b", "plan": "lora"}


class FrontEnd:
    """One provider process at a time; a resource's bags are as this front end keeps them.

    `check`, `create`, `plan`, `read` and `delete` are about jobs of the one kind that `kind` names.
    """

    kind = JOB

    def __init__(self, base_url: str, clock: Lockstep, monkeypatch: pytest.MonkeyPatch) -> None:
        self.base_url = base_url
        self.clock = clock
        self.monkeypatch = monkeypatch
        self.data: dict[str, dict[str, Any]] = {}
        """By name, what a job has beside or in place of the `INPUTS` of its kind."""
        self.restart()

    def restart(self) -> None:
        """The next operation: a process that remembers nothing."""
        raise NotImplementedError

    def accounts(self) -> Any:
        """What the process shares among its resources."""
        raise NotImplementedError

    def given(self, name: str) -> dict[str, Any]:
        """The job of that name as the program writes it."""
        return {**INPUTS[self.kind], **self.data.get(name, {})}

    def check(self, name: str, olds: Any = None) -> Any:
        """The checked inputs of the job of that name."""
        raise NotImplementedError

    def create(self, name: str) -> Any:
        """The job as the state keeps it: the front end's own affair, but for its `id`."""
        raise NotImplementedError

    def deploy(self, suffix: str, **inputs: Any) -> str:
        """A deployment with that suffix; the status that is recorded of it."""
        raise NotImplementedError

    def plan(self, job: Any) -> bool:
        """Whether an unchanged program has anything to do."""
        raise NotImplementedError

    def read(self, job: Any) -> bool:
        """Whether it is still there."""
        raise NotImplementedError

    def delete(self, job: Any) -> None:
        raise NotImplementedError

    def upload(self, path: Path) -> Any:
        """The file as the state keeps it; its name is that of the path."""
        raise NotImplementedError

    def remove(self, file: Any) -> None:
        """Delete the file."""
        raise NotImplementedError


class Job:
    def __init__(self, name: str, id_: str, inputs: Any, outputs: Any) -> None:
        self.name, self.id, self.inputs, self.outputs = name, id_, inputs, outputs


class Dynamic(FrontEnd):
    def restart(self) -> None:
        session = Session()
        session.clock = self.clock
        session.configure({"baseUrl": self.base_url, "apiKey": KEY})
        self._session = session
        self.monkeypatch.setattr(serving, "SESSION", session)
        serving.handler.cache_clear()
        providers = {JOB: FineTuningJobProvider, COMPRESSION: CompressedModelProvider, IMPORT: ImportedModelProvider}
        self._provider = providers[self.kind]()
        self._files = TrainingFileProvider()
        self._deployments = ModelDeploymentProvider()

    def accounts(self) -> Any:
        return self._session

    def check(self, name: str, olds: Any = None) -> Any:
        checked = self._provider.check(dict(olds or {}), {**self.given(name), "__name": name, **IDENTITY})
        assert not checked.failures
        return checked.inputs

    def create(self, name: str) -> Job:
        inputs = self.check(name)
        made = self._provider.create(dict(inputs))
        return Job(name, made.id, inputs, made.outs)

    def deploy(self, suffix: str, **inputs: Any) -> str:
        given = {**DEPLOYMENT, "suffix": suffix, **inputs, "__name": suffix, **IDENTITY}
        checked = self._deployments.check({}, given)
        assert not checked.failures
        made: Any = self._deployments.create(checked.inputs)
        return str(made.outs["status"])

    def plan(self, job: Job) -> bool:
        return bool(self._provider.diff(job.id, dict(job.outputs), self.check(job.name, job.inputs)).changes)

    def read(self, job: Job) -> bool:
        return self._provider.read(job.id, dict(job.outputs)).id is not None

    def delete(self, job: Job) -> None:
        self._provider.delete(job.id, dict(job.outputs))

    def upload(self, path: Path) -> Job:
        given = {"path": str(path), "__name": path.stem, **IDENTITY}
        checked = self._files.check({}, given)
        assert not checked.failures
        made = self._files.create(dict(checked.inputs))
        return Job(path.stem, made.id, checked.inputs, made.outs)

    def remove(self, file: Job) -> None:
        self._files.delete(file.id, dict(file.outputs))


class _Context:
    """A call's context; an abort is raised."""

    def abort_with_status(self, status: Any) -> None:
        raise CallFailedError(status.details)


class Plugin(FrontEnd):
    def restart(self) -> None:
        # Calls are made by the thread that asks: the lockstep does not count others.
        self._servicer = ProviderServicer(EngineLog(), CancelToken(), self.clock, lambda ask, only_reads: ask())
        args = encode({"baseUrl": self.base_url, "apiKey": KEY}, {"apiKey": True})
        self._call("Configure", provider_pb2.ConfigureRequest(args=args, id="0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"))

    def accounts(self) -> Any:
        return self._servicer._session.accounts

    def _call(self, verb: str, request: Any) -> Any:
        return getattr(self._servicer, verb)(request, _Context())

    def check(self, name: str, olds: struct_pb2.Struct | None = None) -> Any:
        answer = self._call(
            "Check",
            provider_pb2.CheckRequest(urn=_urn(name, self.kind), news=encode(self.given(name)), olds=olds),
        )
        assert not answer.failures
        return answer.inputs

    def create(self, name: str) -> Job:
        inputs = self.check(name)
        made = self._call("Create", provider_pb2.CreateRequest(urn=_urn(name, self.kind), properties=inputs))
        return Job(name, made.id, inputs, made.properties)

    def deploy(self, suffix: str, **inputs: Any) -> str:
        urn = _urn(suffix, "ModelDeployment")
        given = {**DEPLOYMENT, "suffix": suffix, **inputs}
        checked = self._call("Check", provider_pb2.CheckRequest(urn=urn, news=encode(given)))
        assert not checked.failures
        made = self._call("Create", provider_pb2.CreateRequest(urn=urn, properties=checked.inputs))
        return str(decode(made.properties).values["status"])

    def plan(self, job: Job) -> bool:
        news = self.check(job.name, job.inputs)
        request = provider_pb2.DiffRequest(
            id=job.id, urn=_urn(job.name, self.kind), olds=job.outputs, old_inputs=job.inputs, news=news
        )
        return bool(self._call("Diff", request).changes == provider_pb2.DiffResponse.DIFF_SOME)

    def read(self, job: Job) -> bool:
        request = provider_pb2.ReadRequest(
            id=job.id, urn=_urn(job.name, self.kind), properties=job.outputs, inputs=job.inputs
        )
        return bool(self._call("Read", request).id)

    def delete(self, job: Job) -> None:
        self._call(
            "Delete", provider_pb2.DeleteRequest(id=job.id, urn=_urn(job.name, self.kind), properties=job.outputs)
        )

    def upload(self, path: Path) -> Job:
        urn = _urn(path.stem, "TrainingFile")
        checked = self._call("Check", provider_pb2.CheckRequest(urn=urn, news=encode({"path": str(path)})))
        made = self._call("Create", provider_pb2.CreateRequest(urn=urn, properties=checked.inputs))
        return Job(path.stem, made.id, checked.inputs, made.properties)

    def remove(self, file: Job) -> None:
        urn = _urn(file.name, "TrainingFile")
        self._call("Delete", provider_pb2.DeleteRequest(id=file.id, urn=urn, properties=file.outputs))


FRONT_ENDS: Mapping[str, type[FrontEnd]] = {"dynamic": Dynamic, "plugin": Plugin}


def _urn(name: str, kind: str) -> str:
    return f"urn:pulumi:dev::shop::dashscope-ft:index:{kind}::{name}"
