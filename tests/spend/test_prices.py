"""The prices of the release, row by row, and a user's own file: its rows come first, and its mistakes are named."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pulumi_dashscope_ft.lifecycle.spend import money
from pulumi_dashscope_ft.lifecycle.spend.price_list import (
    DEPLOYMENT_TIME,
    DEPLOYMENT_USE,
    TRAINING,
    PriceFileError,
    of_file,
    shipped,
)

BEIJING = "cn-beijing"
# CNY per 1,000 tokens (pages model-training-overview and model-training-and-deployment-billing, August 2026).
TRAINING_PRICES = """
qwen3.8-27b 0.05, qwen3.7-plus-2026-05-26 0.35, qwen3.6-27b 0.05, qwen3.6-flash-2026-04-16 0.05,
qwen3.6-plus-2026-04-02 0.3, qwen3.5-27b 0.05, qwen3.5-9b 0.02, qwen3.5-4b 0.015, qwen3.5-flash-2026-02-23 0.05,
qwen3.5-plus-2026-02-15 0.3, qwen3-32b 0.04, qwen3-30b-a3b-instruct-2507 0.03, qwen3-14b 0.03, qwen3-8b 0.006,
qwen3-4b-instruct-2507 0.006, qwen3-1.7b 0.0045, qwen3-0.6b 0.003, qwen2.5-72b-instruct 0.15,
qwen2.5-32b-instruct 0.03, qwen2.5-14b-instruct 0.03, qwen2.5-7b-instruct 0.006, qwen-plus-character-2025-11-06 0.15,
qwen3-vl-8b-instruct 0.012, qwen3-vl-8b-thinking 0.012, qwen3-vl-4b-instruct 0.006, qwen2.5-vl-72b-instruct 0.05,
qwen2.5-vl-32b-instruct 0.02, qwen2.5-vl-7b-instruct 0.01, decision-model-preview-2026-09-24 0, wan2.7-i2v 2,
wan2.5-i2v-preview 0.32, wan2.2-i2v-flash 0.06, wan2.2-kf2v-flash 0.06, wan2.7-image-pro 0.08, wan2.7-image 0.08,
cosyvoice-v3-flash 0.2
"""
# CNY per unit and hour (page dtu-model-deployment, September 2026).
UNIT_PRICES = "MU1 54, MU2 63, MU3 137, MU5 21, MU6 25, MU8 47, MU9 51"
# CNY per million tokens, in / out / thinking out (page model-deployment-token, September 2026).
TOKEN_PRICES = {
    ("qwen3-32b", BEIJING): ("2", "8", "20"),
    ("qwen3-14b", BEIJING): ("1", "4", "10"),
    ("qwen3-8b", BEIJING): ("0.5", "2", "5"),
    ("qwen3-4b-instruct-2507", BEIJING): ("0.3", "1.2", "3"),
    ("qwen2.5-72b-instruct", BEIJING): ("4", "12", None),
    ("qwen2.5-7b-instruct", BEIJING): ("0.5", "1", None),
    ("qwen3-8b", "ap-southeast-1"): ("1.321", "5.137", "15.412"),
    ("qwen3-32b", "ap-southeast-1"): ("1.174", "4.697", None),
}


def pairs(text: str) -> dict[str, Decimal]:
    return {name: Decimal(price) for name, price in (one.split() for one in text.replace("\n", " ").split(","))}


def test_the_price_of_training_each_model() -> None:
    shown = {row.model: row.amount for row in shipped().rows if row.what == TRAINING}
    assert shown == pairs(TRAINING_PRICES)


def test_the_price_of_each_unit() -> None:
    shown = {row.unit: row.amount for row in shipped().rows if row.what == DEPLOYMENT_TIME}
    assert shown == pairs(UNIT_PRICES)


@pytest.mark.parametrize(("model", "region"), TOKEN_PRICES)
def test_the_price_of_calls(model: str, region: str) -> None:
    directions = ("input", "output", "thinking output")
    for direction, price in zip(directions, TOKEN_PRICES[model, region], strict=True):
        row = shipped().find(DEPLOYMENT_USE, region=region, model=model, per=f"1000000 {direction} tokens")
        assert (None if row is None else row.amount) == (None if price is None else Decimal(price))


def test_the_file_has_the_form_that_it_names() -> None:
    folder = files("pulumi_dashscope_ft.lifecycle.spend")
    schema = json.loads(folder.joinpath("prices.schema.json").read_text("utf-8"))
    document = json.loads(folder.joinpath("prices.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    assert {source for row in document["rows"] for source in row["sources"]} <= set(document["sources"])
    assert len({row.key for row in shipped().rows}) == len(shipped().rows)


ROW: dict[str, Any] = {
    "what": "training",
    "model": "qwen3-8b",
    "price": "0.004",
    "currency": "CNY",
    "per": "1000 tokens",
    "region": BEIJING,
    "date": "2026-11-01",
    "sources": ["our contract"],
}


def written(folder: Path, content: Any) -> Path:
    path = folder / "prices.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_row_of_ones_own_comes_first(tmp_path: Path) -> None:
    prices = shipped().overridden(of_file(written(tmp_path, {"rows": [ROW]})))
    mine = prices.find(TRAINING, region=BEIJING, model="qwen3-8b")
    assert mine is not None
    assert (mine.amount, mine.sources) == (Decimal("0.004"), ("our contract",))
    assert prices.find(TRAINING, region=BEIJING, model="qwen3-14b") is not None
    assert len(prices.rows) == len(shipped().rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "can't be read"),
        ("{" * 100_000, "can't be read"),
        ("[]", "is not of type 'object'"),
        ({}, "'rows' is a required property"),
        ({"rows": [{**ROW, "price": 0.004}]}, r"rows\[0\].price"),
        ({"rows": [{**ROW, "price": "-1"}]}, r"rows\[0\].price"),
        ({"rows": [{**ROW, "price": "1e9"}]}, r"rows\[0\].price"),
        ({"rows": [ROW, {**ROW, "modle": "x"}]}, "'modle' was unexpected"),
        ({"rows": [{**ROW, "currency": "yuan"}]}, r"rows\[0\].currency"),
        ({"rows": [{**ROW, "date": "11/2026"}]}, r"rows\[0\].date"),
        ({"rows": [ROW, {**ROW, "date": "2026-02-31"}]}, r"rows\[1\].date: there is no day 2026-02-31"),
        ({"rows": [{**ROW, "per": "token"}]}, r"rows\[0\].per"),
        ("x" * (2**20 + 1), "can't be read"),
    ],
)
def test_a_mistake_in_a_file_is_named(content: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match=said):
        of_file(written(tmp_path, content))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match="No such file"):
        of_file(tmp_path / "none.json")


def test_how_old_a_price_is() -> None:
    price = shipped().find(TRAINING, region=BEIJING, model="qwen3-8b")
    assert price is not None
    assert price.days_old(date(2027, 2, 28)) == 211


@pytest.mark.parametrize(
    ("text", "amount", "currency"), [("50 CNY", "50", "CNY"), ("0.5USD", "0.5", "USD"), (" 12.75 CNY ", "12.75", "CNY")]
)
def test_amounts(text: str, amount: str, currency: str) -> None:
    assert money.parse(text) == money.Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12", "has no currency"),
        ("-5 CNY", "is negative"),
        ("a lot", "is no amount"),
        ("", "is no amount"),
        ("1e3 CNY", "is no amount"),
        ("5 cny", "is no amount"),
        ("5 ¥", "is no amount"),
        ("NaN CNY", "is no amount"),
        ("9999999999 CNY", "is no amount"),
    ],
)
def test_amounts_that_are_none(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        money.parse(text)
