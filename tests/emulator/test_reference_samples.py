"""Sample bodies of the API reference, rebuilt with made-up ids, through the emulator over a socket.

Each request is one that the documentation calls valid, so it has to be taken; each answer has the fields of the sample
below it, and its literal values.
"""

from __future__ import annotations

from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer

FILE = "11111111-2222-4333-8444-555555555555"
OTHER = "66666666-7777-4888-8999-000000000000"
BY_ID = [{"data_source_type": "file_id", "file_id": FILE}]
TYPED = [{"type": "training", **BY_ID[0]}]
UNITS = {"charge_type": "mtu_postpaid", "mtu_spec_code": "MTU4", "mtu_capacity": 24}
PENDING = {
    *("job_id", "job_name", "status", "model", "base_model", "training_file_ids", "validation_file_ids"),
    *("training_datasets", "validation_datasets", "hyper_parameters", "training_type", "create_time", "workspace_id"),
    *("user_identity", "modifier", "creator", "group"),
}

JOBS: dict[str, tuple[dict[str, Any], set[str]]] = {
    # Name → the request, and the fields of its answer beyond those of every job.
    "text (3.1.2)": (
        {
            "model": "qwen3-14b",
            "training_datasets": [*BY_ID, {"data_source_type": "file_id", "file_id": OTHER}],
            "hyper_parameters": {
                "n_epochs": 3,
                "batch_size": 32,
                "max_length": 8192,
                "split": 0.9,
                "learning_rate": "1.6e-5",
                "lr_scheduler_type": "linear",
            },
            "training_type": "sft",
            "finetuned_output_suffix": "suffix",
        },
        set(),
    ),
    "text with several checkpoints (3.1.2)": (
        {
            "model": "qwen3-8b",
            "training_file_ids": [FILE],
            "hyper_parameters": {"n_epochs": 1, "batch_size": 16, "max_length": 8192, "save_total_limit": 10},
            "training_type": "efficient_sft",
        },
        {"max_output_cnt"},
    ),
    "mixed data sets (3.1.1)": (
        {
            "model": "qwen3-8b",
            "training_datasets": [
                *BY_ID,
                {
                    "data_source_type": "oss_mount",
                    "mount_storage": {"region": "cn-beijing", "bucket": "my-bucket", "file_path": "train/data.jsonl"},
                },
            ],
            "training_type": "sft",
            "hyper_parameters": {},
        },
        set(),
    ),
    "wan video (6.2)": (
        {
            "model": "wan2.5-i2v-preview",
            "training_file_ids": [FILE],
            "validation_file_ids": [OTHER],
            "training_type": "efficient_sft",
            "hyper_parameters": {
                "n_epochs": 400,
                "batch_size": 2,
                "learning_rate": 2e-5,
                "split": 0.9,
                "eval_epochs": 50,
                "max_pixels": 36864,
            },
        },
        {"finetuned_output"},
    ),
    "wan image (6.3)": (
        {
            "model": "wan2.7-image-pro",
            "training_file_ids": [FILE],
            "training_type": "efficient_sft",
            "hyper_parameters": {
                "max_steps": 800,
                "eval_steps": 200,
                "learning_rate": 3e-5,
                "generation_type": "t2i",
                "max_pixels": "2k",
                "val_img_size": "2k",
                "max_token_length": "2k",
                "gradient_clip": 0.5,
                "weight_decay": 0.02,
                "lora_rank": 32,
                "save_total_limit": 10,
            },
        },
        {"finetuned_output", "max_output_cnt"},
    ),
    "qwen-image (6.3)": (
        {
            "model": "qwen-image-2.0",
            "training_file_ids": [FILE],
            "training_type": "efficient_sft",
            "hyper_parameters": {
                "n_epochs": 10,
                "eval_epochs": 10,
                "generation_type": "i2i",
                "max_pixels": "2k",
                "val_img_size": "2k",
                "gradient_clip": 0.5,
                "weight_decay": 0.02,
                "lora_rank": 32,
            },
        },
        {"finetuned_output"},
    ),
    "CosyVoice (6.4)": (
        {
            "model": "cosyvoice-v3-flash",
            "training_file_ids": [FILE],
            "training_type": "efficient_sft",
            "model_name": "harbour voice",
            "hyper_parameters": {
                "lm_max_epoch": 60,
                "lm_step": 5,
                "lm_num": 3,
                "lm_batch_size": 1000,
                "fm_max_epoch": 100,
                "fm_step": 10,
                "fm_num": 3,
                "fm_batch_size": 2000,
            },
        },
        {"max_output_cnt", "model_name", "charge_type"},
    ),
    "decision model (6.5)": (
        {
            "model": "decision-model-preview-2026-09-24",
            "training_file_ids": [FILE],
            "training_type": "efficient_sft",
            "finetuned_output_suffix": "harbour",
            "hyper_parameters": {"n_epochs": 2, "learning_rate": "2e-5", "batch_size": 1, "save_strategy": "epoch"},
        },
        {"finetuned_output"},
    ),
    "reinforcement learning (13.1)": (
        {
            "model": "qwen3.5-9b",
            "training_datasets": TYPED,
            "validation_datasets": [{"type": "validation", "data_source_type": "file_id", "file_id": OTHER}],
            "rollout": {"rollout_id": "ro-1", "name": "solve", "weight": 1.0, "timeout": 600},
            "rewards": [{"reward_id": "rw-1", "name": "exact", "weight": 1.0, "timeout": 600}],
            "hyper_parameters": {
                "algorithm": "gspo",
                "batch_size": 64,
                "n_epochs": 1,
                "n_rollouts": 8,
                "ppo_mini_batch_size": 8,
                "learning_rate": 2e-6,
                "lr_scheduler_type": "linear",
                "lr_warmup_steps": -1,
                "kl_loss_coef": 0.002,
                "max_length": 8192,
                "max_prompt_length": 1024,
                "eval_steps": 1,
                "save_strategy": "epoch",
                "save_steps": 100,
                "save_total_limit": 1,
            },
            "resource_config": UNITS,
            "training_type": "reinforcement",
            "job_name": "agentic-rl-1a2b3c4d",
        },
        {"rollout", "rewards", "resource_config", "max_output_cnt"},
    ),
    "distillation (13.1)": (
        {
            "model": "qwen3.5-9b",
            "training_datasets": [{**TYPED[0], "file_name": "prompts.jsonl"}],
            "hyper_parameters": {"n_epochs": 1, "batch_size": 64, "opd_teacher_infer_tp": 8},
            "resource_config": UNITS,
            "training_type": "pg_opd",
            "teacher_model": "qwen3.5-122b-a10b",
            "priority": "L1",
        },
        {"teacher_model", "resource_config"},
    ),
}


@pytest.mark.parametrize(("body", "more"), JOBS.values(), ids=JOBS)
def test_a_job_of_each_kind(emulator: EmulatorServer, call: Caller, body: dict[str, Any], more: set[str]) -> None:
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

DEPLOYMENTS: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    # Name → the base model of a LoRA result, the request, and the fields of its answer.
    "by token (5.2)": ("qwen3-8b", {"plan": "lora", "capacity": 1}, CAPACITIES),
    "model units (5.2)": (
        "qwen3-8b",
        {"plan": "mu", "deploy_spec": "MU1", "capacity": 2, "billing_method": "POST_PAY", "enable_thinking": True},
        CAPACITIES | UNIT,
    ),
    "prefill and decode apart (5.1)": (
        "qwen3.5-27b",
        {
            "plan": "mu",
            "deploy_spec": "MU1-PD",
            "prefill_capacity": 8,
            "decode_capacity": 8,
            "billing_method": "POST_PAY",
            "name": "split-server",
        },
        CAPACITIES | UNIT | {"prefill_capacity", "decode_capacity", "name"},
    ),
    "by the id of a template (5.2)": (
        "qwen3.5-27b",
        {"plan": "mu", "deploy_spec": "dps-20261101090000-ab1cd", "capacity": 1, "billing_method": "POST_PAY"},
        CAPACITIES | UNIT,
    ),
    "speech (5.2)": (
        "cosyvoice-v3-flash",
        {"plan": "mu", "deploy_spec": "MU5", "capacity": 1, "billing_method": "POST_PAY", "name": "harbour-voice"},
        UNIT | {"name"},
    ),
    "wan image (5.2)": ("wan2.7-image-pro", {"plan": "lora", "capacity": 1}, CAPACITIES),
    "wan video (5.2)": (
        "wan2.7-i2v",
        {
            "plan": "lora",
            "capacity": 1,
            "aigc_config": {"use_input_prompt": False, "prompt": "a boat", "lora_prompt_default": "a boat"},
        },
        CAPACITIES,
    ),
    "decision model (5.2)": (
        "decision-model-preview-2026-09-24",
        {"plan": "mu", "deploy_spec": "MU5", "capacity": 1, "billing_method": "POST_PAY"},
        CAPACITIES | UNIT,
    ),
}


@pytest.mark.parametrize(("base_model", "body", "more"), DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_a_deployment_of_each_kind(
    emulator: EmulatorServer, call: Caller, base_model: str, body: dict[str, Any], more: set[str]
) -> None:
    job_id = call.create(model=base_model, training_type="efficient_sft")
    emulator.force(job_id, "SUCCEEDED")
    model = call("GET", f"/fine-tunes/{job_id}").json()["output"]["finetuned_output"]
    answer = call("POST", "/deployments", json={"model_name": model, **body})
    assert answer.status_code == 200, answer.text
    created = answer.json()["output"]
    assert set(created) == DEPLOYMENT | more
    assert (created["deployed_model"], created["base_model"], created["status"]) == (model, base_model, "PENDING")
    emulator.clock.advance(300)
    assert call("GET", f"/deployments/{model}").json()["output"]["status"] == "RUNNING"
    assert call("DELETE", f"/deployments/{model}").json()["output"]["status"] == "DELETING"


def test_reserved_throughput_of_a_base_model(emulator: EmulatorServer, call: Caller) -> None:
    """Section 14.1."""
    body = {
        "model_name": "qwen3.7-plus-2026-05-26",
        "plan": "ptu",
        "service_tier": "ptu_fast",
        "charge_type": "post_paid",
        "ptu_capacity": {"input_tpm": 10_000, "output_tpm": 1_000},
    }
    created = call("POST", "/deployments", json=body).json()["output"]
    assert set(created) == DEPLOYMENT | CAPACITIES | {"ptu_capacity", "ptu_service_tier"}
    listed = call("GET", "/deployments?plan=ptu").json()["output"]["deployments"]
    assert listed == [created]
    assert call("GET", "/deployments?plan=mu").json()["output"]["total"] == 0
