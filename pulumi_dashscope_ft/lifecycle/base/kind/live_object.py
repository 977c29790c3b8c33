"""An object of the service, of any kind, with what is needed to judge it: owner, age, activity and needs."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base.kind.consumption import Consumption
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp

Key = tuple[str, str]
"""Noun of the kind (`job`, `file`, `deployment`) and id of an object of the service."""


@dataclass(frozen=True, slots=True)
class LiveObject:
    """An object as the service shows it.

    :param kind: the noun of its kind: `job`, `file` or `deployment`.
    :param name: what it is called: the readable part of its stamp, else the service's name for it.
    :param status: the service's word; None for files, which have none.
    :param create_time: as the service writes it.
    :param touched: other times that the service shows for it.
    :param active: it runs or serves, or may still do so: it costs money. Files cost nothing to keep.
    :param needs: ids of what it uses: a job uses its files and the model that it trains further, a deployment its
        model.
    :param model: the model that a job has produced or will produce; checkpoints of it may be published before.
    :param consumption: what a job has used up, from which its cost is reckoned.
    """

    kind: str
    object_id: str
    name: str
    stamp: Stamp | None
    status: str | None = None
    create_time: str | None = None
    touched: tuple[str, ...] = ()
    active: bool = False
    needs: frozenset[str] = frozenset()
    model: str | None = None
    usage: int | None = None
    consumption: Consumption | None = None

    @property
    def key(self) -> Key:
        """Kind and id, which together are unique in an account."""
        return self.kind, self.object_id

    @property
    def owner(self) -> str | None:
        """The owner id in the stamp; None without a stamp."""
        return self.stamp.owner if self.stamp is not None else None


def called(found: Stamp | None, name: str | None) -> str:
    """Return the name of an object with this stamp and this name on the service."""
    return (found.readable if found is not None else name) or ""


def times(*written: str | None) -> tuple[str, ...]:
    """Return the times among these that the service shows."""
    return tuple(time for time in written if time)
