"""What a sweep reports and ends of what it sees: its filters and options, and what changes while it works."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from judging import EXPIRES, HOUR, NOW, OTHER, OWNER, at, state, thing
from nouns import DEPLOYMENT, FILE, JOB

from pulumi_dashscope_ft.api import ApiConnectionError
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.sweep.ownership import IN_USE, ORPHAN
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState, unreadable
from pulumi_dashscope_ft.lifecycle.sweep.verdicts import DONE, FAILED, NOT_REACHED, SPARED, Filters, Options, Sweep

BEIJING = Options(utc_offset=8 * HOUR)
"""The zone of the service's times, as the user may say it. Without it, these few objects would prove none."""


class Account:
    """An account that shows these objects, and what may happen when a call is made."""

    def __init__(self, *objects: LiveObject, broken: tuple[str, ...] = ()) -> None:
        self.objects = {one.key: one for one in objects}
        self.broken = broken
        self.now = NOW
        self.states: tuple[RecordedState, ...] = (state(),)
        self.ended: list[str] = []
        self.before_get: Callable[[LiveObject], object] = lambda one: None
        self.before_end: Callable[[], object] = lambda: None

    def list(self, kind: str) -> Mapping[str, LiveObject]:
        if kind in self.broken:
            raise ApiConnectionError("the connection broke", operation="list", sent=False)
        return {one.object_id: one for one in self.objects.values() if one.kind == kind}

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        self.before_get(self.objects[kind, object_id])
        return self.objects.get((kind, object_id))

    def confirm(self, kind: str) -> bool:
        return False

    def tear_down(self, one: LiveObject, policy: Any) -> None:
        self.before_end()
        self.ended.append(one.object_id)
        del self.objects[one.key]

    def sweep(self, options: Options = BEIJING, filters: Filters | None = None) -> Sweep:
        return Sweep(self, lambda about: self.states, lambda: self.now, options, filters)

    def outcomes(self, sweep: Sweep) -> builtins.list[tuple[str, str]]:
        done = sweep.execute(sweep.survey().due)
        return [(outcome.finding.live.object_id, outcome.result) for outcome in done]


OLD_JOB = thing(object_id="ft-old", age=30 * HOUR)
NEW_JOB = replace(thing(object_id="ft-new"), name="nightly", status="QUEUING")


@pytest.mark.parametrize(
    ("filters", "admitted"),
    [
        (Filters(), {"ft-old", "ft-new", "file-1"}),
        (Filters(kinds=(JOB,)), {"ft-old", "ft-new"}),
        (Filters(statuses=("queu*",)), {"ft-new"}),
        (Filters(statuses=("RUNNING", "QUEUING")), {"ft-old", "ft-new"}),
        (Filters(names=("night*",)), {"ft-new"}),
        (Filters(names=("ft-o*", "file-1")), {"ft-old", "file-1"}),
        (Filters(stacks=("previews/*",)), {"ft-old", "ft-new", "file-1"}),
        (Filters(stacks=("k7",)), {"ft-old", "ft-new", "file-1"}),
        (Filters(stacks=("another",)), set()),
        (Filters(older_than=10 * HOUR), {"ft-old"}),
        (Filters(kinds=(JOB,), names=("night*",), statuses=("RUNNING",)), set()),
    ],
)
def test_filters_limit_what_is_reported_and_what_is_ended(filters: Filters, admitted: set[str]) -> None:
    account = Account(OLD_JOB, NEW_JOB, thing(FILE, "file-1"))
    sweep = account.sweep(filters=filters)
    assert {finding.live.object_id for finding in sweep.survey().findings} == admitted
    account.outcomes(sweep)
    assert set(account.ended) == admitted


@pytest.mark.parametrize("age", [10 * HOUR, None])
def test_an_age_that_is_not_certain_is_not_older_than_anything(age: float | None) -> None:
    """Nothing shows the zone of the service's times here: the object may be a day younger than it looks."""
    one = replace(thing(age=30 * HOUR), create_time=None if age is None else at(NOW - 30 * HOUR))
    account = Account(one)
    account.states = (state(written=NOW),)
    assert account.sweep(Options(), Filters(older_than=10 * HOUR)).survey().findings == ()
    told = account.sweep(BEIJING, Filters(older_than=10 * HOUR)).survey()
    assert len(told.findings) == (age is not None)
    assert told.time.given


def test_what_the_filters_leave_out_goes_on_needing_what_it_needs() -> None:
    job, file = thing(needs=frozenset(["file-1"])), thing(FILE, "file-1")
    (found,) = Account(job, file).sweep(filters=Filters(kinds=(FILE,))).survey().findings
    assert (found.verdict.label, found.verdict.action) == (IN_USE, "")
    assert [finding.verdict.label for finding in Account(job, file).sweep().survey().due] == [ORPHAN, ORPHAN]


def test_the_quota_counts_what_runs_or_has_succeeded_of_any_owner() -> None:
    jobs = [
        thing(object_id="ft-1"),
        thing(object_id="ft-2", owner=None),
        thing(object_id="ft-3", owner=OTHER, status="SUCCEEDED", active=False),
        thing(object_id="ft-4", status="FAILED", active=False),
        thing(object_id="ft-5", status="CANCELED", active=False),
    ]
    assert Account(*jobs, thing(DEPLOYMENT, "m-1")).sweep().survey().quota_used == 3
    assert Account(*jobs, broken=(DEPLOYMENT,)).sweep().survey().quota_used == 3
    assert Account(*jobs, broken=(JOB,)).sweep().survey().quota_used is None


def test_owners_that_no_state_knows_are_counted() -> None:
    jobs = [thing(object_id=f"ft-{owner}-{n}", owner=owner) for owner in (OWNER, OTHER) for n in (1, 2)]
    survey = Account(*jobs, thing(object_id="ft-9", owner=None)).sweep().survey()
    assert survey.strangers == {OTHER: 2}


def test_a_list_that_cant_be_read_is_a_failure_only_where_it_was_asked_for() -> None:
    account = Account(OLD_JOB, broken=(DEPLOYMENT,))
    everything = account.sweep().survey()
    assert len(everything.failures) == 1
    assert everything.failures[0].startswith("the list of deployments could not be read: ")
    only_jobs = account.sweep(filters=Filters(kinds=(JOB,))).survey()
    assert (only_jobs.failures, only_jobs.unlisted) == ((), ("the list of deployments could not be read",))


def test_a_sweep_that_is_stopped_before_it_begins_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(OLD_JOB, NEW_JOB)
    due = account.sweep().survey().due
    monkeypatch.setattr(account, "list", lambda kind: pytest.fail("it lists after Ctrl-C"))
    outcomes = account.sweep().execute(due, stop=lambda: True)
    assert [outcome.result for outcome in outcomes] == [NOT_REACHED, NOT_REACHED]
    assert account.ended == []


def test_an_object_that_cant_be_read_again_is_left_alone() -> None:
    account = Account(OLD_JOB)

    def refuse(one: LiveObject) -> None:
        raise ApiConnectionError("the connection broke", operation="get", sent=False)

    account.before_get = refuse
    assert account.outcomes(account.sweep()) == [("ft-old", FAILED)]
    assert account.ended == []


def test_a_state_that_cant_be_read_again_is_named() -> None:
    account = Account(OLD_JOB)
    account.before_get = lambda one: setattr(account, "states", (unreadable("in x.json", "it is gone"),))
    sweep = account.sweep()
    (outcome,) = sweep.execute(sweep.survey().due)
    assert (outcome.result, account.ended) == (FAILED, [])
    assert outcome.detail == "the state in x.json could not be read again: it is gone"


def test_what_is_over_for_another_reason_than_a_moment_ago_is_left_for_another_sweep() -> None:
    """The user has agreed to end what runs; the record of a job that has ended is something else."""
    account = Account(OLD_JOB)
    ended = replace(OLD_JOB, status="SUCCEEDED", active=False)
    account.before_get = lambda one: account.objects.update({one.key: ended})
    assert account.outcomes(account.sweep(replace(BEIJING, finished=True))) == [("ft-old", SPARED)]
    assert account.ended == []


def test_what_the_filters_no_longer_admit_is_left_alone() -> None:
    account = Account(OLD_JOB)
    going = replace(OLD_JOB, status="CANCELING")
    account.before_get = lambda one: account.objects.update({one.key: going})
    assert account.outcomes(account.sweep(filters=Filters(statuses=("RUNNING",)))) == [("ft-old", SPARED)]
    assert account.outcomes(account.sweep()) == [("ft-old", DONE)]


def test_a_copy_of_a_state_that_grows_old_while_the_sweep_works_proves_nothing_any_more() -> None:
    """Ending the first job takes forty minutes, in which the user may have put off the end of the second."""
    jobs = [thing(object_id="ft-1"), thing(object_id="ft-2")]
    account = Account(*jobs)
    account.states = (replace(state(*jobs, **EXPIRES), copied=NOW - 60),)
    account.before_end = lambda: setattr(account, "now", account.now + 2400)
    (first, second) = account.outcomes(account.sweep())
    assert (first[1], second[1]) == (DONE, SPARED)
    assert account.ended == [first[0]]


def test_a_teardown_that_fails_is_reported_with_its_error() -> None:
    account = Account(OLD_JOB)

    def refuse() -> None:
        raise LifecycleError("the key may not cancel it")

    account.before_end = refuse
    sweep = account.sweep()
    (outcome,) = sweep.execute(sweep.survey().due)
    assert (outcome.result, outcome.detail) == (FAILED, "the key may not cancel it")
    assert outcome.error is not None
