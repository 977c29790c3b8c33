"""What has expired is ended as its stack would end it, or less: what is meant to stay stays, and a policy that can't be
read is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from judging import EXPIRES, NOW, OTHER, state, thing, verdict
from nouns import DEPLOYMENT, JOB

from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import TeardownOptions
from pulumi_dashscope_ft.lifecycle.sweep.account import ServiceAccount
from pulumi_dashscope_ft.lifecycle.sweep.ownership import EXPIRED, IN_USE, NOT_CHECKED
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held, RecordedState, read

SECRET: dict[str, Any] = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
RUNNING = thing()
DONE = thing(status="SUCCEEDED", active=False)


def with_options(one: LiveObject, **options: Any) -> RecordedState:
    return replace(state(), held={one.key: (Held("job", EXPIRES, None, **options),)})


@pytest.mark.parametrize(
    ("states", "keeper"),
    [
        ([state(RUNNING, **EXPIRES, __retain=True)], "retainOnDelete"),
        ([state(RUNNING, **EXPIRES, __retain=True, onDestroy="delete")], "retainOnDelete"),
        ([with_options(RUNNING, retained=True)], "retainOnDelete"),
        ([with_options(RUNNING, protected=True)], "protect"),
        ([state(RUNNING, **EXPIRES, onDestroy="retain")], "onDestroy: retain"),
        ([state(RUNNING, **EXPIRES, onDestroy="cancel")], "onDestroy: cancel"),
        # A second holder of it: the one that wants less done decides.
        ([state(RUNNING, **EXPIRES), state(RUNNING, owner=OTHER, **EXPIRES, __retain=True)], "retainOnDelete"),
    ],
)
def test_the_record_of_what_is_meant_to_stay_is_never_deleted(states: list[RecordedState], keeper: str) -> None:
    running, done = verdict(RUNNING, *states), verdict(DONE, *states)
    assert (running.label, running.action) == (EXPIRED, "cancel, keep the record")
    assert running.policy.on_destroy == "cancel"
    assert (done.label, done.action) == (EXPIRED, "")
    assert f"its record is kept ({keeper})" in running.reason
    assert f"its record is kept ({keeper})" in done.reason


def test_what_was_started_to_outlive_its_stack_is_at_most_ended_once_no_state_holds_it() -> None:
    running = verdict(thing(expires=NOW - 60, retained=True), state())
    assert (running.label, running.action) == (EXPIRED, "cancel, keep the record")
    done = thing(expires=NOW - 60, retained=True, status="SUCCEEDED", active=False)
    for finished in (False, True):
        found = verdict(done, state(), finished=finished)
        assert (found.label, found.action) == (EXPIRED, "")
        assert "its record is kept (started to outlive its stack" in found.reason


def test_only_a_job_expires() -> None:
    assert verdict(thing(DEPLOYMENT, "m-1", expires=NOW - 60, retained=True), state()).label == IN_USE


@pytest.mark.parametrize("name", ["onDestroy", "onUndeletable", "teardownTimeout"])
@pytest.mark.parametrize(
    ("value", "said"), [(SECRET, "is a secret in the state"), ("soon", "can't be read in the state")]
)
def test_a_policy_that_cant_be_read_is_none(name: str, value: Any, said: str) -> None:
    for holders in (
        [state(RUNNING, **EXPIRES, **{name: value})],
        [state(RUNNING, **EXPIRES), state(RUNNING, owner=OTHER, **EXPIRES, **{name: value})],
    ):
        found = verdict(RUNNING, *holders)
        assert (found.label, found.action) == (NOT_CHECKED, "")
        assert f"{name} of job {said}" in found.reason


def test_a_state_tells_how_pulumi_itself_would_treat_the_resource() -> None:
    kind = "dashscope-ft:index:FineTuningJob"
    resource = {"urn": f"urn:pulumi:s::p::{kind}::x", "type": kind, "id": "ft-1"}

    def held(**options: Any) -> Held:
        deployment = {"manifest": {"time": "2026-11-22T10:00:01Z"}, "resources": [{**resource, **options}]}
        (found,) = read(json.dumps({"version": 3, "deployment": deployment}), "x").held[JOB, "ft-1"]
        return found

    assert (held().protected, held().retained) == (False, False)
    assert held(protect=True).protected
    assert held(retainOnDelete=True).retained


@pytest.mark.parametrize("name", ["expiresIn", "maxRuntime"])
def test_an_end_that_cant_be_read_is_said_to_be(name: str) -> None:
    secret: dict[str, Any] = {name: SECRET}
    found = verdict(RUNNING, state(RUNNING, **secret))
    assert (found.label, found.action) == (IN_USE, "")
    assert f"its {name} is a secret in the state" in found.reason


@pytest.mark.parametrize(
    ("options", "left"),
    [(TeardownOptions(), None), (TeardownOptions("cancel"), "CANCELED"), (TeardownOptions("retain"), "RUNNING")],
)
def test_a_sweep_ends_a_run_as_its_options_say(world: Any, options: TeardownOptions, left: str | None) -> None:
    job_id, _ = world.create()
    world.emulator.force(job_id, "RUNNING")
    world.clock.sleep(3)
    account = ServiceAccount(world.connection)
    one = account.get(JOB, job_id)
    assert one is not None
    account.tear_down(one, options)
    after = account.get(JOB, job_id)
    assert (None if after is None else after.status) == left
