"""Status lines: every five seconds, from what is known already. They cost no call, and reports stay as they were."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment.wait import wait_until_running
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model
from pulumi_dashscope_ft.lifecycle.waiting.progress import STATUS_SECONDS

HOUR = 3600.0


class Watched:
    """A connection to the world whose status lines are kept, with the time at which each was shown."""

    def __init__(self, world: Any) -> None:
        self.shown: list[tuple[float, str]] = []
        self.connection: Connection = world.connection.showing_at(
            world.lines.append, lambda line: self.shown.append((world.clock.monotonic(), line))
        )

    @property
    def lines(self) -> list[str]:
        return [line for _, line in self.shown]

    def require_alive(self, longest: float = 3 * STATUS_SECONDS) -> None:
        """No two lines are closer than five seconds, and none further apart than that and a look. The clock of these
        tests jumps by up to five seconds.
        """
        times = [time for time, _ in self.shown]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert gaps
        assert min(gaps) >= STATUS_SECONDS
        assert max(gaps) <= longest


@pytest.fixture
def watched(world: Any) -> Watched:
    return Watched(world)


def calls(world: Any, step: Callable[[], Any]) -> dict[str, int]:
    before = world.counts()
    step()
    return {name: n - before.get(name, 0) for name, n in world.counts().items()}


def test_a_wait_for_a_model_shows_how_far_it_is(world: Any, watched: Watched) -> None:
    world.emulator.configure(pending_seconds=30, queuing_seconds=60, running_seconds=1200)
    job_id, _ = world.create()
    wait_for_model(watched.connection, job_id, HOUR, world.lines.append)
    watched.require_alive()
    assert any(re.fullmatch(r"(PENDING|QUEUING) \d+s", line) for line in watched.lines)
    running = [line for line in watched.lines if "RUNNING" in line]
    form = r"epoch [\d.]+ of 3, step \d+ of \d+, loss [\d.]+, about (\S+) left, RUNNING \S+"
    left = [found[1] for line in running if (found := re.fullmatch(form, line))]
    assert len(left) > 100
    assert all(one != other for one, other in pairwise(left)), "the time left runs on"
    assert job_id not in "".join(watched.lines), "they are shown at their resource"


def test_a_wait_costs_the_same_where_nobody_watches(world: Any, watched: Watched) -> None:
    spent = []
    for connection in (world.connection, watched.connection):
        world.emulator.configure(running_seconds=1200)
        job_id, outputs = world.create()
        made = calls(world, partial(wait_for_model, connection, job_id, HOUR, world.lines.append))
        spent.append({name: n for name, n in made.items() if n})
        world.delete(job_id, outputs)
    first, second = spent
    assert first.keys() == second.keys()
    # Delays are jittered, so a look may fall on the other side of a minute.
    assert all(abs(first[name] - second[name]) <= 3 for name in first), spent


def test_a_queue_is_shown(world: Any, watched: Watched) -> None:
    world.emulator.configure(pending_seconds=1, queuing_seconds=60, running_seconds=300, runners=1)
    world.create(__name="other")
    world.clock.sleep(5)
    job_id, _ = world.create()
    wait_for_model(watched.connection, job_id, HOUR, world.lines.append)
    assert any(re.fullmatch(r"1 job of the account ahead, QUEUING \S+", line) for line in watched.lines)


def test_a_teardown_shows_how_long_it_may_still_take(world: Any, watched: Watched) -> None:
    world.emulator.configure(canceling_seconds=60)
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    world.connection = watched.connection
    world.delete(job_id, outputs)
    watched.require_alive(longest=4 * STATUS_SECONDS)
    assert all(re.fullmatch(r"CANCELING \S+, at most (9m|8m5\ds|9m\d+s) more", line) for line in watched.lines), (
        watched.lines
    )
    assert f"{job_id} CANCELING" in world.told, "the lines for logs are still there"


def test_a_deployment_that_comes_up(fleet: Any) -> None:
    watched = Watched(fleet.world)
    fleet.emulator.configure(deploying_seconds=120)
    deployed_model, _ = fleet.create()
    wait_until_running(watched.connection, deployed_model, 1800.0)
    watched.require_alive(longest=4 * STATUS_SECONDS)
    assert all(re.fullmatch(r"PENDING \S+, at most (2\dm\d+s|30m) more", line) for line in watched.lines), watched.lines


def test_what_ctrl_c_does_not_end_says_what_is_awaited(world: Any, watched: Watched) -> None:
    world.emulator.configure(canceling_seconds=60)
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    pressed_at = world.clock.monotonic() + 10
    world.connection = replace(watched.connection, interrupted=lambda: world.clock.monotonic() >= pressed_at)
    world.delete(job_id, outputs)
    (line,) = [line for line in world.lines if "Ctrl-C" in line]
    form = (
        rf"Ctrl-C: waits until {job_id} \(CANCELING\) is torn down, at most 9m\d+s more \(teardownTimeout\); then "
        r"Pulumi stops\. A second Ctrl-C stops at once: tokens used until it ends are billed, and `pulumi destroy` "
        r"goes on from here\."
    )
    assert re.fullmatch(form, line), line
    assert world.lines[-1].endswith("deleted"), "the teardown has ended as without Ctrl-C"
