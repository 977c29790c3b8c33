"""The outputs `usage` and `actual_cost`: of a run that has ended, as the service counts it, in both flavours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob

pytestmark = pytest.mark.rotated("flavour", among="tests")

WAITING = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3})
pulumi.export("amount", job.actual_cost.apply(lambda cost: cost and cost["amount"]))
pulumi.export("usage", job.usage)
"""

TUNED = """
import pulumi
from pulumi_dashscope_ft import FineTunedModel, TrainingFile

data = TrainingFile("data", path="train.jsonl")
tuned = FineTunedModel("tuned", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3})
pulumi.export("cost", tuned.actual_cost)
"""


@pytest.mark.rotated  # here the flavours differ
def test_it_is_there_once_the_run_has_ended_and_is_no_change_then(stage: Any) -> None:
    stage.write(WAITING)
    stage.stack.up()
    assert "actualCost" not in stage.job["outputs"]
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    stage.stack.refresh()
    outputs = stage.job["outputs"]
    cost = outputs["actualCost"]
    assert float(cost["amount"]) == pytest.approx(outputs["usage"] * 0.006 / 1000)
    assert (cost["currency"], cost["per"], cost["basis"]["usage"]) == ("CNY", "run", outputs["usage"])
    assert "does not show its region" in cost["basis"]["remarks"][0]
    stage.stack.preview(expect_no_changes=True)
    stage.stack.refresh()
    assert stage.job["outputs"] == outputs
    shown = stage.stack.up().outputs
    assert (shown["amount"], shown["usage"]) == (cost["amount"], outputs["usage"])
    stage.stack.destroy()


@pytest.mark.parametrize("status", ["FAILED", pytest.param("CANCELED", marks=pytest.mark.usual("usage_after_cancel"))])
def test_a_run_that_ended_otherwise(stage: Any, status: str) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, status)
    stage.stack.refresh()
    cost = stage.job["outputs"]["actualCost"]
    assert float(cost["amount"]) == pytest.approx(0.0, abs=0.01)
    assert ("a run that failed is not billed" in cost["basis"]["remarks"]) is (status == "FAILED")
    stage.stack.preview(expect_no_changes=True)


@pytest.mark.parametrize("usage", [-1, 10**400, "9" * 400, float("nan"), "a lot", None], ids=lambda one: str(one)[:9])
def test_a_count_that_can_not_be_is_unknown_and_breaks_nothing(
    stage: Any, usage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmulatedJob, "usage", lambda job: usage)
    stage.stack.up()
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    stage.stack.refresh()
    cost = stage.job["outputs"]["actualCost"]
    assert cost["unknown"] in ("the service shows a usage that can't be right", "the service shows no usage")
    assert "amount" not in cost
    stage.stack.preview(expect_no_changes=True)
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.parametrize("flavour", ["plugin"], indirect=True)
def test_a_tuned_model_is_created_with_it(stage: Any) -> None:
    stage.emulator.configure(running_seconds=20)
    stage.write(TUNED)
    cost = stage.stack.up().outputs["cost"]
    assert float(cost["amount"]) > 0
    assert cost["basis"]["unit"] == "1000 tokens"
    stage.stack.preview(expect_no_changes=True)
    stage.stack.refresh()
    stage.stack.preview(expect_no_changes=True)
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.rotated  # each flavour reads the configuration in its own way
def test_prices_of_the_configuration_count(stage: Any) -> None:
    row: dict[str, Any] = {
        "what": "training",
        "model": "qwen3-8b",
        "price": "0.05",
        "currency": "USD",
        "per": "1000 tokens",
    }
    row |= {"region": "cn-beijing", "date": "2026-11-01", "sources": ["our contract"]}
    (stage.directory / "prices.json").write_text(json.dumps({"rows": [row]}))
    stage.stack.set_config("dashscope-ft:prices", str(stage.directory / "prices.json"))
    stage.stack.up()
    assert stage.job["outputs"]["estimatedCost"]["currency"] == "USD"
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    stage.stack.refresh()
    cost = stage.job["outputs"]["actualCost"]
    assert (cost["currency"], cost["basis"]["priceSource"]) == ("USD", "our contract")
    assert float(cost["amount"]) == pytest.approx(stage.job["outputs"]["usage"] * 0.05 / 1000)
    stage.stack.preview(expect_no_changes=True)
