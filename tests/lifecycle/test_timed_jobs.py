"""Jobs that are billed by the minute: every text about money says minutes, and a spelling is no new run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from verbs import fine_tuning_job

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.errors import TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.job import request as job_request
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.schema import to_camel_case

CASES = Path(__file__).parent / "cases"
RL: dict[str, Any] = {
    to_camel_case(field): value
    for field, value in json.loads((CASES / "f-rl-job.json").read_text(encoding="utf-8")).items()
}
OPD: dict[str, Any] = {
    to_camel_case(field): value
    for field, value in json.loads((CASES / "f-opd-job.json").read_text(encoding="utf-8")).items()
}


def shown(inputs: dict[str, Any], **more: Any) -> Job:
    body = job_request.body(inputs, "a-name")
    return Job.from_json({**body, "job_id": "ft-202611010900-a1b2", "status": "RUNNING", **more})


@pytest.mark.parametrize("inputs", [RL, OPD])
def test_such_a_job_is_recognised_by_all_that_it_was_made_with(inputs: dict[str, Any]) -> None:
    assert job_request.fits(inputs, shown(inputs))
    assert job_request.doubts(inputs, shown(inputs)) == []
    # No page shows such an answer: what the service leaves out is no difference.
    left_out = {"teacher_model": None, "rollout": None, "rewards": None, "resource_config": None, "priority": None}
    assert job_request.doubts(inputs, shown(inputs, **left_out)) == []


@pytest.mark.parametrize(
    ("inputs", "other", "named"),
    [
        (RL, {"rollout": {"rollout_id": "ro-2"}}, ["rollout"]),
        (RL, {"rewards": [{"reward_id": "rw-2"}]}, ["rewards"]),
        (RL, {"resource_config": {"mtu_capacity": 72}}, ["resourceConfig"]),
        (OPD, {"teacher_model": "qwen3.5-27b"}, ["teacherModel"]),
        (RL, {"training_type": "rl"}, []),
        (RL, {"rewards": [{"reward_id": "rw-00000001", "weight": "1.0", "added": "by the service"}]}, []),
    ],
)
def test_what_differs_is_a_reason_to_ask(inputs: dict[str, Any], other: dict[str, Any], named: list[str]) -> None:
    assert job_request.doubts(inputs, shown(inputs, **other)) == named


def test_both_spellings_of_reinforcement_mean_the_same_run() -> None:
    assert job_request.meaning(RL) == job_request.meaning({**RL, "trainingType": "rl"})
    assert job_request.meaning(RL) != job_request.meaning({**RL, "trainingType": "sft"})


def test_the_body_has_extra_fields_as_they_are_and_none_that_an_input_has() -> None:
    given = {**OPD, "extra": {"field_of_next_year": {"deep": [1.0, None]}, "model": "another"}}
    body = job_request.body(given, "a-name")
    assert body["field_of_next_year"] == {"deep": [1, None]}
    assert (body["model"], body["job_name"]) == ("qwen3.5-9b", "a-name")
    assert job_request.decisive(given)["extra"] == given["extra"]


def test_what_is_imported_has_the_inputs_that_the_service_shows() -> None:
    inputs = job_request.inputs_shown(shown(RL))
    for name in ("rollout", "rewards", "resourceConfig", "trainingType"):
        assert inputs[name] == RL[name]


@pytest.mark.parametrize(
    ("training_type", "active", "words"),
    [
        ("reinforcement", True, "cancel, then delete; billed by the minute until it ends"),
        ("pg_opd", True, "cancel, then delete; billed by the minute until it ends"),
        ("rl", False, "cancel, then delete"),
        ("sft", True, "cancel, then delete"),
        (None, True, "cancel, then delete"),
    ],
)
def test_what_destroy_would_do_says_what_it_costs_until_then(training_type: Any, active: bool, words: str) -> None:
    assert timed.bill("cancel, then delete", training_type, active=active) == words


def test_plan_output_and_errors_speak_of_minutes(world: Any) -> None:
    given = {name: value for name, value in RL.items() if name != "jobName"}
    given = {**given, "trainingFileIds": None}
    job_id, outputs = world.create(**given)
    assert outputs["teardown"] == "cancel, then delete; billed by the minute until it ends"
    world.emulator.force(job_id, "RUNNING")
    changed = world.inputs(**{**given, "rewards": [{"reward_id": "rw-2"}]})
    planned = fine_tuning_job.diff(world.connection, job_id, outputs, changed)
    assert planned.consequence is not None
    assert "which is RUNNING: it will be cancelled first (minutes so far are billed)" in planned.consequence
    world.emulator.configure(canceling_seconds=10_000)
    with pytest.raises(TeardownTimeoutError, match="minutes used until it ends are billed"):
        world.delete(job_id, {**outputs, "teardownTimeout": "5s"})


def test_a_job_without_an_end_is_warned_about(world: Any) -> None:
    given = world.inputs(**{**RL, "trainingFileIds": None})
    (warning,) = fine_tuning_job.check({}, given, world.run_registry).warnings
    assert str(warning).startswith("trainingType: is billed by the minute until the job ends or is cancelled")
    assert fine_tuning_job.check({}, {**given, "maxRuntime": "2d"}, world.run_registry).warnings == ()


@pytest.mark.parametrize(
    ("hyper_parameters", "is_told"),
    [
        ({"ppo_mini_batch_size": 65.0, "batch_size": 8.0, "n_rollouts": 8.0}, True),
        ({"ppo_mini_batch_size": 64.0, "batch_size": 8.0, "n_rollouts": 8.0}, False),
        ({"ppo_mini_batch_size": "65", "batch_size": "8", "n_rollouts": "8"}, True),
        ({"ppo_mini_batch_size": 65.0, "batch_size": 8.0}, False),
        ({"ppo_mini_batch_size": "many", "batch_size": 8.0, "n_rollouts": 8.0}, False),
    ],
)
def test_the_rule_between_three_hyper_parameters(hyper_parameters: dict[str, Any], is_told: bool) -> None:
    warnings = timed.warnings({**RL, "hyperParameters": hyper_parameters, "maxRuntime": "2d"})
    assert [warning.path for warning in warnings] == [("hyperParameters", "ppo_mini_batch_size")] * is_told
    assert timed.warnings({"trainingType": "sft", "hyperParameters": hyper_parameters}) == []
