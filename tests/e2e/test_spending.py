"""What a plan says a run costs, budgets that refuse it before anything is started, and what is recorded of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed

MODEL = "qwen3-8b"
# Fifty rows of some thousand tokens each, so that the cost has digits.
TALK = "word " * 4000

JOBS = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="train.jsonl")
for name in settings["jobs"]:
    job = FineTuningJob(name, **{
        "model": "qwen3-8b", "training_file_ids": [data.file_id], "hyper_parameters": {"n_epochs": 3},
        **settings.get("arguments", {}),
    })
    pulumi.export(f"{name}-cost", job.estimated_cost)
    pulumi.export(f"{name}-tokens", job.estimated_tokens)
pulumi.export("tokens", data.tokens)
"""


@pytest.fixture
def shop(stage: Any) -> Any:
    """The stage with data that costs a few yuan."""
    stage.write(JOBS)
    row = {"messages": [{"role": "user", "content": TALK}, {"role": "assistant", "content": "Yes."}]}
    (stage.directory / "train.jsonl").write_text(f"{json.dumps(row)}\n" * 50)
    stage.program(jobs=["triage"])
    return stage


def said(stage: Any, operation: Any) -> str:
    stage.lines.clear()
    operation()
    return "\n".join(stage.lines)


def refused(stage: Any, operation: Any) -> str:
    stage.lines.clear()
    with pytest.raises(StackOperationFailed) as caught:
        operation()
    return "\n".join([*stage.lines, str(caught.value)])


LINE = "triage: 201 k tokens × 3 epochs, about 3.61 CNY (qwen3-8b, prices of 2026-08)"


def test_the_plan_says_what_a_run_costs_and_the_state_keeps_it(shop: Any) -> None:
    planned = said(shop, shop.stack.preview)
    assert LINE in planned
    text = said(shop, shop.stack.up)
    assert "this run of Pulumi has started 1 run, about 3.61 CNY, by estimate" in text
    outputs = shop.stack.up().outputs
    cost, tokens = outputs["triage-cost"], outputs["triage-tokens"]
    assert (cost["low"], cost["currency"], cost["per"]) == ("3.6117", "CNY", "run")
    assert cost["basis"]["price_date"] == "2026-08"
    assert tokens == {
        "low": 601950,
        "high": 601950,
        "rows": 50,
        "dropped_rows": 0,
        "epochs": [3, 3],
        "exact": True,
    }
    assert shop.job["outputs"]["estimatedTokens"]["droppedRows"] == 0
    assert shop.job["outputs"]["estimatedCost"]["basis"]["priceSource"] == "O, B"
    assert outputs["tokens"]["total"] == 200650
    assert outputs["tokens"]["lengths"] == [[4013, 50, 200650]]
    assert "CNY" not in said(shop, shop.stack.preview), "what exists is not estimated again"
    shop.stack.refresh()
    assert shop.stack.up().outputs["triage-cost"] == cost


def test_a_budget_refuses_before_anything_is_started(shop: Any) -> None:
    shop.program(jobs=["triage"], arguments={"max_cost": "3 CNY"})
    text = refused(shop, shop.stack.preview)
    name = shop.flavour.told("max_cost")
    assert "the run may cost 3.61 CNY (201 k tokens × 3 epochs, 0.006 CNY per 1000 tokens as of 2" in text
    assert name in text
    assert "more than 3.00 CNY: n_epochs 2 or 83 % of the rows would be within it" in text
    assert not shop.emulator.files
    assert name in refused(shop, shop.stack.up)
    assert not shop.emulator.jobs
    shop.program(jobs=["triage"], arguments={"max_cost": "4 CNY", "max_tokens": 700_000})
    shop.stack.up()
    calls = shop.counts()
    shop.program(jobs=["triage"], arguments={"max_cost": "1 CNY", "max_tokens": 1})
    assert "replace" not in said(shop, shop.stack.preview), "what is paid for is left alone"
    shop.stack.up()
    assert shop.counts() == calls
    shop.program(jobs=["triage"], arguments={"max_cost": "1 CNY", "max_tokens": 1, "hyper_parameters": {"n_epochs": 2}})
    assert name in refused(shop, shop.stack.preview), "a replacement is a new run"
    assert shop.counts() == calls


def test_the_configuration_limits_each_run_and_all_of_them(shop: Any) -> None:
    shop.stack.set_config("dashscope-ft:maxCost", "3 CNY")
    assert "dashscope-ft:maxCost: the run may cost 3.61 CNY" in refused(shop, shop.stack.up)
    shop.stack.set_config("dashscope-ft:maxCost", "4 CNY")
    shop.stack.set_config("dashscope-ft:maxCostPerUp", "8 CNY")
    shop.program(jobs=[f"job{number}" for number in range(5)])
    text = refused(shop, shop.stack.up)
    assert "dashscope-ft:maxCostPerUp: the run may cost 3.61 CNY" in text
    assert "beside the 7.22 CNY of other runs, more than 8.00 CNY" in text
    assert len(shop.emulator.jobs) <= 2
    shop.stack.set_config("dashscope-ft:maxCostPerUp", "20 CNY")
    assert len(shop.emulator.jobs) + said(shop, shop.stack.up).count("tokens × 3 epochs") == 5
    assert len(shop.emulator.jobs) == 5


def test_an_unknown_cost_is_refused_with_a_budget_unless_it_is_allowed(shop: Any) -> None:
    ids = {"training_file_ids": ["11111111-2222-3333-4444-555555555555"], "max_cost": "3 CNY"}
    shop.program(jobs=["triage"], arguments=ids)
    text = refused(shop, shop.stack.preview)
    assert "the tokens of its data are not known (only what a TrainingFile of the same program uploads is" in text
    assert f"{shop.flavour.told('allow_unknown_cost')} lets it start" in text
    assert not shop.emulator.files
    shop.program(jobs=["triage"], arguments={**ids, "allow_unknown_cost": True})
    assert "triage: cost unknown: the tokens of its data are not known" in said(shop, shop.stack.preview)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"maxCost": "12"}, "dashscope-ft:maxCost has no currency"),
        ({"maxCostPerUp": "-3 CNY"}, "dashscope-ft:maxCostPerUp is negative"),
        ({"maxCost": "30 USD"}, "dashscope-ft:maxCost: is in USD, and the price in CNY"),
        ({"prices": "nowhere.json"}, "dashscope-ft:prices: nowhere.json can't be read: No such file"),
        ({"prices": "typo.json"}, "dashscope-ft:prices: typo.json: rows[0]: Additional properties are not allowed"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_started(shop: Any, settings: dict[str, str], said: str) -> None:
    (shop.directory / "typo.json").write_text('{"rows": [{"modle": "qwen3-8b"}]}')
    for name, value in settings.items():
        shop.stack.set_config(f"dashscope-ft:{name}", value)
    assert said in refused(shop, shop.stack.up)
    assert not shop.emulator.jobs
    assert not shop.emulator.files or settings.get("maxCost") == "30 USD"


def test_own_prices_come_first_and_old_ones_are_said_once(shop: Any) -> None:
    row = {"what": "training", "model": MODEL, "price": "1", "currency": "USD", "per": "1000 tokens"}
    row |= {"region": "cn-beijing", "date": "2024-01"}
    (shop.directory / "own.json").write_text(json.dumps({"rows": [{**row, "sources": ["our contract"]}]}))
    shop.stack.set_config("dashscope-ft:prices", "own.json")
    shop.program(jobs=["triage", "other"])
    text = said(shop, shop.stack.up)
    assert "this run of Pulumi has started 2 runs, about 1,204 USD, by estimate" in text
    assert text.count("prices of 2024-01 are ") == 1
    assert "days old; dashscope-ft:prices takes a file with newer ones" in text


def test_the_sum_is_in_the_report(shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.jsonl"
    monkeypatch.setenv("DASHSCOPE_FT_REPORT", str(report))
    shop.program(jobs=["triage", "other"])
    shop.stack.up()
    *_, last = map(json.loads, report.read_text().splitlines())
    assert (last["version"], last["kind"], last["started"]) == (1, "spend", 2)
    assert last["perRun"] == {"CNY": {"count": 2, "low": "7.2234", "high": "7.2234"}}


def test_secret_hyper_parameters_are_not_told_by_figures(shop: Any) -> None:
    shop.write(JOBS.replace('{"n_epochs": 3}', 'pulumi.Output.secret({"n_epochs": 3})'))
    shop.program(jobs=["triage"], arguments={"max_cost": "1 CNY"})
    text = refused(shop, shop.stack.up)
    assert "is less than the run may cost" in text
    assert "3.61" not in text


SERVED = """
import pulumi
from pulumi_dashscope_ft import ModelDeployment

served = ModelDeployment(
    "served", model_name="qwen3-8b", plan="mu", deploy_spec="MU1", capacity=pulumi.Config().require_int("units")
)
pulumi.export("cost", served.estimated_cost)
"""


def test_a_deployment_shows_what_it_costs_an_hour(stage: Any) -> None:
    stage.write(SERVED)
    stage.stack.set_config("units", "1")
    stage.stack.set_config("dashscope-ft:maxCost", "1 CNY")
    text = said(stage, stage.stack.up)
    assert "served: 54 CNY an hour (qwen3-8b, prices of 2026-09)" in text
    assert "this run of Pulumi has started 1 object billed by the hour, about 54 CNY an hour, by estimate" in text
    stage.stack.set_config("units", "2")
    stage.stack.up()
    cost = stage.stack.up().outputs["cost"]
    assert (cost["low"], cost["high"], cost["per"]) == ("108.00", "108.00", "hour")
