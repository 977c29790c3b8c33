"""A deployment that has its model's id is not in use because a stack names the model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from judging import HOUR, OWNER, thing, verdict
from nouns import DEPLOYMENT

from pulumi_dashscope_ft.lifecycle.sweep.ownership import IN_USE, ORPHAN
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState, read

TYPE = "pulumi-python:dynamic/dashscope-ft:"
NATIVE = "dashscope-ft:index:"
MODEL = "qwen3-8b-ft-1"
LEAKED = thing(DEPLOYMENT, MODEL, age=8 * HOUR)


def resource(kind: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:s::p::{kind}::x", "type": kind, **more}


def state(*resources: dict[str, Any], pending: Any = None) -> RecordedState:
    identity = resource(f"{TYPE}StackIdentity", id=OWNER)
    deployment = {
        "manifest": {"time": "2026-11-25T09:00:00Z"},  # an hour ago
        "resources": [identity, *resources],
        "pending_operations": pending,
    }
    return read(json.dumps({"version": 3, "deployment": deployment}), "s")


@pytest.mark.parametrize(
    "other",
    [
        resource(f"{TYPE}FineTuningJob", id="ft-1", outputs={"finetunedOutput": MODEL, "modelName": MODEL}),
        resource(f"{NATIVE}FineTunedModel", id="ft-1", outputs={"finetunedOutput": MODEL, "modelId": MODEL}),
        resource(f"{NATIVE}FineTuningJob", id="ft-2", inputs={"model": MODEL}, outputs={"model": MODEL}),
        resource(f"{TYPE}ModelDeployment", id=f"{MODEL}-blue", outputs={"modelName": MODEL, "baseModel": MODEL}),
        resource(f"{TYPE}ExportedCheckpoint", id="checkpoint-9 of ft-1", outputs={"modelName": MODEL}),
    ],
)
def test_who_names_the_model_does_not_name_the_deployment(other: dict[str, Any]) -> None:
    found = verdict(LEAKED, state(other))
    assert (found.label, found.action) == (ORPHAN, "delete")


@pytest.mark.parametrize(
    "other",
    [
        resource("pulumi:pulumi:Stack", outputs={"endpoint": MODEL}),
        resource("pulumi:pulumi:Stack", outputs={"model": MODEL}),  # of ours alone it is known what a name means
        resource("kubernetes:core/v1:Secret", inputs={"stringData": {"model": MODEL}}),
        resource(f"{TYPE}ModelDeployment", inputs={"adoptDeployment": MODEL}),
        resource(f"{TYPE}ModelDeployment", id="other", outputs={"deployedModel": MODEL}),
        resource(f"{TYPE}FineTuningJob", id="ft-1", outputs={"triggers": [{"model": MODEL}]}),
    ],
)
def test_who_may_name_the_deployment_keeps_it(other: dict[str, Any]) -> None:
    found = verdict(LEAKED, state(other))
    assert (found.label, found.reason) == (IN_USE, "p/s names it")


def test_a_job_is_kept_by_any_text() -> None:
    job = thing(object_id="ft-odd", age=8 * HOUR)
    other = resource(f"{TYPE}FineTuningJob", id="ft-1", outputs={"modelName": "ft-odd"})
    assert verdict(job, state(other)).label == IN_USE
