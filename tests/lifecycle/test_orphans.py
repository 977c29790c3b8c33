"""What a killed `up` has left: found before the proof of ownership goes, at no cost where a run has listed all jobs."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.lifecycle.identity.orphans import kinds, orphans

OWNER = "0wner0wner"
JOBS = next(kind for kind in kinds() if kind.noun == "job")


@pytest.fixture
def torn_down(world: Any) -> Any:
    """A world whose two recorded jobs have just been torn down by a process of its own: it has listed all jobs."""
    records = [world.create(__name=name) for name in ("a", "b")]
    for job_id, _ in records:
        world.emulator.force(job_id, "RUNNING")
    world.lost, _ = world.create(__name="lost")
    world.restart()
    world.records = records
    return world


def tear_down(world: Any) -> None:
    world.connection.jobs.listing.all()  # as the poller of a teardown of many does
    for job_id, outputs in world.records:
        world.delete(job_id, outputs)


def test_a_listing_of_this_run_is_good_enough_to_find_nothing(torn_down: Any) -> None:
    torn_down.emulator.remove_job(torn_down.lost)
    tear_down(torn_down)
    before = torn_down.emulator.count("list")
    stack_identity.delete(torn_down.connection, OWNER)
    assert torn_down.emulator.count("list") == before


def test_what_such_a_listing_shows_is_looked_for_once_more(torn_down: Any) -> None:
    tear_down(torn_down)
    with pytest.raises(LifecycleError, match=torn_down.lost) as refused:
        stack_identity.delete(torn_down.connection, OWNER)
    told = str(refused.value)
    assert "no state holds it" not in told, "another stack's does, after `pulumi state move`"
    advised = told.partition("next: ")[2]
    assert -1 < advised.index("if it was moved") < advised.index("do not cancel it") < advised.index("pulumi up")
    torn_down.emulator.force(torn_down.lost, "CANCELED")
    stack_identity.delete(torn_down.connection, OWNER)


def test_a_listing_that_stopped_early_proves_nothing(world: Any) -> None:
    world.emulator.configure(quota=1000, runners=1000)
    for number in range(101):  # the first is on the second page: newest come first
        world.create(__name=f"job{number}")
    world.restart()
    next(iter(world.connection.jobs.listing.pages()))
    assert world.connection.jobs.listing.latest() is None
    assert len(orphans(world.connection, JOBS, OWNER)) == 101


def test_what_this_run_has_made_since_is_seen(world: Any) -> None:
    world.connection.jobs.listing.all()
    made, _ = world.create()
    assert [job.object_id for job in orphans(world.connection, JOBS, OWNER)] == [made]


def test_what_is_not_ours_or_ended_is_left_out(world: Any) -> None:
    world.create(__name="theirs", __owner="another000")
    world.create(__name="kept", onDestroy="retain")
    ended, _ = world.create(__name="ended")
    world.emulator.force(ended, "SUCCEEDED")
    assert orphans(world.connection, JOBS, OWNER) == []
