"""What a copy of a state proves: only what was so when it was made, by a clock that can be relied on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from judging import EXPIRES, HOUR, NOW, OTHER, state, thing, verdict

from pulumi_dashscope_ft.lifecycle.ownership import EXPIRED, NOT_CHECKED

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
    for copied in (ENDED, NOW, None):
        assert verdict(one, replace(holder, copied=copied)).label == EXPIRED


def test_of_two_ends_the_one_that_a_copy_has_seen_is_enough() -> None:
    one = thing()
    holder = state(one, **EXPIRES, maxRuntime="2h")
    assert verdict(one, replace(holder, copied=ENDED - HOUR)).label == EXPIRED
    assert verdict(one, replace(holder, copied=ENDED - 3 * HOUR)).label == NOT_CHECKED


def test_every_copy_that_holds_it_has_to_be_newer_than_the_end() -> None:
    one = thing()
    stale = replace(state(one, owner=OTHER, **EXPIRES), copied=ENDED - 600)
    assert verdict(one, state(one, **EXPIRES), stale).label == NOT_CHECKED
