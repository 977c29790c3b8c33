"""A sweep over random worlds: several stacks with a history each, states that are fresh, stale, torn or under way,
pages that shift while they are read, calls that fail, and users who go on working meanwhile.

Whatever happens, a sweep never ends what a stack holds, nor what belongs to somebody whose state it was not given. And
in a quiet world it ends every orphan, so that the first is not had by doing nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.api import ApiConnectionError
from pulumi_dashscope_ft.lifecycle import stamp
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.recorded_state import DEPLOYMENT, FILE, JOB, RecordedState, read
from pulumi_dashscope_ft.lifecycle.sweep import DONE, FAILED, GONE, NOT_REACHED, SPARED, Options, Sweep

START = 1_795_600_800.0
KINDS = (JOB, JOB, FILE, DEPLOYMENT)
TYPES = {JOB: "FineTuningJob", FILE: "TrainingFile", DEPLOYMENT: "ModelDeployment"}
PREFIX = "pulumi-python:dynamic/dashscope-ft:"
PAGE = 3


def written(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment + 8 * 3600))


def utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


@dataclass
class Stack:
    """A stack and its state; the clock of its machine may be wrong."""

    number: int
    skew: float = 0.0
    held: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    written: float = START
    under_way: bool = False
    copies: list[str] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return f"owner0000{self.number}"

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:s{self.number}::p::{PREFIX}{kind}::{name}"

    def document(self) -> str:
        identity = {"urn": self.urn("StackIdentity", "id"), "type": f"{PREFIX}StackIdentity", "id": self.owner}
        resources = [identity]
        for (kind, object_id), resource in self.held.items():
            made = {"urn": self.urn(TYPES[kind], object_id), "type": PREFIX + TYPES[kind], "id": object_id}
            resources.append({**made, **resource})
        deployment: dict[str, Any] = {"manifest": {"time": utc(self.written + self.skew)}, "resources": resources}
        if self.under_way:
            pending = {"urn": self.urn("FineTuningJob", "new"), "type": f"{PREFIX}FineTuningJob"}
            deployment["pending_operations"] = [{"type": "creating", "resource": pending}]
        return json.dumps({"version": 3, "deployment": deployment})


class Universe:
    """The service, the stacks, and what truly belongs to whom."""

    def __init__(self, skews: list[float]) -> None:
        self.now = START
        self.stacks = [Stack(number, skew) for number, skew in enumerate(skews)]
        self.live: dict[tuple[str, str], LiveObject] = {}
        self.ended: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.events: list[Callable[[], None] | None] = []
        self.trouble: list[bool] = []
        self.unknown: list[Stack] = []
        self.count = 0
        self.ties = True
        """Whether a job that is made needs the newest file. A use that begins during the last look at a file is seen
        only where a state tells of it."""
        for stack in self.stacks:  # every machine has recorded one job when it was made, which shows its clock
            self.make(stack, JOB, record=True)

    # What users and the service do

    def make(self, stack: Stack | None, kind: str, *, record: bool, expires: float | None = None) -> None:
        self.now += 11
        self.count += 1
        object_id = f"{kind}-{self.count}"
        owner = stack.owner if stack is not None else "somebodyel"
        found = stamp.make("x", owner, "nonce6", {"n": self.count}, expires=expires if kind == JOB else None)
        status = None if kind == FILE else "RUNNING"
        files = [key[1] for key in self.live if key[0] == FILE] if kind == JOB and self.ties else []
        one = LiveObject(kind, object_id, "x", found, status, written(self.now), active=kind != FILE)
        one = replace(one, needs=frozenset(files[-1:]))
        self.live[one.key] = one
        if stack is not None:
            if record:
                self.record(stack, one)
            self.now += 5
            stack.written = self.now

    def record(self, stack: Stack, one: LiveObject) -> None:
        outputs = {"createTime": one.create_time} if one.kind == JOB else {}
        stack.held[one.key] = {"outputs": outputs, "created": utc(self.now + 1 + stack.skew)}
        self.now += 5
        stack.written = self.now

    def keep_copy(self, stack: Stack) -> None:
        stack.copies.append(stack.document())

    def adopt(self, stack: Stack, position: int) -> None:
        free = [one for one in self.live.values() if not self.holders(one.key)]
        if free:
            self.record(stack, free[position % len(free)])

    def destroy(self, stack: Stack, position: int) -> None:
        if stack.held:
            key = list(stack.held)[position % len(stack.held)]
            del stack.held[key]
            self.live.pop(key, None)
            self.now += 5
            stack.written = self.now

    def holders(self, key: tuple[str, str]) -> list[Stack]:
        return [stack for stack in self.stacks if key in stack.held]

    def go_on(self) -> None:
        """Something happens, perhaps, while the sweep makes a call."""
        event = self.events.pop(0) if self.events else None
        if event is not None:
            event()
        self.now += 1

    def fail(self, operation: str) -> None:
        if self.trouble and self.trouble.pop():
            raise ApiConnectionError("the connection broke", operation=operation, sent=False)

    # What the sweep sees (an `Account`)

    def list(self, kind: str) -> dict[str, LiveObject]:
        found: dict[str, LiveObject] = {}
        page = 0
        while True:
            self.fail("list")
            newest_first = [one for one in reversed(self.live.values()) if one.kind == kind]
            items = newest_first[page * PAGE : (page + 1) * PAGE]
            if not items:
                return found
            found.update({one.object_id: one for one in items})
            self.go_on()
            page += 1

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        self.fail("get")
        self.go_on()
        return self.live.get((kind, object_id))

    def tear_down(self, one: LiveObject, policy: Any) -> None:
        # What an unknown stack has adopted from a known one can't be told from an orphan (docs/sweep.md).
        holders = [stack for stack in self.holders(one.key) if stack not in self.unknown]
        if holders:
            self.wrong.append(f"{one.object_id} is in use by {[stack.number for stack in holders]}")
        if one.owner not in {stack.owner for stack in self.stacks if stack not in self.unknown}:
            self.wrong.append(f"{one.object_id} is foreign")
        if any(one.object_id in other.needs for other in self.live.values() if other.active):
            self.wrong.append(f"{one.object_id} is needed")
        if any(stack.under_way for stack in self.stacks if stack.owner == one.owner):
            self.wrong.append(f"{one.object_id} was ended though an operation of its stack was under way")
        if self.trouble and self.trouble.pop():
            raise LifecycleError("could not delete it")
        self.live.pop(one.key, None)
        self.ended.append(one.key)


def happening(universe: Universe, kind: str, stack: int, position: int) -> Callable[[], None]:
    chosen = universe.stacks[stack % len(universe.stacks)]
    sort = KINDS[position % len(KINDS)]
    return {
        "up": lambda: universe.make(chosen, sort, record=True),
        "killed": lambda: universe.make(chosen, sort, record=False),
        "stranger": lambda: universe.make(None, sort, record=False),
        "adopt": lambda: universe.adopt(chosen, position),
        "destroy": lambda: universe.destroy(chosen, position),
        "copy": lambda: universe.keep_copy(chosen),
        "begin": lambda: setattr(chosen, "under_way", True),
        "end": lambda: setattr(chosen, "under_way", False),
        "wait": lambda: setattr(universe, "now", universe.now + 1000 * position),
    }[kind]


PAST = ("up", "killed", "killed", "killed", "stranger", "adopt", "destroy", "copy", "wait", "begin", "end", "end")
STEPS = st.lists(st.tuples(st.sampled_from(PAST), st.integers(0, 2), st.integers(0, 9)), max_size=25)
MEANWHILE = st.lists(
    st.none()
    | st.tuples(
        st.sampled_from(["up", "killed", "stranger", "adopt", "adopt", "destroy", "begin", "end"]),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    max_size=80,
)
SPOILED = st.just(["fresh"] * 3) | st.lists(
    st.sampled_from(["fresh", "fresh", "torn", "version", "absent"]), min_size=3, max_size=3
)


@settings(max_examples=400)
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

    universe.ties = False
    universe.events = [None if step is None else happening(universe, *step) for step in meanwhile]
    universe.trouble = [flag and position % 7 == 0 for position, flag in enumerate(trouble)]
    broom = Sweep(universe, states, lambda: universe.now, Options(finished=True))
    survey = broom.survey()
    broom.execute(survey.due)
    assert universe.wrong == []
    if {"torn", "version"} & set(spoiled):
        assert universe.ended == [], "a state that can't be read may be anyone's"


@settings(max_examples=200)
@given(
    past=st.lists(
        st.tuples(st.sampled_from(["up", "killed", "stranger", "wait"]), st.integers(0, 2), st.integers(0, 9)),
        max_size=12,
    ),
    after=st.lists(st.tuples(st.just("up"), st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=6),
    skews=st.lists(st.sampled_from([0.0, 7000.0, -7000.0]), min_size=3, max_size=3),
)
def test_a_copy_of_a_state_that_is_older_than_what_was_made_since_ends_nothing(
    past: list[Any], after: list[Any], skews: list[float]
) -> None:
    universe = Universe(skews)
    for step in past:
        happening(universe, *step)()
    copies = [stack.document() for stack in universe.stacks]
    for step in after:
        happening(universe, *step)()
    universe.now += 200_000
    broom = Sweep(universe, lambda about: [read(text, "copy") for text in copies], lambda: universe.now)
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
    universe.events = [
        *(lambda key=key: (stack.held.pop(key, None), universe.live.pop(key, None)) for key in held[:60]),  # type: ignore[misc]
        *(lambda: universe.make(None, JOB, record=False) for _ in range(60)),
    ]
    broom = Sweep(universe, lambda about: [read(stack.document(), "s")], lambda: universe.now)
    survey = broom.survey()
    assert survey.quota_used is None or survey.quota_used > 1900
    chosen = [replace(finding) for finding in survey.due[:25]]
    outcomes = broom.execute(chosen)
    assert universe.wrong == []
    assert [outcome.result for outcome in outcomes] == [DONE] * 25


class Moments:
    """A quiet world with one orphan, and something that happens right before its end, at the last look at it."""

    def __init__(self, kind: str = JOB) -> None:
        self.universe = Universe([0.0, 0.0])
        self.stack, self.other = self.universe.stacks
        self.universe.make(self.stack, kind, record=False)
        self.one = next(reversed(self.universe.live.values()))
        self.universe.now += 100_000
        self.at_last_look: Callable[[], None] = lambda: None

    def sweep(self) -> list[tuple[str, str]]:
        universe = self.universe

        class Account:
            list = universe.list
            tear_down = universe.tear_down

            @staticmethod
            def get(kind: str, object_id: str) -> LiveObject | None:
                self.at_last_look()
                return universe.get(kind, object_id)

        documents = lambda about: [read(stack.document(), "s") for stack in universe.stacks]  # noqa: E731
        broom = Sweep(Account(), documents, lambda: universe.now)  # type: ignore[arg-type]
        outcomes = broom.execute(broom.survey().due)
        assert universe.wrong == []
        return [(outcome.finding.live.object_id, outcome.result) for outcome in outcomes]


def test_an_orphan_is_ended() -> None:
    world = Moments()
    assert world.sweep() == [(world.one.object_id, DONE)]


def test_what_is_adopted_at_the_last_moment_is_left_alone() -> None:
    world = Moments()
    world.at_last_look = lambda: world.universe.record(world.other, world.one)
    assert world.sweep() == [(world.one.object_id, SPARED)]


def test_what_ends_by_itself_at_the_last_moment_is_left_alone() -> None:
    world = Moments()
    ended = replace(world.one, status="SUCCEEDED", active=False)
    world.at_last_look = lambda: world.universe.live.update({world.one.key: ended})
    assert world.sweep() == [(world.one.object_id, SPARED)]
    failed = replace(ended, status="FAILED")
    world = Moments()
    world.at_last_look = lambda: world.universe.live.update({world.one.key: failed})
    assert world.sweep() == [(world.one.object_id, SPARED)]


def test_another_object_of_the_same_id_is_left_alone() -> None:
    world = Moments(DEPLOYMENT)  # whose ids are chosen by users, and free again once it is gone
    other = replace(world.one, create_time=written(START + 1))
    world.at_last_look = lambda: world.universe.live.update({world.one.key: other})
    assert world.sweep() == [(world.one.object_id, SPARED)]


def test_what_goes_at_the_last_moment_is_gone() -> None:
    world = Moments()
    world.at_last_look = lambda: world.universe.live.pop(world.one.key, None) and None
    assert world.sweep() == [(world.one.object_id, GONE)]


def test_a_file_is_safe_though_a_listing_has_missed_the_job_that_needs_it() -> None:
    world = Moments(FILE)
    first = next(iter(world.universe.live.values()))
    user = replace(first, object_id="ft-user", stamp=None, needs=frozenset([world.one.object_id]))
    listings = []

    class Missing(Universe):
        def list(self, kind: str) -> dict[str, LiveObject]:
            found = super().list(kind)
            listings.append(kind)
            if kind == JOB and listings.count(JOB) % 3 == 1:  # pushed from one page to another while they were read
                found.pop("ft-user")
            return found

    world.universe.live[user.key] = user
    world.universe.__class__ = Missing
    assert world.sweep() == []


def _file_and_job() -> tuple[Moments, LiveObject]:
    world = Moments(FILE)
    world.universe.make(world.stack, JOB, record=False)
    job = next(reversed(world.universe.live.values()))
    assert job.needs == {world.one.object_id}
    world.universe.now += 100_000
    return world, job


def test_a_file_goes_with_the_job_that_needs_it() -> None:
    world, job = _file_and_job()
    assert world.sweep() == [(job.object_id, DONE), (world.one.object_id, DONE)]


def test_a_file_stays_with_the_job_that_could_not_go() -> None:
    world, job = _file_and_job()

    def refuse(*called_with: Any) -> None:
        raise LifecycleError("could not cancel it")

    world.universe.tear_down = refuse  # type: ignore[method-assign]
    assert world.sweep() == [(job.object_id, FAILED), (world.one.object_id, SPARED)]


def test_stopped_in_the_middle_the_rest_is_left_for_another_time() -> None:
    world = Moments()
    world.universe.make(world.stack, JOB, record=False)
    world.universe.now += 100_000
    states = lambda about: [read(stack.document(), "s") for stack in world.universe.stacks]  # noqa: E731
    broom = Sweep(world.universe, states, lambda: world.universe.now)
    due = broom.survey().due
    outcomes = broom.execute(due, stop=lambda: bool(world.universe.ended))
    assert [outcome.result for outcome in outcomes] == [DONE, NOT_REACHED]
    assert [outcome.result for outcome in broom.execute(broom.survey().due)] == [DONE]
