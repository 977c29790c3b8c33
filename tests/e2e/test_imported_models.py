"""An imported model through both front ends, on both engines: made, served, resumed, adopted, torn down."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import ImportedModel, ModelDeployment

settings = json.loads(pulumi.Config().require("settings"))
if "brought" in settings:
    weights = {"base_model": "qwen3-8b", "bucket_name": "weights", "object_key": "triage/"}
    brought = ImportedModel("brought", **{**weights, **settings["brought"]})
    for name in ("job_id", "display_name", "model_id", "status", "teardown", "base_model"):
        pulumi.export(name, getattr(brought, name))
if settings.get("serve"):
    served = ModelDeployment("served", model_name=brought.model_id, plan="lora")
    pulumi.export("served", served.deployed_model)
"""
LORA = {"weight_type": "lora"}


@pytest.fixture
def bucket(stage: Any) -> Any:
    stage.write(PROGRAM)
    stage.emulator.configure(pending_seconds=1, importing_seconds=10)
    return stage


def brought(stage: Any) -> dict[str, Any] | None:
    return next((r for r in stage.stack.resources if r["type"].endswith(":ImportedModel")), None)


def text(result: Any) -> str:
    return "\n".join(result.output)


def test_made_served_refreshed_replaced_and_torn_down(bucket: Any) -> None:
    bucket.program(brought=LORA, serve=True)
    assert bucket.stack.preview().summary["create"] >= 2
    assert bucket.emulator.count("create_import") == 0
    up = bucket.stack.up()
    assert up.outputs["model_id"] == bucket.emulator.imports[up.outputs["job_id"]].model_name
    assert (up.outputs["status"], up.outputs["teardown"]) == ("SUCCESSED", "delete, with the model's files")
    assert bucket.emulator.deployments[up.outputs["served"]].model_name == up.outputs["model_id"]
    assert "waiting for the imported model" in text(up)

    bucket.stack.refresh()
    bucket.stack.preview(expect_no_changes=True)
    bucket.program(brought={**LORA, "on_destroy": "retain"}, serve=True)
    assert bucket.stack.up().outputs["teardown"] == "keep"
    bucket.program(brought=LORA, serve=True)
    bucket.stack.up()
    assert bucket.emulator.count("create_import") == 1

    bucket.program(brought={**LORA, "object_key": "triage/2/"}, serve=True)
    planned = bucket.stack.preview()
    assert bucket.flavour.told("object_key: replaces") in text(planned)
    assert "it is deleted after the new one has its model, and the files of its model with it" in text(planned)
    replaced = bucket.stack.up()
    assert replaced.outputs["model_id"] != up.outputs["model_id"]
    assert list(bucket.emulator.imports) == [replaced.outputs["job_id"]], "after the deployment of the old model"
    destroyed = bucket.stack.destroy()
    assert f"the files of its model {replaced.outputs['model_id']} with it" in text(destroyed)
    assert not bucket.emulator.imports
    assert not bucket.stack.resources


def test_an_answer_that_was_lost(bucket: Any) -> None:
    bucket.program(brought=LORA)
    bucket.emulator.add_fault(FaultRule(operation="create_import", kind="lost", count=1))
    up = bucket.stack.up()
    assert "nothing is imported twice" in text(up)
    assert list(bucket.emulator.imports) == [up.outputs["job_id"]]


def test_a_wait_that_ran_out_is_gone_on_with_and_a_destroy_waits_for_the_end(bucket: Any) -> None:
    bucket.emulator.configure(importing_seconds=100_000)
    bucket.program(brought={**LORA, "wait_timeout": "3s"})
    with pytest.raises(StackOperationFailed) as caught:
        bucket.stack.up()
    assert "has no imported model yet after 3s" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    recorded = brought(bucket)
    assert recorded is not None
    bucket.emulator.force_import(recorded["id"], "SUCCESSED")
    bucket.program(brought=LORA)
    assert bucket.stack.up().outputs["job_id"] == recorded["id"]
    assert bucket.emulator.count("create_import") == 1

    bucket.program(brought={**LORA, "triggers": ["again"], "wait_timeout": "3s", "teardown_timeout": "5s"})
    with pytest.raises(StackOperationFailed):
        bucket.stack.up()
    with pytest.raises(StackOperationFailed, match="an import can't be cancelled"):
        bucket.stack.destroy()
    for job_id in bucket.emulator.imports:
        bucket.emulator.force_import(job_id, "FAILED")
    bucket.stack.destroy()
    assert not bucket.emulator.imports


def test_a_failed_import_says_what_to_do(bucket: Any) -> None:
    bucket.emulator.plan_next_import(import_outcome="FAILED")
    bucket.program(brought=LORA)
    with pytest.raises(StackOperationFailed) as caught:
        bucket.stack.up()
    assert "FAILED: code AvailableModelFileNotFound" in str(caught.value)
    assert "the folder in the bucket holds no weights that the service can use" in str(caught.value)
    bucket.stack.destroy()
    assert not bucket.emulator.imports


def test_a_model_that_somebody_else_serves_is_kept_until_that_ends(bucket: Any) -> None:
    bucket.program(brought=LORA)
    up = bucket.stack.up()
    from pulumi_dashscope_ft.api import Client, resolve_settings

    client = Client(resolve_settings(base_url=bucket.emulator.base_url, api_key=bucket.key, environ={}))
    live = client.deployments.create({"model_name": up.outputs["model_id"], "plan": "lora", "capacity": 1})
    bucket.emulator.force_deployment(live.deployed_model, "RUNNING")
    with pytest.raises(StackOperationFailed) as caught:
        bucket.stack.destroy()
    assert f"its model is deployed as {live.deployed_model} (RUNNING)" in str(caught.value)
    assert brought(bucket) is not None
    client.deployments.delete(live.deployed_model)
    bucket.stack.destroy()
    assert not bucket.emulator.imports


def test_one_that_exists_is_adopted(bucket: Any) -> None:
    bucket.program(brought={**LORA, "on_destroy": "retain"})
    made = bucket.stack.up().outputs["job_id"]
    bucket.stack.destroy()
    assert list(bucket.emulator.imports) == [made]
    bucket.program(brought={"adopt_import_id": made})
    assert bucket.stack.up().outputs["job_id"] == made
    bucket.stack.preview(expect_no_changes=True)
    bucket.program(brought=LORA)
    assert bucket.stack.up().outputs["job_id"] == made, "the type of the weights is added, nothing else happens"
    assert bucket.emulator.count("create_import") == 1
    bucket.stack.destroy()
    assert not bucket.emulator.imports


def test_bad_input_is_told_as_the_program_spells_it(bucket: Any) -> None:
    bucket.program(
        brought={
            "base_model": "a b",
            "bucket_name": "a/b",
            "object_key": "no-folder",
            "display_name": "x" * 51,
            "wait_timeout": "soon",
        }
    )
    with pytest.raises(StackOperationFailed) as caught:
        bucket.stack.preview()
    for field in ("base_model", "weight_type", "bucket_name", "object_key", "display_name", "wait_timeout"):
        assert bucket.flavour.told(field) in str(caught.value)
    assert bucket.emulator.count("create_import") == 0
