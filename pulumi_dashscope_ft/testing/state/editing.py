"""`state delete` and `state move`: changes to a state without a call to a provider.

Users take resources out of a stack, or move them to another one, and tests should show how a provider handles the rest.
The rules are the real command's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .resource import PROVIDER_PREFIX, STACK_TYPE, ResourceState, make_urn


def delete(resources: list[ResourceState], urns: Collection[str], *, force: bool) -> None:
    """Drop these resources.

    :raises ValueError: a resource is missing, protected, or needed by one that stays.
    """
    for urn in urns:
        matches = [state for state in resources if state.urn == urn]
        if not matches:
            raise ValueError(f"there is no resource {urn} in the state")
        if any(state.protect for state in matches) and not force:
            raise ValueError(f"{urn} can't be safely deleted because it is protected")
    left = [state for state in resources if state.urn not in urns]
    for state in left:
        needed = sorted((state.depends_on() | {state.parent}) & set(urns))
        if needed:
            raise ValueError(f"{needed[0]} can't be safely deleted because {state.urn} depends on it")
    resources[:] = left


def move(
    source: list[ResourceState], dest: list[ResourceState], urns: Collection[str], stack: str, project: str
) -> None:
    """Move these resources, with their children, to the stack `dest`. Their providers are copied.

    Dependencies between the two sides are removed.

    :raises ValueError: no resource matches, a provider should be moved, or `dest` has a resource of the same URN.
    """
    moved = _with_children(source, set(urns))
    if not moved:
        raise ValueError("no resources found to move")
    if any(state.is_provider for state in moved):
        raise ValueError("cannot move providers: they are copied with their resources")
    going = {state.urn for state in moved}
    staying = [state for state in source if state.urn not in going]
    root = next((state for state in dest if state.type == STACK_TYPE), None)
    if root is None:
        root = ResourceState(urn=make_urn(stack, project, "", STACK_TYPE, f"{project}-{stack}"), type=STACK_TYPE)
        dest.insert(0, root)
    names = {state.urn: _renamed(state.urn, stack, project) for state in source}
    providers = _copied_providers(source, dest, {state.provider for state in moved}, names, root.urn)
    for state in moved:
        if names[state.urn] in {there.urn for there in dest}:
            raise ValueError(f"resource {names[state.urn]} already exists in the destination stack")
        _cut(state, {other.urn for other in staying})
        state.parent = names[state.parent] if state.parent in going else root.urn
        _rename(state, names)
        state.provider = providers.get(state.provider, state.provider)
        dest.append(state)
    for state in staying:
        _cut(state, going)
    source[:] = staying


def _with_children(resources: list[ResourceState], urns: set[str]) -> list[ResourceState]:
    moved = [state for state in resources if state.urn in urns and state.type != STACK_TYPE]
    reached = {state.urn for state in moved}
    for state in resources:
        if state.parent in reached and state.urn not in reached and not state.is_provider:
            reached.add(state.urn)
    return [state for state in resources if state.urn in reached]


def _copied_providers(
    source: list[ResourceState], dest: list[ResourceState], wanted: set[str], names: Mapping[str, str], root: str
) -> dict[str, str]:
    """Return each wanted provider's reference, and its reference in `dest`.

    :param root: the URN of the stack itself, which is the parent of a copied provider there.
    """
    references = {}
    for state in source:
        reference = f"{state.urn}::{state.id}"
        if reference not in wanted or not state.type.startswith(PROVIDER_PREFIX):
            continue
        there = next((other for other in dest if other.urn == names[state.urn]), None)
        if there is None:
            there = state.copy()
            there.urn, there.parent = names[state.urn], root
            dest.append(there)
        elif there.id != state.id and there.inputs != state.inputs:
            raise ValueError(f"provider {there.urn} already exists in the destination stack")
        references[reference] = f"{there.urn}::{there.id}"
    return references


def _cut(state: ResourceState, gone: set[str]) -> None:
    state.dependencies = [urn for urn in state.dependencies if urn not in gone]
    left = {key: [urn for urn in urns if urn not in gone] for key, urns in state.property_dependencies.items()}
    state.property_dependencies = {key: urns for key, urns in left.items() if urns}
    state.replace_with = [urn for urn in state.replace_with if urn not in gone]
    if state.deleted_with in gone:
        state.deleted_with = ""


def _rename(state: ResourceState, names: Mapping[str, str]) -> None:
    state.urn = names[state.urn]
    state.dependencies = [names.get(urn, urn) for urn in state.dependencies]
    state.property_dependencies = {
        key: [names.get(urn, urn) for urn in urns] for key, urns in state.property_dependencies.items()
    }
    state.replace_with = [names.get(urn, urn) for urn in state.replace_with]
    state.deleted_with = names.get(state.deleted_with, state.deleted_with)


def _renamed(urn: str, stack: str, project: str) -> str:
    """Return the URN in another stack: `urn:pulumi:STACK::PROJECT::TYPE::NAME`."""
    kept = urn.split("::", 2)[2]
    return f"urn:pulumi:{stack}::{project}::{kept}"
