"""Whose an object is, and whether a sweep may delete it.

A sweep deletes what costs money and belongs to nobody. To delete what belongs to somebody is the worst that it could
do, so it deletes only with proof, and every doubt ends in "not checked".

An object is an **orphan** only when its stamp names the owner id of a state that was read, that state is sound, and no
state that was read holds the object or mentions it. An owner id that no state knows is **foreign**: its state may be
one that was not passed. An object that has **expired** is proven the same way, by its stamp or by the state that holds
it. This module only judges: it makes no call and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import Teardown, TeardownOptions, Use
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.sweep.evidence import Evidence, unsure
from pulumi_dashscope_ft.lifecycle.sweep.expired_policy import UnreadablePolicyError, ended_only, policy_of_held
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held, RecordedState
from pulumi_dashscope_ft.lifecycle.sweep.service_time import ServiceTime
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

_FRESH = 1800.0
"""Seconds for which a copy of a state proves that its jobs are over: users extend jobs just when they expire."""


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


def judge(one: LiveObject, evidence: Evidence) -> Verdict:
    """Judge an object. Deletes nothing, and says "not checked" rather than "orphan" in doubt."""
    holders, knowing = evidence.holders_of(one.key), evidence.states_of(one.owner)
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
        young = f"it may be younger than {seconds(evidence.min_age)}{unsure(evidence.time)}: an `up` may be under way"
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
