"""Where the objects of the service are read: one `Source` per group of endpoints, and the readers that share its calls.

A kind whose objects only its own folder reads has its source there. The sources here are those that several kinds read:
before a file is deleted, for example, the jobs are listed to see which of them read it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pulumi_dashscope_ft.api import (
    ApiError,
    ApiResponseError,
    ApiStatusError,
    Client,
    Clock,
    Deployment,
    File,
    InvalidParameterError,
    Job,
    JobStatus,
    NotFoundError,
    UnexpectedNotFoundError,
    UnsupportedOperationError,
)
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Listing, Page
from pulumi_dashscope_ft.lifecycle.waiting.places import PlaceQueue
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_REPEATABLE, HasStatus

T = TypeVar("T")
S = TypeVar("S", bound=HasStatus)


_MOST_NAMES = 40
"""Twice the jobs that may be running or succeeded at once."""


@dataclass(frozen=True, eq=False)
class Names(Generic[T]):
    """The names of listed objects. Whether a list shows them is not documented (list-fine-tuning-jobs-api).

    :param of: the name that an object shows; None for none.
    :param wanted: whether anybody looks for this object by its name.
    :param given: returns the object with this name.
    """

    of: Callable[[T], str | None]
    wanted: Callable[[T], bool]
    given: Callable[[T, str], T]


@dataclass(frozen=True, eq=False)
class Source(Generic[T]):
    """One group of endpoints that shows objects of type T.

    :param get: fetches one object by its id.
    :param page: fetches the page of the list with this number, from 1.
    :param operation: the list call, for messages (see `api.operations`).
    :param names: how names are read that the list does not show; None where that is not tried.
    """

    get: Callable[[Client, str], T]
    page: Callable[[Client, int], Page[T]]
    operation: str
    names: Names[T] | None = None


def where_offered(page: Callable[[Client, int], Page[T]]) -> Callable[[Client, int], Page[T]]:
    """Return what fetches a page of a list that the service has in some regions only.

    Elsewhere the service has no such path (model-compression-api-reference, model-import-api-reference), and so no such
    objects.
    """

    def fetch(client: Client, number: int) -> Page[T]:
        try:
            return page(client, number)
        except UnexpectedNotFoundError as error:
            if not error.code:
                raise  # not the service's own answer
            return Page({}, False)

    return fetch


class Readers:
    """One coalescing reader per source of an account, and one poller per source that is waited on. Thread-safe."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.RLock()
        self._readers: dict[Source[Any], CoalescingReader[Any]] = {}
        self._pollers: dict[Source[Any], Poller[Any]] = {}
        self._places: dict[Source[Any], PlaceQueue[Any]] = {}
        self._names: dict[str, str | None] = {}
        """The names of objects that were fetched because the list shows none, by id."""

    def reader(self, source: Source[T]) -> CoalescingReader[T]:
        """Return the one reader of this source."""
        with self._lock:
            if source not in self._readers:
                listing = Listing(
                    lambda number: self._named(source, source.page(self._client, number)),
                    self._clock,
                    operation=source.operation,
                )
                self._readers[source] = CoalescingReader(
                    _Fetch(source, self._client, listing, self._clock), listing, self._clock
                )
            return self._readers[source]

    def poller(self, source: Source[S]) -> Poller[S]:
        """Return the one poller of this source."""
        with self._lock:
            if source not in self._pollers:
                reader = self.reader(source)
                self._pollers[source] = Poller(
                    reader, _Fetch(source, self._client, reader.listing, self._clock), self._clock
                )
            return self._pollers[source]

    def places(self, source: Source[T], counts: Callable[[T], bool]) -> PlaceQueue[T]:
        """Return the one queue for places under the quota of this source's objects.

        :param counts: whether an object counts toward the quota.
        """
        with self._lock:
            if source not in self._places:
                self._places[source] = PlaceQueue(self.reader(source).listing, self._clock, counts)
            return self._places[source]

    def _named(self, source: Source[T], page: Page[T]) -> Page[T]:
        """Return the page with the names that each object shows by itself, where the list shows none at all.

        Costs at most `_MOST_NAMES` calls a page, each object once in the life of a process.
        """
        names = source.names
        if names is None or any(map(names.of, page.items.values())):
            return page
        items = dict(page.items)
        wanted = [object_id for object_id, each in items.items() if names.wanted(each)]
        for object_id in wanted[:_MOST_NAMES]:
            if object_id not in self._names:
                try:
                    self._names[object_id] = names.of(source.get(self._client, object_id))
                except (NotFoundError, *_UNCLEAR):
                    continue  # it has gone meanwhile
            name = self._names[object_id]
            if name is not None:
                items[object_id] = names.given(items[object_id], name)
        return replace(page, items=items)


_UNCLEAR = (UnexpectedNotFoundError, InvalidParameterError, UnsupportedOperationError, ApiResponseError)
"""Answers about an object that exist for one that is gone, if the service does not say `NotFound` (nobody has seen it).
"""


@dataclass(frozen=True)
class _Fetch(Generic[T]):
    """Fetches one object of a source.

    An answer that shows no object, and does not say that it is gone either, is compared with the list: if that is
    complete and does not have the object, it is gone. Costs a listing and a call, and only after such an answer.
    """

    source: Source[T]
    client: Client
    listing: Listing[T]
    clock: Clock

    def __call__(self, object_id: str) -> T:
        """Return the object.

        :raises NotFoundError: it is gone.
        """
        try:
            return self.source.get(self.client, object_id)
        except _UNCLEAR as error:
            # An error about the object is an answer. A success without an object may be that of a service that lags.
            pauses = CREATE_REPEATABLE if isinstance(error, ApiResponseError) else ()
            if not (_is_said_of(error) and self._is_missing(object_id, pauses)):
                raise
            status, code = (error.status, error.code) if isinstance(error, ApiStatusError) else (200, "")
            raise NotFoundError(
                status=status,
                code=code,
                message="The list does not have it.",
                operation=error.operation,
                resource_id=object_id,
            ) from error

    def _is_missing(self, object_id: str, pauses: tuple[float, ...]) -> bool:
        """Whether a complete list does not have the object, and one that it has can be fetched.

        If none can, the calls are at fault, and not the object: a list that lags may not show it yet. A list without
        anything to compare with is given the time to show something.

        :param pauses: seconds between the further looks at such a list.
        """
        try:
            for pause in (0.0, *pauses):
                self.clock.sleep(pause)
                if self.listing.all():
                    break
            listed = self.listing.counted()
            if listed is None or object_id in listed:
                return False
            other = next(iter(listed), None)
            if other is not None:
                self.source.get(self.client, other)
        except ApiError:
            return False
        return True


def _is_said_of(error: ApiError) -> bool:
    """Whether the answer is the service's own, whole, and about the object, not about the workspace."""
    if isinstance(error, ApiStatusError):
        return bool(error.code) and not error.code.lower().startswith("workspace")
    return isinstance(error, ApiResponseError) and error.empty


def _jobs(client: Client, number: int) -> Page[Job]:
    listed = client.fine_tunes.list(page_no=number, page_size=PAGE_SIZE)
    return Page({job.job_id: job for job in listed.jobs}, listed.has_more, listed.total)


def _files(client: Client, number: int) -> Page[File]:
    listed = client.files.list(page_no=number, page_size=PAGE_SIZE)
    return Page({file.file_id: file for file in listed.files}, listed.has_more, listed.total)


def _deployments(client: Client, number: int) -> Page[Deployment]:
    listed = client.deployments.list(page_no=number)
    return Page({live.deployed_model: live for live in listed.deployments}, listed.has_more, listed.total)


_JOB_NAMES: Names[Job] = Names(
    lambda job: job.shown_name,
    lambda job: job.status not in (JobStatus.FAILED, JobStatus.CANCELED),
    lambda job, name: replace(job, job_name=name),
)
JOBS: Source[Job] = Source(lambda client, job_id: client.fine_tunes.get(job_id), _jobs, "list", _JOB_NAMES)
FILES: Source[File] = Source(lambda client, file_id: client.files.get(file_id), _files, "list_files")
DEPLOYMENTS: Source[Deployment] = Source(
    lambda client, deployed_model: client.deployments.get(deployed_model), _deployments, "list_deployments"
)
