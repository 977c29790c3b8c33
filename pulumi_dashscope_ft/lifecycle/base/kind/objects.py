"""The objects of the service that resources of a kind hold: how they are listed, read, described and taken over.

`Objects` is the interface for the rest of the package. `Listed` implements it for a kind, with functions on the API's
own model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, Generic, Protocol, TypeVar

from pulumi_dashscope_ft.api import Client
from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE

T = TypeVar("T")

Facts = dict[str, Any]


class Objects(Protocol):
    """The objects of one kind, in one account. Methods that ask the service raise `ApiError`."""

    def list(self, connection: Connection) -> dict[str, LiveObject]:
        """List all objects anew, by id."""

    def confirm(self, connection: Connection) -> bool:
        """Ask for the first page again: whether it proves that the last listing was complete and still is."""

    def last_listed(self, connection: Connection) -> dict[str, LiveObject] | None:
        """All objects of the last listing of this process, by id, without a call; None when there was no listing."""

    def get(self, client: Client, object_id: str) -> LiveObject:
        """Read one object as it is now. Raises `NotFoundError` when it is gone."""

    def status(self, connection: Connection, object_id: str) -> str | None:
        """Return the status of one object, None for a file; reads at the same time share one listing.

        Raises `NotFoundError` when it is gone.
        """

    def named(self, connection: Connection) -> Iterator[tuple[str, str]]:
        """List id and name of all objects, by a new listing."""

    def facts(self, connection: Connection) -> tuple[Facts, ...]:
        """Describe all objects as the command does, id and name first, by a new listing.

        Ages are by the service's time.
        """

    def takeover(self, client: Client, object_id: str, options: TakeoverOptions) -> Takeover:
        """Return the resource that takes this object over. Raises `ValueError` when the provider would refuse to."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """Objects that the API shows as T.

    :param source: where they are read.
    :param live: turns an object into what judgements need.
    :param name_of: its name on the service.
    :param facts_of: what the command says about it, at a time in seconds since 1970.
    :param taken_over: the resource that takes it over; raises ValueError when the provider would refuse to.
    :param account_facts_of: what the command says about it that also depends on the account.
    """

    source: Source[T]
    live: Callable[[T], LiveObject]
    name_of: Callable[[T], str | None]
    facts_of: Callable[[T, float], Facts]
    taken_over: Callable[[T, TakeoverOptions], Takeover]
    account_facts_of: Callable[[T, Connection], Facts] = lambda each, connection: {}

    def list(self, connection: Connection) -> dict[str, LiveObject]:
        """List all objects of the kind, by id."""
        return {object_id: self.live(each) for object_id, each in self._all(connection).items()}

    def confirm(self, connection: Connection) -> bool:
        """Ask for the first page again: whether it proves that the last listing was complete and still is.

        Makes no call where that can't be proven. What disappears while pages are read moves others past the reader, but
        then some page names another total than the number that was found. What appears while as many disappear keeps
        the total, but in a list that shows the newest first it is on the first page.
        """
        listed = connection.readers.reader(self.source).listing.counted()
        if listed is None or len(listed) <= PAGE_SIZE:
            return False
        made = [expiry.moment(self.live(each).create_time) for each in listed.values()]
        if not all(one is not None and after is not None and one >= after for one, after in pairwise(made)):
            return False
        first = self.source.page(connection.client, 1)
        return first.total == len(listed) and list(first.items) == list(islice(listed, len(first.items)))

    def last_listed(self, connection: Connection) -> dict[str, LiveObject] | None:
        """Return what the last listing of this process showed, without a call; None when there was none."""
        seen = connection.readers.reader(self.source).listing.latest()
        return None if seen is None else {object_id: self.live(each) for object_id, each in seen.items()}

    def get(self, client: Client, object_id: str) -> LiveObject:
        """Read one object.

        :raises NotFoundError: it is gone.
        """
        return self.live(self.source.get(client, object_id))

    def status(self, connection: Connection, object_id: str) -> str | None:
        """Return the status of one object.

        :raises NotFoundError: it is gone.
        """
        return self.live(connection.readers.reader(self.source).read(object_id)).status

    def named(self, connection: Connection) -> Iterator[tuple[str, str]]:
        """Yield id and name of all objects."""
        return ((object_id, self.name_of(each) or object_id) for object_id, each in self._all(connection).items())

    def facts(self, connection: Connection) -> tuple[Facts, ...]:
        """Describe all objects, for the command's lists; their ages are by the service's time."""
        objects = self._all(connection)
        now = connection.client.service_time()
        return tuple(
            {**self.facts_of(each, now), **self.account_facts_of(each, connection)} for each in objects.values()
        )

    def takeover(self, client: Client, object_id: str, options: TakeoverOptions) -> Takeover:
        """Read one object, and say how a program takes it over."""
        return self.taken_over(self.source.get(client, object_id), options)

    def _all(self, connection: Connection) -> dict[str, T]:
        return connection.readers.reader(self.source).listing.all()
