"""All that a sweep knows when it judges: the states, the live objects, and the service's time.

It answers what a verdict asks of them: who holds an object, who needs it, and whether a state proves anything by what
it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key, LiveObject
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held, RecordedState
from pulumi_dashscope_ft.lifecycle.sweep.service_time import TOLERANCE, ServiceTime
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds

_REFRESH = "Run `pulumi refresh` on a machine whose clock is right"

_CHECKPOINT = re.compile(r"-c\d+$")
"""What the name of a published checkpoint appends to its job's model (example on API page list-checkpoints-api)."""

_LONGEST_LEAD = 24 * 3600.0
"""The largest plausible lead of a clock, in seconds.

An object recorded later than that after it was made was adopted, and says nothing about clocks. If nothing else does,
the clock that dated a copy may have been ahead by this much.
"""


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
        holders: dict[Key, list[tuple[RecordedState, Held]]] = {}
        knowing: dict[str, list[RecordedState]] = {}
        for state in self.states:
            for key, resources in state.held.items():
                holders.setdefault(key, []).extend((state, held) for held in resources)
            for owner in state.owners:
                knowing.setdefault(owner, []).append(state)
        object.__setattr__(self, "_holders", holders)
        object.__setattr__(self, "_knowing", knowing)
        object.__setattr__(self, "_untrusted", next(filter(None, map(_distrust, self.states)), None))
        object.__setattr__(self, "_needed", needed)
        object.__setattr__(self, "_by_owner", youngest)
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_live", {one.key: one for one in self.objects})
        object.__setattr__(self, "_stale", {})

    # What thousands of objects ask of a thousand states is looked up, not searched for.
    _holders: Mapping[Key, list[tuple[RecordedState, Held]]] = field(init=False, repr=False, default_factory=dict)
    _knowing: Mapping[str, list[RecordedState]] = field(init=False, repr=False, default_factory=dict)
    _untrusted: str | None = field(init=False, repr=False, default=None)
    _needed: Mapping[str, list[LiveObject]] = field(init=False, repr=False, default_factory=dict)
    _by_owner: Mapping[str, list[LiveObject]] = field(init=False, repr=False, default_factory=dict)
    _named: Mapping[tuple[str, Stamp], list[LiveObject]] = field(init=False, repr=False, default_factory=dict)
    _live: Mapping[Key, LiveObject] = field(init=False, repr=False, default_factory=dict)
    _stale: dict[int, str | None] = field(init=False, repr=False, default_factory=dict)

    def holders_of(self, key: Key) -> list[tuple[RecordedState, Held]]:
        """Return the resources that hold this object, each with its state, in the order of the states."""
        return self._holders.get(key, [])

    def states_of(self, owner: str | None) -> list[RecordedState]:
        """Return the states in which this owner id lives."""
        return [] if owner is None else self._knowing.get(owner, [])

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
        if one.stamp is None or not registry.of_noun(one.kind).sweep.unique_stamp:
            return None
        alike = self._named.get((one.kind, one.stamp), ())
        return next((twin for twin in alike if twin.object_id != one.object_id), None)

    def doubt(self, states: Iterable[RecordedState]) -> str | None:
        """Why nothing may be concluded from what these states do not hold; None when they are sound.

        A state that is unreadable, old or incomplete puts every object in doubt: its stack may have taken over anyone's
        object.
        """
        if self._untrusted is not None:
            return self._untrusted
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
                        f"it may be older than {one.object_id}, which this stack made{unsure(self.time)}{guessed}. "
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


def _distrust(state: RecordedState) -> str | None:
    """Return why the state puts every object in doubt; None when it does not."""
    if state.unreadable:
        return f"the state {state.source} could not be read: {state.problem}"
    return f"the state {state.name} proves nothing: {state.problem}" if state.partial else None


def unsure(time: ServiceTime) -> str:
    """Return what a message adds while nothing shows the zone of the service's times."""
    return "" if time.zone_is_shown else " (nothing shows the zone of the service's times, see --utc-offset)"
