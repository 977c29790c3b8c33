"""Objects that a stack has started, that run, and that no state holds.

An `up` that is killed between a create and its record leaves such an object behind: it is billed, and nobody knows of
it. What proves whose it is, the stack's owner id, goes with the stack. So before it does, this looks for objects with
that id that nothing which this run has seen accounts for.
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
    """The kinds whose orphans cost money, in the order in which they are listed."""
    return [
        Searched(kind.noun, kind.objects, kind.orphans)
        for kind in registry.in_listing_order()
        if kind.objects is not None and kind.orphans is not None
    ]


def orphans(connection: Connection, kind: Searched, owner: str) -> list[LiveObject]:
    """The objects of this kind that this owner has started, that run, and that this run knows nothing of.

    Nobody starts any while a stack is torn down. So, where the kind says so, a whole listing that this run has made for
    its waits is good enough to find none; only what seems to be left is looked for once more. Otherwise the objects are
    listed anew: a call for each page.

    :raises ApiError: the list can't be read.
    """
    if kind.search.last_listing_serves:
        seen = kind.objects.last_listed(connection)
        if seen is not None and not _of(connection, kind, owner, seen, retained=False):
            return []
    return _of(connection, kind, owner, kind.objects.list(connection), retained=False)


def left_on_purpose(connection: Connection, kind: Searched, owner: str) -> list[LiveObject]:
    """The objects of this kind that run, that this owner has started to outlive their stack, and that this run has not
    told of. As this run has listed them last: no call is made.
    """
    return _of(connection, kind, owner, kind.objects.last_listed(connection) or {}, retained=True)


def listed(found: Iterable[LiveObject]) -> str:
    """Those objects, as a message names them."""
    return ", ".join(f"{one.object_id} ({_status(one)}since {one.create_time or 'an unknown time'})" for one in found)


def _status(one: LiveObject) -> str:
    return f"{one.status}, " if one.status else ""


def _of(
    connection: Connection, kind: Searched, owner: str, listed: Mapping[str, LiveObject], *, retained: bool
) -> list[LiveObject]:
    """Those that this owner has started, to outlive its stack or not, and that this run has neither ended nor kept."""
    ledger = connection.ledger
    return [
        one
        for one in listed.values()
        if kind.search.goes_on(one)
        and one.stamp is not None
        and one.stamp.owner == owner
        and one.stamp.retained == retained
        and not ledger.is_retained(one.object_id)
        and not ledger.has_ended(one.object_id)
    ]
