"""Why this exists: the list calls answer with whole objects, a hundred to a page (API page list-fine-tuning-jobs-api),
so one listing can serve everybody who asks at the same time: a hundred creates that each look before they buy cost one
look, not a hundred.

Whoever joins a listing gets one that begins after he has joined, so what was there before is in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pulumi_dashscope_ft.api import ApiResponseError, Clock

T = TypeVar("T")

PAGE_SIZE = 100
GATHER_SECONDS = 0.02
_BARREN_PAGES = 3
"""So many pages in a row that show nothing new are no chance: objects that come and go move few from page to page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing: objects by id, and whether the service says that there are more pages."""

    items: dict[str, T]
    has_more: bool


@dataclass(slots=True)
class _Flight(Generic[T]):
    found: dict[str, T] = field(default_factory=dict)
    error: BaseException | None = None
    landed: threading.Event = field(default_factory=threading.Event)


class Listing(Generic[T]):
    """The objects of one kind, as the service lists them. Thread-safe.

    :param page: fetches the page with that number, from 1; raises what the client raises.
    :param operation: the call that does (see `api.operations`).
    :param gather_seconds: how long to wait for others who want the whole listing, too.
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
        self._latest: dict[str, T] | None = None
        self._first: _Flight[T] | None = None

    def pages(self) -> Iterator[dict[str, T]]:
        """Page by page, objects by id; a call for each page that is asked for.

        :raises ApiResponseError: the list has no end: one page after the other shows what was shown before.
        """
        found: dict[str, T] = {}
        number, barren = 1, 0
        while True:
            page = self._page(number)
            barren = 0 if page.items.keys() - found.keys() else barren + 1
            found.update(page.items)
            more = bool(page.items) and page.has_more
            if more and barren == _BARREN_PAGES:
                raise ApiResponseError(
                    f"page {number} of the list says that there is more, and shows only what earlier pages have shown.",
                    operation=self._operation,
                )
            if not more:
                with self._lock:
                    self._latest = found
            yield page.items
            if not more:
                return
            number += 1

    def latest(self) -> dict[str, T] | None:
        """Everything there was when all pages were last read, by whomever in this process; None when nobody did, or
        when this process has made something since.
        """
        with self._lock:
            return self._latest

    def all(self) -> dict[str, T]:
        """Everything there is now, by id, in the service's order. Those who ask at the same time share one listing,
        and its error.
        """
        with self._lock:
            leads = self._gathering is None
            flight = self._gathering or _Flight()
            self._gathering = flight
        return self._board(flight, leads)

    def outdate(self) -> None:
        """This process is about to make something new: what was listed before does not show it."""
        with self._lock:
            self._latest = None

    def once(self) -> dict[str, T]:
        """Everything there was when this was first asked for; never more than one listing in the life of a process, and
        the one error if that fails. Good enough for a plan.
        """
        with self._lock:
            leads = self._first is None
            flight = self._first or _Flight()
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
            for items in self.pages():
                flight.found.update(items)
        except BaseException as error:  # even an interrupt: an unfinished listing must not pass for a short one
            flight.error = error
        finally:
            flight.landed.set()
