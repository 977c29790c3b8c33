"""Whose an object is, and whether a sweep may delete it.

A sweep deletes what costs money and belongs to nobody. To delete what belongs to somebody is the worst that it could
do, so it deletes only with proof, and every doubt ends in "not checked".

An object is an **orphan** only when its stamp names the owner id of a state that was read, that state is sound, and no
state that was read holds the object or mentions it. An owner id that no state knows is **foreign**: its state may be
one that was not passed. An object that has **expired** is proven the same way, by its stamp or by the state that holds
it. This module only judges: it makes no call and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key, LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import Teardown, TeardownOptions, Use
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.sweep.expired_policy import UnreadablePolicyError, ended_only, policy_of_held
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held, RecordedState
from pulumi_dashscope_ft.lifecycle.sweep.service_time import TOLERANCE, ServiceTime
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds

IN_USE = "in use"
ORPHAN = "orphan"
EXPIRED = "expired"
FOREIGN = "foreign"
FINISHED = "finished, counts toward quota"
NOT_CHECKED = "not checked"
VERDICTS = (ORPHAN, EXPIRED, FINISHED, NOT_CHECKED, IN_USE, FOREIGN)

_OUTLIVES = "started to outlive its stack (onDestroy: retain, or retainOnDelete)"

_COPY = "one of the two may be a copy that somebody else has started. If it is yours, end it by its id"

_PUT_OFF = "its end may have been put off since. Export it again"

_REFRESH = "Run `pulumi refresh` on a machine whose clock is right"

_FRESH = 1800.0
"""Seconds for which a copy of a state proves that its jobs are over: users extend jobs just when they expire."""

_CHECKPOINT = re.compile(r"-c\d+$")
"""What the name of a published checkpoint appends to its job's model (example on API page list-checkpoints-api)."""

_LONGEST_LEAD = 24 * 3600.0
"""The largest plausible lead of a clock, in seconds.

An object recorded later than that after it was made was adopted, and says nothing about clocks. If nothing else does,
the clock that dated a copy may have been ahead by this much.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an object is, why, and what a sweep would do about it.

    :param action: `cancel, then delete`, `delete` and the like; empty when a sweep leaves it alone.
    :param policy: how it is torn down.
    :param stacks: the states that hold it or know its owner.
    """

    label: str
    reason: str
    action: str = ""
    policy: TeardownOptions | None = None
    stacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that is known when objects are judged.

    :param states: all states that were read, unreadable ones included.
    :param lost: owner ids whose state, the user says, no longer exists.
    :param objects: all live objects, of all kinds that could be listed.
    :param unlisted: kinds that could not be listed (reliably), with the reason.
    :param min_age: seconds that an object must have existed before it may be an orphan.
    :param finished: whether finished jobs that no state holds are deleted too.
    :param ending: what will be ended before the object that is judged; it will need nothing then.
    """

    states: tuple[RecordedState, ...]
    time: ServiceTime
    objects: tuple[LiveObject, ...] = ()
    lost: frozenset[str] = frozenset()
    unlisted: Mapping[str, str] = field(default_factory=dict)
    min_age: float = 3600.0
    finished: bool = False
    ending: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        needed: dict[str, list[LiveObject]] = {}
        youngest: dict[str, list[LiveObject]] = {}
        named: dict[tuple[str, Stamp], list[LiveObject]] = {}
        for one in self.objects:
            if one.active:
                for object_id in {name for need in one.needs for name in (need, _CHECKPOINT.sub("", need))}:
                    needed.setdefault(object_id, []).append(one)
            if one.owner is not None:
                youngest.setdefault(one.owner, []).append(one)
            if one.stamp is not None:
                named.setdefault((one.kind, one.stamp), []).append(one)
        object.__setattr__(self, "_needed", needed)
        object.__setattr__(self, "_by_owner", youngest)
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_live", {one.key: one for one in self.objects})
        object.__setattr__(self, "_stale", {})

    _needed: Mapping[str, list[LiveObject]] = field(init=False, repr=False, default_factory=dict)
    _by_owner: Mapping[str, list[LiveObject]] = field(init=False, repr=False, default_factory=dict)
    _named: Mapping[tuple[str, Stamp], list[LiveObject]] = field(init=False, repr=False, default_factory=dict)
    _live: Mapping[Key, LiveObject] = field(init=False, repr=False, default_factory=dict)
    _stale: dict[int, str | None] = field(init=False, repr=False, default_factory=dict)

    def needed_by(self, object_id: str | None) -> tuple[LiveObject | None, LiveObject | None]:
        """Return an active object that uses the file or model with this id, and one that does so only until it ends."""
        users = self._needed.get(object_id, []) if object_id else []
        staying = next((one for one in users if one.key not in self.ending), None)
        return staying, next((one for one in users if one.key in self.ending), None)

    def twin_of(self, one: LiveObject) -> LiveObject | None:
        """Another object with the very same stamp.

        A job or deployment has a stamp of its own. So one of the two is a copy, such as the official SDK makes when it
        repeats a create, and nobody can tell whose it is.
        """
        if one.stamp is None or not _kind(one).sweep.unique_stamp:
            return None
        alike = self._named.get((one.kind, one.stamp), ())
        return next((twin for twin in alike if twin.object_id != one.object_id), None)

    def doubt(self, states: Iterable[RecordedState]) -> str | None:
        """Why nothing may be concluded from what these states do not hold; None when they are sound.

        A state that is unreadable, old or incomplete puts every object in doubt: its stack may have taken over anyone's
        object.
        """
        for state in self.states:
            if state.unreadable:
                return f"the state {state.source} could not be read: {state.problem}"
            if state.partial:
                return f"the state {state.name} proves nothing: {state.problem}"
        for state in states:
            problem = state.problem or self._staleness(state)
            if problem:
                return f"the state {state.name} proves nothing: {problem}"
        return None

    def _staleness(self, state: RecordedState) -> str | None:
        if id(state) not in self._stale:
            self._stale[id(state)] = self._find_stale(state)
        return self._stale[id(state)]

    def _find_stale(self, state: RecordedState) -> str | None:
        if state.written is None:
            return None
        lead = self._lead_of_engine(state)
        written = state.written - (lead or 0.0)
        if written > self.time.now + TOLERANCE:
            early = seconds(written - self.time.now)
            return f"it was written {early} from now, by a clock that is ahead. {_REFRESH}"
        guessed = ""
        if state.copied is not None:
            if lead is None:
                written -= _LONGEST_LEAD
                guessed = " (nothing in it shows how the clock went that dated it; --state-dir and --project need none)"
            written = min(written, state.copied)
        for owner in state.owners:
            for one in self._by_owner.get(owner, ()):
                made = self.time.latest(one.create_time)
                if one.key not in state.held and made is not None and made > written:
                    return (
                        f"it may be older than {one.object_id}, which this stack made{_unsure(self.time)}{guessed}. "
                        "Export it again; where that does not help, run `pulumi refresh` first"
                    )
        return None

    def _lead_of_engine(self, state: RecordedState) -> float | None:
        """Seconds by which the clock of the machine that ran Pulumi may be ahead; None when nothing shows it.

        An object is recorded right after it was made, so a larger difference comes from the clock. Without this, a
        state would seem newer than it is. The last recorded object decides, because another machine may have recorded
        the others.
        """
        shown = [
            (held.created, held.created - made)
            for key, resources in state.held.items()
            for held in resources
            if held.created is not None and (made := self._made(key, held)) is not None
        ]
        last = max(((at, lead) for at, lead in shown if lead < _LONGEST_LEAD), default=None)
        return None if last is None else max(last[1], 0.0)

    def _made(self, key: Key, held: Held) -> float | None:
        """When the object of this resource was made, as the service says, now or in the state."""
        live = self._live.get(key)
        return self.time.latest(live.create_time if live is not None else held.properties.get("createTime"))


def judge(one: LiveObject, evidence: Evidence) -> Verdict:
    """Judge an object. Deletes nothing, and says "not checked" rather than "orphan" in doubt."""
    holders = [(state, held) for state in evidence.states for held in state.held.get(one.key, ())]
    knowing = [state for state in evidence.states if one.owner in state.owners]
    stacks = tuple(dict.fromkeys(state.name for state in [*(state for state, _ in holders), *knowing]))
    if holders:
        return _held(one, evidence, holders, knowing, stacks)
    return _unheld(one, evidence, knowing, stacks)


def _held(
    one: LiveObject,
    evidence: Evidence,
    holders: list[tuple[RecordedState, Held]],
    knowing: list[RecordedState],
    stacks: tuple[str, ...],
) -> Verdict:
    state, held = holders[0]
    where = f"{state.name} holds it as {held.resource}"
    ends = [_end(one, resource, evidence.time) for _, resource in holders]
    over = [end for end in ends if end is not None]
    kind = _kind(one)
    if not kind.sweep.expires or len(over) < len(ends):
        counts = "; it has succeeded and counts toward the quota" if kind.sweep.counts(one) and not one.active else ""
        return Verdict(IN_USE, f"{where}{counts}{_unreadable_end(holders)}", stacks=stacks)
    why = over[0].why
    doubt = _extended(holders, over, evidence.time.now) or evidence.doubt([*(state for state, _ in holders), *knowing])
    if doubt:
        return Verdict(NOT_CHECKED, f"{why}, but {doubt}", stacks=stacks)
    try:
        policy, keeper = policy_of_held([resource for _, resource in holders], _teardown(kind))
    except UnreadablePolicyError as unreadable:
        return Verdict(NOT_CHECKED, f"{why}, but {unreadable}", stacks=stacks)
    return _ending(one, evidence, EXPIRED, f"{why}; {where}{_kept(keeper)}", policy, stacks)


@dataclass(frozen=True, slots=True)
class _End:
    """A moment at which a job was over, by the resource that holds it, and why."""

    at: float
    why: str


def _end(one: LiveObject, held: Held, time: ServiceTime) -> _End | None:
    """When the job of this resource expired, or had run too long, whichever was first; None when neither."""
    began = time.latest(one.create_time)
    found: list[_End] = []
    span = expiry.length(held.properties.get(expiry.EXPIRES_IN))
    if span is not None:
        ends = [expiry.moment(held.properties.get(expiry.EXPIRES))]
        if ends[0] is None or time.zone_is_shown:  # the clock that wrote it may have been wrong
            ends.append(None if began is None else began + span)
        known = [at for at in ends if at is not None]
        if known and max(known) <= time.now:
            found.append(_End(max(known), f"it expired at {expiry.text(max(known))} (expiresIn {seconds(span)})"))
    limit = expiry.length(held.properties.get(expiry.MAX_RUNTIME))
    if limit is not None and one.active and began is not None and time.now - began > limit:
        found.append(_End(began + limit, f"it has been {one.status} for more than {seconds(limit)} (maxRuntime)"))
    return min(found, key=lambda end: end.at, default=None)


def _unreadable_end(holders: list[tuple[RecordedState, Held]]) -> str:
    for _, held in holders:
        for name in (expiry.EXPIRES_IN, expiry.MAX_RUNTIME):
            if isinstance(held.properties.get(name), Mapping):
                return f"; its {name} is a secret in the state, so no sweep sees when it is over"
    return ""


def _extended(holders: list[tuple[RecordedState, Held]], ends: list[_End], now: float) -> str | None:
    """Why the job may have been given more time since; None when it has not.

    An update in place leaves no trace on the service. So a copy of a state that was made before the end, or a while
    ago, can't tell.
    """
    for (state, _), end in zip(holders, ends, strict=True):
        if state.copied is not None and state.copied < end.at:
            return f"the copy of the state {state.name} was made {_minutes(end.at - state.copied)} before: {_PUT_OFF}"
        if state.copied is not None and now - state.copied > _FRESH:
            return f"the copy of the state {state.name} is {_minutes(now - state.copied)} old: {_PUT_OFF}"
    return None


def _minutes(span: float) -> str:
    return seconds(max(round(span / 60), 1) * 60.0)


def _unheld(one: LiveObject, evidence: Evidence, knowing: list[RecordedState], stacks: tuple[str, ...]) -> Verdict:
    found = one.stamp
    if found is None:
        return Verdict(FOREIGN, "it has no stamp, and no state that was read holds it")
    over = found.expires is not None and found.expires <= evidence.time.now
    ended = f"it expired at {expiry.text(found.expires)}" if over else ""
    lost = found.owner in evidence.lost
    kind = _kind(one)
    if not knowing and not lost:
        also = f"{ended}, but " if over else ""
        return Verdict(FOREIGN, f"{also}no state that was read knows its owner {found.owner}")
    mentioned = [state.name for state in evidence.states if _names(state, one)]
    if mentioned:
        return Verdict(IN_USE, f"{mentioned[0]} names it", stacks=stacks)
    if found.retained and not (over and kind.sweep.expires):
        return Verdict(IN_USE, f"it was {_OUTLIVES}", stacks=stacks)
    twin = evidence.twin_of(one)
    if twin is not None:
        return Verdict(NOT_CHECKED, f"{twin.object_id} has the very same name: {_COPY}", stacks=stacks)
    doubt = evidence.doubt(knowing)
    if doubt:
        return Verdict(NOT_CHECKED, doubt, stacks=stacks)
    age = evidence.time.sure_age(one.create_time)
    if age is None:
        return Verdict(NOT_CHECKED, "nobody knows how old it is", stacks=stacks)
    if not age >= evidence.min_age:  # an age that is not a number (NaN) does not count
        young = f"it may be younger than {seconds(evidence.min_age)}{_unsure(evidence.time)}: an `up` may be under way"
        return Verdict(NOT_CHECKED, young, stacks=stacks)
    if knowing:
        why = f"its owner's state {knowing[0].name} does not hold it"
    else:
        why = f"the state of its owner {found.owner} is lost, as you say"
    policy = _teardown(kind).options_of({})
    if found.retained:  # that is about the end of its stack; an expiry is about the run
        return _ending(one, evidence, EXPIRED, f"{ended}; {why}{_kept(_OUTLIVES)}", ended_only(policy), stacks)
    if kind.sweep.is_record(one):
        return _left_over(one, evidence, f"{ended}; {why}" if over else why, policy, stacks, EXPIRED if over else None)
    if over:
        return _ending(one, evidence, EXPIRED, f"{ended}; {why}", policy, stacks)
    return _ending(one, evidence, ORPHAN, why, policy, stacks)


def _names(state: RecordedState, one: LiveObject) -> bool:
    return one.object_id in (state.deployments_named if _kind(one).sweep.has_model_id else state.mentions)


def _left_over(
    one: LiveObject, evidence: Evidence, why: str, policy: TeardownOptions, stacks: tuple[str, ...], label: str | None
) -> Verdict:
    """Judge a finished job that no state holds: it costs nothing, and its record may have been kept on purpose."""
    label = label or (FINISHED if _kind(one).sweep.counts(one) else ORPHAN)
    reason = f"it is {one.status}; {why}"
    if evidence.finished:
        return _ending(one, evidence, label, reason, policy, stacks)
    return Verdict(label, f"{reason}; {_kind(one).sweep.left_over}", stacks=stacks)


def _ending(
    one: LiveObject, evidence: Evidence, label: str, reason: str, policy: TeardownOptions, stacks: tuple[str, ...]
) -> Verdict:
    """Judge an object that is proven to be over, and say what would be done, unless something else still needs it."""
    kind = _kind(one)
    teardown, needed = _teardown(kind), kind.sweep.needed_as(one)
    if needed is not None:
        for user_kind, use in _uses_of(kind):
            if user_kind.noun in evidence.unlisted:
                possible = use.possible.format(it=kind.sweep.part_used)
                reason = f"{possible}, and {evidence.unlisted[user_kind.noun]}"
                return Verdict(NOT_CHECKED, reason, stacks=stacks)
    user, until = evidence.needed_by(needed)
    if user is None and until is not None:
        reason += f"; {until.kind} {until.object_id}, which needs it, is ended first"
    if user is not None:
        use_of_it = _kind(user).use
        verb = "needs" if use_of_it is None else use_of_it.verb
        needs = f"{user.kind} {user.object_id} {verb} {kind.sweep.part_used}"
        held = label == EXPIRED
        return Verdict(label if held else IN_USE, f"{reason}, but {needs}" if held else needs, stacks=stacks)
    if teardown.is_going(one):
        action, reason = "", f"{reason}; it is being deleted"
    else:
        action = teardown.action(one, policy)
    return Verdict(label, reason, action, policy if action else None, stacks)


def _kind(one: LiveObject) -> Kind:
    return registry.of_noun(one.kind)


def _teardown(kind: Kind) -> Teardown:
    assert kind.teardown is not None, "only what can be torn down is judged"
    return kind.teardown


def _uses_of(kind: Kind) -> list[tuple[Kind, Use]]:
    """Return the kinds whose objects may use one of this kind, and how."""
    return [(user, user.use) for user in registry.users_of(kind.noun) if user.use is not None]


def _kept(keeper: str | None) -> str:
    return f"; its record is kept ({keeper})" if keeper else ""


def _unsure(time: ServiceTime) -> str:
    return "" if time.zone_is_shown else " (nothing shows the zone of the service's times, see --utc-offset)"
