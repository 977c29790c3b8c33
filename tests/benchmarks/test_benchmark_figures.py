"""The benchmark's own judgement: a target that is missed, or can't be shown to be met, must not pass."""

from __future__ import annotations

import pytest

from benchmarks.figures import MET, MISSED, NO_TARGET, Figure, Target
from benchmarks.report import render


@pytest.mark.parametrize(
    ("ours", "naive", "target", "verdict"),
    [
        ([52], None, Target(52), MET),
        ([53], None, Target(52), MISSED),
        ([0], [0], Target(0), MET),
        ([1.0, 9.0, 1.0], None, Target(1), MET),  # the median counts
        ([1.0], [4.0], Target(0.35, of_ratio=True), MET),
        ([2.0], [4.0], Target(0.35, of_ratio=True), MISSED),
        ([2.0], None, Target(0.35, of_ratio=True), MISSED),  # an absent proof is none
        ([2.0], [0.0], Target(0.35, of_ratio=True), MISSED),
        ([2.0], [4.0], None, NO_TARGET),
    ],
)
def test_a_verdict_compares_the_median_with_the_target(
    ours: list[float], naive: list[float] | None, target: Target | None, verdict: str
) -> None:
    assert Figure("f", "s", ours, naive, target).verdict == verdict


def test_the_report_shows_figures_circumstances_and_command() -> None:
    figures = [
        Figure("teardown", "calls", [48], [160], Target(52)),
        Figure("refresh", "s", [1.0, 2.0, 3.0], [4.0], Target(0.35, of_ratio=True)),
        Figure("host", "MiB", [80.25]),
    ]
    text = render(figures, "| part | up |\n", ["a note"], "python -m benchmarks", 12.3)
    assert "| teardown | ≤ 52 | 48 | 160 | 0.30 | met |" in text
    assert "| refresh | ≤ 0.35 × naive | 2.00 s (1.00–3.00) | 4.00 s | 0.50 | **missed** |" in text
    assert "| host | – | 80.2 MiB | – | – | – |" in text
    for needed in (
        "## Where the time of one job goes",
        "| part | up |",
        "- a note",
        "cores",
        "GiB",
        "pulumi-dashscope-ft",
        "requests",
        "`python -m benchmarks`",
    ):
        assert needed in text


def test_a_report_without_the_real_engine_has_no_parts() -> None:
    assert "## Where the time" not in render([], "", [], "python -m benchmarks", 1.0)
