"""A compressed model through both front ends, on both engines: made, served, resumed, adopted, torn down."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import CompressedModel, ModelDeployment

settings = json.loads(pulumi.Config().require("settings"))
if "small" in settings:
    small = CompressedModel("small", **{"template_id": "quant-w8a8", **settings["small"]})
    for name in ("job_id", "job_name", "model_id", "status", "teardown", "template_name"):
        pulumi.export(name, getattr(small, name))
if settings.get("serve"):
    served = ModelDeployment("served", model_name=small.model_id, plan="mu", deploy_spec="MU1", capacity=1)
    pulumi.export("served", served.deployed_model)
"""
BASE = "qwen3.5-flash-2026-02-23"


@pytest.fixture
def press(stage: Any) -> Any:
    """A stage whose account has a model that can be compressed."""
    stage.write(PROGRAM)
    stage.emulator.configure(compressing_seconds=20, check_file_ids=False)
    stage.model = trained(stage)
    return stage


def trained(stage: Any) -> str:
    from pulumi_dashscope_ft.api import Client, resolve_settings

    settings = resolve_settings(base_url=stage.emulator.base_url, api_key=stage.key, environ={})
    job = Client(settings).fine_tunes.create({"model": BASE, "training_file_ids": ["f"], "training_type": "sft"})
    stage.emulator.force(job.job_id, "SUCCEEDED")
    return str(stage.emulator.jobs[job.job_id].finetuned_output)


def small(stage: Any) -> dict[str, Any] | None:
    return next((r for r in stage.stack.resources if r["type"].endswith(":CompressedModel")), None)


def text(result: Any) -> str:
    return "\n".join(result.output)


def test_made_served_refreshed_and_torn_down(press: Any) -> None:
    press.program(small={"model": press.model}, serve=True)
    assert press.stack.preview().summary["create"] >= 2
    assert press.emulator.count("create_compression") == 0
    up = press.stack.up()
    assert up.outputs["model_id"] == f"{BASE}-{up.outputs['job_id']}"
    assert (up.outputs["status"], up.outputs["teardown"]) == ("SUCCEEDED", "delete")
    assert press.emulator.deployments[up.outputs["served"]].model_name == up.outputs["model_id"]
    assert "waiting for the compressed model" in text(up)

    press.stack.refresh()
    press.stack.preview(expect_no_changes=True)
    press.program(small={"model": press.model, "on_destroy": "cancel"}, serve=True)
    assert press.stack.up().outputs["teardown"] == "keep"
    assert press.emulator.count("create_compression") == 1

    press.program(small={"model": press.model, "template_id": "quant-w4a16"}, serve=True)
    planned = press.stack.preview()
    assert press.flavour.told("template_id: replaces") in text(planned)
    replaced = press.stack.up()
    assert replaced.outputs["model_id"] != up.outputs["model_id"]
    press.stack.destroy()
    assert not press.emulator.compressions.keys() - {up.outputs["job_id"]}
    assert not press.stack.resources


def test_an_answer_that_was_lost(press: Any) -> None:
    press.program(small={"model": press.model})
    press.emulator.add_fault(FaultRule(operation="create_compression", kind="lost", count=1))
    up = press.stack.up()
    assert "nothing is compressed twice" in text(up)
    assert list(press.emulator.compressions) == [up.outputs["job_id"]]


def test_a_wait_that_ran_out_is_gone_on_with_and_a_destroy_cancels(press: Any) -> None:
    press.emulator.configure(compressing_seconds=100_000)
    press.program(small={"model": press.model, "wait_timeout": "3s"})
    with pytest.raises(StackOperationFailed) as caught:
        press.stack.up()
    assert "has no compressed model yet after 3s" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    recorded = small(press)
    assert recorded is not None
    press.emulator.force_compression(recorded["id"], "SUCCEEDED")
    press.program(small={"model": press.model})
    assert press.stack.up().outputs["job_id"] == recorded["id"]
    assert press.emulator.count("create_compression") == 1

    press.program(small={"model": press.model, "triggers": ["again"], "wait_timeout": "3s"})
    with pytest.raises(StackOperationFailed):
        press.stack.up()
    press.stack.destroy()
    assert not press.emulator.compressions
    assert press.emulator.count("cancel_compression") >= 1


def test_one_that_exists_is_adopted(press: Any) -> None:
    press.program(small={"model": press.model, "on_destroy": "retain"})
    made = press.stack.up().outputs["job_id"]
    press.stack.destroy()
    assert list(press.emulator.compressions) == [made]
    press.program(small={"model": press.model, "adopt_job_id": made})
    assert press.stack.up().outputs["job_id"] == made
    press.stack.preview(expect_no_changes=True)
    assert press.emulator.count("create_compression") == 1
    press.stack.destroy()
    assert not press.emulator.compressions


def test_bad_input_is_told_as_the_program_spells_it(press: Any) -> None:
    press.program(
        small={
            "model": "a b",
            "output_model_suffix": "Much-Too-Long",
            "job_name": "x" * 51,
            "wait_timeout": "soon",
            "custom_calibration_file_ids": ["file-1"],
        }
    )
    with pytest.raises(StackOperationFailed) as caught:
        press.stack.preview()
    for field in ("model", "output_model_suffix", "job_name", "wait_timeout", "hyper_parameters"):
        assert press.flavour.told(field) in str(caught.value)
    assert press.emulator.count("create_compression") == 0
