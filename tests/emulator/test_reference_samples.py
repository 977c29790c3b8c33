"""Sample bodies of the API reference, rebuilt with made-up ids, through the emulator over a socket.

Each request is one that the documentation calls valid, so it has to be taken; each answer has the fields of the sample
below it, and its literal values.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from caller import Caller
from reference_samples import BY_ID, COMPRESSIBLE, COMPRESSIONS, DEPLOYMENTS, FILE, JOBS, RESERVATIONS, Body

from pulumi_dashscope_ft.emulator import EmulatorServer

PENDING = {
    *("job_id", "job_name", "status", "model", "base_model", "training_file_ids", "validation_file_ids"),
    *("training_datasets", "validation_datasets", "hyper_parameters", "training_type", "create_time", "workspace_id"),
    *("user_identity", "modifier", "creator", "group"),
}

MORE_OF_A_JOB: dict[str, set[str]] = {
    # Name of a sample → the fields of its answer beyond those of every job.
    "text with several checkpoints (3.1.2)": {"max_output_cnt"},
    "wan video (6.2)": {"finetuned_output"},
    "wan image (6.3)": {"finetuned_output", "max_output_cnt"},
    "qwen-image (6.3)": {"finetuned_output"},
    "CosyVoice (6.4)": {"max_output_cnt", "model_name", "charge_type"},
    "decision model (6.5)": {"finetuned_output"},
    "reinforcement learning (13.1)": {"rollout", "rewards", "resource_config", "max_output_cnt"},
    "reinforcement learning as the guide spells it (6.7)": {"rollout", "rewards", "resource_config"},
    "distillation (13.1)": {"teacher_model", "resource_config"},
}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_of_each_kind(emulator: EmulatorServer, call: Caller, name: str) -> None:
    body, more = JOBS[name], MORE_OF_A_JOB.get(name, set())
    answer = call("POST", "/fine-tunes", json=body)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"request_id", "output"}
    created = answer.json()["output"]
    assert set(created) == PENDING | more
    assert (created["status"], created["group"], created["training_type"]) == ("PENDING", "llm", body["training_type"])
    assert created["hyper_parameters"] == body["hyper_parameters"]
    # Whatever form the request had: the ids are in the data sets (3.1.1).
    sent = body.get("training_datasets") or [
        {"data_source_type": "file_id", "file_id": one} for one in body["training_file_ids"]
    ]
    assert (created["training_file_ids"], created["training_datasets"]) == ([], sent)
    emulator.force(created["job_id"], "SUCCEEDED")
    ended = call("GET", f"/fine-tunes/{created['job_id']}").json()["output"]
    assert set(ended) >= PENDING | more | {"finetuned_output", "end_time", "usage"}
    assert call("POST", f"/fine-tunes/{created['job_id']}/cancel").json()["code"] == "UnsupportedOperation"
    assert call("DELETE", f"/fine-tunes/{created['job_id']}").json()["output"] == {"status": "success"}


@pytest.mark.parametrize(
    ("form", "data_form", "shown", "hyper_parameters"),
    [
        (
            "subset",
            "datasets",
            {"training_file_ids": [], "training_datasets": BY_ID},
            {"n_epochs": 2, "batch_size": 16, "max_length": 4096, "learning_rate": 2e-5},
        ),
        (
            "filled",
            "file_ids",
            {"training_file_ids": [FILE]},
            {
                "n_epochs": 2,
                "batch_size": 16,
                "max_length": 4096,
                "learning_rate": "2e-5",
                "save_total_limit": 4,
                "split": 0.9,
            },
        ),
    ],
)
def test_forms_of_an_answer(
    emulator: EmulatorServer,
    call: Caller,
    form: Any,
    data_form: Any,
    shown: dict[str, Any],
    hyper_parameters: dict[str, Any],
) -> None:
    """The newest pages leave keys out and change types, older ones add a split that nobody sent (3.6)."""
    emulator.configure(hyper_parameters_form=form, data_form=data_form)
    body = {
        "model": "qwen3-8b",
        "training_file_ids": [FILE],
        "training_type": "efficient_sft",
        "hyper_parameters": {
            "n_epochs": 2,
            "batch_size": 16,
            "max_length": 4096,
            "learning_rate": "2e-5",
            "save_total_limit": 4,
        },
    }
    created = call("POST", "/fine-tunes", json=body).json()["output"]
    assert created["hyper_parameters"] == hyper_parameters
    assert {name: created[name] for name in shown} == shown


DEPLOYMENT = {
    *("deployed_model", "gmt_create", "gmt_modified", "status", "model_name", "base_model", "workspace_id"),
    *("charge_type", "creator", "modifier", "plan"),
}
CAPACITIES = {"base_capacity", "capacity", "ready_capacity"}
UNIT = {"model_unit_spec", "enable_thinking", "max_context_length", "rpm_limit", "tpm_limit"}

MORE_OF_A_DEPLOYMENT: dict[str, set[str]] = {
    # Name of a sample → the fields of its answer beyond those of every deployment.
    "by token (5.2)": CAPACITIES,
    "model units (5.2)": CAPACITIES | UNIT,
    "model units with limits (5.2)": CAPACITIES | UNIT,
    "prefill and decode apart (5.1)": CAPACITIES | UNIT | {"prefill_capacity", "decode_capacity", "name"},
    "by the id of a template (5.2)": CAPACITIES | UNIT,
    "speech (5.2)": UNIT | {"name"},
    "wan image (5.2)": CAPACITIES,
    "wan video (5.2)": CAPACITIES,
    "decision model (5.2)": CAPACITIES | UNIT,
}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_of_each_kind(emulator: EmulatorServer, call: Caller, name: str) -> None:
    base_model, body = DEPLOYMENTS[name]
    job_id = call.create(model=base_model, training_type="efficient_sft")
    emulator.force(job_id, "SUCCEEDED")
    model = call("GET", f"/fine-tunes/{job_id}").json()["output"]["finetuned_output"]
    answer = call("POST", "/deployments", json={"model_name": model, **body})
    assert answer.status_code == 200, answer.text
    created = answer.json()["output"]
    assert set(created) == DEPLOYMENT | MORE_OF_A_DEPLOYMENT[name]
    assert (created["model_name"], created["base_model"], created["status"]) == (model, base_model, "PENDING")
    deployed = created["deployed_model"]
    named = rf"-[0-9a-f]{{8}}-{body['suffix']}" if "suffix" in body else ""
    assert re.fullmatch(re.escape(model) + named, deployed)
    emulator.clock.advance(300)
    assert call("GET", f"/deployments/{deployed}").json()["output"]["status"] == "RUNNING"
    assert call("DELETE", f"/deployments/{deployed}").json()["output"]["status"] == "DELETING"


@pytest.mark.parametrize("name", RESERVATIONS)
def test_reserved_throughput_of_a_base_model(emulator: EmulatorServer, call: Caller, name: str) -> None:
    body = RESERVATIONS[name]
    created = call("POST", "/deployments", json=body).json()["output"]
    assert set(created) == DEPLOYMENT | CAPACITIES | {"ptu_capacity", "ptu_service_tier"} | (body.keys() & {"name"})
    assert created["ptu_capacity"] == body["ptu_capacity"]
    listed = call("GET", "/deployments?plan=ptu").json()["output"]["deployments"]
    assert listed == [created]
    assert call("GET", "/deployments?plan=mu").json()["output"]["total"] == 0


COMPRESSION = {
    *("job_id", "job_name", "status", "model", "base_model", "template_id", "template_name", "training_type"),
    *("compress_type", "hyper_parameters", "custom_calibration_file_ids", "quantized_output", "create_time"),
    *("start_time", "end_time", "error", "group"),
}


@pytest.mark.parametrize("body", COMPRESSIONS.values(), ids=COMPRESSIONS)
def test_a_compression(emulator: EmulatorServer, call: Caller, body: Body) -> None:
    job_id = call.create(model=COMPRESSIBLE, training_type="sft")
    emulator.force(job_id, "SUCCEEDED")
    model = call("GET", f"/fine-tunes/{job_id}").json()["output"]["finetuned_output"]
    answer = call("POST", "/fine-tunes/compress/jobs", json={"model": model, **body})
    assert answer.status_code == 200, answer.text
    created = answer.json()["output"]
    assert set(created) == COMPRESSION
    assert {name: created[name] for name in body.keys() & COMPRESSION} == {
        name: value for name, value in body.items() if name in COMPRESSION
    }
    compressed = created["job_id"]
    emulator.force_compression(compressed, "SUCCEEDED")
    ended = call("GET", f"/fine-tunes/compress/jobs/{compressed}").json()["output"]
    suffix = body.get("output_model_suffix")
    assert ended["quantized_output"] == "-".join(filter(None, (COMPRESSIBLE, suffix, compressed)))
    assert call("DELETE", f"/fine-tunes/compress/jobs/{compressed}").json()["output"] == {"status": "success"}
