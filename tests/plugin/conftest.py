"""A stage for the plugin: the real executable as a process, spoken to as the engine does, and the emulator behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

import warm_processes
from recorded import Recorded

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.plugin.wire import decode, encode

KEY = "sk-plugin-0123456789abcdef"
PROVIDER_ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
SETTINGS = Settings(
    pending_seconds=1,
    queuing_seconds=1,
    running_seconds=100_000,
    canceling_seconds=10,
    deploying_seconds=5,
    updating_seconds=5,
    quota=100,
)
OPTIONS = [("grpc.max_metadata_size", 1 << 20), ("grpc.absolute_max_metadata_size", 1 << 20)]


class RefusedCallError(Exception):
    """What the engine would make of a failed call."""

    def __init__(self, error: grpc.RpcError) -> None:
        self.partial: provider_pb2.ErrorResourceInitFailed | None = None
        self.message = error.details()
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status = status_pb2.Status.FromString(value)
                assert status.message == self.message
                for detail in status.details:
                    partial = provider_pb2.ErrorResourceInitFailed()
                    if detail.Unpack(partial):
                        self.partial = partial
        super().__init__(self.message)


class _EngineLog(engine_pb2_grpc.EngineServicer):
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def Log(self, request: Any, context: Any) -> Any:
        self.lines.append((request.urn.rpartition("::")[2], request.message))
        return empty_pb2.Empty()


def urn(kind: str, name: str, parents: str = "") -> str:
    return f"urn:pulumi:dev::shop::{parents}dashscope-ft:index:{kind}::{name}"


def _about(old: Recorded, news: Any) -> dict[str, Any]:
    """What a request to compare or to update says of a resource."""
    type_ = f"dashscope-ft:index:{old.kind}"
    return {
        "id": old.id,
        "urn": urn(old.kind, old.name),
        "type": type_,
        "olds": old.outputs,
        "old_inputs": old.inputs,
        "news": news,
    }


@dataclass
class Plugin:
    """One plugin process, and an engine to it."""

    environment: Mapping[str, str]
    directory: Path
    lines: list[tuple[str, str]] = field(default_factory=list)
    printed: str = ""

    def start(self) -> Plugin:
        self._log = _EngineLog()
        self._log.lines = self.lines
        self._engine = grpc.server(futures.ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(self._log, self._engine)
        address = f"127.0.0.1:{self._engine.add_insecure_port('127.0.0.1:0')}"
        self._engine.start()
        executable = str(Path(sys.executable).with_name("pulumi-resource-dashscope-ft"))
        command = [executable] if os.path.exists(executable) else [sys.executable, "-m", "pulumi_dashscope_ft.plugin"]
        self.process = warm_processes.popen(
            [*command, address],
            cwd=self.directory,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}", options=OPTIONS)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        return self

    def stop(self) -> tuple[str, str]:
        """End it; what it has printed after the port."""
        self.channel.close()
        self.process.terminate()
        out, err = self.process.communicate(timeout=20)
        self._engine.stop(None)
        return out.decode(), err.decode()

    def next(self, config: Mapping[str, Any] | None = None) -> Plugin:
        """The next operation: the engine starts a process for each."""
        self.printed += "".join(self.stop())
        return self.start().configure(config)

    def configure(self, config: Mapping[str, Any] | None = None, provider_id: str = PROVIDER_ID) -> Plugin:
        handshake = provider_pb2.ProviderHandshakeRequest(configure_with_urn=True)
        assert self.call("Handshake", handshake).accept_secrets
        given = dict(config or {})
        marks = {"apiKey": True} if "apiKey" in given else False
        request = provider_pb2.ConfigureRequest(
            args=encode(given, marks), acceptSecrets=True, acceptResources=True, id=provider_id
        )
        answer = self.call("Configure", request)
        assert answer.acceptSecrets
        assert answer.supportsPreview
        return self

    def call(self, verb: str, request: Any, timeout: float = 60) -> Any:
        try:
            answer = getattr(self.stub, verb)(request, timeout=timeout)
        except grpc.RpcError as error:
            raise RefusedCallError(error) from None
        assert KEY not in str(answer), "what is answered ends up in the state"
        return answer

    # The engine's steps

    def check(
        self,
        kind: str,
        name: str,
        inputs: Mapping[str, Any] | Struct,
        olds: Any = None,
        marks: Any = False,
        seed: bytes = b"",
    ) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn(kind, name),
            news=inputs if isinstance(inputs, Struct) else encode(inputs, marks),
            olds=olds,
            name=name,
            type=f"dashscope-ft:index:{kind}",
            randomSeed=seed,
        )
        return self.call("Check", request)

    def checked(
        self, kind: str, name: str, inputs: Mapping[str, Any] | Struct, olds: Any = None, marks: Any = False
    ) -> Any:
        answer = self.check(kind, name, inputs, olds, marks)
        assert not answer.failures, answer.failures
        return answer.inputs

    def create(
        self, kind: str, name: str, inputs: Mapping[str, Any], marks: Any = False, timeout: float = 0
    ) -> Recorded:
        given = self.checked(kind, name, inputs, marks=marks)
        request = provider_pb2.CreateRequest(
            urn=urn(kind, name), properties=given, type=f"dashscope-ft:index:{kind}", name=name, timeout=timeout
        )
        answer = self.call("Create", request)
        return Recorded(kind, name, answer.id, given, answer.properties, answer.refresh_before_update)

    def diff(self, old: Recorded, inputs: Mapping[str, Any], marks: Any = False) -> Any:
        news = self.checked(old.kind, old.name, inputs, old.inputs, marks)
        request = provider_pb2.DiffRequest(name=old.name, **_about(old, news))
        return self.call("Diff", request)

    def update(self, old: Recorded, inputs: Mapping[str, Any], preview: bool = False, timeout: float = 0) -> Recorded:
        news = self.checked(old.kind, old.name, inputs, old.inputs)
        request = provider_pb2.UpdateRequest(preview=preview, timeout=timeout, **_about(old, news))
        answer = self.call("Update", request)
        return Recorded(old.kind, old.name, old.id, news, answer.properties, answer.refresh_before_update)

    def read(self, kind: str, name: str, id_: str, inputs: Any = None, outputs: Any = None) -> Recorded | None:
        request = provider_pb2.ReadRequest(
            id=id_, urn=urn(kind, name), type=f"dashscope-ft:index:{kind}", inputs=inputs, properties=outputs
        )
        answer = self.call("Read", request)
        if not answer.id:
            return None
        return Recorded(kind, name, answer.id, answer.inputs, answer.properties, answer.refresh_before_update)

    def refresh(self, old: Recorded) -> Recorded | None:
        return self.read(old.kind, old.name, old.id, old.inputs, old.outputs)

    def delete(self, old: Recorded, timeout: float = 0) -> None:
        request = provider_pb2.DeleteRequest(
            id=old.id,
            urn=urn(old.kind, old.name),
            properties=old.outputs,
            old_inputs=old.inputs,
            type=f"dashscope-ft:index:{old.kind}",
            timeout=timeout,
        )
        self.call("Delete", request)

    def invoke(self, function: str, **arguments: Any) -> Any:
        request = provider_pb2.InvokeRequest(tok=f"dashscope-ft:index:{function}", args=encode(arguments))
        answer = self.call("Invoke", request)
        assert not answer.failures, answer.failures
        return decode(getattr(answer, "return")).values

    def said(self, name: str = "") -> str:
        """The lines shown at a resource, or all."""
        return "\n".join(text for at, text in self.lines if name in ("", at))


@pytest.fixture(scope="session")
def _emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(settings=SETTINGS, speed=20.0) as server:
        yield server


@pytest.fixture
def emulator(_emulator: EmulatorServer) -> EmulatorServer:
    _emulator.reset()
    _emulator.service.settings = SETTINGS
    return _emulator


def _opened(emulator: EmulatorServer, directory: Path, **environment: str) -> Plugin:
    (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
    plain = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
    return Plugin({**plain, **environment}, directory).start()


def _ended(plugin: Plugin) -> None:
    """Nothing that a plugin has printed may hold the key or a traceback."""
    for text in (*plugin.stop(), plugin.printed, plugin.said()):
        assert KEY not in text
        assert "Traceback" not in text


@pytest.fixture
def start(emulator: EmulatorServer, tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    """Starts plugin processes, which end with the test."""
    started: list[Plugin] = []

    def begin(**environment: str) -> Plugin:
        started.append(_opened(emulator, tmp_path, **environment))
        return started[-1]

    yield begin
    for one in started:
        _ended(one)


@pytest.fixture(scope="session")
def _plugin(_emulator: EmulatorServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    plugin = _opened(_emulator, tmp_path_factory.mktemp("project")).configure()
    yield plugin
    _ended(plugin)


@pytest.fixture
def plugin(_plugin: Plugin, emulator: EmulatorServer) -> Plugin:
    """A configured plugin, which these tests share: starting one takes longer than a test."""
    (_plugin.directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
    _plugin.lines.clear()
    return _plugin
