"""The last look: what happens between a survey and the end of an object, and right before that, is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from nouns import DEPLOYMENT, FILE, JOB
from universe import START, Universe, written

from pulumi_dashscope_ft.api import ApiConnectionError
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import read
from pulumi_dashscope_ft.lifecycle.sweep.verdicts import DONE, FAILED, GONE, NOT_REACHED, SPARED, Options, Sweep


class Moments:
    """A quiet world with one orphan, and something that happens right before its end, at the last look at it."""

    def __init__(self, kind: str = JOB) -> None:
        self.universe = Universe([0.0, 0.0])
        self.stack, self.other = self.universe.stacks
        self.universe.make(self.stack, kind, record=False)
        self.one = next(reversed(self.universe.live.values()))
        self.universe.now += 100_000
        self.at_last_look: Callable[[], object] = lambda: None

    def sweep(self) -> list[tuple[str, str]]:
        universe = self.universe

        class Account:
            list = universe.list
            tear_down = universe.tear_down

            @staticmethod
            def confirm(kind: str) -> bool:
                return False

            @staticmethod
            def get(kind: str, object_id: str) -> LiveObject | None:
                self.at_last_look()
                return universe.get(kind, object_id)

        documents = lambda about: [read(stack.document(), "s") for stack in universe.stacks]  # noqa: E731
        broom = Sweep(Account(), documents, lambda: universe.now)
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
    world.at_last_look = lambda: world.universe.live.pop(world.one.key, None)
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


def test_a_file_stays_with_the_job_that_could_not_go(monkeypatch: pytest.MonkeyPatch) -> None:
    world, job = _file_and_job()

    def refuse(*called_with: Any) -> None:
        raise LifecycleError("could not cancel it")

    monkeypatch.setattr(world.universe, "tear_down", refuse)
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


def _two_orphans(kind: str, **more: Any) -> tuple[Universe, list[LiveObject], Sweep]:
    universe = Universe([0.0])
    (stack,) = universe.stacks
    for _ in range(2):
        universe.make(stack, kind, record=False)
    for key in list(universe.live)[-2:]:
        universe.live[key] = replace(universe.live[key], **more)
    universe.now += 100_000
    documents = lambda about: [read(stack.document(), "s")]  # noqa: E731
    broom = Sweep(universe, documents, lambda: universe.now, Options(finished=True))
    return universe, [finding.live for finding in broom.survey().due], broom


def _after_the_first(universe: Universe, broom: Sweep, event: Callable[[], None]) -> list[tuple[str, str]]:
    def told(outcome: Any) -> None:
        if len(universe.ended) == 1 and outcome.result == DONE:
            event()

    outcomes = broom.execute(broom.survey().due, report=told)
    assert universe.wrong == []
    return [(outcome.result, outcome.detail) for outcome in outcomes]


def test_a_file_that_a_job_has_begun_to_need_since_the_first_was_ended_stays() -> None:
    universe, (_, second), broom = _two_orphans(FILE)

    def colleague() -> None:
        universe.live[JOB, "ft-new"] = replace(
            second, kind=JOB, object_id="ft-new", stamp=None, active=True, needs=frozenset([second.object_id])
        )
        universe.born[JOB, "ft-new"] = universe.now

    (first, *_), (result, detail) = _after_the_first(universe, broom, colleague)
    assert (first, result, detail) == (DONE, SPARED, "now in use: job ft-new needs it")


@pytest.mark.parametrize(("kind", "said"), [(DEPLOYMENT, "serves its model"), (JOB, "needs its model")])
def test_a_job_whose_model_has_come_into_use_since_the_first_was_ended_stays(kind: str, said: str) -> None:
    universe, (_, second), broom = _two_orphans(JOB, status="SUCCEEDED", active=False)
    for key in [(JOB, "job-2"), (JOB, "job-3")]:
        universe.live[key] = replace(universe.live[key], model=f"m-{key[1]}")

    def colleague() -> None:
        needs = frozenset([f"m-{second.object_id}-c7"])
        universe.live[kind, "new"] = replace(
            second, kind=kind, object_id="new", stamp=None, status="RUNNING", active=True, needs=needs
        )
        universe.born[kind, "new"] = universe.now

    (first, *_), (result, detail) = _after_the_first(universe, broom, colleague)
    assert (first, result, detail) == (DONE, SPARED, f"now in use: {kind} new {said}")


def test_a_file_stays_when_nobody_can_say_any_more_what_needs_it() -> None:
    universe, _, broom = _two_orphans(FILE)
    read_list = universe.list

    def breaks_down() -> None:
        def refuse(kind: str) -> dict[str, LiveObject]:
            raise ApiConnectionError("the connection broke", operation="list", sent=False)

        universe.list = refuse  # type: ignore[method-assign]

    (first, *_), (result, detail) = _after_the_first(universe, broom, breaks_down)
    universe.list = read_list  # type: ignore[method-assign]
    assert (first, result) == (DONE, FAILED)
    assert detail.startswith("the list of jobs could not be read: ")
