"""The estimate of a run: its formulas on published samples, what bounds it, and what is not known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.spend.estimate import estimate
from pulumi_dashscope_ft.lifecycle.spend.figures import Estimate, Run
from pulumi_dashscope_ft.lifecycle.spend.money import Money
from pulumi_dashscope_ft.lifecycle.spend.price_list import shipped
from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenCount
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import in_full


def of(model: str, training_type: str | None = "sft", region: str = "cn-beijing", **hyper_parameters: Any) -> Estimate:
    count = hyper_parameters.pop("count", TokenCount(1100, {1000: 1000, 5000: 100}, 0, 0, exact=True))
    return estimate(Run(model, training_type, hyper_parameters, region), [in_full(count)], shipped())


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def test_text_costs_tokens_times_epochs_times_price() -> None:
    found = of("qwen3-8b", n_epochs=3)
    assert found.tokens is not None
    assert found.tokens.low == 3 * 1_500_000
    assert found.low == cny("27")
    assert found.high is not None
    assert found.high.amount - Decimal(27) < Decimal("0.001")
    assert found.price is not None
    assert found.price.date.startswith("2026-")


def test_rows_that_are_too_long_are_dropped_or_cut() -> None:
    dropped = of("qwen3-8b", n_epochs=1, max_length=2048)
    assert dropped.tokens is not None
    assert (dropped.tokens.low, dropped.tokens.dropped_rows) == (1_000_000, 100)
    cut = of("qwen3-8b", "dpo_lora", n_epochs="1", max_length="2048")
    assert cut.tokens is not None
    assert (cut.tokens.low, cut.tokens.dropped_rows) == (1_000_000 + 100 * 2048, 0)


def test_without_epochs_it_lies_between_two_defaults() -> None:
    found = of("qwen3-8b")
    assert found.tokens is not None
    assert found.tokens.epochs == (1, 3)
    assert found.low == cny("9")
    assert any("without n_epochs" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("changes", "low", "high", "remark"),
    [
        ({"count": TokenCount(1, {1_000_000: 1}, 0, 0, exact=False)}, "5.1", "6.9", "within 15 %"),
        ({"count": TokenCount(1, {1_000_000: 1}, 250_000, 0, exact=True)}, "4.5", "6", None),
        ({"data_augmentation": True, "augmentation_ratio": "0.1,0.4"}, "9", "13.5", "mixed-in data is billed"),
        ({"data_augmentation": "false", "augmentation_ratio": "0.1"}, "9", "9", None),
    ],
)
def test_what_widens_it(changes: dict[str, Any], low: str, high: str, remark: str | None) -> None:
    found = of("qwen3-8b", n_epochs=1, **changes)
    assert found.low == cny(low)
    assert found.high is not None
    assert abs(found.high.amount - Decimal(high)) < Decimal("0.001")
    assert remark is None or any(remark in one for one in found.remarks)


def test_a_family_with_a_vocabulary_of_its_own_is_widened_below() -> None:
    found = of("qwen3.5-9b", n_epochs=1)
    assert (found.low, str(found.high)) == (cny("21"), "30.00 CNY")


def test_pictures_leave_it_without_an_upper_bound() -> None:
    found = of("qwen3-vl-8b-instruct", n_epochs=1, count=TokenCount(10, {100: 10}, 0, 12, exact=True))
    assert found.low is not None
    assert found.high is None
    assert "12 pictures and videos" in str(found.unknown)


def test_the_published_sample_of_an_image_job() -> None:
    """800 steps, `usage` 10,273,216, a bill of 821.86 CNY (API reference): within the two figures."""
    found = of("wan2.7-image", "efficient_sft", max_steps=800, generation_type="t2i", max_pixels="1k")
    assert found.tokens is not None
    assert found.tokens.low <= 10_273_216 <= int(found.tokens.high or 0)
    assert found.low == cny("819.2")


@pytest.mark.parametrize(
    ("model", "training_type", "hourly"),
    [("qwen3.5-9b", "reinforcement", "984"), ("qwen3.6-flash-2026-04-16", "rl", "2952"), ("any", "pg_opd", "984")],
)
def test_what_is_billed_by_time_has_a_price_an_hour(model: str, training_type: str, hourly: str) -> None:
    found = of(model, training_type)
    assert (found.per, found.low, found.tokens) == ("hour", cny(hourly), None)


def test_a_tuned_model_costs_what_its_base_model_does() -> None:
    assert of("qwen3-8b-ft-202411211420-fd2a", n_epochs=3).low == cny("27")


@pytest.mark.parametrize(
    ("model", "more", "reason"),
    [
        ("qwen9-1b", {}, "no price of training qwen9-1b is known"),
        ("qwen3-8b", {"region": "ap-southeast-1"}, "no price of training qwen3-8b in ap-southeast-1 is known"),
        ("wan2.7-i2v", {}, "there is no data whose rows name clips"),
        ("cosyvoice-v3-flash", {}, "there is no data whose rows name recordings"),
        ("qwen-image-2.0", {}, "no price"),
        ("wan2.7-image", {}, "max_steps, generation_type and max_pixels decide"),
        ("qwen3-8b", {"count": TokenCount(0, {}, 0, 0, exact=True)}, "there is no data"),
        ("qwen3-32b", {"training_type": "reinforcement"}, "no price of training qwen3-32b"),
        ("qwen3-8b", {"n_epochs": -3}, "n_epochs is no number from 1 to 1,000,000,000"),
        ("qwen3-8b", {"n_epochs": "nan"}, "n_epochs is no number"),
        ("qwen3-8b", {"n_epochs": "1e400"}, "n_epochs is no number"),
        ("qwen3-8b", {"n_epochs": True}, "n_epochs is no number"),
        ("qwen3-8b", {"max_length": 0}, "max_length is no number"),
        ("qwen3-8b", {"max_length": 500}, "all rows are longer than max_length"),
        ("wan2.7-image", {"max_steps": 1e300, "generation_type": "t2i", "max_pixels": "1k"}, "max_steps is no number"),
        (
            "qwen3-8b",
            {"data_augmentation": True, "augmentation_ratio": "9" * 30},
            "augmentation_ratio is more than 100",
        ),
    ],
)
def test_what_is_not_known_is_never_zero_or_less(model: str, more: dict[str, Any], reason: str) -> None:
    found = of(model, **more)
    assert (found.low, found.high) == (None, None)
    assert reason in str(found.unknown)
