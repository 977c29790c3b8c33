"""The verdict on each kind of object, in each kind of doubt."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from judging import EXPIRES, HOUR, NOW, OTHER, OWNER, at, state, thing, verdict
from nouns import DEPLOYMENT, FILE, JOB

from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.sweep.ownership import EXPIRED, FINISHED, FOREIGN, IN_USE, NOT_CHECKED, ORPHAN
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState, unreadable
from pulumi_dashscope_ft.lifecycle.sweep.service_time import ServiceTime, calibrated


def test_held_is_in_use_whatever_else() -> None:
    one = thing()
    for holder in (state(one), replace(state(one), problem="spoiled"), state(one, owner=OTHER)):
        assert verdict(one, holder, unreadable("x", "torn")).label == IN_USE


def test_a_proven_orphan() -> None:
    found = verdict(thing(), state())
    assert (found.label, found.action) == (ORPHAN, "cancel, then delete")
    assert found.stacks == ("previews/k7",)


@pytest.mark.parametrize(
    ("one", "states", "label", "said"),
    [
        (thing(owner=OTHER), [state()], FOREIGN, OTHER),
        (thing(owner=OTHER, expires=NOW - HOUR), [state()], FOREIGN, "expired"),
        (thing(owner=None), [state()], FOREIGN, "no stamp"),
        (thing(), [], FOREIGN, OWNER),
        (thing(age=0.5 * HOUR), [state(written=NOW)], NOT_CHECKED, "younger than 1h"),
        (thing(age=0.5 * HOUR), [state()], NOT_CHECKED, "older than ft-1"),
        (replace(thing(), create_time=None), [state()], NOT_CHECKED, "how old"),
        (thing(), [replace(state(), problem="an operation is under way")], NOT_CHECKED, "under way"),
        (thing(), [state(), replace(state(), problem="torn")], NOT_CHECKED, "torn"),
        (thing(), [state(), unreadable("in y", "torn")], NOT_CHECKED, "could not be read"),
        (thing(), [state(written=NOW - 6 * HOUR)], NOT_CHECKED, "older than ft-1"),
        (thing(retained=True), [state()], IN_USE, "outlive"),
        (thing(), [state(), replace(state(owner=OTHER), mentions=frozenset(["ft-1"]))], IN_USE, "names it"),
        (thing(status="SUCCEEDED", active=False), [state()], FINISHED, "SUCCEEDED"),
        (thing(status="CANCELED", active=False), [state()], ORPHAN, "kept on purpose"),
        (thing(DEPLOYMENT, "m-1", status="DELETING", active=False), [state()], ORPHAN, "being deleted"),
    ],
)
def test_what_is_left_alone(one: LiveObject, states: list[RecordedState], label: str, said: str) -> None:
    found = verdict(one, *states)
    assert (found.label, found.action) == (label, "")
    assert said in found.reason


def test_of_two_jobs_with_one_stamp_none_is_ended() -> None:
    """One of them is a copy, such as the official SDK makes when it repeats a create: nobody can say which."""
    one = thing()
    other = replace(one, object_id="ft-2", status="SUCCEEDED", active=False)
    for first, second in ((one, other), (other, one)):
        found = verdict(first, state(), objects=(second,), finished=True)
        assert (found.label, found.action) == (NOT_CHECKED, "")
        assert f"{second.object_id} has the very same name" in found.reason
    assert verdict(one, state(), objects=(thing(object_id="ft-2"),)).label == ORPHAN


def test_an_age_that_is_no_number_is_no_age() -> None:
    found = verdict(thing(), state(), time=ServiceTime(NOW, float("nan"), given=True))
    assert (found.label, found.action) == (NOT_CHECKED, "")


def test_a_stale_state_spoils_everything_of_its_owner() -> None:
    old, new = thing(object_id="ft-old"), thing(object_id="ft-new", age=2 * HOUR)
    assert verdict(old, state(written=NOW - 3 * HOUR)).label == ORPHAN
    assert verdict(old, state(written=NOW - 3 * HOUR), objects=(new,)).label == NOT_CHECKED
    # What the state holds is no sign of its age.
    assert verdict(old, state(new, written=NOW - 3 * HOUR), objects=(new,)).label == ORPHAN


def test_a_state_of_a_machine_whose_clock_is_ahead_is_not_taken_for_newer_than_it_is() -> None:
    held = thing(object_id="ft-held", age=6 * HOUR)
    made: dict[str, Any] = {"created": NOW - 3 * HOUR, "createTime": held.create_time}  # its clock is three hours ahead
    later = thing(age=5 * HOUR)
    assert verdict(later, state(held, written=NOW - 2.9 * HOUR, **made), objects=(held,)).label == NOT_CHECKED


def test_what_the_user_says_is_lost_is_an_orphan() -> None:
    assert verdict(thing(owner=OTHER), state(), lost=frozenset([OTHER])).label == ORPHAN
    assert verdict(thing(owner=OTHER), state(thing(owner=OTHER)), lost=frozenset([OTHER])).label == IN_USE
    assert verdict(thing(owner=OTHER), unreadable("x", "torn"), lost=frozenset([OTHER])).label == NOT_CHECKED


def test_finished_left_overs_go_only_when_wanted() -> None:
    done = thing(status="SUCCEEDED", active=False, model="m")
    assert verdict(done, state()).action == ""
    assert verdict(done, state(), finished=True).action == "delete"
    serving = thing(DEPLOYMENT, "m-1", owner=None, needs=frozenset(["m"]))
    assert verdict(done, state(), objects=(serving,), finished=True).action == ""
    assert verdict(done, state(), finished=True, unlisted={DEPLOYMENT: "unknown"}).label == NOT_CHECKED


def test_a_file_that_an_active_job_needs_stays_whosever_job_it_is() -> None:
    file = thing(FILE, "file-1")
    assert verdict(file, state()).action == "delete"
    user = thing(owner=None, needs=frozenset(["file-1"]))
    assert verdict(file, state(), objects=(user,)).label == IN_USE
    assert verdict(file, state(), objects=(replace(user, active=False),)).action == "delete"
    assert verdict(file, state(), unlisted={JOB: "unknown"}).label == NOT_CHECKED


def test_a_file_goes_with_the_last_job_that_needs_it() -> None:
    file = thing(FILE, "file-1")
    first, second = (thing(object_id=key, needs=frozenset(["file-1"])) for key in ("ft-1", "ft-2"))
    found = verdict(file, state(), objects=(first, second), ending=frozenset([first.key, second.key]))
    assert (found.label, found.action) == (ORPHAN, "delete")
    assert "job ft-1, which needs it, is ended first" in found.reason
    found = verdict(file, state(), objects=(first, second), ending=frozenset([first.key]))
    assert (found.label, found.reason) == (IN_USE, "job ft-2 needs it")


@pytest.mark.parametrize(
    ("one", "properties", "label", "action"),
    [
        (thing(), EXPIRES, EXPIRED, "cancel, then delete"),
        (thing(status="SUCCEEDED", active=False), EXPIRES, EXPIRED, "delete"),
        (thing(status="CANCELING"), EXPIRES, EXPIRED, "wait for cancel, then delete"),
        (thing(), {**EXPIRES, "onDestroy": "cancel"}, EXPIRED, "cancel, keep the record"),
        (thing(), {**EXPIRES, "onDestroy": "retain"}, EXPIRED, "cancel, keep the record"),
        (thing(status="FAILED", active=False), {**EXPIRES, "onDestroy": "retain"}, EXPIRED, ""),
        (thing(), {"expiresIn": "6h", "expires": "2026-11-25T11:00Z"}, IN_USE, ""),
        (thing(expires=NOW - HOUR), {"expiresIn": "6h", "expires": "2026-11-25T11:00Z"}, IN_USE, ""),
        (thing(expires=NOW - HOUR), {}, IN_USE, ""),
        (thing(), {"expiresIn": "6h", "expires": "2026-11-25T03:00Z"}, IN_USE, ""),  # that clock was wrong
        (thing(), {"expires": "2026-11-25T03:00Z"}, IN_USE, ""),
        (thing(), {"maxRuntime": "4h"}, EXPIRED, "cancel, then delete"),
        (thing(), {"maxRuntime": "6h"}, IN_USE, ""),
        (thing(status="SUCCEEDED", active=False), {"maxRuntime": "4h"}, IN_USE, ""),
        (thing(), {"maxRuntime": "nonsense", "expiresIn": {}}, IN_USE, ""),
    ],
)
def test_expiry_of_what_a_state_holds(one: LiveObject, properties: dict[str, Any], label: str, action: str) -> None:
    found = verdict(one, state(one, **properties))
    assert (found.label, found.action) == (label, action)


def test_a_job_of_ones_own_name_is_owned_only_through_the_state_that_holds_it() -> None:
    """`jobName` is sent verbatim: there is no stamp in it, so no owner, and no expiry that outlives the state."""
    one = thing(owner=None)
    assert verdict(one, state()).label == FOREIGN
    assert verdict(one, state(), lost=frozenset([OWNER])).label == FOREIGN
    assert verdict(one, state(one)).label == IN_USE
    expired = verdict(one, state(one, **EXPIRES))
    assert (expired.label, expired.action) == (EXPIRED, "cancel, then delete")


def test_expiry_needs_every_holder_and_sound_states() -> None:
    one = thing()
    expired = state(one, **EXPIRES)
    assert verdict(one, expired, state(one, owner=OTHER)).label == IN_USE
    assert verdict(one, replace(expired, problem="torn")).label == NOT_CHECKED
    assert verdict(one, expired, unreadable("x", "torn")).label == NOT_CHECKED
    assert verdict(one, state(one, owner=OTHER, **EXPIRES), replace(state(), problem="torn")).label == NOT_CHECKED


def test_an_expired_job_whose_model_is_served_stays() -> None:
    one = thing(status="SUCCEEDED", active=False, model="m")
    serving = thing(DEPLOYMENT, "m-1", owner=None, needs=frozenset(["m"]))
    found = verdict(one, state(one, **EXPIRES), objects=(serving,))
    assert (found.label, found.action) == (EXPIRED, "")
    assert "m-1" in found.reason


def test_expiry_of_what_no_state_holds_is_in_its_stamp() -> None:
    assert verdict(thing(expires=NOW - 60), state()).label == EXPIRED
    assert verdict(thing(expires=NOW - 60, retained=True), state()).label == EXPIRED
    assert verdict(thing(expires=NOW + 60), state()).label == ORPHAN


def test_the_record_of_a_finished_job_that_no_state_holds_may_have_been_kept_on_purpose() -> None:
    """A stamp does not say `onDestroy: cancel`: what a replacement has left as it was told to is not to go."""
    for expires, label in ((NOW - 60, EXPIRED), (None, FINISHED)):
        ended = thing(expires=expires, status="SUCCEEDED", active=False)
        found = verdict(ended, state())
        assert (found.label, found.action) == (label, "")
        assert "may have been kept on purpose (onDestroy: cancel)" in found.reason
        assert verdict(ended, state(), finished=True).action == "delete"


def test_a_zone_that_nothing_shows_makes_everything_a_day_younger() -> None:
    unsure = calibrated(NOW, [at(NOW - 20 * HOUR)], [])
    assert not unsure.zone_is_shown
    assert verdict(thing(age=20 * HOUR), state(written=NOW), time=unsure).label == NOT_CHECKED
    assert verdict(thing(age=26 * HOUR), state(written=NOW), time=unsure).label == ORPHAN


@pytest.mark.parametrize(
    ("written", "recorded", "ahead"),
    [
        ([], [], -16 * HOUR),
        ([at(NOW - 60)], [], 8 * HOUR),
        ([at(NOW - 0.8 * HOUR)], [], 8 * HOUR),
        ([at(NOW - 3 * HOUR), None, "junk"], [], 5 * HOUR),
        ([at(NOW - 300 * HOUR)], [], -16 * HOUR),
        ([at(NOW - 300 * HOUR)], [(at(NOW - 300 * HOUR), NOW - 300 * HOUR + 2)], 8 * HOUR),
        ([], [(at(NOW - 300 * HOUR), NOW - 301 * HOUR)], 8 * HOUR),  # a slow clock
        ([time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(NOW - 1))], [], 0.0),  # were it UTC
        ([time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(NOW + 200))], [], 0.0),  # and clocks differ a little
    ],
)
def test_the_zone_is_found_out(written: list[Any], recorded: list[Any], ahead: float) -> None:
    assert calibrated(NOW, written, recorded).ahead == ahead
