"""What creates cost whose answers are lost, and how long their search takes, in both front ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from counted import Counted
from counted_front_ends import FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_REPEATABLE, CREATE_VISIBLE

pytestmark = pytest.mark.rotated("front_end")

NUMBER = 100
LOOKS = len(CREATE_VISIBLE)
SEARCHED = sum(CREATE_VISIBLE) + sum(CREATE_REPEATABLE)


@pytest.fixture
def counted(front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep) -> Counted:
    return Counted(front_end, emulator, clock, NUMBER)


@pytest.fixture
def few(front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep) -> Counted:
    return Counted(front_end, emulator, clock, 10)


def test_one_look_finds_all_jobs_whose_answers_were_lost_at_the_same_time(counted: Counted) -> None:
    counted.emulator.add_fault(FaultRule(operation="create", kind="lost"))
    assert counted.up() == {"create": NUMBER, "list": 1 + 1}
    assert len(counted.emulator.jobs) == NUMBER
    assert counted.took < 1.1


def staggered(counted: Counted, seconds: float) -> Callable[[str], Any]:
    """Create the jobs one after the other, evenly within so many seconds."""

    def create(name: str) -> Any:
        counted.clock.sleep(seconds * int(name.removeprefix("job")) / NUMBER)
        return counted.front_end.create(name)

    return create


def test_answers_that_are_lost_within_a_second_share_their_looks(counted: Counted) -> None:
    """All searches look on the same beat of half a second."""
    counted.emulator.add_fault(FaultRule(operation="create", kind="lost"))
    names = [f"job{position}" for position in range(NUMBER)]
    assert counted.operation(staggered(counted, 1.0), names) == {"create": NUMBER, "list": 1 + 2}
    assert len(counted.emulator.jobs) == NUMBER


@pytest.mark.parametrize("lag", [0.0, 0.7, 2.0, 4.5, 8.0, 14.0, 30.0])
def test_a_job_is_found_soon_after_the_list_shows_it(few: Counted, lag: float) -> None:
    """Not later than half a second and half of the time that it took to appear."""
    few.emulator.configure(list_lag_seconds=lag)
    few.emulator.add_fault(FaultRule(operation="create", kind="lost"))
    counts = few.up()
    assert counts["create"] == len(few.emulator.jobs) == 10
    assert counts["list"] <= 1 + LOOKS
    assert few.took <= 1.1 + 1.5 * lag


def test_the_others_go_on_while_one_create_searches(counted: Counted) -> None:
    """Only "not there" takes the whole time, and only for that job."""
    counted.emulator.add_fault(FaultRule(operation="create", kind="status", status=500, nth=1))
    made: list[float] = []
    began = counted.clock.monotonic() + 60  # see `operation`

    def create(name: str) -> Any:
        job = counted.front_end.create(name)
        made.append(counted.clock.monotonic() - began)
        return job

    counts = counted.operation(create, [f"job{position}" for position in range(NUMBER)])
    assert counts == {"create": NUMBER + 1, "list": 1 + LOOKS + len(CREATE_REPEATABLE)}
    assert max(sorted(made)[:-1]) < 1.0
    assert SEARCHED <= max(made) <= SEARCHED + 2.0  # each of the two searches may end a beat later
    assert len(counted.emulator.jobs) == NUMBER
