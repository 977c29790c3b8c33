"""What a run has cost: by the service's count and a dated price; unknown where one of them is, and never zero then."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.kind.consumption import Consumption, of_job
from pulumi_dashscope_ft.lifecycle.spend import actual, price_list
from pulumi_dashscope_ft.lifecycle.spend.money import Money

RUN = Consumption("qwen3-8b", "efficient_sft", "SUCCEEDED", 279_808, "2026-11-01 10:00:00")


def cost(region: str | None = "cn-beijing", **changes: Any) -> actual.ActualCost:
    found = actual.cost(replace(RUN, **changes), region, price_list.shipped())
    assert found is not None
    return found


def test_the_count_times_the_price_exactly_with_all_that_it_rests_on() -> None:
    assert cost().properties() == {
        "amount": "1.678848",
        "currency": "CNY",
        "per": "run",
        "basis": {
            "usage": 279_808,
            "unit": "1000 tokens",
            "price": "0.006",
            "priceDate": "2026-08",
            "priceSource": "model-training-overview, model-training-and-deployment-billing",
            "region": "cn-beijing",
        },
    }


@pytest.mark.parametrize(
    ("model", "usage", "amount"),
    [  # the bills on the page model-training-and-deployment-billing
        ("wan2.2-i2v-flash", 819_200, "49.152"),
        ("wan2.7-i2v", 288_000, "576"),
        ("wan2.7-i2v", 374_400, "748.8"),
        ("wan2.7-image-pro", 2_560_000, "204.8"),
        ("cosyvoice-v3-flash", 99_406, "19.8812"),
    ],
)
def test_published_bills(model: str, usage: int, amount: str) -> None:
    assert cost(model=model, usage=usage, training_type=None).properties()["amount"] == amount


@pytest.mark.parametrize("status", ["PENDING", "QUEUING", "RUNNING", "CANCELING", "UNHEARD_OF"])
def test_a_run_that_has_not_ended_has_no_cost_yet(status: str) -> None:
    assert actual.cost(replace(RUN, status=status), "cn-beijing", price_list.shipped()) is None


def test_a_cancelled_run_costs_what_it_had_used_even_nothing() -> None:
    assert cost(status="CANCELED", usage=1000).amount == Money(Decimal("0.006"), "CNY")
    assert cost(status="CANCELED", usage=0).amount == Money(Decimal(0), "CNY")


def test_a_failed_run_is_not_billed_whatever_its_price() -> None:
    for model in ("qwen3-8b", "qwen9-1b"):
        failed = cost(status="FAILED", usage=None, model=model)
        assert failed.amount == Money(Decimal(0), "CNY")
        assert failed.remarks == ("a run that failed is not billed",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"usage": None}, "the service shows no usage"),
        ({"usage": None, "status": "CANCELED"}, "the service shows no usage"),
        ({"usage": 0}, "a usage of 0, which is no run that succeeded"),
        ({"usage": -1}, "a usage that can't be right"),
        ({"usage": 10**15 + 1}, "a usage that can't be right"),
        ({"usage": 10**400}, "a usage that can't be right"),
        ({"usage": -5, "status": "CANCELED"}, "a usage that can't be right"),
        ({"usage": 5, "status": "FAILED"}, "not billed by the documentation, but the service shows a usage"),
        ({"model": None}, "does not show the base model"),
        ({"model": "qwen9-1b"}, "no price of training qwen9-1b is known"),
        ({"model": "qwen-image-2.0"}, "no price of training qwen-image-2.0 is known"),
        ({"model": "\x1b[2J" + "x" * 100_000}, "no price of training \\x1b[2Jxxx"),
        ({"region": "ap-southeast-1"}, "no price of training qwen3-8b in ap-southeast-1 is known"),
        ({"training_type": "reinforcement"}, "billed by the minute"),
        ({"training_type": "pg_opd", "status": "FAILED"}, "billed by the minute"),
    ],
)
def test_what_is_unknown_is_said_and_is_never_zero(changes: dict[str, Any], reason: str) -> None:
    found = cost(**changes)
    assert found.amount is None
    assert reason in (found.unknown or "")
    assert len(found.unknown or "") < 200
    assert not {"amount", "currency"} & found.properties().keys()


def test_a_price_of_nothing_is_known_and_says_why() -> None:
    free = cost(model="decision-model-preview-2026-09-24")
    assert free.amount == Money(Decimal(0), "CNY")
    assert "free for a limited time" in free.remarks


@pytest.mark.parametrize(
    ("ended", "remark"),
    [
        ("2027-06-01 00:00:00", "304 days before"),
        ("2025-06-01 00:00:00", "426 days after"),
        ("2026-12-01 00:00:00", ""),
        ("2026-02-31 00:00:00", ""),
        ("9999-12-31 99:00:00", ""),
        ("0000-01-01 00:00:00", ""),
        ("soon", ""),
        (None, ""),
    ],
)
def test_a_price_that_is_far_from_the_run_is_a_remark(ended: str | None, remark: str) -> None:
    said = "; ".join(cost(ended=ended).remarks)
    assert remark in said
    assert bool(said) is bool(remark)


def test_an_address_that_shows_no_region_is_a_remark() -> None:
    assert cost(region=None).amount == cost().amount
    assert "does not show its region" in cost(region=None).remarks[0]


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        *((6144, 6144), ("6144", 6144), (6144.0, 6144), (float("nan"), None), (float("inf"), None), ("many", None)),
        *((True, None), (None, None), ([6144], None), ({}, None), ("9" * 5000, None), ("9" * 400, None)),
    ],
)
def test_what_the_service_may_show_as_usage(usage: Any, read: int | None) -> None:
    job = Job.from_json({"job_id": "ft-1", "status": "SUCCEEDED", "base_model": "qwen3-8b", "usage": usage})
    assert of_job(job).usage == read


@pytest.mark.parametrize(
    ("job", "model"),
    [
        ({"base_model": "qwen3-14b", "model": "qwen3-14b-ft-1"}, "qwen3-14b"),
        ({"model": "qwen3-14b-ft-202410291653-1c7f"}, "qwen3-14b"),
        ({}, None),
    ],
)
def test_a_tuned_model_costs_what_its_base_model_costs(job: dict[str, Any], model: str | None) -> None:
    assert of_job(Job.from_json({"job_id": "ft-1", "status": "SUCCEEDED", **job})).model == model


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        *(("0", "0.00 CNY"), ("1.678848", "1.68 CNY"), ("204.8", "204.80 CNY"), ("12345.678", "12,345.68 CNY")),
        *(("0.01", "0.01 CNY"), ("0.0024", "0.0024 CNY"), ("0.000006", "0.0000060 CNY")),
    ],
)
def test_an_amount_that_is_not_zero_never_looks_like_zero(amount: str, text: str) -> None:
    assert actual.money_text(Money(Decimal(amount), "CNY")) == text


ENDED = Job.from_json(
    {"job_id": "ft-1", "status": "SUCCEEDED", "base_model": "qwen3-8b", "usage": 1000, "end_time": "2026-11-01"}
)
KNOWN = {"status": "SUCCEEDED", "usage": 1000.0, "actualCost": {"amount": "9", "currency": "CNY", "per": "run"}}


def recorded(before: dict[str, Any]) -> Any:
    return actual.to_record(ENDED, before, "cn-beijing", price_list.shipped())


def test_an_amount_stays_in_the_state_although_the_price_has_changed() -> None:
    assert recorded(KNOWN) == KNOWN["actualCost"]


def test_an_old_state_of_an_ended_job_stays_without_it() -> None:
    assert recorded({"status": "SUCCEEDED", "usage": 1000.0}) is None


def test_what_was_unknown_may_become_known() -> None:
    unknown = {**KNOWN, "actualCost": {"per": "run", "unknown": "no price of training qwen3-8b is known"}}
    assert recorded(unknown)["amount"] == "0.006"


def test_another_status_or_count_is_reckoned_anew() -> None:
    for before in ({}, {"status": "RUNNING"}, {**KNOWN, "usage": None}, {**KNOWN, "status": "CANCELED"}):
        assert recorded(before)["amount"] == "0.006"


def test_a_price_of_something_else_is_no_price_of_tokens() -> None:
    row = next(one for one in price_list.shipped().rows if one.model == "qwen3-8b" and one.what == "training")
    odd = price_list.PriceList([replace(row, per="image", amount=Decimal(99))])
    found = actual.cost(RUN, "cn-beijing", odd)
    assert found is not None
    assert "no price of training qwen3-8b" in (found.unknown or "")
