"""A queue for places under a quota of the service.

When a quota is full, many creates of one process may wait for a place. They share the looks at the list, and they get
the places in the order in which they came. Other processes wait for the same places, and no list shows who waits: among
them the service decides, by whose create it sees first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from pulumi_dashscope_ft.api import Clock
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Waiter

T = TypeVar("T")

FREE, FULL = "free", "full"

PROBE = 300.0
"""Seconds after which a create is tried although the list shows no place: the quota may have been raised."""
_FIRST_PAUSE = 4.0


@dataclass(frozen=True, slots=True)
class Look(Generic[T]):
    """What a look shows to one who waits.

    :param status: `free`: there is a place for it.
    :param seen: all objects, by id.
    :param used: how many of them count toward the quota.
    :param ahead: how many of this process come first.
    """

    status: str
    seen: Mapping[str, T]
    used: int
    ahead: int


class PlaceQueue(Generic[T]):
    """Those of this process who wait for a place under one quota. Thread-safe.

    :param counts: whether an object counts toward the quota.
    """

    def __init__(self, listing: Listing[T], clock: Clock, counts: Callable[[T], bool]) -> None:
        self._listing = listing
        self._clock = clock
        self._counts = counts
        self._poller: Poller[Look[T]] = Poller(_Looks(self._look), lambda ticket: self._look({ticket})[ticket], clock)
        self._lock = threading.Lock()
        self._numbers = count()
        self._tickets: list[str] = []
        self._limit = 0
        self._tried_at = float("-inf")
        self._used_at_refusal: int | None = None
        self._pause = 0.0

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for a place."""
        with self._lock:
            return bool(self._tickets)

    @contextmanager
    def ticket(self) -> Iterator[str]:
        """Take the last place in the queue, until the block ends."""
        ticket = f"ticket-{next(self._numbers)}"
        with self._lock:
            self._tickets.append(ticket)
        try:
            yield ticket
        finally:
            with self._lock:
                self._tickets.remove(ticket)

    def refused(self, limit: int, last: Look[T] | None) -> None:
        """Note that the service has refused a create because the quota is full.

        Where the list shows a place all the same (jobs that this key can't see may count, too), the next try is not
        made at once: each of such pauses is twice as long as the one before.

        :param limit: the quota.
        :param last: the look after which the create was tried.
        """
        used = None if last is None else last.used
        with self._lock:
            again = used is not None and used == self._used_at_refusal
            self._pause = min(2 * self._pause, PROBE) if again else _FIRST_PAUSE
            self._used_at_refusal = used
            self._limit, self._tried_at = limit, self._clock.monotonic()

    def next_look(
        self,
        ticket: str,
        delay: float,
        deadline: float,
        interrupted: Callable[[], bool],
        tick: Callable[[], None] = lambda: None,
    ) -> Look[T]:
        """Wait for the next look, which all who wait share.

        :param delay: seconds to the next look, if nobody else looks before.
        :param deadline: monotonic time; a look is made then, at the latest.
        :param interrupted, tick: see `Poller.wait`.
        :raises OperationInterruptedError: the user has asked to stop.
        :raises WaitTimeoutError: the look at the deadline has failed.
        :raises ApiError: the list can't be read, and trying again can't fix that.
        """
        waiter = Waiter(success=frozenset({FREE, FULL}), delays=(delay,))
        look = self._poller.wait(ticket, waiter, deadline=deadline, interrupted=interrupted, tick=tick)
        assert look is not None
        return look

    def _look(self, tickets: set[str]) -> dict[str, Look[T]]:
        seen = self._listing.all()
        used = sum(map(self._counts, seen.values()))
        with self._lock:
            free = self._free(used)
            looks = {ticket: Look(FREE if n < free else FULL, seen, used, n) for n, ticket in enumerate(self._tickets)}
        return {ticket: look for ticket, look in looks.items() if ticket in tickets}

    def _free(self, used: int) -> int:
        since = self._clock.monotonic() - self._tried_at
        if used >= self._limit:
            return 1 if since >= PROBE else 0
        return 0 if used == self._used_at_refusal and since < self._pause else self._limit - used


@dataclass(frozen=True, slots=True)
class _Looks(Generic[T]):
    """What the poller asks for several who wait."""

    look: Callable[[set[str]], dict[str, T]]

    def read_many(self, object_ids: set[str]) -> dict[str, T]:
        return self.look(object_ids)
