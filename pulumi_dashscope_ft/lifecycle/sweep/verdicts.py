"""The sweep: find what leaked or expired, and end it when asked to.

Previews and nightly environments leak jobs, and a leaked job costs money until somebody looks. A sweep compares every
live object with the states it was given and with the expiry times, gives a verdict on each object, and on request ends
what is proven to be over.

It may run during an `up`, be interrupted anywhere, and be run twice at once: right before it touches an object it reads
the object, what may need it and the states again, and judges again. If the new verdict differs, the object is left
alone. Deployments go first, then jobs, then files, because each needs the next.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.advice import fact
from pulumi_dashscope_ft.lifecycle.base.expiry import moment
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key, LiveObject
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.sweep.account import Account, list_all
from pulumi_dashscope_ft.lifecycle.sweep.evidence import Evidence
from pulumi_dashscope_ft.lifecycle.sweep.ownership import VERDICTS, Verdict, judge
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState
from pulumi_dashscope_ft.lifecycle.sweep.service_time import ServiceTime, calibrated

DONE, GONE, SPARED, FAILED, NOT_REACHED = "done", "already gone", "left alone", "failed", "not reached"

ReadStates = Callable[["LiveObject | None"], Sequence[RecordedState]]
"""Reads all states again.

Given an object, reads at least the states that know its owner or hold it; the others may be as last read.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """How to sweep.

    :param min_age: seconds that an object must have existed before it may be an orphan.
    :param lost: owner ids whose state, the user says, no longer exists.
    :param finished: delete finished jobs that no state holds too.
    :param utc_offset: seconds that the service's times are ahead of UTC, if the user has set it.
    """

    min_age: float = 3600.0
    lost: frozenset[str] = frozenset()
    finished: bool = False
    utc_offset: float | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which objects are examined; empty means all. Names, stacks and statuses are patterns such as `pr-*`."""

    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    older_than: float | None = None

    def admit(self, finding: Finding) -> bool:
        """Whether the user asked for this finding."""
        one, verdict = finding.live, finding.verdict
        stacks = {part for stack in verdict.stacks for part in (stack, stack.rpartition("/")[2])}
        return (
            (not self.kinds or one.kind in self.kinds)
            and _any(self.statuses, [one.status or ""])
            and _any(self.stacks, stacks)
            and _any(self.names, [one.name, one.object_id])
            and (self.older_than is None or (finding.sure_age is not None and finding.sure_age >= self.older_than))
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One live object and its verdict.

    :param age: seconds since its creation, most likely; None when the service's time can't be read.
    :param sure_age: seconds that have certainly passed since then.
    """

    live: LiveObject
    verdict: Verdict
    age: float | None
    sure_age: float | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What a sweep has found.

    :param findings: every object that the filters admit, in the order in which they would be ended.
    :param quota_used: jobs that run or have succeeded, of any owner; None when jobs could not be listed.
    :param unlisted: kinds whose list is not reliable, with the reason.
    :param strangers: how many live objects have each owner id that is in no state that was read.
    :param lost: owner ids whose state, the user says, no longer exists.
    """

    findings: tuple[Finding, ...]
    states: tuple[RecordedState, ...]
    quota_used: int | None
    unlisted: tuple[str, ...]
    failures: tuple[str, ...]
    time: ServiceTime
    strangers: Mapping[str, int] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()

    @property
    def due(self) -> tuple[Finding, ...]:
        """The findings that would be ended, in that order."""
        order = _order()
        acted = (finding for finding in self.findings if finding.verdict.action)
        return tuple(sorted(acted, key=lambda finding: order.index(finding.live.kind)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one finding: `done`, `already gone`, `left alone`, `failed` or `not reached`.

    :param detail: why, in a sentence.
    :param error: why its teardown failed.
    """

    finding: Finding
    result: str
    detail: str = ""
    error: LifecycleError | None = None


class Sweep:
    """One sweep of one account.

    :param read_states: reads the states to compare with, anew each time.
    :param now: the service's time, in seconds since 1970.
    """

    def __init__(
        self,
        account: Account,
        read_states: ReadStates,
        now: Callable[[], float],
        options: Options | None = None,
        filters: Filters | None = None,
    ) -> None:
        self._account = account
        self._read_states = read_states
        self._now = now
        self._options = options or Options()
        self._filters = filters or Filters()

    def survey(self) -> Survey:
        """Look at everything; change nothing."""
        return self._survey()[0]

    def execute(
        self,
        chosen: Iterable[Finding],
        *,
        stop: Callable[[], bool] = lambda: False,
        report: Callable[[Outcome], None] = lambda outcome: None,
    ) -> list[Outcome]:
        """End what was found to be over, one object after the other, each after another look at it.

        :param stop: asked before each object; True leaves the rest for another run.
        :param report: receives each outcome as it comes.
        """
        found = {finding.live.key: finding for finding in chosen if finding.verdict.action}
        outcomes: list[Outcome] = []

        def note(outcome: Outcome) -> None:
            outcomes.append(outcome)
            report(outcome)

        for kind in _order():
            waiting = [finding for finding in found.values() if finding.live.kind == kind]
            if not waiting:
                continue
            # A complete survey once for each kind: what was just ended or started changes what is needed.
            evidence = None if stop() else self._survey()[1]
            for finding in waiting:
                if evidence is None or stop():
                    note(Outcome(finding, NOT_REACHED))
                else:
                    note(self._end(finding, evidence))
        return outcomes

    def _survey(self) -> tuple[Survey, Evidence]:
        # States are read last, so what is live but in none of them existed before they were read.
        objects, unlisted, errors = list_all(self._account)
        states = tuple(self._read_states(None))
        time = self._time(objects, states)
        evidence = self._evidence(states, time, objects, unlisted)
        findings = self._judged(objects, evidence)
        admitted = sorted(filter(self._filters.admit, findings), key=_importance)
        counted = _quota_used(objects, unlisted)
        # A key may lack the right to list all kinds; that is a failure only for kinds that the user asked for.
        asked = {kind: error for kind, error in errors.items() if kind in (self._filters.kinds or _order())}
        failures = tuple(f"{unlisted[kind]}: {fact(error)}" for kind, error in asked.items())
        notes = tuple(reason for kind, reason in unlisted.items() if kind not in asked)
        known = frozenset().union(*(state.owners for state in states))
        strangers = Counter(one.owner for one in objects if one.owner is not None and one.owner not in known)
        lost = self._options.lost
        return Survey(tuple(admitted), states, counted, notes, failures, time, strangers, lost), evidence

    def _judged(self, objects: Iterable[LiveObject], evidence: Evidence) -> list[Finding]:
        """Judge the objects in the order in which they would be ended, so that what only they need is over too.

        Each object is judged once more before it is ended, by what has really been ended then.
        """
        found: list[Finding] = []
        for kind in _order():
            gone = frozenset(one.live.key for one in found if one.verdict.action and self._filters.admit(one))
            then = replace(evidence, ending=gone)
            found += [self._finding(one, then) for one in objects if one.kind == kind]
        return found

    def _evidence(
        self,
        states: tuple[RecordedState, ...],
        time: ServiceTime,
        objects: tuple[LiveObject, ...],
        unlisted: dict[str, str],
    ) -> Evidence:
        options = self._options
        return Evidence(states, time, objects, options.lost, unlisted, options.min_age, options.finished)

    def _time(self, objects: Iterable[LiveObject], states: Iterable[RecordedState]) -> ServiceTime:
        now = self._now()
        if self._options.utc_offset is not None:
            return ServiceTime(now, self._options.utc_offset, given=True)
        written = [text for one in objects for text in (one.create_time, *one.touched)]
        recorded = [
            (held.properties.get("createTime"), held.created)
            for state in states
            for resources in state.held.values()
            for held in resources
            if held.created is not None
        ]
        return calibrated(now, written, recorded)

    def _finding(self, one: LiveObject, evidence: Evidence) -> Finding:
        time = evidence.time
        return Finding(one, judge(one, evidence), time.likely_age(one.create_time), time.sure_age(one.create_time))

    def _end(self, finding: Finding, evidence: Evidence) -> Outcome:
        was = finding.live
        try:
            now = self._account.get(was.kind, was.object_id)
        except ApiError as error:
            return Outcome(finding, FAILED, f"it could not be read again: {fact(error)}")
        if now is None:
            return Outcome(finding, GONE)
        if (now.stamp, now.create_time) != (was.stamp, was.create_time):
            return Outcome(finding, SPARED, "it is not what it was a moment ago")
        # First what may need it, after everything that was ended since the last look. Then the states: they are read
        # after the object, so that nothing can have taken it over unnoticed.
        users, unlisted, errors = list_all(self._account, _users(now))
        if errors:
            kind, failure = next(iter(errors.items()))
            return Outcome(finding, FAILED, f"{unlisted[kind]}: {fact(failure)}")
        states = tuple(self._read_states(now))
        lost = next((state for state in states if state.unreadable), None)
        if lost is not None:
            return Outcome(finding, FAILED, f"the state {lost.source} could not be read again: {lost.problem}")
        again = self._finding(
            now,
            replace(
                evidence,
                states=states,
                time=replace(evidence.time, now=self._now()),
                objects=tuple({one.key: one for one in (*evidence.objects, *users, now)}.values()),
                unlisted={**evidence.unlisted, **unlisted},
            ),
        )
        if not again.verdict.action or again.verdict.label != finding.verdict.label or not self._filters.admit(again):
            return Outcome(again, SPARED, f"now {again.verdict.label}: {again.verdict.reason}")
        try:
            self._account.tear_down(now, again.verdict.policy)
        except LifecycleError as error:
            return Outcome(again, FAILED, error.what, error)
        return Outcome(again, DONE, again.verdict.action)


def _order() -> tuple[str, ...]:
    """Return the nouns of all kinds, in the order in which their objects are ended."""
    return tuple(kind.noun for kind in registry.in_teardown_order())


def _users(one: LiveObject) -> tuple[Kind, ...]:
    """Return the kinds of objects that may need it."""
    kind = registry.of_noun(one.kind)
    return registry.users_of(kind.noun) if kind.sweep.needed_as(one) is not None else ()


def _quota_used(objects: Iterable[LiveObject], unlisted: Mapping[str, str]) -> int | None:
    """How many objects count toward the quota; None when a kind that counts could not be listed."""
    kinds = {kind.noun: kind for kind in registry.in_listing_order()}
    if any(kinds[noun].sweep.quota is not None for noun in unlisted):
        return None
    return sum(kinds[one.kind].sweep.counts(one) for one in objects)


def _any(patterns: Sequence[str], texts: Iterable[str]) -> bool:
    if not patterns:
        return True
    return any(fnmatch.fnmatchcase(text.lower(), pattern.lower()) for text in texts for pattern in patterns)


def _importance(finding: Finding) -> tuple[int, int, int, float, Key]:
    verdict, one = finding.verdict, finding.live
    rank = 0 if verdict.action else 1 + VERDICTS.index(verdict.label)
    return rank, _order().index(one.kind), not one.active, -(moment(one.create_time) or 0.0), one.key
