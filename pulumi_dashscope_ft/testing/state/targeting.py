"""Selects the resources of an operation.

`--target` and `--exclude` decide four things (what is checked and changed, what may be deleted, what is refreshed, and
what is refused), and they follow the dependencies differently for each. The rules are the real engine's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from .graph import needed_by
from .resource import PROVIDER_PREFIX, STACK_TYPE, ResourceState


class TargetOptions(TypedDict, total=False):
    """The arguments of an operation that select resources; see `Options`."""

    replace: Collection[str]
    target: Collection[str]
    target_dependents: bool
    exclude: Collection[str]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of this run.

    :param replace: URNs to replace in any case.
    :param target: URNs to limit the run to; empty: all.
    :param target_dependents: whether resources that depend on a target are targets, too.
    :param exclude: URNs to leave out.
    :param nothing: whether no resource may be touched; the program runs for its outputs alone.
    """

    replace: Collection[str] = ()
    target: Collection[str] = ()
    target_dependents: bool = False
    exclude: Collection[str] = ()
    nothing: bool = False
    _reached: set[str] = field(default_factory=set)

    def includes(self, state: ResourceState) -> bool:
        """Whether a registered resource takes part. Providers and the stack always do. Ask in dependency order."""
        if state.type == STACK_TYPE or state.type.startswith(PROVIDER_PREFIX):
            return True
        if self.nothing:
            return False
        if not self.target:
            return state.urn not in self.exclude
        wanted = state.urn in self.target
        if self.target_dependents and not wanted:
            wanted = bool(({state.parent} | state.depends_on()) & self._reached)
        if wanted:
            self._reached.add(state.urn)
        return wanted

    def looks_at(self, state: ResourceState) -> bool:
        """Whether a refresh includes this resource."""
        return state.urn in self.target if self.target else state.urn not in self.exclude

    def may_delete(self, states: Sequence[ResourceState]) -> set[str]:
        """Return the URNs that a run may delete: targets and what needs them, or all but what an excluded one needs."""
        if self.target:
            allowed = set(self.target)
            for state in states:  # in dependency order, so one pass is enough
                if ({state.parent} | state.depends_on()) & allowed:
                    allowed.add(state.urn)
            return allowed
        kept = {state.urn for state in states if state.urn in self.exclude}
        for state in reversed(states):
            if state.urn in kept:
                kept.update(needed.urn for needed in needed_by(state, states))
        return {state.urn for state in states} - kept

    def unwanted(self, states: Sequence[ResourceState]) -> list[ResourceState]:
        """Return the deletions that the user would have to ask for."""
        if not self.target or self.target_dependents:
            return []
        return [state for state in states if state.urn not in self.target]
