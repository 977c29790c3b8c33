"""One listing for all threads that need it at the same time.

The list calls answer with whole objects, a hundred to a page (API page list-fine-tuning-jobs-api). So one listing can
serve everybody who asks at the same time: a hundred creates that each look before they buy cost one look, not a
hundred.

A thread that joins a listing gets one that begins after it joined, so everything that existed before is in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

from pulumi_dashscope_ft.api import ApiResponseError, Clock

T = TypeVar("T")

PAGE_SIZE = 100
GATHER_SECONDS = 0.02
_BARREN_PAGES = 3
"""The number of pages in a row without anything new that ends a listing.

So many are no coincidence: objects that come and go move few objects from page to page.
"""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing: objects by id, whether there are more pages, and how many objects there are on all pages.

    The last two are what the service says; `total` is None where it does not say.
    """

    items: dict[str, T]
    has_more: bool
    total: int | None = None

    @property
    def is_last(self) -> bool:
        """Whether there is no page after this one."""
        return not self.items or not self.has_more


def walk(fetch: Callable[[int], Page[T]], operation: str) -> Iterator[Page[T]]:
    """Yield page after page of a list; one call per page that is asked for. Keeps ids only.

    :param fetch: fetches the page with that number, from 1; raises what the client raises.
    :param operation: the call that fetches a page (see `api.operations`).
    :raises ApiResponseError: the list has no end: page after page shows objects that were shown before.
    """
    seen: set[str] = set()
    barren = 0
    for number in count(1):
        page = fetch(number)
        barren = 0 if page.items.keys() - seen else barren + 1
        seen.update(page.items)
        if not page.is_last and barren == _BARREN_PAGES:
            raise ApiResponseError(
                f"page {number} of the list says that there is more, and shows only what earlier pages have shown.",
                operation=operation,
            )
        yield page
        if page.is_last:
            return


@dataclass(frozen=True, slots=True)
class _Snapshot(Generic[T]):
    """All objects, and the monotonic time at which their first page was requested.

    :param counted: whether each page named as many objects as were found in the end.
    """

    began: float
    found: dict[str, T]
    counted: bool


@dataclass(slots=True)
class _Flight(Generic[T]):
    began: float
    found: dict[str, T] = field(default_factory=dict)
    error: BaseException | None = None
    landed: threading.Event = field(default_factory=threading.Event)


class Listing(Generic[T]):
    """The objects of one kind, as the service lists them. Thread-safe.

    :param page: fetches the page with that number, from 1; raises what the client raises.
    :param operation: the call that fetches a page (see `api.operations`).
    :param gather_seconds: how long to wait for others who want the whole listing too.
    """

    def __init__(
        self,
        page: Callable[[int], Page[T]],
        clock: Clock,
        *,
        operation: str = "list",
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        self._operation = operation
        self._page = page
        self._clock = clock
        self._gather_seconds = gather_seconds
        self._lock = threading.Lock()
        self._gathering: _Flight[T] | None = None
        self._flying: _Flight[T] | None = None
        self._latest: _Snapshot[T] | None = None
        self._made = 0
        self._first: _Flight[T] | None = None
        self._look: _Flight[T] | None = None

    def pages(self) -> Iterator[dict[str, T]]:
        """Yield page after page, objects by id; one call per page that is asked for.

        :raises ApiResponseError: the list has no end: page after page shows objects that were shown before.
        """
        found: dict[str, T] = {}
        totals: set[int | None] = set()
        began = self._clock.monotonic()
        with self._lock:
            made = self._made
        for page in walk(self._page, self._operation):
            found.update(page.items)
            totals.add(page.total)
            if page.is_last:
                with self._lock:
                    if made == self._made:
                        self._latest = _Snapshot(began, found, totals == {len(found)})
            yield page.items

    def latest(self) -> dict[str, T] | None:
        """All objects of the last complete listing of this process.

        None when there was no listing, or when this process has made something since.
        """
        with self._lock:
            return None if self._latest is None else self._latest.found

    def counted(self) -> dict[str, T] | None:
        """All objects of the last complete listing, in the service's order, if each page named just as many.

        Then nothing that was there at its beginning is missing, unless something came in the middle of the list.
        """
        with self._lock:
            return self._latest.found if self._latest is not None and self._latest.counted else None

    def recent(self, max_age: float) -> tuple[dict[str, T], float]:
        """All objects that existed at most `max_age` seconds ago, and the monotonic time of that request.

        A listing that this process has made since, or is making, is used; otherwise a new one is made, as in `all`.
        """
        oldest = self._clock.monotonic() - max_age
        with self._lock:
            latest = self._latest
            if latest is not None and latest.began >= oldest:
                return latest.found, latest.began
            flight = self._gathering or self._flying
            leads = flight is None
            if flight is None:
                flight = self._gathering = _Flight(self._clock.monotonic())
        return self._board(flight, leads), flight.began

    def all(self) -> dict[str, T]:
        """All objects that exist now, by id, in the service's order.

        Threads that ask at the same time share one listing, and its error.
        """
        with self._lock:
            leads = self._gathering is None
            flight = self._gathering or _Flight(self._clock.monotonic())
            self._gathering = flight
        return self._board(flight, leads)

    def shared(self, max_age: float) -> tuple[dict[str, T], float]:
        """All objects that existed at most `max_age` seconds ago, and the monotonic time of that request.

        What this process has made since may be missing. All who ask within that time share one listing, also while it
        is on its way.
        """
        oldest = self._clock.monotonic() - max_age
        with self._lock:
            look = self._look
            leads = look is None or look.error is not None or look.began < oldest
            if look is None or leads:
                look = self._look = _Flight(self._clock.monotonic())
        return self._board(look, leads), look.began

    def outdate(self) -> None:
        """Note that this process is about to make something, which earlier listings do not show."""
        with self._lock:
            self._latest = self._flying = None
            self._made += 1

    def once(self) -> dict[str, T]:
        """All objects that existed when this was first called, which is good enough for a plan.

        Never makes more than one listing in the life of a process; if that one fails, every call raises its error.
        """
        with self._lock:
            leads = self._first is None
            flight = self._first or _Flight(self._clock.monotonic())
            self._first = flight
        return self._board(flight, leads)

    def _board(self, flight: _Flight[T], leads: bool) -> dict[str, T]:
        if leads:
            self._lead(flight)
        else:
            flight.landed.wait()
        if flight.error is not None:
            raise flight.error
        return dict(flight.found)

    def _lead(self, flight: _Flight[T]) -> None:
        try:
            try:
                self._clock.sleep(self._gather_seconds)
            finally:
                with self._lock:
                    if self._gathering is flight:
                        self._gathering = None
                    self._flying = flight
                    flight.began = self._clock.monotonic()
            for items in self.pages():
                flight.found.update(items)
        except BaseException as error:  # even an interrupt: an unfinished listing must not pass for a short one
            flight.error = error
        finally:
            with self._lock:
                if self._flying is flight:
                    self._flying = None
            flight.landed.set()
