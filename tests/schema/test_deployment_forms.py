"""What is checked of separated and reserved deployments, of templates, and of plans that a family does not have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.lifecycle.deployment.request import SUBMITTED
from pulumi_dashscope_ft.schema import Report, to_camel_case

CASES = Path(__file__).parents[1] / "lifecycle" / "cases"


def inputs(name: str) -> dict[str, Any]:
    body = json.loads((CASES / name).read_text(encoding="utf-8"))
    return {to_camel_case(field): value for field, value in body.items()}


def deployment(**given: Any) -> Report:
    return schema.validate("ModelDeployment", {"modelName": "qwen3-8b-ft-202511132025-0260", **given})


@pytest.mark.parametrize("name", ["g-deployment-split", "g-deployment-template-id", "h-deployment-cosyvoice"])
def test_a_documented_body_is_accepted_without_a_warning(name: str) -> None:
    assert schema.validate("ModelDeployment", inputs(f"{name}.json")) == Report()


UNUSUAL: list[tuple[dict[str, Any], str]] = [
    (inputs("h-deployment-cosyvoice-bad.json"), 'plan: should be "mu" for CosyVoice'),
    ({"modelName": "wan2.7-i2v-ft-1", "plan": "mu", "deploySpec": "MU1", "capacity": 1}, 'plan: should be "lora"'),
    ({"modelName": "decision-model-preview-2026-09-24-ft-1", "plan": "lora"}, 'plan: should be "mu"'),
    ({"plan": "ptu", "ptuCapacity": {"input_tpm": 10}}, "ptuCapacity: is sent as it is; one page of the API counts in"),
    (
        {"plan": "mu", "deploySpec": "MU1-PD", "capacity": 8, "prefillCapacity": 4, "decodeCapacity": 4},
        "prefillCapacity: must not be given together with capacity",
    ),
    ({"plan": "mu", "prefillCapacity": 4, "decodeCapacity": 4}, "deploySpec: should be given with the plan"),
]


@pytest.mark.parametrize(("given", "words"), UNUSUAL)
def test_what_is_only_unusual(given: dict[str, Any], words: str) -> None:
    report = deployment(**given)
    assert report.ok
    assert [str(warning) for warning in report.warnings if str(warning).startswith(words)], report


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"prefillCapacity": 4}, "decode_capacity: is required with prefill_capacity"),
        ({"decodeCapacity": 4}, "prefill_capacity: is required with decode_capacity"),
        ({"decodeCapacity": 0, "prefillCapacity": 1}, "decode_capacity: must be a whole number from 1 to 999"),
        ({"extra": ["charge_type"]}, "extra: must be an object of fields"),
        ({"extra": {"deploy_spec": "MU1"}}, "extra.deploy_spec: is an input of the resource; give it as deploy_spec"),
        ({"deploySpec": "MU 1"}, "deploy_spec: must be a kind of model unit"),
    ],
)
def test_what_can_never_work_is_refused(given: dict[str, Any], words: str) -> None:
    messages = [violation.message(schema.to_snake_case) for violation in deployment(**given).violations]
    assert [message for message in messages if message.startswith(words)], messages


def test_the_keys_that_extra_refuses_are_the_fields_that_inputs_send() -> None:
    refused = schema.to_json_schema("ModelDeployment")["properties"]["extra"]["refusedKeys"]
    assert set(refused) == {*SUBMITTED.values(), "name"}


def test_a_field_without_an_input_is_let_through() -> None:
    extra = {"charge_type": "pre_paid", "pre_paid_info": {"duration": 30}, "field_of_next_year": None}
    assert deployment(plan="lora", extra=extra) == Report()
