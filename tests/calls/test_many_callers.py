"""Sixty-four callers at once look like one considerate caller, and their lines stay readable, in both front ends."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from itertools import pairwise

import pytest
from counted_front_ends import FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer

CALLERS = 64


@pytest.fixture
def torn_down(
    front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep, capsys: pytest.CaptureFixture[str]
) -> FrontEnd:
    """After 64 jobs were made, read and torn down, each step by 64 threads of one process; what that has printed is
    for `capsys`.
    """
    jobs = clock.run([partial(front_end.create, f"job{n}") for n in range(CALLERS)])
    for job in jobs:
        emulator.force(job.id, "RUNNING")
    emulator.configure(canceling_seconds=60)
    clock.run([partial(front_end.read, job) for job in jobs])
    clock.run([partial(front_end.delete, job) for job in jobs])
    assert not emulator.jobs
    return front_end


@pytest.mark.rotated("front_end")
def test_they_share_one_limiter_one_pool_and_one_poller_and_say_little(
    torn_down: FrontEnd, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run for all of it: to make, read and end 64 jobs takes seconds."""
    (connection,) = torn_down.accounts().connections()
    session = connection.client._transport._session()
    pools = session.get_adapter(emulator.base_url).poolmanager.pools
    (pool,) = (pools[key] for key in pools.keys())  # noqa: SIM118 - it is no mapping
    assert pool.num_connections <= CALLERS
    assert emulator.count() == {"list": 20, "create": CALLERS, "cancel": CALLERS, "delete": CALLERS}
    _require_a_line_per_change_and_one_in_ten_seconds(capsys.readouterr().out)


@pytest.mark.rotated("front_end")
def test_they_keep_to_the_limit_of_an_account_and_none_fails(
    front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep
) -> None:
    emulator.configure(rate_limit=20)
    began = clock.monotonic()
    jobs = clock.run([partial(front_end.create, f"job{n}") for n in range(CALLERS)])
    assert len(emulator.jobs) == len({job.id for job in jobs}) == CALLERS
    for job in jobs:
        emulator.force(job.id, "RUNNING")
    clock.run([partial(front_end.read, job) for job in jobs])
    clock.run([partial(front_end.delete, job) for job in jobs])
    assert not emulator.jobs
    accepted = sum(record.status != 429 for record in emulator.requests)
    assert clock.monotonic() - began <= 1.5 * accepted / 20 + 10, "and the time that a cancel takes"
    assert len(emulator.requests) <= 2 * accepted


def _require_a_line_per_change_and_one_in_ten_seconds(printed: str) -> None:
    said: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for line in printed.splitlines():
        waiting = re.fullmatch(r"(ft-\S+) ([A-Z]+) (\d+)s", line)
        if waiting:
            said[waiting[1]].append((waiting[2], float(waiting[3])))
    assert len(said) == CALLERS
    for lines in said.values():
        statuses = [status for status, _ in lines]
        assert statuses[0] == "CANCELING", "the change from RUNNING"
        assert statuses[-1] == "CANCELED"
        assert len(lines) <= 2 + 60 / 10
        for (one, before), (other, after) in pairwise(lines):
            assert one != other or after - before >= 9.5, "sooner than after ten seconds, and nothing has changed"
