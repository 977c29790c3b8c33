"""What a budget and a plan say of an estimate, and the sum of an `up`, which many threads make at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pulumi_dashscope_ft.api import Deployment
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.spend import budget, deployments, ledger, outputs, runs
from pulumi_dashscope_ft.lifecycle.spend.figures import Estimate
from pulumi_dashscope_ft.lifecycle.spend.hourly import hourly
from pulumi_dashscope_ft.lifecycle.spend.money import Money, parse
from pulumi_dashscope_ft.lifecycle.spend.price_list import PriceList, shipped
from pulumi_dashscope_ft.schema import UNKNOWN

BEIJING = "cn-beijing"
COUNT = {"rows": 1000, "repeated": 0, "uncounted": 0, "exact": True, "lengths": [[1210, 1000, 1_210_000]]}


def request(known: Any = COUNT, **inputs: Any) -> Any:
    given = {"model": "qwen3-8b", "trainingFileIds": ["f"], "hyperParameters": {"n_epochs": 3}, **inputs}
    return Request.of({**given, "__formats": [{"path": ["trainingFileIds", 0], "format": "chat", "tokens": known}]})


def estimated(known: Any = COUNT, region: str = BEIJING, **inputs: Any) -> Estimate:
    found = runs.estimate_of(request(known, **inputs), region, shipped())
    assert found is not None
    return found


def deployed(region: str = BEIJING, **inputs: Any) -> Estimate:
    found = deployments.estimate_of(Request.of({"modelName": "qwen3-8b-ft-2026-1", **inputs}), region, shipped())
    assert found is not None
    return found


def refusal(found: Estimate, most: str | int, *, allow: bool = False, told: bool = True) -> str | None:
    limit = budget.Limit("maxCost", parse(most) if isinstance(most, str) else most)
    return budget.refusal(found, limit, allow_unknown=allow, told=told)


@pytest.mark.parametrize(
    ("inputs", "line"),
    [
        ({}, "1.21 M tokens × 3 epochs, about 22 CNY (qwen3-8b, prices of 2026-08)"),
        ({"hyperParameters": {}}, "1.21 M tokens × 1 to 3 epochs, 7.26 to 22 CNY (qwen3-8b, prices of 2026-08)"),
        ({"known": {**COUNT, "exact": False}}, "1.03 M to 1.39 M tokens × 3 epochs, 19 to 25 CNY"),
        ({"known": {**COUNT, "uncounted": 7}}, "at least 1.21 M tokens × 3 epochs, at least 22 CNY, the tokens of 7 "),
        ({"known": None}, "cost unknown: the tokens of its data are not known (only what a TrainingFile of the same"),
        ({"model": "qwen-image-2.0"}, "1.21 M tokens × 3 epochs, cost unknown: no price of training qwen-image-2.0"),
        (
            {"model": "qwen3.5-9b", "trainingType": "reinforcement"},
            "984 CNY an hour (qwen3.5-9b, prices of 2026-09)",
        ),
        ({"hyperParameters": {"n_epochs": "NaN"}}, "cost unknown: n_epochs is no number from 1 to"),
        ({"region": "ap-southeast-1"}, "1.21 M tokens × 3 epochs, cost unknown: no price of training qwen3-8b in ap-"),
        (
            {
                "known": {**COUNT, "lengths": [[10, 900, 9000], [5000, 100, 500_000]]},
                "hyperParameters": {"n_epochs": 1, "max_length": 20},
            },
            "9 k tokens × 1 epoch, about 0.05 CNY, without 100 of 1,000 rows, which are longer than max_length (qwen3",
        ),
    ],
)
def test_the_line_of_a_plan(inputs: dict[str, Any], line: str) -> None:
    found = estimated(**inputs)
    assert outputs.line(found, str(inputs.get("model", "qwen3-8b"))).startswith(line)


@pytest.mark.parametrize(
    ("inputs", "line"),
    [
        ({"plan": "mu", "deploySpec": "MU1", "capacity": 2}, "108 CNY an hour (m, prices of 2026-09)"),
        ({"plan": "mu", "deploySpec": "MU1-PD", "prefillCapacity": 1, "decodeCapacity": 2}, "162 CNY an hour (m"),
        ({"plan": "mu", "capacity": 2}, "cost unknown: deploySpec, which names the kind of unit, is not given (m)"),
        ({"plan": "mu", "deploySpec": "dps-1", "capacity": 2}, "cost unknown: no price of dps-1 is known (m)"),
        ({"plan": "mu", "deploySpec": "MU1"}, "cost unknown: capacity, the number of units, is not given (m, prices"),
        ({"plan": "lora"}, "0.50 to 5 CNY per 1000000 tokens (m, prices of 2026-09)"),
        ({"plan": "lora", "modelName": "other"}, "cost unknown: no price of calling a tuned other is known (m)"),
        ({"plan": "ptu"}, "cost unknown: what reserved throughput costs is not listed (plan ptu) (m)"),
        ({}, "cost unknown: no price is published (plan not given) (m)"),
    ],
)
def test_the_line_of_a_deployment(inputs: dict[str, Any], line: str) -> None:
    assert outputs.line(deployed(**inputs), "m").startswith(line)


@pytest.mark.parametrize(
    "inputs",
    [
        {"model": UNKNOWN},
        {"hyperParameters": {"n_epochs": UNKNOWN}},
        {"trainingFileIds": UNKNOWN},
        {"known": UNKNOWN},
        {"known": None, "trainingFileIds": ["f", UNKNOWN]},
    ],
)
def test_what_is_known_later_is_estimated_later(inputs: dict[str, Any]) -> None:
    known = inputs.pop("known", COUNT)
    found = runs.estimate_of(request(known, **inputs), BEIJING, shipped())
    assert found is None or "trainingFileIds" in inputs


def test_outputs_show_what_is_known_and_never_zero_for_what_is_not() -> None:
    shown = outputs.outputs(estimated())
    assert shown["estimatedTokens"] == {
        "low": 3_630_000,
        "high": 3_630_000,
        "rows": 1000,
        "droppedRows": 0,
        "epochs": [3, 3],
        "exact": True,
    }
    cost = shown["estimatedCost"]
    assert (cost["low"], cost["high"], cost["currency"], cost["per"]) == ("21.78", "21.78", "CNY", "run")
    assert cost["basis"] == {
        "price": "0.006",
        "unit": "1000 tokens",
        "priceDate": "2026-08",
        "priceSource": "O, B",
        "region": BEIJING,
        "remarks": [],
    }
    unknown = outputs.outputs(estimated(known=None))
    assert "estimatedTokens" not in unknown
    assert {"low", "high"}.isdisjoint(unknown["estimatedCost"])
    assert unknown["estimatedCost"]["unknown"].startswith("the tokens of its data are not known")


@pytest.mark.parametrize(
    ("most", "said"),
    [
        ("22 CNY", None),
        ("21 CNY", "n_epochs 2 or 96 % of the rows would be within it, and so would a model at 0.00578 CNY per 1000"),
        ("7 CNY", "32 % of the rows would be within it"),
        ("0 CNY", "far fewer rows would be within it"),
        ("30 USD", "is in USD, and the price in CNY: write it in that currency"),
        (3_630_000, None),
        (3_629_999, "may train on 3.63 M tokens (1.21 M tokens × 3 epochs), more than 3,629,999: n_epochs 2 or 99 %"),
        (1, "far fewer rows would be within it"),
    ],
)
def test_what_is_over_a_budget_and_what_brings_it_under(most: str | int, said: str | None) -> None:
    found = refusal(estimated(), most)
    assert found == said or (said is not None and found is not None and said in found)
    if found is not None and "USD" not in found:
        hidden = refusal(estimated(), most, told=False)
        assert hidden is not None
        assert not any(sign.isdigit() for sign in hidden)


@pytest.mark.parametrize(
    ("inputs", "most"),
    [
        ({"known": None}, "30 CNY"),
        ({"known": None}, 1000),
        ({"known": {**COUNT, "uncounted": 1}}, "30 CNY"),
        ({"known": {**COUNT, "uncounted": 1}}, 10**9),
        ({"model": "qwen3.5-9b", "trainingType": "rl"}, "3000 CNY"),
        ({"model": "qwen3.5-9b", "trainingType": "rl"}, 10**9),
        ({"region": "ap-southeast-1"}, "30 CNY"),
    ],
)
def test_an_unknown_cost_is_refused_unless_it_is_allowed(inputs: dict[str, Any], most: str | int) -> None:
    said = refusal(estimated(**inputs), most)
    assert said is not None
    assert said.endswith("allowUnknownCost lets it start")
    assert refusal(estimated(**inputs), most, allow=True) is None


@pytest.mark.parametrize("most", ["20 CNY", 1_000_000])
def test_what_is_certainly_too_much_is_refused_although_the_rest_is_unknown(most: str | int) -> None:
    assert refusal(estimated(known={**COUNT, "uncounted": 1}), most, allow=True) is not None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("12", 'has no currency: write an amount and its currency, such as "50 CNY"'),
        ("-3 CNY", "is negative"),
        ("NaN CNY", "is no amount"),
        ("inf CNY", "is no amount"),
        ("1e9 CNY", "is no amount"),
        ("99999999999999999999 CNY", "is no amount"),
        ("12 yuan", "is no amount"),
        ("", "is no amount"),
    ],
)
def test_a_budget_that_is_none_is_named(written: str, said: str) -> None:
    [violation] = budget.problems({"maxCost": written})
    assert violation.field() == "maxCost"
    assert violation.reason.startswith(said)


def cost(amount: str) -> Estimate:
    money = parse(f"{amount} CNY")
    return Estimate(low=money, high=money)


def test_parallel_starts_share_one_budget_without_a_race() -> None:
    most, runs_at_once = parse("10 CNY"), 40
    book, start, refused = ledger.SpendLedger(), threading.Barrier(runs_at_once), []

    def take(number: int) -> None:
        start.wait()
        found = cost("1")
        said = book.take(
            f"job{number}",
            found,
            lambda used: budget.too_expensive(found, most, allow_unknown=False, told=True, used=used),
        )
        if said is not None:
            refused.append(said)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(runs_at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == runs_at_once - 10
    assert all("beside the 10 CNY of other runs, more than 10.00 CNY: nothing is left of it" in one for one in refused)


def test_a_run_that_is_asked_for_twice_counts_once() -> None:
    book = ledger.SpendLedger()
    used: list[Money | None] = []
    for _ in range(3):
        assert book.take("job", cost("7"), lambda others: used.append(others)) is None
    assert used == [None, None, None]


def test_the_sum_is_made_once_nothing_planned_is_left() -> None:
    book = ledger.SpendLedger()
    for name in ("a", "b", "c", "d"):
        book.note_planned(name)
    assert book.finish("a", cost("7")) == ()
    assert book.finish("b", None) == ()
    assert book.finish("c", estimated(known=None)) == ()
    started = book.finish("d", deployed(plan="mu", deploySpec="MU1", capacity=1))
    text = ledger.total(started)
    assert text == (
        "this run of Pulumi has started 1 run, about 7 CNY and 1 object billed by the hour, about 54 CNY an hour, "
        "and 1 of unknown cost, by estimate"
    )
    assert ledger.facts(started) == {
        "started": 3,
        "unknown": 1,
        "perRun": {"CNY": {"count": 1, "low": "7.00", "high": "7.00"}},
        "perHour": {"CNY": {"count": 1, "low": "54.00", "high": "54.00"}},
    }
    assert ledger.total(book.finish("e", None)) == text, "what comes later shows the sum again"
    assert ledger.total((estimated(known=None),)) is None


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("21.780006", "21.780006"),
        ("5", "5.00"),
        ("0.0000004", "0.00"),
        ("0.1234567", "0.123457"),
        ("1000000", "1000000.00"),
    ],
)
def test_amounts_are_decimal_strings(amount: str, text: str) -> None:
    assert outputs.decimal_text(Decimal(amount)) == text


def test_a_unit_that_is_billed_in_another_way_has_no_price_by_the_hour() -> None:
    """A user's own row per month comes first in the list, and must not be taken for one per hour."""
    hourly_row = shipped().of_unit("MU1", BEIJING)
    assert hourly_row is not None
    monthly = replace(hourly_row, amount=Decimal(26_118), per="unit and month")
    prices = PriceList([monthly, *shipped().rows])
    inputs = {"modelName": "m", "plan": "mu", "deploySpec": "MU1", "capacity": 2}
    live = Deployment.from_json(
        {"deployed_model": "m", "plan": "mu", "model_unit_spec": "MU1", "capacity": 2, "status": "RUNNING"}
    )
    found, cost = deployments.estimate_of(Request.of(inputs), BEIJING, prices), hourly(live, BEIJING, prices)
    assert found is not None
    assert cost is not None
    assert found.high == cost.amount == Money(Decimal(108), "CNY")
    only = PriceList([monthly])
    found, cost = deployments.estimate_of(Request.of(inputs), BEIJING, only), hourly(live, BEIJING, only)
    assert found is not None
    assert cost is not None
    assert (found.high, cost.amount) == (None, None)
    assert "no price of MU1 is known" in str(found.unknown)
