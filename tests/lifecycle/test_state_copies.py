"""What a copy of a state proves: only what was so when it was made, by a clock that can be relied on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from judging import EXPIRES, HOUR, NOW, OTHER, OWNER, state, thing, verdict
from nouns import FILE

from pulumi_dashscope_ft.lifecycle.sweep.ownership import EXPIRED, NOT_CHECKED, ORPHAN
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held

ENDED = NOW - HOUR
"""When a job of `EXPIRES` has expired."""


@pytest.mark.parametrize(
    "properties", [EXPIRES, {"maxRuntime": "4h"}, {**EXPIRES, "maxRuntime": "4h"}, {"expiresIn": "4h"}]
)
def test_a_copy_from_before_the_end_cant_tell_whether_that_was_put_off(properties: dict[str, Any]) -> None:
    one = thing()
    holder = state(one, **properties)
    found = verdict(one, replace(holder, copied=ENDED - 600))
    assert (found.label, found.action) == (NOT_CHECKED, "")
    assert "the copy of the state previews/k7 was made 10m before: its end may have been put off" in found.reason
    for copied in (NOW - 600, NOW, None):
        assert verdict(one, replace(holder, copied=copied)).label == EXPIRED
    later = verdict(one, replace(holder, copied=ENDED + 600))
    assert (later.label, later.action) == (NOT_CHECKED, "")
    assert "the copy of the state previews/k7 is 50m old: its end may have been put off" in later.reason


def test_of_two_ends_the_one_that_a_copy_has_seen_is_enough() -> None:
    one = thing()
    holder = state(one, **EXPIRES, maxRuntime=5 * HOUR - 300)
    assert verdict(one, replace(holder, copied=NOW - 600)).label == EXPIRED
    assert verdict(one, replace(state(one, maxRuntime=5 * HOUR - 300), copied=NOW - 600)).label == NOT_CHECKED


def test_every_copy_that_holds_it_has_to_be_newer_than_the_end() -> None:
    one = thing()
    stale = replace(state(one, owner=OTHER, **EXPIRES), copied=ENDED - 600)
    assert verdict(one, state(one, **EXPIRES), stale).label == NOT_CHECKED


@pytest.mark.parametrize("partial", ["is old", "is not whole"])
def test_a_state_that_may_lack_something_is_in_doubt_for_everybody(partial: str) -> None:
    """Its stack may have taken over what another had lost: an orphan by the stamp, and in use."""
    one = thing()
    sound, other = state(), replace(state(owner=OTHER), problem=f"it {partial}", partial=True)
    assert verdict(one, sound).label == ORPHAN
    assert verdict(one, sound, other).label == NOT_CHECKED
    assert verdict(one, other, lost=frozenset({OWNER})).label == NOT_CHECKED
    # What is under way in another stack is no doubt: a sweep would never find a quiet moment.
    assert verdict(one, sound, replace(other, partial=False)).label == ORPHAN


# Clocks


def test_a_state_from_the_services_future_proves_nothing() -> None:
    found = verdict(thing(), state(written=NOW + 2 * HOUR))
    assert (found.label, found.action) == (NOT_CHECKED, "")
    assert "it was written 2h from now, by a clock that is ahead" in found.reason
    assert verdict(thing(), state(written=NOW + 300)).label == ORPHAN
    # A clock whose lead is known is no harm.
    held = thing(object_id="ft-held", age=6 * HOUR)
    ahead: dict[str, Any] = {"written": NOW + 2 * HOUR, "created": NOW - 3 * HOUR}
    assert verdict(thing(), state(held, **ahead), objects=(held,)).label == ORPHAN


def test_a_copy_is_no_newer_than_its_file_whatever_the_clock_said_that_wrote_it() -> None:
    """A machine whose clock is 3 h ahead wrote it; the file was made an hour before the job that it does not hold."""
    held = thing(object_id="ft-held", age=8 * HOUR)
    right: dict[str, Any] = {
        "created": NOW - 8 * HOUR + 1,
        "createTime": held.create_time,
    }  # another machine recorded that
    stale = replace(state(held, written=NOW - 3 * HOUR, **right), copied=NOW - 6 * HOUR)
    assert verdict(thing(), stale, objects=(held,)).label == NOT_CHECKED
    assert verdict(thing(), replace(stale, copied=NOW - 2 * HOUR), objects=(held,)).label == ORPHAN


def test_a_copy_in_which_nothing_shows_the_clock_proves_nothing_of_the_last_day() -> None:
    copy = replace(state(written=NOW - 2 * HOUR), copied=NOW)
    found = verdict(thing(), copy)
    assert (found.label, found.action) == (NOT_CHECKED, "")
    assert "--state-dir and --project need none" in found.reason
    assert verdict(thing(age=27 * HOUR), copy).label == ORPHAN
    held = thing(FILE, "file-1", age=8 * HOUR)
    shown = replace(state(held, written=NOW - 2 * HOUR, created=NOW - 8 * HOUR + 2), copied=NOW)
    assert verdict(thing(), shown, objects=(held,)).label == ORPHAN


def test_what_was_recorded_last_shows_the_clock() -> None:
    first, last = thing(object_id="ft-first", age=9 * HOUR), thing(object_id="ft-last", age=6 * HOUR)
    held = {
        first.key: (Held("first", {}, NOW - 9 * HOUR + 1),),
        last.key: (Held("last", {}, NOW - 3 * HOUR),),  # by a machine that is three hours ahead
    }
    copy = replace(state(written=NOW - 2.9 * HOUR), held=held, copied=NOW)
    assert verdict(thing(), copy, objects=(first, last)).label == NOT_CHECKED
