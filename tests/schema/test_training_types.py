"""What is checked of reinforcement learning, of distillation, and of training types that a model does not have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.lifecycle.job.request import SUBMITTED
from pulumi_dashscope_ft.lifecycle.job.timed import warnings
from pulumi_dashscope_ft.lifecycle.training_data.training_types import ON_POLICY
from pulumi_dashscope_ft.schema import UNKNOWN, to_camel_case

CASES = Path(__file__).parents[1] / "lifecycle" / "cases"
TEXT = {"n_epochs": 3, "batch_size": 16, "max_length": 8192}


def inputs(name: str) -> dict[str, Any]:
    body = json.loads((CASES / name).read_text(encoding="utf-8"))
    return {to_camel_case(field): value for field, value in body.items()}


def job(**given: Any) -> schema.Report:
    return schema.validate("FineTuningJob", {"model": "qwen3-8b", "trainingFileIds": ["file-1"], **given})


@pytest.mark.parametrize("name", ["f-opd-job.json", "f-rl-job.json"])
@pytest.mark.parametrize("resource", ["FineTuningJob", "FineTunedModel"])
def test_a_documented_body_is_accepted_without_a_warning(resource: str, name: str) -> None:
    assert schema.validate(resource, inputs(name)) == schema.Report()


def test_distillation_needs_a_teacher() -> None:
    (violation,) = schema.validate("FineTuningJob", inputs("f-opd-job-bad.json")).violations
    assert str(violation).startswith('teacherModel: is required with the training type "pg_opd"')


@pytest.mark.parametrize("name", ["f-opd-job.json", "f-rl-job.json"])
def test_every_field_of_such_a_body_is_sent(name: str) -> None:
    body = json.loads((CASES / name).read_text(encoding="utf-8"))
    assert body.keys() - {"job_name"} <= set(SUBMITTED.values())


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"teacherModel": "qwen3.5-27b"}, "trainingType: is required with teacherModel"),
    ({"teacherModel": "qwen3.5-27b", "trainingType": "sft"}, 'trainingType: must be "pg_opd" where teacherModel is'),
    ({"teacherModel": "two words"}, "teacherModel: must be the id of a model"),
    ({"rollout": {"name": "solve"}}, "rollout.rollout_id: is required"),
    ({"rollout": {"rollout_id": "ro-1", "timeout": 0}}, "rollout.timeout: must be a positive number"),
    ({"rewards": []}, "rewards: must be a list of at least one reward"),
    ({"rewards": [{"weight": 1}]}, "rewards[0].reward_id: is required"),
    ({"resourceConfig": {"mtu_capacity": 0}}, "resourceConfig.mtu_capacity: must be a whole number of at least 1"),
    ({"resourceConfig": {"mtu_capacity": "many"}}, "resourceConfig.mtu_capacity: must be a whole number"),
    ({"extra": ["some_field"]}, "extra: must be an object of fields"),
    (
        {"extra": {"teacher_model": "qwen3.5-27b"}},
        "extra.teacher_model: is an input of the resource; give it as teacherM",
    ),
    ({"rolout": {}}, "rolout: is not an argument of FineTuningJob; did you mean rollout?"),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
def test_what_can_never_work_is_refused(given: dict[str, Any], words: str) -> None:
    assert any(str(violation).startswith(words) for violation in job(hyperParameters=TEXT, **given).violations)


def test_a_message_spells_other_inputs_as_the_program_does() -> None:
    given = {"teacherModel": "qwen3.5-27b", "trainingType": "sft", "extra": {"model": "a"}}
    messages = [violation.message(schema.to_snake_case) for violation in job(hyperParameters=TEXT, **given).violations]
    assert "where teacher_model is given" in messages[0]
    assert messages[1].endswith("give it as model")


def test_the_keys_that_extra_refuses_are_the_fields_that_inputs_send() -> None:
    refused = schema.to_json_schema("FineTuningJob")["properties"]["extra"]["refusedKeys"]
    assert set(refused) == {*SUBMITTED.values(), "job_name"}


def test_a_new_field_of_the_api_is_let_through() -> None:
    assert job(hyperParameters=TEXT, extra={"field_of_next_year": {"deep": [1, None]}}) == schema.Report()


UNLISTED: list[tuple[dict[str, Any], str]] = [
    ({"model": "qwen3.7-plus-2026-05-26", "trainingType": "efficient_sft"}, '"sft" (got "efficient_sft")'),
    ({"model": "qwen3-14b", "trainingType": "cpt"}, "is not listed for this model"),
    ({"model": "qwen3-8b", "trainingType": "reinforcement"}, "is not listed for this model"),
    ({"model": "qwen3.5-2b", "trainingType": "sft"}, '"pg_opd" (got "sft")'),
    ({"model": "qwen-image-2.0"}, 'should be "efficient_sft" for this model'),
    ({"model": "decision-model-preview-2026-09-24", "trainingType": "sft"}, 'should be "efficient_sft" for this model'),
]


@pytest.mark.parametrize(("given", "words"), UNLISTED)
def test_a_training_type_that_the_model_is_not_listed_with_is_only_unusual(given: dict[str, Any], words: str) -> None:
    report = job(hyperParameters=TEXT, **given)
    assert report.ok
    assert any(words in str(warning) for warning in report.warnings if warning.property == "trainingType")


@pytest.mark.parametrize("model", ["qwen3.5-9b-ft-202611010900-a1b2", "a-model-of-next-year"])
def test_nothing_is_said_of_models_that_no_list_knows(model: str) -> None:
    assert not [
        one for one in job(model=model, trainingType="cpt", hyperParameters=TEXT).warnings if "listed" in one.reason
    ]


@pytest.mark.parametrize("training_type", sorted(ON_POLICY))
def test_a_job_that_is_billed_by_the_minute_should_end_by_itself(training_type: str) -> None:
    (warning,) = warnings({"trainingType": training_type})
    assert "is billed by the minute until the job ends or is cancelled" in warning.reason
    assert warnings({"trainingType": training_type, "maxRuntime": "2d"}) == []
    assert warnings({"trainingType": training_type, "expiresIn": UNKNOWN}) == []
    assert warnings({"trainingType": "sft"}) == warnings({}) == warnings({"trainingType": UNKNOWN}) == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((64, 8, 8), False),
        ((65, 8, 8), True),
        (("65", "8", 8.0), True),
        ((65, UNKNOWN, 8), False),
        ((65, None, 8), False),
        ((True, 0, 0), False),
    ],
)
def test_a_mini_batch_is_no_larger_than_all_episodes_of_a_batch(values: tuple[Any, ...], told: bool) -> None:
    given = dict(zip(("ppo_mini_batch_size", "batch_size", "n_rollouts"), values, strict=True))
    found = warnings({"trainingType": "reinforcement", "maxRuntime": 60, "hyperParameters": given})
    assert bool(found) is told
