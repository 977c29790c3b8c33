"""The numbers behind the pictures: bars that add up, curves that stay in their box, figures in words."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.emulator.model.board import Transition
from pulumi_dashscope_ft.emulator.model.machine import FINAL, STATUSES, Plan
from pulumi_dashscope_ft.emulator.page import render as page_render
from pulumi_dashscope_ft.emulator.page.chart import (
    AHEAD,
    BAR,
    CURVE_HEIGHT,
    CURVE_WIDTH,
    LEAST,
    curve,
    losses,
    timeline,
)

SHEET = (Path(page_render.__file__).parent / "templates" / "page.css").read_text()


@given(
    steps=st.lists(st.tuples(st.sampled_from(STATUSES), st.floats(0, 1e7)), min_size=1, max_size=40),
    late=st.floats(0, 1e6),
    running=st.floats(0, 1e6),
)
def test_a_bar_is_whole(steps: list[tuple[str, float]], late: float, running: float) -> None:
    at, transitions = 1000.0, []
    for status, pause in steps:
        transitions.append(Transition(at, status, "elapsed"))
        at += pause
    bar = timeline(transitions, Plan(running_seconds=running), transitions[-1].at + late)
    assert [piece.status for piece in bar if piece.status != AHEAD] == [step.status for step in transitions]
    assert sum(piece.width for piece in bar) == pytest.approx(BAR, abs=0.01 * len(bar))
    assert min(piece.width for piece in bar) >= min(LEAST, BAR / len(bar)) - 0.01
    for left, right in pairwise(bar):
        assert right.x == pytest.approx(left.x + left.width, abs=0.02)
    if transitions[-1].status in FINAL:
        assert bar[-1].seconds == 0


def test_a_bar_in_proportion() -> None:
    steps = [
        Transition(0, "PENDING", "created"),
        Transition(5, "QUEUING", "elapsed"),
        Transition(105, "RUNNING", "turn"),
    ]
    pending, queuing, running, ahead = timeline(steps, Plan(running_seconds=600), 405)
    assert pending.width == LEAST
    assert running.width == pytest.approx(3 * queuing.width, rel=0.001)
    assert ahead.width == pytest.approx(running.width, rel=0.001)
    assert (ahead.status, ahead.seconds) == (AHEAD, 300)


@given(st.lists(st.floats(-1e6, 1e6), max_size=60), st.floats(0, 1))
def test_a_curve_stays_in_its_box(values: list[float], share: float) -> None:
    drawn = curve(values, share)
    if len(values) < 2:
        assert drawn is None
        return
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert len(points) == drawn.count == len(values)
    assert all(0 <= x <= CURVE_WIDTH and 0 <= y <= CURVE_HEIGHT for x, y in points)
    assert points == sorted(points, key=lambda point: point[0])
    assert (drawn.first, drawn.last) == (values[0], values[-1])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{'loss': 0.9, 'epoch': 1.5}", [0.9]),
        ("{'loss': 2, 'grad_norm': 1.0}", [2.0]),
        ("{'eval_loss': 0.9, 'epoch': 1.5}", []),
        ("{'loss': 1e999}", []),
        ("{'loss': nan}", []),
        ("{'loss': __import__('os')}", []),
        ("{'loss': 0.9", []),
        ("{'loss'}", []),
        ("2026-06-23 - INFO - 'loss' {'loss': 1}", []),
    ],
)
def test_losses_are_read_from_the_log(line: str, found: list[float]) -> None:
    assert losses(["first", line]) == found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *[(0, "0 s"), (0.4, "< 1 s"), (8.9, "8 s"), (60, "1 min"), (605, "10 min 5 s"), (3600, "1 h")],
        *[(4800, "1 h 20 min"), (86400 * 2 + 3 * 3600 + 59, "2 d 3 h"), (3605, "1 h")],
    ],
)
def test_spans(seconds: float, text: str) -> None:
    assert page_render.span(seconds) == text


def test_other_figures() -> None:
    assert [page_render.size(one) for one in (0, 812, 4100, 1.25e9, 5e13)] == [
        "0 B",
        "812 B",
        "4.1 kB",
        "1.2 GB",
        "50000.0 GB",
    ]
    assert [page_render.duration(one) for one in (0.0001, 0.003, 1.23)] == ["< 1 ms", "3 ms", "1.2 s"]
    assert [page_render.tone(one) for one in ("RUNNING", "ahead", '"><b>')] == ["running", "ahead", "other"]
    assert [page_render.deployment_tone(one) for one in ("RUNNING", "ARREARS_DOWN")] == ["succeeded", "failed"]


def palettes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2]
    read = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block)) for block in (light, dark)]
    return {"light": read[0], "dark": read[1]}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    """WCAG 2 AA: 4.5 for text, 3 for the colours of statuses."""
    colours = palettes()[scheme]
    for ground in ("ground", "card"):
        for ink in ("ink", "quiet", "accent", "good-ink", "bad-ink", "warm-ink"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["ink"], colours["sunk"]) >= 4.5
    for status in STATUSES:
        assert contrast(colours[status.lower()], colours["card"]) >= 3, status
