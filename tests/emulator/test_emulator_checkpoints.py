"""Checkpoints: when they are saved, which are kept, how they are exported, and when they expire."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller, checkpoints_of

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.emulator.model.schedule import schedule_of


def export(call: Caller, job_id: str, name: str = "checkpoint-60", shown: str = "pretty") -> requests.Response:
    return call("GET", f"/fine-tunes/{job_id}/export/{name}", params={"model_name": shown})


@pytest.mark.parametrize(
    ("model", "training_type", "hyper", "names", "kept"),
    [
        ("m", "sft", {}, ["checkpoint-20"], 1),
        ("m", "sft", {"n_epochs": 3}, ["checkpoint-20", "checkpoint-40", "checkpoint-60"], 1),
        ("m", "sft", {"n_epochs": "2", "save_total_limit": "5"}, ["checkpoint-20", "checkpoint-40"], 5),
        (
            "m",
            "efficient_sft",
            {"n_epochs": 2, "save_strategy": "steps", "save_steps": 15, "save_total_limit": 2},
            ["checkpoint-15", "checkpoint-30", "checkpoint-40"],
            2,
        ),
        ("m", "sft", {"n_epochs": 4, "save_strategy": "steps"}, ["checkpoint-50", "checkpoint-80"], 1),
        ("m", "sft", {"save_strategy": "steps", "save_steps": 20}, ["checkpoint-20"], 1),
        ("m", "cpt", {"n_epochs": 3}, [], 1),
        ("m", "dpo_lora", {"n_epochs": 3}, [], 1),
        (
            "wan2.5-i2v-preview",
            "efficient_sft",
            {"n_epochs": 10, "eval_epochs": 5},
            ["checkpoint-100", "checkpoint-200"],
            20,
        ),
        (
            "wan2.7-image-pro",
            "efficient_sft",
            {"max_steps": 800, "eval_steps": 400},
            ["checkpoint-400", "checkpoint-800"],
            10,
        ),
        (
            "cosyvoice-v3-flash",
            "efficient_sft",
            {"lm_max_epoch": 8, "fm_max_epoch": 4, "lm_num": 2, "fm_num": 2, "lm_step": 4, "fm_step": 4},
            ["checkpoint-00040004", "checkpoint-00080004"],
            10,
        ),
    ],
)
def test_when_checkpoints_are_saved(
    model: str, training_type: str, hyper: dict[str, Any], names: list[Any], kept: int
) -> None:
    schedule = schedule_of(model, training_type, hyper)
    assert [one.name for one in schedule.saves] == names
    assert schedule.limit == kept
    assert [one.share for one in schedule.saves][-1:] == ([1.0] if names else [])


def test_checkpoints_and_export(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3}, model_name="shown")
    assert checkpoints_of(call, job_id) == {}
    emulator.clock.advance(10 + 320)
    two = checkpoints_of(call, job_id)
    assert list(two) == ["checkpoint-40", "checkpoint-20"]
    assert {one["status"] for one in two.values()} == {"PENDING"}
    emulator.clock.advance(400)
    assert call("GET", f"/fine-tunes/{job_id}/export/checkpoint-60").status_code == 400
    assert export(call, job_id).json()["output"] is True
    assert export(call, job_id, "checkpoint-20").status_code == 404
    now = checkpoints_of(call, job_id)
    assert list(now) == ["checkpoint-80", "checkpoint-60", "checkpoint-40"]
    assert now["checkpoint-80"]["model_name"] == emulator.jobs[job_id].finetuned_output
    assert now["checkpoint-80"]["model_display_name"] == "shown"
    assert now["checkpoint-80"]["status"] == "SUCCEEDED"
    assert now["checkpoint-60"]["status"] == "PROCESSING"
    assert "model_name" not in now["checkpoint-60"]
    emulator.clock.advance(30)
    done = checkpoints_of(call, job_id)["checkpoint-60"]
    assert done["status"] == "SUCCEEDED"
    assert done["model_name"] == emulator.jobs[job_id].finetuned_output + "-c60"
    assert done["model_display_name"] == "pretty"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", done["expire_time"])
    assert done["full_name"] == f"{job_id}-checkpoint-60"


def test_exporting_twice_changes_nothing_and_is_counted(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3})
    emulator.clock.advance(700)
    export(call, job_id)
    emulator.clock.advance(20)
    assert export(call, job_id, shown="other").json()["output"] is True
    emulator.clock.advance(10)
    assert export(call, job_id, shown="third").json()["output"] is True
    one = checkpoints_of(call, job_id)["checkpoint-60"]
    assert (one["status"], one["model_display_name"]) == ("SUCCEEDED", "pretty")
    assert export(call, job_id, "checkpoint-80").json()["output"] is True
    assert emulator.jobs[job_id].exports == {"checkpoint-60": 3, "checkpoint-80": 1}
    assert call.control("GET", "/state").json()["jobs"][0]["exports"] == emulator.jobs[job_id].exports


def test_an_export_that_fails_can_be_tried_again(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(export_outcome="FAILED")
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3})
    emulator.clock.advance(700)
    export(call, job_id)
    emulator.configure(export_outcome="SUCCEEDED")  # too late for the one that is under way
    emulator.clock.advance(30)
    failed = checkpoints_of(call, job_id)["checkpoint-60"]
    assert failed["status"] == "FAILED"
    assert "model_name" not in failed
    export(call, job_id, shown="second")
    assert checkpoints_of(call, job_id)["checkpoint-60"]["status"] == "PROCESSING"
    emulator.clock.advance(30)
    assert checkpoints_of(call, job_id)["checkpoint-60"]["model_display_name"] == "second"


@pytest.mark.parametrize(
    ("rule", "status", "accepted"),
    [
        ({"kind": "not_accepted"}, 200, 0),
        ({"kind": "not_accepted", "after_effect": True}, 200, 1),
        ({"kind": "effect_then_status"}, 504, 1),
        ({"kind": "status"}, 500, 0),
    ],
)
def test_faults_of_an_export(
    emulator: EmulatorServer, call: Caller, rule: dict[str, Any], status: int, accepted: int
) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3})
    emulator.clock.advance(700)
    emulator.add_fault(FaultRule(operation="export", count=1, **rule))
    answer = export(call, job_id)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["output"] is False
    assert emulator.jobs[job_id].exports.get("checkpoint-60", 0) == accepted


def test_an_unheard_of_status_of_a_checkpoint(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 2, "save_total_limit": 2})
    emulator.clock.advance(700)
    emulator.add_fault(FaultRule(operation="checkpoints", kind="unknown_status", shown_status="UNSUPPORTED"))
    assert {one["status"] for one in checkpoints_of(call, job_id).values()} == {"UNSUPPORTED"}


def test_an_exported_checkpoint_outlasts_the_limit(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4})
    emulator.clock.advance(10 + 160)
    export(call, job_id, "checkpoint-20")
    emulator.clock.advance(1000)
    now = checkpoints_of(call, job_id)
    assert {name: one["status"] for name, one in now.items()} == {
        "checkpoint-80": "SUCCEEDED",
        "checkpoint-20": "SUCCEEDED",
    }


def test_checkpoints_expire_unless_published(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 4})
    emulator.clock.advance(700)
    export(call, job_id)
    emulator.clock.advance(14 * 24 * 3600)
    assert len(checkpoints_of(call, job_id)) == 4
    emulator.clock.advance(2 * 24 * 3600)
    assert list(checkpoints_of(call, job_id)) == ["checkpoint-80", "checkpoint-60"]
    assert export(call, job_id, "checkpoint-20").status_code == 404


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_checkpoints_of_a_run_that_did_not_succeed(emulator: EmulatorServer, call: Caller, status: str) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 4})
    emulator.clock.advance(10 + 320)
    emulator.force(job_id, status)
    emulator.clock.advance(1000)
    assert {name: one["status"] for name, one in checkpoints_of(call, job_id).items()} == {
        "checkpoint-40": "PENDING",
        "checkpoint-20": "PENDING",
    }


@pytest.mark.parametrize(("training_type", "number"), [("sft", 1), ("efficient_sft", 1), ("cpt", 0), ("dpo_full", 0)])
def test_who_keeps_checkpoints(emulator: EmulatorServer, call: Caller, training_type: str, number: int) -> None:
    job_id = call.create(model="qwen3-32b", training_type=training_type)
    emulator.force(job_id, "SUCCEEDED")  # at once: it never trained
    assert len(checkpoints_of(call, job_id)) == number


def test_checkpoints_of_a_voice_model(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(model="cosyvoice-v3-flash", training_type="efficient_sft")
    emulator.clock.advance(1000)
    (one, *_) = checkpoints_of(call, job_id).values()
    assert one["full_name"] == f"{job_id}:{one['checkpoint']}"
    assert one["checkpoint"] == f"checkpoint-{one['step']:08d}"
    assert one["checkpoint_id"] == f"{job_id}:{one['checkpoint']}"


def test_the_count_of_outputs_is_that_of_the_list(emulator: EmulatorServer, call: Caller) -> None:
    hyper = {"n_epochs": 3, "save_strategy": "steps", "save_steps": 15, "save_total_limit": 10}
    job_id = call.create(hyper_parameters=hyper)
    emulator.clock.advance(1000)
    job = call("GET", f"/fine-tunes/{job_id}").json()["output"]
    assert (job["max_output_cnt"], job["output_cnt"]) == (10, 4)
    assert len(checkpoints_of(call, job_id)) == 4


def test_exports_survive_a_restart(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state.sqlite"
    settings = Settings(check_file_ids=False)
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator)
        job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3})
        emulator.clock.advance(700)
        export(call, job_id)
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator)
        assert checkpoints_of(call, job_id)["checkpoint-60"]["status"] == "PROCESSING"
        emulator.clock.advance(30)
        assert checkpoints_of(call, job_id)["checkpoint-60"]["status"] == "SUCCEEDED"
        assert emulator.jobs[job_id].exports == {"checkpoint-60": 1}
