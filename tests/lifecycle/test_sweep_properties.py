"""A sweep over random worlds: several stacks with a history each, states that are fresh, stale, torn or under way,
pages that shift while they are read, calls that fail, and users who go on working meanwhile.

Whatever happens, a sweep never ends what a stack holds, nor what belongs to somebody whose state it was not given. And
in a quiet world it ends every orphan, so that the first is not had by doing nothing.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from nouns import JOB
from universe import MEANWHILE, SPOILED, STEPS, Universe, happening

from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState, read
from pulumi_dashscope_ft.lifecycle.sweep.verdicts import DONE, Options, Sweep

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
"""Of each property; `make soak` tries more."""


@settings(max_examples=EXAMPLES)
@given(
    past=STEPS,
    meanwhile=MEANWHILE,
    spoiled=SPOILED,
    skews=st.lists(st.sampled_from([0.0, 0.0, 7000.0, -7000.0]), min_size=3, max_size=3),
    trouble=st.lists(st.booleans(), max_size=40),
    quiet=st.sampled_from([0, 4000, 100_000]),
)
def test_a_sweep_never_ends_what_is_in_use_or_foreign(
    past: list[Any],
    meanwhile: list[Any],
    spoiled: list[str],
    skews: list[float],
    trouble: list[bool],
    quiet: int,
) -> None:
    universe = Universe(skews)
    for step in past:
        happening(universe, *step)()
    universe.now += quiet
    universe.unknown = [stack for stack, how in zip(universe.stacks, spoiled, strict=True) if how == "absent"]

    def states(about: Any) -> list[RecordedState]:
        universe.go_on()
        found = []
        for stack, how in zip(universe.stacks, spoiled, strict=True):
            text = stack.document()
            if how == "torn":
                text = text[: len(text) // 2]
            elif how == "version":
                text = text.replace('"version": 3', '"version": 7')
            if how != "absent":
                found.append(read(text, f"s{stack.number}"))
        return found

    universe.events = [None if step is None else happening(universe, *step) for step in meanwhile]
    universe.trouble = [flag and position % 7 == 0 for position, flag in enumerate(trouble)]
    broom = Sweep(universe, states, lambda: universe.now, Options(finished=True))
    survey = broom.survey()
    broom.execute(survey.due)
    assert universe.wrong == []
    if {"torn", "version"} & set(spoiled):
        assert universe.ended == [], "a state that can't be read may be anyone's"


@settings(max_examples=EXAMPLES)
@given(
    past=st.lists(
        st.tuples(
            st.sampled_from(["up", "killed", "stranger", "wait", "expiring", "expiring and killed", "retain"]),
            st.integers(0, 2),
            st.integers(0, 9),
        ),
        max_size=12,
    ),
    after=st.lists(
        st.tuples(
            st.sampled_from(["up", "expiring", "extend", "expire no more", "wait"]),
            st.integers(0, 2),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=6,
    ),
    skews=st.lists(st.sampled_from([0.0, 7000.0, -7000.0, 100_000.0, -100_000.0]), min_size=3, max_size=3),
    shows_clocks=st.booleans(),
)
def test_a_copy_of_a_state_ends_nothing_that_was_made_or_given_more_time_since(
    past: list[Any], after: list[Any], skews: list[float], shows_clocks: bool
) -> None:
    universe = Universe(skews, shows_clocks=shows_clocks)
    for step in past:
        happening(universe, *step)()
    copies = universe.copies()
    for step in after:
        happening(universe, *step)()
    universe.now += 200_000
    broom = Sweep(universe, lambda about: copies, lambda: universe.now, Options(finished=True))
    broom.execute(broom.survey().due)
    assert universe.wrong == []


@settings(max_examples=100)
@given(
    past=st.lists(
        st.tuples(
            st.sampled_from(["up", "killed", "stranger", "destroy", "wait"]), st.integers(0, 2), st.integers(0, 9)
        ),
        max_size=20,
    )
)
def test_in_a_quiet_world_every_orphan_is_ended_and_a_second_sweep_finds_nothing(past: list[Any]) -> None:
    universe = Universe([0.0, 0.0, 0.0])
    for step in past:
        happening(universe, *step)()
    for stack in universe.stacks:  # the next refresh
        universe.now += 10
        stack.written = universe.now
    universe.now += 90_000
    owners = {stack.owner for stack in universe.stacks}
    orphans = {key for key, one in universe.live.items() if one.owner in owners and not universe.holders(key)}
    needed = {id_ for key, one in universe.live.items() if key not in orphans for id_ in one.needs}
    orphans = {key for key in orphans if key[1] not in needed}

    def states(about: Any) -> list[RecordedState]:
        return [read(stack.document(), "s") for stack in universe.stacks]

    broom = Sweep(universe, states, lambda: universe.now, Options(utc_offset=8 * 3600.0))
    outcomes = broom.execute(broom.survey().due)
    assert {outcome.result for outcome in outcomes} <= {DONE}
    assert set(universe.ended) == orphans
    assert universe.wrong == []
    again = broom.survey()
    assert again.due == ()
    assert len(again.findings) == len(universe.live)


@settings(max_examples=EXAMPLES)
@given(
    past=st.lists(
        st.tuples(
            st.sampled_from(["up", "stranger", "expiring", "expiring", "expiring", "extend", "retain", "succeed"]),
            st.integers(0, 2),
            st.integers(0, 9),
        ),
        max_size=20,
    )
)
def test_in_a_quiet_world_all_that_has_expired_is_ended_but_what_is_meant_to_stay(past: list[Any]) -> None:
    universe = Universe([0.0, 0.0, 0.0])
    for step in past:
        happening(universe, *step)()
    universe.now += 90_000
    over = [
        (one, stack.held[one.key])
        for one in universe.live.values()
        for stack in universe.holders(one.key)
        if universe.is_over(stack, one)
    ]
    readable = [one for one, held in over if not isinstance(held["outputs"].get("onDestroy"), dict)]
    universe.looked = universe.now
    due = {one.key for one in readable if not universe.users(one) and (one.active or not universe.is_kept(one))}
    kept = {one.key for one in readable if universe.is_kept(one)}

    def states(about: Any) -> list[RecordedState]:
        return [read(stack.document(), "s") for stack in universe.stacks]

    broom = Sweep(universe, states, lambda: universe.now)
    broom.execute(broom.survey().due)
    assert universe.wrong == []
    assert set(universe.ended) == due
    assert kept <= universe.live.keys()


def test_two_thousand_jobs_that_come_and_go_between_pages() -> None:
    universe = Universe([0.0])
    stack = universe.stacks[0]
    for number in range(2000):
        universe.make(stack, JOB, record=number % 10 != 0)
    universe.now += 10
    stack.written = universe.now
    universe.now += 100_000
    held = list(stack.held)
    # While pages are read, jobs end and go, and others appear: each shifts what the next page shows.

    def end(key: Key) -> None:
        stack.held.pop(key, None)
        universe.live.pop(key, None)

    def appear() -> None:
        universe.make(None, JOB, record=False)

    universe.events = [*(partial(end, key) for key in held[:60]), *(appear for _ in range(60))]
    broom = Sweep(universe, lambda about: [read(stack.document(), "s")], lambda: universe.now)
    survey = broom.survey()
    assert survey.quota_used is None or survey.quota_used > 1900
    chosen = [replace(finding) for finding in survey.due[:25]]
    outcomes = broom.execute(chosen)
    assert universe.wrong == []
    assert [outcome.result for outcome in outcomes] == [DONE] * 25
