"""Orphans: active objects that a stack has started and that no state holds.

An `up` that is killed between a create and its record leaves such an object behind: it is billed, and nobody knows
about it. The stack's owner id, the proof of whose it is, is deleted with the stack. So before that, this module looks
for objects with that id that do not belong to anything this run has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Objects
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import OrphanSearch
from pulumi_dashscope_ft.lifecycle.kinds import registry


@dataclass(frozen=True, slots=True)
class Searched:
    """One kind whose orphans are looked for.

    :param noun: what its objects are called.
    """

    noun: str
    objects: Objects
    search: OrphanSearch


def kinds() -> list[Searched]:
    """Return the kinds whose orphans cost money, in the order in which they are listed."""
    return [
        Searched(kind.noun, kind.objects, kind.orphans)
        for kind in registry.in_listing_order()
        if kind.objects is not None and kind.orphans is not None
    ]


def orphans(connection: Connection, kind: Searched, owner: str) -> list[LiveObject]:
    """Find the active objects of this kind that this owner has started and that this run does not know.

    Nobody starts any while a stack is torn down. So, if the kind allows it, a complete listing that this run has made
    for its waits is recent enough to find none; only apparent orphans are read once more. Otherwise the objects are
    listed anew: one call per page.

    :raises ApiError: the list can't be read.
    """
    if kind.search.last_listing_serves:
        seen = kind.objects.last_listed(connection)
        if seen is not None and not _of(connection, kind, owner, seen, retained=False):
            return []
    return _of(connection, kind, owner, kind.objects.list(connection), retained=False)


def left_on_purpose(connection: Connection, kind: Searched, owner: str) -> list[LiveObject]:
    """Find the active objects of this kind that their owner has started to outlive its stack.

    Only those that this run has not reported yet. Uses the last listing of this run: no call is made.
    """
    return _of(connection, kind, owner, kind.objects.last_listed(connection) or {}, retained=True)


def listed(found: Iterable[LiveObject]) -> str:
    """Name these objects for a message."""
    return ", ".join(f"{one.object_id} ({_status(one)}since {one.create_time or 'an unknown time'})" for one in found)


def _status(one: LiveObject) -> str:
    return f"{one.status}, " if one.status else ""


def _of(
    connection: Connection, kind: Searched, owner: str, listed: Mapping[str, LiveObject], *, retained: bool
) -> list[LiveObject]:
    """Return the objects of this owner, `retained` or not, that this run has neither ended nor kept."""
    run_registry = connection.run_registry
    return [
        one
        for one in listed.values()
        if kind.search.goes_on(one)
        and one.stamp is not None
        and one.stamp.owner == owner
        and one.stamp.retained == retained
        and not run_registry.is_retained(one.object_id)
        and not run_registry.has_ended(one.object_id)
    ]
