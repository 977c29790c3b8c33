"""What a sweep asks of an account, and how a real account answers.

A sweep lists, reads and tears down objects of all kinds, and is tested against a service that changes while it works. A
real account tears down with the very teardown that `pulumi destroy` uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Objects
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import TeardownOptions
from pulumi_dashscope_ft.lifecycle.kinds import registry

_PASSES = 5


class Account(Protocol):
    """What a sweep needs from the service. A kind is named by its noun."""

    def list(self, kind: str) -> Mapping[str, LiveObject]:
        """One listing of all objects of a kind, by id. Raises `ApiError`."""

    def confirm(self, kind: str) -> bool:
        """Whether the last listing of this kind is proven to be complete, by one more call. Raises `ApiError`."""

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        """Read one object as it is now; None when it is gone. Raises `ApiError`."""

    def tear_down(self, one: LiveObject, policy: TeardownOptions | None) -> None:
        """End and delete the object. Raises `LifecycleError`."""


def settled_list(account: Account, kind: str) -> tuple[dict[str, LiveObject], bool]:
    """List all objects of a kind; and whether the list is complete.

    Objects that come and go while pages are read push others from page to page, past the reader. So the list is read
    until it is proven to be complete or no longer changes, five times at most; the answer contains everything that any
    listing has shown.
    """
    found: dict[str, LiveObject] = {}
    before: set[str] | None = None
    for _ in range(_PASSES):
        again = account.list(kind)
        found.update(again)
        if set(again) == before or account.confirm(kind):
            return found, True
        before = set(again)
    return found, False


class ServiceAccount:
    """The account of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, kind: str) -> dict[str, LiveObject]:
        """List the objects of this kind, by id."""
        return _objects(kind).list(self._connection)

    def confirm(self, kind: str) -> bool:
        """Whether the first page, asked for again, proves that the last listing of this kind is complete."""
        return _objects(kind).confirm(self._connection)

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        """Read one object; None when it is gone."""
        try:
            return _objects(kind).get(self._connection.client, object_id)
        except NotFoundError:
            return None

    def tear_down(self, one: LiveObject, policy: TeardownOptions | None) -> None:
        """End the object as `policy` says; as its kind's defaults say when None."""
        teardown = registry.of_noun(one.kind).teardown
        assert teardown is not None, "only what can be torn down is judged"
        options = policy if policy is not None else teardown.options_of({})
        teardown.tear_down(self._connection, one.object_id, one.name, options)


def _objects(noun: str) -> Objects:
    objects = registry.of_noun(noun).objects
    assert objects is not None, "only what is listed is swept"
    return objects


def list_all(
    account: Account, kinds: Iterable[Kind] | None = None
) -> tuple[tuple[LiveObject, ...], dict[str, str], dict[str, ApiError]]:
    """List all objects of these kinds, by default of all kinds.

    :return: the objects; the reason for each kind whose list is not reliable; and its error, if there was one.
    """
    objects: list[LiveObject] = []
    unlisted: dict[str, str] = {}
    errors: dict[str, ApiError] = {}
    for noun in (kind.noun for kind in (registry.in_listing_order() if kinds is None else kinds)):
        try:
            found, settled = settled_list(account, noun)
        except ApiError as error:
            unlisted[noun] = f"the list of {noun}s could not be read"
            errors[noun] = error
            continue
        objects += found.values()
        if not settled:
            unlisted[noun] = f"the list of {noun}s kept changing while it was read"
    return tuple(objects), unlisted, errors
