"""Creates of one run share a look at what exists, where an older look does as well as a new one."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError


def bought(world: Any) -> int:
    return len(world.emulator.jobs) + len(world.emulator.gone_jobs)


def test_creates_within_a_minute_share_a_look(world: Any) -> None:
    for name in ("one", "two", "three"):
        world.create(__name=name)
        world.clock.sleep(25.0)
    assert world.counts() == {"list": 1, "create": 3}
    world.create(__name="four")
    assert world.counts() == {"list": 2, "create": 4}


def test_what_a_killed_run_has_left_is_taken_over_as_it_is_now(world: Any) -> None:
    """Another create has looked a moment ago, and somebody has ended the job since."""
    left, _ = world.create()
    world.restart()
    world.create(model="qwen3-14b")
    world.clock.sleep(30.0)
    world.emulator.force(left, "FAILED")
    job_id, outputs = world.create()
    assert (job_id != left, outputs["status"]) == (True, "PENDING")
    assert bought(world) == 3


def somebody_starts_one_after_an_earlier_look(world: Any, **named: str) -> Any:
    world.create(model="qwen3-14b")
    world.clock.sleep(61.0)
    world.create(model="qwen3-14b", triggers=["again"])
    return world.client.fine_tunes.create({"model": "qwen3-8b", "training_file_ids": ["file-1"], **named})


@pytest.mark.parametrize("chosen", [None, "mine"])
def test_no_earlier_look_will_do_where_the_service_shows_no_names(world: Any, chosen: str | None) -> None:
    world.emulator.configure(echo_job_name=False)
    theirs = somebody_starts_one_after_an_earlier_look(world)
    world.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    ours, _ = world.create(jobName=chosen, hyperParameters=None)
    assert ours != theirs.job_id
    assert bought(world) == 4


def test_no_earlier_look_will_do_for_a_name_of_the_users_own(world: Any) -> None:
    theirs = somebody_starts_one_after_an_earlier_look(world, job_name="mine")
    with pytest.raises(LifecycleError, match=f"active already: {theirs.job_id}"):
        world.create(jobName="mine", hyperParameters=None)
    assert bought(world) == 3
