"""The real provider host, as a process: it ends with its engine, and no line ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_dashscope_ft.dynamic.provider import FineTuningJobProvider
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.plugin.wire import decode, encode

KEY = "sk-host-0123456789abcdef"
URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/dashscope-ft:FineTuningJob::job"


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as server:
        server.configure(check_file_ids=False)
        yield server


class Host:
    """Pulumi's host, started as its engine does it."""

    def __init__(self, emulator: EmulatorServer, directory: Path, **environment: str) -> None:
        known = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"],
            cwd=directory,
            env={**os.environ, **known, **environment},
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(self.process.stdout.readline())}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        self.stub.Configure(provider_pb2.ConfigureRequest())

    def create(self) -> Any:
        """The answer to come."""
        hidden = {
            "__provider": serialize_provider(FineTuningJobProvider()),
            "__name": "job",
            "__owner": "0wner0wner",
            "__nonce": "n0nce1",
        }
        inputs = encode({"model": "qwen3-8b", "trainingFileIds": ["file-1"], **hidden})
        return self.stub.Create.future(provider_pb2.CreateRequest(urn=URN, properties=inputs))

    def lines_until(self, end: str) -> str:
        assert self.process.stdout is not None
        read = ""
        while end not in read:
            line = self.process.stdout.readline().decode()
            assert line, read
            read += line
        return read


@pytest.fixture
def start(emulator: EmulatorServer, tmp_path: Path) -> Iterator[Any]:
    hosts: list[Host] = []

    def begin(**environment: str) -> Host:
        hosts.append(Host(emulator, tmp_path, **environment))
        return hosts[-1]

    yield begin
    for one in hosts:
        one.channel.close()
        one.process.kill()
        one.process.wait()
        assert one.process.stdout is not None
        one.process.stdout.close()


def test_it_ends_with_an_engine_that_was_killed(start: Any, emulator: EmulatorServer) -> None:
    """Else a create that waits to be tried again buys a job that no state can hold, beside that of the next `up`."""
    told: dict[str, Any] = {
        "status": 429,
        "code": "Throttling",
        "message": "Too many fine-tune job in running, please retry later.",
    }
    emulator.add_fault(FaultRule(operation="create", kind="status", headers={"Retry-After": "3"}, count=1, **told))
    host = start()
    under_way = host.create()
    host.lines_until("trying again")
    host.process.stdout.close()  # nobody reads any more, as when the engine is gone
    assert host.process.wait(20) == 1
    with pytest.raises(grpc.RpcError):
        under_way.result(timeout=30)
    assert not emulator.jobs
    assert emulator.count("create") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_a_line_that_can_not_be_printed_ends_no_step(start: Any, emulator: EmulatorServer, encoding: str) -> None:
    fault: dict[str, Any] = {
        "status": 500,
        "code": "InternalError",
        "message": "内部错误 “fault”",
        "after_effect": True,
    }
    emulator.add_fault(FaultRule(operation="create", kind="status", count=1, **fault))
    host = start(PYTHONIOENCODING=encoding)
    made = host.create().result(timeout=60)
    (job_id,) = emulator.jobs
    assert made.id == decode(made.properties).values["jobId"] == job_id
    assert emulator.count("create") == 1
