"""A service, or a gateway before it, that repeats the key in what it answers: the key gets into no state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from compression_story import BASE
from front_ends import FRONT_ENDS
from processes import ProviderProcess
from records import CHECKPOINT, COMPRESSED, DEPLOYMENT, FILE, IMPORTED, JOB, MODEL, Record
from simulation import KEY, Cloud, an_emulator

from pulumi_dashscope_ft import get_logs
from pulumi_dashscope_ft.api import Checkpoint, Compression, Deployment, File, Import, Job, KeySource
from pulumi_dashscope_ft.api.resources.compressions import Compressions
from pulumi_dashscope_ft.api.resources.fine_tunes import FineTunes
from pulumi_dashscope_ft.emulator.model import accounts
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.plugin import functions

UNSHAPED = "Zq9secretKEY0123456789"
"""A key that nothing shows to be one."""

FREE = {
    Job: ("base_model", "creator", "workspace_id", "create_time", "end_time"),
    Deployment: ("base_model", "creator", "workspace_id", "create_time", "modify_time", "charge_type"),
    Compression: ("base_model", "template_name", "create_time", "end_time"),
    Import: ("create_time", "error_code", "source", "workspace_id"),
    Checkpoint: ("full_name", "create_time", "expire_time"),
    File: ("name",),
}
"""What no call is made with."""


@pytest.fixture(params=[KEY, UNSHAPED], ids=["shaped", "unshaped"])
def key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key, which is repeated in all that the service says."""
    key = str(request.param)
    monkeypatch.setattr(KeySource, "read", lambda _: key)
    monkeypatch.setattr(accounts, "_KEY", re.compile(r"\S+"))  # the emulator takes only what looks like one
    for kind, names in FREE.items():
        _repeat(monkeypatch, kind, names, key)
    for calls in (FineTunes, Compressions):
        monkeypatch.setattr(calls, "tail", lambda *_, **__: (f"Bearer {key}", f"error: {key}"))
    return key


def _repeat(monkeypatch: pytest.MonkeyPatch, kind: Any, names: tuple[str, ...], key: str) -> None:
    read = kind.from_json

    def from_json(data: Any) -> Any:
        found = read(data)
        reason = {"code": f"E-{key}", "message": f"because {key}"}
        error = {"error": reason} if kind is Compression else {}
        return replace(found, **dict.fromkeys(names, f"x {key}.jsonl"), raw={**found.raw, **reason}, **error)

    monkeypatch.setattr(kind, "from_json", from_json)


@pytest.fixture
def process(front: str, key: str) -> ProviderProcess:
    emulator = an_emulator()
    emulator.configure(check_file_ids=False)
    process = FRONT_ENDS[front](Cloud(emulator))
    process.configure(process.new_owner())
    return process


def made(process: ProviderProcess, kind: str, written: Mapping[str, Any]) -> Record:
    """As it is in the state after a refresh; looked at after the create, too."""
    inputs = process.check(kind, "s", {}, dict(written), b"")
    created = process.create(kind, "s", inputs, 3600.0)
    record = Record(kind, "s", created.id, created.inputs, created.outputs)
    assert "sk-***" in str(record.outputs)
    assert process.connection.key.read() not in str(record.outputs)
    fresh = process.read(record)
    assert fresh is not None
    record.take(fresh)
    return record


TRAINED = {"model": "qwen3-8b", "trainingFileIds": ["file-1"]}


def test_of_a_job(process: ProviderProcess, key: str) -> None:
    record = made(process, JOB, TRAINED)
    process.cloud.emulator.force(record.id, "FAILED")
    process.cloud.clock.sleep(10)
    fresh = process.read(record)
    assert fresh is not None
    hidden = ("sk-***", "[secret]")  # as a key, or as a secret of the provider's configuration
    assert fresh.outputs["failure"]["logTail"] in (["Bearer ***", f"error: {one}"] for one in hidden)
    assert fresh.outputs["failure"]["message"] in (f"because {one}" for one in hidden)
    assert fresh.outputs["creator"] == "x sk-***.jsonl"
    for outputs in (record.outputs, fresh.outputs):
        assert key not in str(outputs)


def test_of_a_deployment(process: ProviderProcess, key: str) -> None:
    written = {"modelName": "qwen3-8b", "plan": "mu", "capacity": 1, "deploySpec": "MU1"}
    record = made(process, DEPLOYMENT, written)
    process.cloud.emulator.force_deployment(record.id, "RUNNING")
    process.cloud.clock.sleep(10)
    fresh = process.read(record)
    assert fresh is not None
    record.take(fresh)
    changed = process.update(record, {**record.inputs, "capacity": 2}, 600.0)
    for outputs in (record.outputs, changed.outputs):
        assert outputs["chargeType"] == "x sk-***.jsonl"
        assert key not in str(outputs)


def test_of_a_compressed_model(process: ProviderProcess, key: str) -> None:
    body = {"model": BASE, "training_file_ids": ["file-1"], "training_type": "sft"}
    job_id = process.client.fine_tunes.create(body).job_id
    process.cloud.emulator.force(job_id, "SUCCEEDED")
    model = process.client.fine_tunes.get(job_id).model_id
    record = made(process, COMPRESSED, {"model": model, "templateId": "quant-w8a8"})
    process.cloud.emulator.force_compression(record.id, "FAILED")
    process.cloud.clock.sleep(10)
    failed = process.read(record)
    assert failed is not None
    hidden = ("sk-***", "[secret]")  # as a key, or as a secret of the provider's configuration
    assert failed.outputs["failure"]["logTail"] in (["Bearer ***", f"error: {one}"] for one in hidden)
    assert failed.outputs["failure"]["message"] in (f"because {one}" for one in hidden)
    assert failed.outputs["templateName"] == "x sk-***.jsonl"
    for outputs in (record.outputs, failed.outputs):
        assert key not in str(outputs)


def test_of_an_imported_model(process: ProviderProcess, key: str) -> None:
    weights = {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"}
    record = made(process, IMPORTED, weights)
    process.cloud.emulator.force_import(record.id, "FAILED")
    process.cloud.clock.sleep(10)
    failed = process.read(record)
    assert failed is not None
    assert failed.outputs["failure"] in ({"code": f"x {one}.jsonl"} for one in ("sk-***", "[secret]"))
    assert failed.outputs["createTime"] == "x sk-***.jsonl"
    for outputs in (record.outputs, failed.outputs):
        assert key not in str(outputs)


def test_of_a_checkpoint(process: ProviderProcess, key: str) -> None:
    job_id = process.client.fine_tunes.create({"model": "qwen3-8b", "training_file_ids": ["file-1"]}).job_id
    process.cloud.emulator.force(job_id, "SUCCEEDED")
    (last, *_) = process.client.fine_tunes.checkpoints(job_id)
    record = made(process, CHECKPOINT, {"jobId": job_id, "checkpoint": last.checkpoint, "modelDisplayName": "m"})
    assert record.outputs["fullName"] == "x sk-***.jsonl"
    assert key not in str(record.outputs)


@pytest.mark.parametrize("front", ["dynamic"])
def test_of_a_file_that_is_taken_over(process: ProviderProcess, key: str, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n' * 3)
    file_id = process.client.files.upload(path).file_id
    record = made(process, FILE, {"path": str(path), "adoptFileId": file_id})
    assert record.outputs["name"] == "x sk-***.jsonl"
    assert key not in str(record.outputs)


@pytest.mark.parametrize("front", ["plugin"])
def test_of_a_model(process: ProviderProcess, key: str) -> None:
    record = made(process, MODEL, TRAINED)
    assert record.outputs["modelId"]
    assert key not in str(record.outputs)


def test_what_does_not_hold_the_key_stays_as_it_is() -> None:
    """Ids and names are compared, and sent on: one that only looks like a key is none."""
    chosen = {"jobId": "sk-abcdefgh-1", "finetunedOutput": "Bearer sk-abcdefgh", "usage": 7, "endTime": None}
    shown = sanitized_outputs(chosen, KeySource(literal=KEY))
    assert shown == {"jobId": "sk-abcdefgh-1", "finetunedOutput": "Bearer sk-abcdefgh", "usage": 7}
    assert shown == sanitized_outputs(chosen, KeySource(environ={}, home=Path("/nowhere")))


@pytest.mark.parametrize("front", ["plugin"])
def test_of_functions(process: ProviderProcess, key: str) -> None:
    """A program may export what they answer."""
    job_id = process.client.fine_tunes.create({"model": "qwen3-8b", "training_file_ids": ["file-1"]}).job_id
    process.cloud.let_lists_show()
    plugin: Any = process
    session = plugin._servicer._session
    answers = {
        name: functions.answer(session, f"dashscope-ft:index:{name}", arguments)
        for name, arguments in {"getJob": {"jobId": job_id}, "listJobs": {}, "getLogs": {"jobId": job_id}}.items()
    }
    assert answers["getJob"]["jobId"] == answers["listJobs"]["jobs"][0]["jobId"] == job_id
    assert answers["getLogs"] == {"lines": ["Bearer sk-***", "error: sk-***"]}
    assert key not in str(answers)


def test_of_the_log_that_a_program_reads(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    assert get_logs("ft-1") == ["Bearer sk-***", "error: sk-***"]
