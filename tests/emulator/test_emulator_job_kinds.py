"""Jobs of every kind that the API knows: reinforcement learning, distillation, and what each model can be trained with.

Bodies are those of the API reference (3.1, 6 and 13), with made-up ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.emulator.model.facts.support import SUPPORT
from pulumi_dashscope_ft.emulator.model.facts.usage import unit_minutes, whole_usage

TRAINING = [{"type": "training", "data_source_type": "file_id", "file_id": "11111111-2222-4333-8444-555555555555"}]
VALIDATION = [{"type": "validation", "data_source_type": "file_id", "file_id": "66666666-7777-4888-8999-000000000000"}]
UNITS: dict[str, Any] = {"charge_type": "mtu_postpaid", "mtu_spec_code": "MTU4", "mtu_capacity": 24}
REINFORCEMENT: dict[str, Any] = {
    "model": "qwen3.5-9b",
    "training_datasets": TRAINING,
    "validation_datasets": VALIDATION,
    "rollout": {"rollout_id": "ro-00000001", "name": "solve", "weight": 1.0, "timeout": 600},
    "rewards": [{"reward_id": "rw-00000001", "name": "exact", "weight": 1.0, "timeout": 600}],
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
}
DISTILLATION: dict[str, Any] = {
    "model": "qwen3.5-9b",
    "training_datasets": TRAINING,
    "hyper_parameters": {"n_epochs": 1, "batch_size": 64},
    "resource_config": UNITS,
    "training_type": "pg_opd",
    "teacher_model": "qwen3.5-122b-a10b",
}
HOUR = 3600


def _created(call: Caller, body: Any) -> str:
    answer = call("POST", "/fine-tunes", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["output"]["job_id"])


def _job(call: Caller, job_id: str) -> Any:
    return call("GET", f"/fine-tunes/{job_id}").json()["output"]


@pytest.mark.parametrize("body", [REINFORCEMENT, {**REINFORCEMENT, "training_type": "rl"}, DISTILLATION])
def test_it_runs_until_it_is_cancelled_and_is_billed_by_the_minute(
    emulator: EmulatorServer, call: Caller, body: dict[str, Any]
) -> None:
    job_id = _created(call, body)
    shown = _job(call, job_id)
    assert {name: shown[name] for name in body if name != "job_name"} == {
        name: value for name, value in body.items() if name != "job_name"
    }
    assert shown["job_name"] == body.get("job_name", job_id)
    emulator.clock.advance(10 + 10 * HOUR + 30)
    assert _job(call, job_id)["status"] == "RUNNING"
    assert call("POST", f"/fine-tunes/{job_id}/cancel").status_code == 200
    emulator.clock.advance(8)
    ended = _job(call, job_id)
    assert ended["status"] == "CANCELED"
    assert ended["usage"] == 24 * 601, "the minute that has begun counts"
    assert call("GET", f"/fine-tunes/{job_id}/checkpoints").json()["output"] == []
    assert call("DELETE", f"/fine-tunes/{job_id}").status_code == 200


def test_it_ends_by_itself_when_its_plan_says_so(emulator: EmulatorServer, call: Caller) -> None:
    emulator.plan_next_job(running_seconds=90)
    job_id = _created(call, DISTILLATION)
    emulator.clock.advance(200)
    ended = _job(call, job_id)
    assert (ended["status"], ended["usage"]) == ("SUCCEEDED", 48)
    log = call("GET", f"/fine-tunes/{job_id}/logs?line=1000").json()["output"]["logs"]
    assert not [line for line in log if "tokens" in line]
    emulator.configure(metered_seconds=60)
    job_id = _created(call, REINFORCEMENT)
    emulator.clock.advance(70)
    assert _job(call, job_id)["status"] == "SUCCEEDED"


def test_the_service_may_not_show_what_it_was_sent(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(echo_learning_fields=False)
    shown = _job(call, _created(call, {**REINFORCEMENT, "priority": "L1"}))
    assert not {"rollout", "rewards", "resource_config", "priority"} & set(shown)


def test_priority_is_taken(emulator: EmulatorServer, call: Caller) -> None:
    assert "priority" not in _job(call, _created(call, {**DISTILLATION, "priority": "L0"}))


@pytest.mark.parametrize("teacher", [None, "", "nobody-knows-it"])
def test_a_distillation_job_needs_a_teacher(emulator: EmulatorServer, call: Caller, teacher: str | None) -> None:
    answer = call("POST", "/fine-tunes", json={**DISTILLATION, "teacher_model": teacher})
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["message"]) == (
        "InvalidParameter",
        "teacher_model must be a valid model ID",
    )
    assert not emulator.jobs


@pytest.mark.parametrize(
    ("field", "value"),
    [("rollout", []), ("rewards", {}), ("rewards", ["rw-1"]), ("resource_config", "MTU4"), ("teacher_model", 1)],
)
def test_fields_of_the_wrong_type(emulator: EmulatorServer, call: Caller, field: str, value: Any) -> None:
    answer = call("POST", "/fine-tunes", json={**REINFORCEMENT, field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert field in answer.json()["message"]


@pytest.mark.parametrize(
    ("model", "training_type"),
    [
        ("qwen3-14b", "cpt"),
        ("qwen3-8b", "reinforcement"),
        ("qwen3.5-27b", "rl"),
        ("qwen3.5-9b", "pg-opd"),
        ("qwen3.7-plus-2026-05-26", "efficient_sft"),
        ("wan2.5-i2v-preview", "full_sft"),
        ("qwen-image-2.0", "sft"),
        ("cosyvoice-v3-flash", None),
    ],
)
def test_a_training_type_that_the_model_does_not_support(
    emulator: EmulatorServer, call: Caller, model: str, training_type: str | None
) -> None:
    body = {"model": model, "training_file_ids": ["file-1"], "training_type": training_type}
    answer = call("POST", "/fine-tunes", json=body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidParameter"
    named = training_type or "sft"
    assert answer.json()["message"] == f"The model {model} does not support training_type: {named}"


@pytest.mark.parametrize("model", SUPPORT)
def test_every_pair_of_the_table_is_taken(emulator: EmulatorServer, call: Caller, model: str) -> None:
    for training_type in SUPPORT[model]:
        _created(call, {**DISTILLATION, "model": model, "training_type": training_type})


def test_nothing_is_known_of_other_models(emulator: EmulatorServer, call: Caller) -> None:
    assert call.create(model="qwen4-next", training_type="quantum")


def test_a_tuned_model_supports_what_its_base_model_does(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(model="qwen3.5-plus-2026-02-15")
    emulator.force(job_id, "SUCCEEDED")
    tuned = emulator.jobs[job_id].finetuned_output
    body = {"model": tuned, "training_file_ids": ["file-1"], "training_type": "efficient_sft"}
    refused = call("POST", "/fine-tunes", json=body)
    assert refused.json()["message"] == f"The model {tuned} does not support training_type: efficient_sft"


def test_the_older_reading_lets_the_job_fail(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(unsupported_training_type="fails")
    job_id = call.create(model="qwen3-14b", training_type="cpt")
    emulator.clock.advance(100)
    assert emulator.jobs[job_id].statuses == ("PENDING", "FAILED")
    log = call("GET", f"/fine-tunes/{job_id}/logs").json()["output"]["logs"]
    assert any("does not support training_type cpt" in line for line in log)
    body = {"model": "wan2.7-i2v", "training_file_ids": ["file-1"], "training_type": "sft"}
    assert call("POST", "/fine-tunes", json=body).status_code == 400


def test_a_cosyvoice_job(emulator: EmulatorServer, call: Caller) -> None:
    body = {
        "model": "cosyvoice-v3-flash",
        "training_file_ids": ["file-1"],
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
    }
    job_id = _created(call, body)
    emulator.clock.advance(1000)
    job = _job(call, job_id)
    assert (job["charge_type"], job["model_name"]) == ("token", "harbour voice")
    assert (job["max_output_cnt"], job["output_cnt"]) == (10, 9)
    checkpoints = call("GET", f"/fine-tunes/{job_id}/checkpoints").json()["output"]
    assert [one["checkpoint"] for one in checkpoints[:4]] == [
        "checkpoint-00600100",
        "checkpoint-00600090",
        "checkpoint-00600080",
        "checkpoint-00550100",
    ]
    assert checkpoints[0]["step"] == 60 * 10_000 + 100
    assert checkpoints[0]["checkpoint_id"] == f"{job_id}:checkpoint-00600100"
    export = f"/fine-tunes/{job_id}/export/checkpoint-00500080?model_name=calmer"
    assert call("GET", export).json()["output"] is True


def test_the_decision_model_names_its_product_otherwise(emulator: EmulatorServer, call: Caller) -> None:
    model = "decision-model-preview-2026-09-24"
    body = {"model": model, "training_file_ids": ["file-1"], "training_type": "efficient_sft"}
    job_id = _created(call, {**body, "finetuned_output_suffix": "harbour"})
    assert _job(call, job_id)["finetuned_output"] == f"{model}-ft-harbour"
    refused = call("POST", "/fine-tunes", json={**body, "finetuned_output_suffix": "too-long-1"})
    assert "finetuned_output_suffix" in refused.json()["message"]


def test_media_jobs_show_their_product_from_the_start(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(model="wan2.7-i2v", training_type="efficient_sft")
    shown = _job(call, job_id)
    assert (shown["status"], shown["finetuned_output"]) == ("PENDING", f"wan2.7-i2v-{job_id}")


@pytest.mark.parametrize(
    ("model", "hyper_parameters", "size", "usage"),
    [
        # The two samples that the pages publish and that their own formula yields.
        ("wan2.5-i2v-preview", {"n_epochs": 400, "max_pixels": 36_864}, 0, 432_000),
        ("cosyvoice-v3-flash", {"lm_max_epoch": 4, "fm_max_epoch": 4}, 15_904_960, 99_406),
        ("wan2.7-image-pro", {"generation_type": "t2i", "max_pixels": "1k", "max_steps": 800}, 0, 10_240_000),
        ("wan2.7-image", {"generation_type": "i2i", "max_pixels": "2k", "max_steps": 500}, 0, 16_000_000),
        ("wan2.7-image", {}, 0, 18_576_000),
        ("wan2.2-kf2v-flash", {"n_epochs": 1}, 10_000_000, 10_240),
        ("cosyvoice-v3-flash", {}, 0, 160 * 25 * 600),
        ("qwen3-14b", {"n_epochs": 3}, 40_000, 30_000),
        (
            "qwen3-14b",
            {"n_epochs": 3, "data_augmentation": True, "augmentation_ratio": "0.1,0.05,0.15"},
            40_000,
            39_000,
        ),
        ("qwen3-14b", {"data_augmentation": True, "augmentation_ratio": "lots,nan,-1,9"}, 40_000, 10_000),
        ("qwen-image-2.0", {"n_epochs": 10}, 0, 20_480),
    ],
)
def test_usage_by_the_documented_formulas(model: str, hyper_parameters: dict[str, Any], size: int, usage: int) -> None:
    assert whole_usage(model, hyper_parameters, size) == usage


def test_nonsense_does_not_make_usage_endless() -> None:
    enormous = {"max_steps": 10**19, "lm_max_epoch": 10**19, "max_pixels": 10**19, "n_epochs": 10**19}
    for model in SUPPORT:
        assert 0 < whole_usage(model, enormous, 0) < 2**53
    assert unit_minutes({"mtu_capacity": "many"}, 61) == 2
    assert unit_minutes(None, 0) == 0


def test_a_restart_keeps_them(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state"
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=path) as first:
        first.configure(check_file_ids=False)
        call = caller_of(first)
        job_id = _created(call, REINFORCEMENT)
        before = _job(call, job_id)
        call.session.close()
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=path) as second:
        call = caller_of(second)
        assert second.notices == ()
        assert _job(call, job_id) == before
        second.clock.advance(20 * HOUR)
        assert second.jobs[job_id].status == "RUNNING"
        call.session.close()
