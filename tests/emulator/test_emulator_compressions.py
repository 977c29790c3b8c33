"""Compression jobs, as the API reference has them (section 11)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

BASE = "qwen3.5-flash-2026-02-23"
JOBS = "/fine-tunes/compress/jobs"


@pytest.fixture
def tuned(emulator: EmulatorServer, call: Caller) -> str:
    """A custom model with full weights, made from the base model that can be compressed."""
    return _tuned(emulator, call, "sft")


def _tuned(emulator: EmulatorServer, call: Caller, training_type: str, model: str = BASE) -> str:
    job_id = call.create(model=model, training_type=training_type)
    emulator.force(job_id, "SUCCEEDED")
    return str(emulator.jobs[job_id].finetuned_output)


def _compress(call: Caller, model: str, **fields: Any) -> Any:
    return call("POST", JOBS, json={"model": model, "template_id": "quant-w8a8", **fields})


def _status(call: Caller, job_id: str) -> str:
    return str(call("GET", f"{JOBS}/{job_id}").json()["output"]["status"])


def test_templates_of_the_models_that_can_be_compressed(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    _tuned(emulator, call, "sft", model="qwen3-14b")
    answer = call("GET", "/fine-tunes/compress/templates").json()["output"]
    assert answer["base_models"] == [BASE]
    (model,) = answer["custom_models"]
    assert (model["model"], model["base_model"]) == (tuned, BASE)
    template = model["templates"][0]
    assert template["compress_type"] == "quantization"
    assert {parameter["type"] for parameter in template["hyper_parameters"]} == {"number", "string"}
    chinese = call("GET", "/fine-tunes/compress/templates?lang=zh-CN").json()["output"]["custom_models"]
    assert chinese[0]["templates"][0]["template_name"] != template["template_name"]
    assert call("GET", "/fine-tunes/compress/templates?model=other").json()["output"]["custom_models"] == []


def test_a_job_from_create_to_delete(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    created = _compress(
        call,
        tuned,
        job_name="smaller",
        job_description="half the memory",
        output_model_suffix="w8",
        hyper_parameters={"calib_input": "true", "calib_samples": 64},
        custom_calibration_file_ids=["file-" + "0a" * 16],
    ).json()["output"]
    job_id = created["job_id"]
    assert re.fullmatch(r"quant-\d{12}-[0-9a-f]{4}", job_id)
    assert created == {
        "job_id": job_id,
        "job_name": "smaller",
        "status": "PENDING",
        "model": tuned,
        "base_model": BASE,
        "template_id": "quant-w8a8",
        "template_name": created["template_name"],
        "training_type": "quantization",
        "compress_type": "quantization",
        "hyper_parameters": {"calib_input": "true", "calib_samples": 64},
        "custom_calibration_file_ids": ["file-" + "0a" * 16],
        "quantized_output": None,
        "create_time": created["create_time"],
        "start_time": None,
        "end_time": None,
        "error": None,
        "group": "quantization",
    }
    emulator.clock.advance(5)
    assert _status(call, job_id) == "QUEUING"
    emulator.clock.advance(5)
    assert _status(call, job_id) == "RUNNING"
    assert call("DELETE", f"{JOBS}/{job_id}").json()["code"] == "UnsupportedOperation"
    emulator.clock.advance(900)
    ended = call("GET", f"{JOBS}/{job_id}").json()["output"]
    assert (ended["status"], ended["usage"], ended["job_description"]) == ("SUCCEEDED", 900, "half the memory")
    assert ended["quantized_output"] == f"{BASE}-w8-{job_id}"
    assert call("POST", f"{JOBS}/{job_id}/cancel").json()["code"] == "UnsupportedOperation"
    assert call("DELETE", f"{JOBS}/{job_id}").json()["output"] == {"status": "success"}
    assert call("GET", f"{JOBS}/{job_id}").status_code == 404
    assert emulator.gone_compressions[job_id].statuses == ("PENDING", "QUEUING", "RUNNING", "SUCCEEDED")
    # The product stays, and can be served.
    served = {"model_name": ended["quantized_output"], "capacity": 1, "plan": "mu", "deploy_spec": "MU1"}
    assert call("POST", "/deployments", json=served).json()["output"]["base_model"] == BASE


@pytest.mark.parametrize("status", ["PENDING", "QUEUING", "RUNNING"])
def test_cancel_is_asynchronous(emulator: EmulatorServer, call: Caller, tuned: str, status: str) -> None:
    job_id = _compress(call, tuned).json()["output"]["job_id"]
    emulator.force_compression(job_id, status)
    assert call("POST", f"{JOBS}/{job_id}/cancel").json()["output"] == {"status": "success"}
    assert _status(call, job_id) == "CANCELING"
    again = call("POST", f"{JOBS}/{job_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (400, "UnsupportedOperation")
    emulator.clock.advance(8)
    ended = call("GET", f"{JOBS}/{job_id}").json()["output"]
    assert (ended["status"], ended["usage"], ended["quantized_output"]) == ("CANCELED", 0, None)


def test_a_failed_job_says_why(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    emulator.plan_next_compression(outcome="FAILED", failure_reason="too small")
    job_id = _compress(call, tuned).json()["output"]["job_id"]
    emulator.clock.advance(10_000)
    ended = call("GET", f"{JOBS}/{job_id}").json()["output"]
    assert ended["status"] == "FAILED"
    assert ended["error"] == {"code": "InternalError", "message": "too small"}
    assert "usage" not in ended
    log = call("GET", f"{JOBS}/{job_id}/logs?line=1000").json()["output"]
    assert any("too small" in line for line in log["logs"])
    assert len(call("GET", f"{JOBS}/{job_id}/logs?offset=2&line=3").json()["output"]["logs"]) == 3


def test_it_does_not_wait_for_a_training_job(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    training = call.create()
    job_id = _compress(call, tuned).json()["output"]["job_id"]
    emulator.clock.advance(10)
    assert (emulator.jobs[training].status, _status(call, job_id)) == ("RUNNING", "RUNNING")


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"model": ""}, "model"),
        ({"template_id": ""}, "template_id"),
        ({"template_id": "none"}, "template_id"),
        ({"model": BASE}, "is a base model"),
        ({"model": "nobody-knows-it"}, "Model not exist."),
        ({"job_name": "n" * 51}, "job_name"),
        ({"job_name": "a/b"}, "job_name"),
        ({"job_description": "d" * 201}, "job_description"),
        ({"output_model_suffix": "Upper"}, "output_model_suffix"),
        ({"output_model_suffix": "123456789"}, "output_model_suffix"),
        ({"hyper_parameters": {"n_epochs": 1}}, "n_epochs"),
        ({"hyper_parameters": {"calib_samples": 0}}, "calib_samples"),
        ({"hyper_parameters": {"calib_input": 1}}, "calib_input"),
        ({"custom_calibration_file_ids": ["file-" + "0a" * 16]}, "custom_calibration_file_ids"),
        (
            {"custom_calibration_file_ids": ["train.jsonl"], "hyper_parameters": {"calib_input": True}},
            "custom_calibration_file_ids",
        ),
    ],
    ids=str,
)
def test_what_is_refused(emulator: EmulatorServer, call: Caller, tuned: str, fields: dict[str, Any], part: str) -> None:
    answer = _compress(call, **{"model": tuned, **fields})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert part in answer.json()["message"]
    assert not emulator.compressions


def test_adapters_and_other_models_are_refused(emulator: EmulatorServer, call: Caller) -> None:
    for training_type, model, message in (
        ("efficient_sft", "qwen3.5-9b", "is a LoRA model and not supported for quantization."),
        ("sft", "qwen3-14b", "is not supported for quantization."),
    ):
        tuned = _tuned(emulator, call, training_type, model)
        assert message in _compress(call, tuned).json()["message"]


def test_a_name_is_unique_until_its_job_is_deleted(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    first = _compress(call, tuned, job_name="once").json()["output"]["job_id"]
    assert _compress(call, tuned, job_name="once").json()["code"] == "InvalidParameter"
    emulator.force_compression(first, "FAILED")
    assert _compress(call, tuned, job_name="once").status_code == 400
    call("DELETE", f"{JOBS}/{first}")
    assert _compress(call, tuned, job_name="once").status_code == 200


def test_the_quota(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    emulator.configure(compression_quota=1)
    first = _compress(call, tuned).json()["output"]["job_id"]
    beyond = _compress(call, tuned)
    assert (beyond.status_code, beyond.json()["code"]) == (429, "QuotaExceeded")
    emulator.force_compression(first, "SUCCEEDED")
    assert _compress(call, tuned).status_code == 200


def test_lists(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    ids = []
    for number, template in enumerate(("quant-w8a8", "quant-w4a16", "quant-w8a8")):
        made = _compress(call, tuned, job_name=f"night-{number}", template_id=template)
        ids.append(made.json()["output"]["job_id"])
        emulator.clock.advance(60)
    emulator.force_compression(ids[0], "FAILED")

    def listed(query: str) -> list[str]:
        return [job["job_id"] for job in call("GET", f"{JOBS}?{query}").json()["output"]["jobs"]]

    page = call("GET", f"{JOBS}?page_no=2&page_size=2").json()["output"]
    assert (page["total"], page["page_no"], page["page_size"]) == (3, 2, 2)
    assert [job["job_id"] for job in page["jobs"]] == ids[:1]
    assert listed("") == ids[::-1]
    assert listed("sort_by=create_time&sort_order=asc") == ids
    assert listed("status=FAILED") == ids[:1]
    assert listed("template_id=quant-w4a16") == listed("quant_spec=w4a16") == listed("quant_method=gptq") == [ids[1]]
    assert listed(f"model={tuned}") == ids[::-1]
    assert listed("job_name=ght-2") == [ids[2]]
    assert listed(f"job_id={ids[1][6:]}") == [ids[1]]
    assert listed("search_key=night-0") == listed("search_key=night-0&select_key=job_name") == ids[:1]
    assert listed("search_key=night-0&select_key=model") == []
    moment = call("GET", f"{JOBS}/{ids[1]}").json()["output"]["create_time"]
    assert listed(f"start_time={moment}") == [ids[2], ids[1]]
    assert listed(f"end_time={moment}")[-1] == ids[0]
    for query in ("page_size=101", "page_no=0", "status=DONE", "start_time=yesterday"):
        assert call("GET", f"{JOBS}?{query}").json()["code"] == "InvalidParameter"
    emulator.configure(list_lag_seconds=200)
    assert listed("") == []


@pytest.mark.parametrize("code", ["ResourceNotFound", "NotFound"])
def test_an_unknown_job(emulator: EmulatorServer, call: Caller, tuned: str, code: str) -> None:
    emulator.configure(missing_compression_code=code)
    job_id = _compress(call, tuned).json()["output"]["job_id"]
    stranger = type(call)(emulator, "sk-somebody-else")
    for caller, unknown in ((call, "quant-202604111200-a1b2"), (stranger, job_id)):
        for verb, path in (("GET", ""), ("DELETE", ""), ("GET", "/logs"), ("POST", "/cancel")):
            answer = caller(verb, f"{JOBS}/{unknown}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, code)
    stranger.session.close()


def test_faults_and_records(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    emulator.add_fault(FaultRule(operation="create_compression", kind="lost", count=1))
    with pytest.raises(requests.ConnectionError):
        _compress(call, tuned, job_name="lost")
    (job,) = emulator.compressions.values()
    assert (job.job_name, job.exists) == ("lost", True)
    emulator.add_fault(FaultRule(operation="*", kind="unknown_status", job_id=job.job_id))
    assert _status(call, job.job_id) == "REBALANCING"
    assert call("GET", JOBS).json()["output"]["jobs"][0]["status"] == "REBALANCING"
    assert emulator.requests[-2].job_id == job.job_id
    emulator.clear_faults()
    emulator.next_ids(compressions=["quant-202604111200-a1b2"])
    assert _compress(call, tuned).json()["output"]["job_id"] == "quant-202604111200-a1b2"
    emulator.remove_compression(job.job_id)
    assert not job.exists
    emulator.reset()
    assert not emulator.compressions


def test_the_control_api(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    assert call.control("POST", "/compression-plans", json={"running_seconds": 1}).json() == {"planned": 1}
    job_id = _compress(call, tuned).json()["output"]["job_id"]
    forced = call.control("POST", f"/compressions/{job_id}", json={"status": "RUNNING", "outcome": "FAILED"}).json()
    assert [step["status"] for step in forced["transitions"]] == ["PENDING", "RUNNING"]
    emulator.clock.advance(1)
    state = call.control("GET", "/state").json()
    assert [job["status"] for job in state["compressions"]] == ["FAILED"]
    assert call.control("DELETE", f"/compressions/{job_id}").status_code == 200
    assert call.control("DELETE", f"/compressions/{job_id}").status_code == 404
    assert len(call.control("GET", "/state").json()["gone_compressions"]) == 1
    assert call.control("POST", "/compression-plans", json={"colour": 1}).status_code == 400


def test_a_restart_keeps_jobs_and_products(tmp_path: Path, caller_of: type[Caller]) -> None:
    kept = tmp_path / "state"

    def emulator() -> EmulatorServer:
        return EmulatorServer(speed=None, start=1_700_000_000.0, state=kept)

    with emulator() as first:
        first.configure(check_file_ids=False)
        call = caller_of(first)
        tuned = _tuned(first, call, "sft")
        ended, active = (_compress(call, tuned).json()["output"]["job_id"] for _ in range(2))
        first.clock.advance(910)
        product = first.compressions[ended].quantized_output
        call("DELETE", f"{JOBS}/{ended}")
        call.session.close()
    with emulator() as second:
        assert second.notices == ()
        assert second.compressions[active].status == "RUNNING"
        assert second.gone_compressions[ended].status == "SUCCEEDED"
        call = caller_of(second)
        models = call("GET", "/deployments/models?model_source=custom").json()["output"]["models"]
        assert {tuned, product} <= {model["model_name"] for model in models}
        second.clock.advance(900)
        assert second.compressions[active].status == "SUCCEEDED"
        call.session.close()
