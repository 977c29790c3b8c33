"""How many calls a wait for places in the quota costs: one look at a time serves all jobs that wait."""

from __future__ import annotations

from functools import partial

import pytest
from counted_front_ends import FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer

LOOKS = 34
"""After 2 s, then each after a fifth of the time waited so far, and at least every 30 s: what ten minutes cost."""


@pytest.mark.rotated("front_end")
@pytest.mark.parametrize("number", [1, 4, 20])
def test_those_who_wait_share_the_looks_and_come_in_order(
    front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep, number: int
) -> None:
    emulator.configure(quota=number, runners=1)
    standing = clock.run([partial(front_end.create, f"old{position}") for position in range(number)])
    front_end.restart()
    before = dict(emulator.count())
    names = [f"new{position}" for position in range(number)]
    front_end.data.update({name: {"waitForQuota": "2h"} for name in names})

    def ends() -> None:
        clock.sleep(600)
        for job in standing:
            emulator.remove_job(job.id)

    clock.run([ends, *(partial(front_end.create, name) for name in names)])
    made = {name: n - before.get(name, 0) for name, n in emulator.count().items() if n != before.get(name, 0)}
    assert len(emulator.jobs) == number
    creates = made.pop("create")
    assert made == {"list": 1 + LOOKS}
    # Those who came before anybody waited were refused. One more was tried after five minutes: a quota may be raised.
    assert number + 2 <= creates <= 2 * number + 1


@pytest.mark.rotated("front_end")
def test_places_are_given_in_the_order_of_coming(
    front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep
) -> None:
    emulator.configure(quota=1, runners=1)
    standing = front_end.create("old")
    front_end.restart()
    names = [f"new{position}" for position in range(5)]
    front_end.data.update({name: {"waitForQuota": "2h"} for name in names})
    started: list[str] = []

    def create(name: str, position: int) -> None:
        clock.sleep(position)
        job = front_end.create(name)
        started.append(name)
        clock.sleep(60)
        emulator.remove_job(job.id)

    def end() -> None:
        clock.sleep(30)
        emulator.remove_job(standing.id)

    clock.run([end, *(partial(create, name, position) for position, name in enumerate(names))])
    assert started == names
