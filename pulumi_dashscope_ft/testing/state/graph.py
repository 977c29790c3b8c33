"""Dependencies between resources.

The order of deletions, and what else a replacement replaces, both follow from the dependencies in the state. States are
listed so that a resource comes after everything it needs; the real engine relies on the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .resource import ResourceState


def dependents(of: ResourceState, among: Sequence[ResourceState], ignoring: Collection[str]) -> list[ResourceState]:
    """Return everything that needs `of`, directly or not, in dependency order. A child does not need its parent."""
    at = next((index for index, state in enumerate(among) if state is of), None)
    if at is None:
        return []
    reached = {of.urn}
    ordered: list[ResourceState] = []
    for state in among[at + 1 :]:
        if state.urn not in ignoring and state.depends_on() & reached:
            ordered.append(state)
            reached.add(state.urn)
    return ordered


def needed_by(state: ResourceState, among: Sequence[ResourceState]) -> list[ResourceState]:
    """Return what `state` needs directly: dependencies, provider and parent, and children of components it needs."""
    at = next(index for index, item in enumerate(among) if item is state)
    wanted = state.depends_on()
    ordered: list[ResourceState] = []
    for candidate in among[:at]:
        if candidate.urn in wanted or candidate.urn == state.parent:
            ordered.append(candidate)
            if candidate.urn in wanted and not candidate.custom:
                ordered += _descendants(candidate, among[:at])
    return ordered


def deletion_waves(condemned: Sequence[ResourceState], among: Sequence[ResourceState]) -> list[list[ResourceState]]:
    """Return groups to delete one after the other; within a group any order is right."""
    left = list(condemned)
    waves: list[list[ResourceState]] = []
    while left:
        remaining = {id(state) for state in left}
        free = [state for state in left if not any(id(item) in remaining for item in needed_by(state, among))]
        if not free:  # a circle can only come from a damaged state; delete it in reverse order rather than hang
            free = [left[0]]
        chosen = {id(state) for state in free}
        waves.append(free)
        left = [state for state in left if id(state) not in chosen]
    return waves[::-1]


def prune(states: Sequence[ResourceState]) -> list[ResourceState]:
    """Return the states without references to resources that are not among them."""
    present = {state.urn for state in states}
    for state in states:
        state.dependencies = [urn for urn in state.dependencies if urn in present]
        left = {key: [urn for urn in urns if urn in present] for key, urns in state.property_dependencies.items()}
        state.property_dependencies = {key: urns for key, urns in left.items() if urns}
        if state.deleted_with not in present:
            state.deleted_with = ""
        if state.parent not in present:
            state.parent = ""
    return list(states)


def _descendants(of: ResourceState, among: Sequence[ResourceState]) -> list[ResourceState]:
    urns = {of.urn}
    ordered: list[ResourceState] = []
    for state in among:
        if state.parent in urns:
            urns.add(state.urn)
            ordered.append(state)
    return ordered
