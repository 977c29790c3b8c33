"""Each promise of scale has its row, with a target that can fail the run, for both flavours."""

from __future__ import annotations

import pytest

from benchmarks import growth, single, starting
from benchmarks.figures import MET, MISSED, NO_TARGET
from benchmarks.growth import Growth
from benchmarks.scene import NAIVE, OURS, PLUGIN, Contestant
from benchmarks.single import NOTHING, OPERATIONS, Single
from benchmarks.starting import Starting
from benchmarks.suite import FULL


def test_what_the_whole_run_measures() -> None:
    assert dict(FULL.starts) == {20: 24, 100: 106}
    assert dict(FULL.cancels)[4.0] == 43
    assert (FULL.teardown_jobs, FULL.finished_jobs, FULL.many_jobs) == (20, 100, 1000)


@pytest.mark.parametrize(("engine", "slowest"), [("local", 1.0), ("command", 1.1)])
def test_an_up_of_many_jobs_is_judged_by_calls_and_by_time(engine: str, slowest: float) -> None:
    naive = Starting([100], [10.0])
    just = Starting([106], [10.0 * slowest])
    over = Starting([107], [10.0 * slowest + 0.1])
    figures = starting.figures(100, 106, engine, {OURS: just, PLUGIN: over, NAIVE: naive})
    assert [figure.verdict for figure in figures] == [MET, MET, MISSED, MISSED]
    assert ["plugin" in figure.name for figure in figures] == [False, False, True, True]


def test_an_up_of_few_jobs_is_judged_by_calls_alone() -> None:
    slow = Starting([24], [9.0])
    figures = starting.figures(20, 24, "local", {OURS: slow, PLUGIN: slow, NAIVE: Starting([20], [1.0])})
    assert [figure.verdict for figure in figures] == [MET, NO_TARGET] * 2


def test_the_host_may_grow_by_twenty_kilobytes_for_a_job() -> None:
    figures = growth.figures(100, 1000, "local", {OURS: Growth(60.0, 77.0, 900), PLUGIN: Growth(60.0, 78.0, 900)})
    judged = [figure.verdict for figure in figures if figure.target is not None]
    assert judged == [MET, MISSED]


@pytest.fixture
def measured() -> Single:
    """Made up, with differences that are seen at a glance."""
    walls = {NOTHING: 2.0, NAIVE: 2.5, OURS: 2.7, PLUGIN: 2.9}
    calls = {NOTHING: 0, NAIVE: 1, OURS: 2, PLUGIN: 2}
    return Single(
        walls={one: {name: [wall] for name in OPERATIONS} for one, wall in walls.items()},
        calls={one: dict.fromkeys(OPERATIONS, number) for one, number in calls.items()},
        python=[0.5],
        imports={OURS: [0.1], PLUGIN: [0.2]},
    )


@pytest.mark.parametrize("contestant", [OURS, PLUGIN], ids=["dynamic", "plugin"])
def test_the_parts_of_an_operation_are_all_of_it(measured: Single, contestant: Contestant) -> None:
    rows = single.parts(measured, contestant)
    *parts, (last, whole) = rows
    assert last == "whole"
    for number, _ in enumerate(OPERATIONS):
        assert sum(seconds[number] for _, seconds in parts) == pytest.approx(whole[number])


def test_the_own_share_of_one_jobs_operations_is_judged(measured: Single) -> None:
    figures = single.figures("command", measured)
    assert [figure.verdict for figure in figures] == [MET] * len(OPERATIONS) + [MISSED] * len(OPERATIONS)
    table = single.table(measured)
    assert table.count("\n") == 2 + len(single.parts(measured, OURS))
    assert "| start of Python, import of `pulumi` | 0.50 s | 0.00 s | 0.50 s |" in table
