"""The state machine: its table, the queue, and that the size of the steps does not matter."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.emulator.model.board import Board
from pulumi_dashscope_ft.emulator.model.machine import (
    ACTIVE,
    CANCEL,
    CANCELED,
    CANCELING,
    ELAPSED,
    EVENTS,
    FAILED,
    FINAL,
    PENDING,
    QUEUING,
    RUNNING,
    STATUSES,
    SUCCEEDED,
    TURN,
    Plan,
    next_status,
)

LEGAL = {
    PENDING: {QUEUING, FAILED, CANCELING, *FINAL},
    QUEUING: {RUNNING, CANCELING, *FINAL},
    RUNNING: {CANCELING, *FINAL},
    CANCELING: FINAL,
}


@pytest.mark.parametrize(
    ("status", "event", "plan", "expected"),
    [
        (PENDING, ELAPSED, Plan(), QUEUING),
        (PENDING, ELAPSED, Plan(outcome=FAILED), QUEUING),
        (PENDING, ELAPSED, Plan(outcome=FAILED, fails_in=PENDING), FAILED),
        (QUEUING, TURN, Plan(), RUNNING),
        (QUEUING, ELAPSED, Plan(), None),
        (RUNNING, ELAPSED, Plan(), SUCCEEDED),
        (RUNNING, ELAPSED, Plan(outcome=FAILED), FAILED),
        (PENDING, CANCEL, Plan(), CANCELING),
        (QUEUING, CANCEL, Plan(), CANCELING),
        (RUNNING, CANCEL, Plan(), CANCELING),
        (RUNNING, CANCEL, Plan(canceling_seconds=0), CANCELED),
        (RUNNING, CANCEL, Plan(canceling_seconds=0, cancel_outcome=FAILED), FAILED),
        (CANCELING, CANCEL, Plan(), None),
        (CANCELING, ELAPSED, Plan(), CANCELED),
        (CANCELING, ELAPSED, Plan(cancel_outcome=SUCCEEDED), SUCCEEDED),
    ],
)
def test_table(status: str, event: str, plan: Any, expected: str | None) -> None:
    assert next_status(status, event, plan) == expected


@pytest.mark.parametrize(("status", "event"), list(itertools.product(sorted(FINAL), EVENTS)))
def test_final_statuses_stay(status: str, event: str) -> None:
    assert next_status(status, event, Plan()) is None


def test_every_status_has_its_time() -> None:
    board = Board(Plan(5, 5, 600, 8))
    run = board.add("a", 100.0)
    board.advance(10_000)
    assert [(step.at, step.status) for step in run.transitions] == [
        (100, PENDING),
        (105, QUEUING),
        (110, RUNNING),
        (710, SUCCEEDED),
    ]


def test_the_runner_is_handed_over_at_the_moment_it_frees() -> None:
    board = Board(Plan(1, 1, 100, 7))
    first, second, third = (board.add(name, at) for name, at in (("a", 0.0), ("b", 1.0), ("c", 2.0)))
    board.cancel("a", 50.0)
    board.advance(1e6)
    assert [(step.at, step.status) for step in first.transitions[-2:]] == [(50, CANCELING), (57, CANCELED)]
    assert second.started_at == 57
    assert third.started_at == 157


def test_several_runners() -> None:
    board = Board(Plan(0, 0, 100, 0), runners=2)
    runs = [board.add(name, 0.0) for name in "abc"]
    board.advance(50)
    assert [run.status for run in runs] == [RUNNING, RUNNING, QUEUING]


def test_ending_just_before_a_cancel() -> None:
    board = Board(Plan(0, 0, 100, 5, ends_before_cancel=True))
    run = board.add("a", 0.0)
    assert board.cancel("a", 10.0) is False
    assert run.status == SUCCEEDED


def test_a_changed_plan_never_rewrites_the_past() -> None:
    board = Board(Plan(0, 0, 1000, 5))
    run = board.add("a", 0.0)
    board.advance(500)
    board.configure(Plan(0, 0, 10, 5), 1)
    board.advance(501)
    assert (run.status, run.since) == (SUCCEEDED, 500)


@pytest.mark.parametrize("status", STATUSES)
def test_forcing(status: str) -> None:
    board = Board(Plan(5, 5, 600, 8))
    run = board.add("a", 0.0)
    board.force("a", status, 2.0)
    assert run.status == status
    board.advance(1e6)
    assert run.status in FINAL
    assert status not in FINAL or run.status == status


@pytest.mark.parametrize(
    "fields",
    [
        {"running_seconds": -1},
        {"running_seconds": True},
        {"outcome": "CANCELED"},
        {"fails_in": "QUEUING"},
        {"cancel_outcome": "RUNNING"},
        {"ends_before_cancel": 1},
        {"nonsense": 1},
        {"pending_seconds": float("nan")},
    ],
)
def test_unusable_plans_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        Plan().override(fields)


seconds = st.integers(0, 40).map(float)
plans = st.fixed_dictionaries(
    {},
    optional={
        "pending_seconds": seconds,
        "queuing_seconds": seconds,
        "running_seconds": seconds,
        "canceling_seconds": seconds,
        "outcome": st.sampled_from([SUCCEEDED, FAILED]),
        "fails_in": st.sampled_from([PENDING, RUNNING]),
        "cancel_outcome": st.sampled_from([CANCELED, SUCCEEDED, FAILED]),
        "ends_before_cancel": st.booleans(),
    },
)
events = st.lists(
    st.one_of(
        st.tuples(st.just("add"), seconds, plans),
        st.tuples(st.just("cancel"), seconds, st.integers(0, 9)),
        st.tuples(st.just("remove"), seconds, st.integers(0, 9)),
    ),
    max_size=14,
)


def play(schedule: Any, runners: int, steps: Any) -> Any:
    """Play a schedule; ``steps`` > 1 also looks in between. Gives the histories of all runs."""
    board = Board(Plan(3, 2, 20, 4), runners=runners)
    runs: list[Any] = []
    now = 0.0

    def pass_to(target: float) -> None:
        for part in range(1, steps):
            board.advance(now + (target - now) * part / steps)
        board.advance(target)

    for kind, wait, what in schedule:
        pass_to(now + wait)
        now += wait
        if kind == "add":
            runs.append(board.add(f"run-{len(runs)}", now, what))
        elif runs:
            run = runs[what % len(runs)]
            if run.run_id in board.runs:
                if kind == "cancel":
                    board.cancel(run.run_id, now)
                elif run.status in FINAL:
                    board.remove(run.run_id)
    pass_to(now + 2000)
    return runs


@settings(max_examples=150, deadline=None)
@given(events, st.integers(1, 3))
def test_invariants_over_random_schedules(schedule: Any, runners: int) -> None:
    runs = play(schedule, runners, 1)
    for run in runs:
        assert run.status in FINAL
        times = [step.at for step in run.transitions]
        assert times == sorted(times)
        for before, after in itertools.pairwise(run.transitions):
            assert after.status in LEGAL[before.status]

    # Never more running than runners; a run that is being cancelled still holds its runner.
    spans = []
    for run in runs:
        if run.started_at is not None:
            spans.append((run.started_at, run.ended_at))
    for start, _ in spans:
        assert sum(1 for other, end in spans if other <= start < end) <= runners

    # First come, first served: by the time of entering the queue, then by creation.
    queued = []
    for run in runs:
        at = next((step.at for step in run.transitions if step.status == QUEUING), None)
        if at is not None and run.started_at is not None:
            queued.append(((at, run.sequence), run.started_at))
    queued.sort()
    starts = [start for _, start in queued]
    assert starts == sorted(starts)


@settings(max_examples=100, deadline=None)
@given(events, st.integers(1, 2), st.integers(2, 9))
def test_one_jump_equals_many_steps(schedule: Any, runners: int, steps: Any) -> None:
    big, small = play(schedule, runners, 1), play(schedule, runners, steps)
    assert [run.transitions for run in big] == [run.transitions for run in small]


def test_active_and_final_share_nothing() -> None:
    assert not ACTIVE & FINAL
    assert set(STATUSES) == ACTIVE | FINAL
