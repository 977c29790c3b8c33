"""Paths for which no client of the SDK has a call: checkpoints, export, compression, import.

A script that uses the SDK reaches them through the second client's transport, with the headers, the encoding of bodies
and queries, and the repetition of `dashscope.v2`.
"""

from __future__ import annotations

from typing import Any

import pytest
from sdk_process import Sdk

from pulumi_dashscope_ft.emulator import EmulatorServer

ROW = '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}\n'
COMPRESSIBLE = "qwen3.5-flash-2026-02-23"


class Transport:
    """`client.transport.request`; the answer is the body, which names its request and no error."""

    def __init__(self, sdk: Sdk, kind: str) -> None:
        self.sdk = sdk
        self.kind = kind

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        answer = self.sdk(f"{self.kind}.transport.request", method, path, **more)
        assert answer.status_code == 200, answer.body
        assert answer.body.request_id
        assert not answer.body.get("code")
        return answer.body.output

    def refusal(self, path: str) -> tuple[int, str]:
        answer = self.sdk(f"{self.kind}.transport.request", "GET", path)
        return answer.status_code, answer.body.code


@pytest.fixture(params=["Client", "AsyncClient"])
def send(request: pytest.FixtureRequest, sdk: Sdk) -> Transport:
    return Transport(sdk, request.param)


@pytest.fixture
def job_id(send: Transport, emulator: EmulatorServer) -> str:
    """A job that has succeeded, and saved two checkpoints."""
    send.sdk.write("train.jsonl", ROW * 20)
    file_id = send.sdk(f"{send.kind}.files.upload", file_path="train.jsonl").file_id
    job = send.sdk(
        f"{send.kind}.fine_tunes.create",
        model=COMPRESSIBLE,
        training_file_ids=file_id,
        mode="sft",
        hyper_parameters={"n_epochs": 2, "save_total_limit": 2},
    )
    emulator.clock.advance(7200)
    return str(job.job_id)


def test_checkpoints_and_export(send: Transport, job_id: str, emulator: EmulatorServer) -> None:
    first, last = send("GET", f"/fine-tunes/{job_id}/checkpoints")
    exported = f"/fine-tunes/{job_id}/export/{first.checkpoint}"
    assert send("GET", exported, params={"model_name": "pretty"}) is True
    emulator.clock.advance(3600)
    shown = {one.checkpoint: one for one in send("GET", f"/fine-tunes/{job_id}/checkpoints")}
    assert shown[first.checkpoint].model_name
    assert set(shown) == {first.checkpoint, last.checkpoint}


def test_a_compressed_model(send: Transport, job_id: str, emulator: EmulatorServer) -> None:
    model = send.sdk(f"{send.kind}.fine_tunes.get", job_id).finetuned_model
    templates = send("GET", "/fine-tunes/compress/templates").custom_models
    assert [one.model for one in templates] == [model]
    jobs = "/fine-tunes/compress/jobs"
    body = {"model": model, "template_id": templates[0].templates[0].template_id, "job_name": "smaller"}
    made = send("POST", jobs, json=body).job_id
    assert [job.job_id for job in send("GET", jobs, params={"page_no": 1, "page_size": 10}).jobs] == [made]
    emulator.clock.advance(7200)
    done = send("GET", f"{jobs}/{made}")
    assert done.status == "SUCCEEDED"
    assert done.quantized_output
    assert send("GET", f"{jobs}/{made}/logs", params={"offset": 0, "line": 100}).logs
    assert send("DELETE", f"{jobs}/{made}").status == "success"
    assert send.refusal(f"{jobs}/{made}") == (404, "ResourceNotFound")

    second = send("POST", jobs, json=body).job_id
    assert send("POST", f"{jobs}/{second}/cancel").status == "success"


def test_an_imported_model(send: Transport, emulator: EmulatorServer) -> None:
    imports = "/custom_models/import"
    body = {
        "model_name": "qwen3-8b",
        "source": "oss",
        "weight_type": "full",
        "storage_info": {"bucket_name": "weights", "object_key": "qwen/"},
    }
    made = send("POST", imports, json=body).job_id
    emulator.clock.advance(600)
    assert send("GET", f"{imports}/{made}").status == "SUCCESSED"
    assert send("GET", imports).total == 1
    assert send("DELETE", f"{imports}/{made}").job_id == made
    assert send.refusal(f"{imports}/{made}") == (404, "NotFound")
