"""What clips, recordings and pictures cost: formulas on published samples, caps, defaults, and what is not known."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.spend import budget, outputs
from pulumi_dashscope_ft.lifecycle.spend.estimate import estimate
from pulumi_dashscope_ft.lifecycle.spend.figures import Estimate, Run
from pulumi_dashscope_ft.lifecycle.spend.money import Money, parse
from pulumi_dashscope_ft.lifecycle.spend.price_list import shipped
from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenCount, TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.counting.pictures import Bounds, PictureCount, bounds_of
from pulumi_dashscope_ft.lifecycle.training_data.counting.seconds import (
    MOST_GROUPS,
    Clips,
    SecondsCount,
    SecondsMeter,
)
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import TokenSummary, in_full, of_property, summarize
from pulumi_dashscope_ft.lifecycle.training_data.media.steps import Medium
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import VL
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import row_texts

WAN = "wan2.5-i2v-preview"
SPEECH = "cosyvoice-v3-flash"
LOOK = {"max_pixels": 36_864, "n_epochs": 400}


def lasting(*seconds: float | None) -> SecondsCount:
    meter = SecondsMeter()
    for one in seconds:
        meter.take(one)
    count = meter.close()
    assert count is not None
    return count


def summary(seconds: SecondsCount | None = None, pictures: PictureCount | None = None, **more: Any) -> TokenSummary:
    given = {"rows": 0, "lengths": {}, "repeated": 0, "uncounted": 0, "exact": True, **more}
    return in_full(TokenCount(**given, pictures=pictures, seconds=seconds))


def of(model: str, *data: TokenSummary, **hyper_parameters: Any) -> Estimate:
    return estimate(Run(model, "efficient_sft", hyper_parameters), data, shipped())


def bounds(found: Estimate) -> tuple[int, int | None]:
    assert found.tokens is not None
    return found.tokens.low, found.tokens.high


def test_the_published_sample_of_a_video_job() -> None:
    """`usage` 432,000 for 36864 pixels, 400 epochs and 30 s of clips (API reference)."""
    found = of(WAN, summary(lasting(*[5.0] * 6)), **LOOK)
    assert bounds(found) == (432_000, 432_000)
    assert found.low == found.high == Money(Decimal("138.24"), "CNY")


def test_the_published_sample_of_a_speech_job() -> None:
    """`usage` 99,406 for 8 epochs: 497.03 s, which are not rounded (API reference)."""
    found = of(SPEECH, summary(lasting(400.0, 97.03)), lm_max_epoch=3, fm_max_epoch="5")
    assert bounds(found) == (99_406, 99_406)
    assert found.low == Money(Decimal("19.8812"), "CNY")


@pytest.mark.parametrize(
    ("model", "lengths", "seconds"),
    [
        (WAN, [6.5], (6, 7)),
        (WAN, [11.5], (10, 10)),
        (WAN, [9.5], (9, 10)),
        ("wan2.2-kf2v-flash", [11.5], (5, 5)),
        ("wan2.2-i2v-flash", [4.5, 5.5, 3], (4 + 5 + 3, 5 + 5 + 3)),
        ("wan2.7-i2v", [30, 2], (12, 12)),
        (f"{WAN}-ft-202608-1234", [6.5], (6, 7)),
    ],
)
def test_a_clip_counts_up_to_its_cap_and_in_whole_seconds(
    model: str, lengths: list[float], seconds: tuple[int, int]
) -> None:
    low, high = bounds(of(model, summary(lasting(*lengths)), max_pixels=1024, n_epochs=1))
    assert (low, high) == seconds


@pytest.mark.parametrize(
    ("model", "given", "tokens", "remark"),
    [
        (WAN, {}, (5 * 36 * 50, 5 * 36 * 400), "without n_epochs the documented default counts: 50 or 400"),
        (WAN, {"n_epochs": 10}, (5 * 36 * 10, 5 * 36 * 10), "without max_pixels the documented default counts: 36,864"),
        ("wan2.7-i2v", {}, (5 * 100 * 50, 5 * 100 * 50), "the documented default counts: 50"),
        ("wan2.2-i2v-flash", {"n_epochs": 1}, (5 * 256, 5 * 256), "262,144"),
        (SPEECH, {"lm_max_epoch": 20}, (5 * 25 * 120, 5 * 25 * 120), "without fm_max_epoch the documented default"),
        (SPEECH, {}, (5 * 25 * 160, 5 * 25 * 160), "without lm_max_epoch the documented default counts: 60"),
    ],
)
def test_without_hyper_parameters_the_documented_defaults_count(
    model: str, given: dict[str, Any], tokens: tuple[int, int], remark: str
) -> None:
    found = of(model, summary(lasting(5.0)), **given)
    assert bounds(found) == tokens
    assert any(remark in one for one in found.remarks)


@pytest.mark.parametrize(
    ("model", "data", "given", "reason"),
    [
        (WAN, [], LOOK, "there is no data whose rows name clips"),
        (WAN, [summary(rows=3, lengths={5: 3})], LOOK, "there is no data whose rows name clips"),
        (WAN, [summary(lasting(None, None))], LOOK, "the length of none of its 2 clips could be read"),
        ("wan9-t2v", [summary(lasting(5.0))], {}, "max_pixels and n_epochs, by which it is billed, are not given"),
        ("wan9-t2v", [summary(lasting(5.0))], {"n_epochs": 1}, "max_pixels, by which it is billed, is not given"),
        ("wan9-t2v", [summary(lasting(5.0))], LOOK, "no price of training wan9-t2v is known"),
        ("wan2.6-i2v", [summary(lasting(5.0))], LOOK, "no price of training wan2.6-i2v is known"),
        (WAN, [summary(lasting(5.0))], {**LOOK, "max_pixels": "1k"}, "max_pixels is no number from 1"),
        (SPEECH, [summary(lasting(5.0))], {"lm_max_epoch": 0}, "lm_max_epoch is no number from 1"),
        (SPEECH, [summary(lasting(None))], {}, "the length of none of its 1 recordings could be read"),
    ],
)
def test_what_is_not_known_has_a_reason(
    model: str, data: list[TokenSummary], given: dict[str, Any], reason: str
) -> None:
    found = of(model, *data, **given)
    assert (found.low, found.high) == (None, None)
    assert reason in str(found.unknown)


def test_clips_that_can_not_be_read_leave_a_lower_bound() -> None:
    found = of(WAN, summary(lasting(*[5.0] * 100, None, None)), summary(lasting(*[5.0] * 17, None)), **LOOK)
    assert found.low == Money(Decimal("0.00032") * 117 * 5 * 36 * 400, "CNY")
    assert found.high is None
    assert found.unknown == "the length of 3 of 120 clips could not be read"
    assert "at least 585 s of clips × 400 epochs, at least 2,696 CNY" in outputs.line(found, WAN)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            of(WAN, summary(lasting(*[5.0] * 6)), **LOOK),
            "30 s of clips × 400 epochs, about 138 CNY (m, prices of 2026-08)",
        ),
        (of(WAN, summary(lasting(6.5)), **LOOK), "6 to 7 s of clips × 400 epochs, 28 to 32 CNY (m, prices of 2026-08)"),
        (of(SPEECH, summary(lasting(497.03))), "497.03 s of audio × 160 epochs, about 398 CNY (m, prices of 2026-08)"),
    ],
)
def test_the_line_of_a_plan(found: Estimate, line: str) -> None:
    assert outputs.line(found, "m") == line


def test_the_outputs_have_the_seconds() -> None:
    shown = outputs.outputs(of(WAN, summary(lasting(6.5, 5.0)), **LOOK))["estimatedTokens"]
    assert shown["seconds"] == [11.0, 12.0]
    assert (shown["low"], shown["high"], shown["rows"], shown["exact"]) == (158_400, 172_800, 2, False)
    assert "seconds" not in outputs.outputs(of("qwen3-8b", summary(rows=1, lengths={9: 1})))["estimatedTokens"]


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        (of(WAN, summary(lasting(*[5.0] * 6)), **LOOK), "n_epochs 289 or 72 % of the rows"),
        (of(SPEECH, summary(lasting(497.03))), "lm_max_epoch + fm_max_epoch 40 or 25 % of the rows"),
    ],
)
def test_a_budget_says_what_would_bring_it_under(found: Estimate, advice: str) -> None:
    said = budget.refusal(found, budget.Limit("maxCost", parse("100 CNY")), allow_unknown=False, told=True)
    assert said is not None
    assert advice in said


@settings(max_examples=100)
@given(st.lists(st.one_of(st.none(), st.floats(0.001, 86_400)), min_size=1, max_size=300), st.sampled_from([5, 10, 60]))
def test_the_small_form_keeps_what_counts(lengths: list[float | None], cap: int) -> None:
    count = lasting(*lengths)
    known = [one for one in lengths if one is not None]
    assert len(count.clips) <= MOST_GROUPS
    assert (count.read, count.unread) == (len(known), len(lengths) - len(known))
    assert sum(min(group.shortest, cap) * group.number for group in count.clips) == sum(min(int(x), cap) for x in known)
    assert sum(min(group.longest, cap) * group.number for group in count.clips) == sum(
        min(-int(-x // 1), cap) for x in known
    )
    carried = json.loads(json.dumps(summary(count).to_property()), parse_int=float)
    assert of_property(carried) == summary(count)


@pytest.mark.parametrize(
    "damaged",
    [
        {"seconds": 3},
        {"seconds": {"unread": 0, "total": 5.0}},
        {"seconds": {"unread": -1, "total": 5.0, "lengths": []}},
        {"seconds": {"unread": 0, "total": "5", "lengths": []}},
        {"seconds": {"unread": 0, "total": 5.0, "lengths": [[5, 4, 1]]}},
        {"seconds": {"unread": 0, "total": 5.0, "lengths": [[5, 5]]}},
        {"pictures": []},
        {"pictures": {"number": 1, "low": 6, "high": [5, 5], "texts": 0}},
        {"pictures": {"number": 1, "low": 6, "high": [9], "texts": 0}},
        {"pictures": {"number": 1, "low": 6, "high": [9, None], "texts": 0}},
    ],
)
def test_what_somebody_has_damaged_is_no_count(damaged: dict[str, Any]) -> None:
    whole = summary(rows=1, lengths={9: 1}).to_property()
    assert of_property(whole) is not None
    assert of_property({**whole, **damaged}) is None


def in_rows(number: int, least: int, most: tuple[int, int], **more: Any) -> PictureCount:
    return PictureCount(number, Bounds(least, most), **{"texts": 0, "longest": None, **more})


@pytest.mark.parametrize(
    ("model", "high"), [("qwen2.5-vl-7b-instruct", 1000 + 393), ("qwen3-vl-8b-instruct", 1000 + 302)]
)
def test_pictures_have_a_least_and_a_most(model: str, high: int) -> None:
    pictures = in_rows(1, 6, (393, 302), texts=1000, longest=1393)
    found = of(model, summary(None, pictures, rows=1, lengths={1000: 1}), n_epochs=2)
    assert bounds(found) == (2 * 1006, 2 * high)
    assert found.unknown is None
    assert any("the limit of a picture's pixels in training is not documented" in one for one in found.remarks)


def test_pictures_of_unknown_size_come_on_top() -> None:
    pictures = in_rows(5, 30, (393, 302), texts=1000)
    found = of("qwen3-vl-8b-instruct", summary(None, pictures, rows=1, lengths={1000: 1}, uncounted=2), n_epochs=1)
    assert bounds(found) == (1030, None)
    assert (
        found.unknown == "the tokens of 2 pictures and videos come on top and are not known (the size of 5 others is)"
    )


@pytest.mark.parametrize(
    ("limit", "low"),
    [(2000, 1006), (1200, 600)],
)
def test_rows_that_pictures_may_make_too_long_are_not_in_the_lower_figure(limit: int, low: int) -> None:
    """400 tokens of text stand beside a picture that makes their row 1,400 tokens long at most."""
    pictures = in_rows(1, 6, (1000, 1000), texts=400, longest=1400)
    data = summary(None, pictures, rows=2, lengths={400: 1, 600: 1})
    found = of("qwen3-vl-8b-instruct", data, n_epochs=1, max_length=limit)
    assert bounds(found) == (low, 2000)


def test_both_answers_of_a_preference_are_behind_its_pictures() -> None:
    row = {
        "messages": [{"role": "user", "content": [{"image": "1.png"}, {"text": "What?"}]}],
        "chosen": {"role": "assistant", "content": "A cat."},
        "rejected": {"role": "assistant", "content": "A dog."},
    }
    texts = row_texts("dpo", row)
    assert texts is not None
    meter = TokenMeter()
    meter.take(texts, lambda name: Medium(None, 320, 320))
    pictures = summarize(meter.close()).pictures
    assert pictures is not None
    assert (pictures.number, pictures.tokens) == (1, Bounds(6, (2 * 146, 2 * 102)))


@pytest.mark.parametrize(
    ("part", "medium", "found"),
    [
        ({"image": "1.png"}, Medium(None, 1024, 768), Bounds(6, (37 * 28 + 2, 32 * 24 + 2))),
        ({"image": "1.png"}, Medium(None, 1, 1), Bounds(6, (11, 11))),
        ({"image": "1.png"}, Medium(None, 10, 30), Bounds(6, (10, 10))),
        ({"image": ["1.png", "2.png"]}, Medium(None, 64, 64), Bounds(6, (11, 6))),
        ({"video": "1.mp4"}, Medium(5.0, 640, 320), Bounds(10, (5 * 23 * 12 + 2, 5 * 20 * 10 + 2))),
        ({"video": "1.mp4"}, Medium(0.5, 64, 64), Bounds(10, (2 * 9 + 2, 2 * 4 + 2))),
        ({"video": "1.mp4", "fps": 10}, Medium(5.0, 64, 64), Bounds(10, (25 * 9 + 2, 25 * 4 + 2))),
        ({"video": "1.mp4", "sample_fps": "0.1"}, Medium(50.0, 64, 64), Bounds(10, (3 * 9 + 2, 3 * 4 + 2))),
        ({"video": "1.mp4", "fps": "fast"}, Medium(5.0, 64, 64), Bounds(10, (5 * 9 + 2, 5 * 4 + 2))),
        ({"video": "1.mp4"}, Medium(50_000.0, 64, 64), Bounds(10, (1000 * 9 + 2, 1000 * 4 + 2))),
        (
            {"video": "1.mp4", "resized_width": 320, "resized_height": 320},
            Medium(1.0, 64, 64),
            Bounds(10, (2 * 144 + 2, 2 * 100 + 2)),
        ),
        ({"video": ["1.png"] * 7}, Medium(None, 64, 64), Bounds(10, (4 * 9 + 2, 4 * 4 + 2))),
        ({"video": "1.mp4"}, Medium(5.0), None),
        ({"video": "1.png"}, Medium(None, 64, 64), None),
        ({"video": []}, Medium(5.0, 64, 64), None),
        ({"video": {"odd": 1}}, Medium(5.0, 64, 64), None),
        ({"image": "1.wav"}, Medium(5.0), None),
        ({"image": "1.png"}, None, None),
        ({"video": ["1.png", "2.png"]}, None, None),
    ],
)
def test_what_a_part_shows(part: dict[str, Any], medium: Medium | None, found: Bounds | None) -> None:
    known, unknown = bounds_of(part, lambda name: medium)
    if found is None:
        assert (known, unknown) == ([], 1)
    else:
        assert set(known) == {found}
        assert unknown == 0


@settings(max_examples=1000)
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_the_bounds_hold_whatever_limit_counts(width: int, height: int) -> None:
    """Against the published rule with limits of all sizes: sides to the nearest multiple, scaled to the limit."""
    (bounds,), _ = bounds_of({"image": "1"}, lambda name: Medium(None, width, height))
    for most, side in zip(bounds.most, (28, 32), strict=True):
        for limit in (4, 5, 16, 40, 256, 1280, 16_384, 10**9):
            assert _patches(width, height, side, limit) + 2 <= most


def _patches(width: int, height: int, side: int, limit: int) -> int:
    """The documented formula with a limit in patches."""
    wide, high = (max(side, round(one / side) * side) for one in (width, height))
    if wide * high > limit * side * side:
        ratio = (width * height / (limit * side * side)) ** 0.5
        wide, high = (max(side, int(one / ratio / side) * side) for one in (width, height))
    elif wide * high < 4 * side * side:
        ratio = (4 * side * side / (width * height)) ** 0.5
        wide, high = (-int(-one * ratio // side) * side for one in (width, height))
    return wide // side * (high // side)


def test_rows_of_conversations_with_pictures_have_their_parts() -> None:
    row = {"messages": [{"role": "user", "content": [{"image": "1.png"}, {"video": "1.mp4"}, {"text": "x"}, 3]}]}
    texts = row_texts(VL, row)
    assert texts is not None
    assert [*texts.shown] == [{"image": "1.png"}, {"video": "1.mp4"}]
    assert texts.prompt[0][0] == ("x",)


def test_groups_are_counted() -> None:
    assert lasting(5.0, 5.2, 5.9, 61.0, 70.5).clips == (Clips(5, 5, 1), Clips(5, 6, 2), Clips(60, 71, 2))
