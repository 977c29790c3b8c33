"""`pulumi destroy --refresh`: the engine compares each resource before it deletes it, and no program keeps any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_dashscope_ft.dynamic import serving
from pulumi_dashscope_ft.dynamic.session import Session
from pulumi_dashscope_ft.emulator import EmulatorServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=50.0) as emulator:
        emulator.configure(check_file_ids=False)
        monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", emulator.base_url)
        monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-e2e-0123456789abcdef")
        yield emulator


def process(monkeypatch: pytest.MonkeyPatch, kind: str) -> Any:
    """A handler as a new provider process has it."""
    monkeypatch.setattr(serving, "SESSION", Session())
    serving.handler.cache_clear()
    return serving.handler(kind)


def compressible(server: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a model that can be compressed, in seconds."""
    server.configure(compressing_seconds=10)
    job = process(monkeypatch, "job")
    given = {"model": "qwen3.5-flash-2026-02-23", "trainingFileIds": ["f"], "trainingType": "sft"}
    made = job.create(job.check({}, {**given, "__name": "trained", "__owner": "0wner0wner"}).inputs)
    server.force(made.id, "SUCCEEDED")
    return str(server.jobs[made.id].finetuned_output)


JOB = {"model": "qwen3-8b", "trainingFileIds": ["f"], "__name": "it", "__owner": "0wner0wner"}
DEPLOYMENT = {"modelName": "qwen3-8b", "plan": "lora", "__name": "it", "__owner": "0wner0wner"}


COMPRESSED = {"templateId": "quant-w8a8", "__name": "it", "__owner": "0wner0wner"}
ENDS = {"job": "cancel", "deployment": "delete_deployment", "compression": "delete_compression"}


@pytest.mark.parametrize(("kind", "inputs"), [("job", JOB), ("deployment", DEPLOYMENT), ("compression", COMPRESSED)])
def test_what_was_only_compared_is_deleted(
    server: EmulatorServer, monkeypatch: pytest.MonkeyPatch, kind: str, inputs: dict[str, Any]
) -> None:
    if kind == "compression":
        inputs = {**inputs, "model": compressible(server, monkeypatch)}
    up = process(monkeypatch, kind)
    checked = up.check({}, inputs).inputs
    made = up.create(checked)
    destroy = process(monkeypatch, kind)
    refreshed = destroy.read(made.id, made.outs).outs
    assert not destroy.diff(made.id, refreshed, checked).changes
    destroy.delete(made.id, refreshed)
    assert server.count(ENDS[kind]) == 1
    assert not server.compressions
    assert not [job for job in server.jobs.values() if job.status == "RUNNING"]


def test_what_a_program_keeps_is_left_alone(server: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename that was cut short leaves two records of one job; the one that goes must not take it away."""
    up = process(monkeypatch, "job")
    checked = up.check({}, JOB).inputs
    made = up.create(checked)
    again = process(monkeypatch, "job")
    renamed = again.check(checked, {**JOB, "__name": "new"}).inputs
    assert not again.diff(made.id, made.outs, renamed).changes
    again.delete(made.id, made.outs)
    assert server.count("cancel") == 0
