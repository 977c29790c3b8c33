"""Why this exists: a sweep lists, reads and tears down three kinds of objects, and is tested against a service that
changes under its hands. This is all that it asks of an account, and how a real one answers: by the very teardown that
`pulumi destroy` uses.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Protocol

from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment import teardown as deployment_teardown
from pulumi_dashscope_ft.lifecycle.deployment.resource import policy_of as deployment_policy
from pulumi_dashscope_ft.lifecycle.file import resource as training_file
from pulumi_dashscope_ft.lifecycle.job import teardown
from pulumi_dashscope_ft.lifecycle.job.teardown import TeardownPolicy
from pulumi_dashscope_ft.lifecycle.sweep import live_object
from pulumi_dashscope_ft.lifecycle.sweep.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import DEPLOYMENT, FILE, JOB

_PASSES = 5


class Account(Protocol):
    """What a sweep needs of the service."""

    def list(self, kind: str) -> Mapping[str, LiveObject]:
        """One listing of all objects of a kind, by id. Raises `ApiError`."""

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        """One object as it stands now; None when it is gone. Raises `ApiError`."""

    def tear_down(self, one: LiveObject, policy: TeardownPolicy | None) -> None:
        """End and delete it. Raises `LifecycleError`."""


def settled_list(account: Account, kind: str) -> tuple[dict[str, LiveObject], bool]:
    """All objects of a kind, and whether two listings in a row have agreed on which those are.

    Objects that come and go while pages are read push others from page to page, past the reader. So the list is read
    until it no longer changes, five times at most; what any listing has shown is in the answer.
    """
    found = dict(account.list(kind))
    before = set(found)
    for _ in range(_PASSES - 1):
        again = account.list(kind)
        found.update(again)
        if set(again) == before:
            return found, True
        before = set(again)
    return found, False


class ServiceAccount:
    """The account of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        client = connection.client
        self._lists: dict[str, Callable[[], dict[str, LiveObject]]] = {
            JOB: lambda: {key: live_object.of_job(job) for key, job in connection.jobs.listing.all().items()},
            FILE: lambda: {key: live_object.of_file(file) for key, file in connection.files.listing.all().items()},
            DEPLOYMENT: lambda: {
                key: live_object.of_deployment(live) for key, live in connection.deployments.listing.all().items()
            },
        }
        self._gets: dict[str, Callable[[str], LiveObject]] = {
            JOB: lambda key: live_object.of_job(client.fine_tunes.get(key)),
            FILE: lambda key: live_object.of_file(client.files.get(key)),
            DEPLOYMENT: lambda key: live_object.of_deployment(client.deployments.get(key)),
        }

    def list(self, kind: str) -> dict[str, LiveObject]:
        return self._lists[kind]()

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        try:
            return self._gets[kind](object_id)
        except NotFoundError:
            return None

    def tear_down(self, one: LiveObject, policy: TeardownPolicy | None) -> None:
        if one.kind == JOB:
            assert policy is not None
            teardown.tear_down(self._connection, one.object_id, policy)
        elif one.kind == DEPLOYMENT:
            deployment_teardown.tear_down(self._connection, one.object_id, deployment_policy({}))
        else:
            training_file.delete(self._connection, one.object_id, {"name": one.name})


def list_all(
    account: Account, kinds: Container[str] = (FILE, JOB, DEPLOYMENT)
) -> tuple[tuple[LiveObject, ...], dict[str, str], dict[str, ApiError]]:
    """Everything there is of these kinds; for each whose list is not to be relied on the reason, and the error if there
    was one.
    """
    objects: list[LiveObject] = []
    unlisted: dict[str, str] = {}
    errors: dict[str, ApiError] = {}
    # What uses others is listed after them: so a use that begins meanwhile is seen.
    for kind in (FILE, JOB, DEPLOYMENT):
        if kind not in kinds:
            continue
        try:
            found, settled = settled_list(account, kind)
        except ApiError as error:
            unlisted[kind] = f"the list of {kind}s could not be read"
            errors[kind] = error
            continue
        objects += found.values()
        if not settled:
            unlisted[kind] = f"the list of {kind}s kept changing while it was read"
    return tuple(objects), unlisted, errors
