"""One queue for all callers of a process, so that together they stay under the service's request rate.

If 64 parallel resources each back off alone, they hit the limit again and again, and the slowest of them starves. Here
all callers wait in one queue, oldest first, for the tokens of one bucket. When the service says "too fast" to any of
them, the bucket is empty for all, and fills more slowly from then on (see `pace`). A call that was refused goes back to
its old place in the queue: it is older than most, so it is soon sent again.

The rate at the start: no page documents one for `/fine-tunes`; the nearest is 20 task queries a second per account
(rate-limit). 10 a second leaves half to the team's other programs.

No thread polls or competes for a token: each sleeps until its token should be there at the present rate, and then asks
again, because the rate may have changed.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

from pulumi_dashscope_ft.api.clock import SYSTEM_CLOCK, Clock
from pulumi_dashscope_ft.api.config.settings import BURST, RATE, Settings

from .pace import Pace

__all__ = ["LONGEST_PENALTY", "ImpatientError", "Place", "RateLimiter", "shared_limiter"]

LONGEST_PENALTY = 30.0
"""Seconds. One caller who must come back in an hour must not stop the others for an hour."""

LONGEST_SLEEP = 1.0
"""Seconds that a caller sleeps for the rate alone, because the rate may have grown meanwhile."""


class ImpatientError(Exception):
    """The requested pauses come to more than the caller's patience."""

    def __init__(self, left: float) -> None:
        super().__init__(left)
        self.left = left
        """Seconds until the caller's turn."""


@dataclass(slots=True, order=True)
class Place:
    """A caller's place in the queue. It keeps the place for all its tries."""

    number: int
    sent: float = field(default=-math.inf, compare=False)
    """Monotonic time of the caller's last turn."""
    behind: float = field(default=0.0, compare=False)
    """Seconds that the caller has waited until the service accepted the calls of older callers."""
    started: float = field(default=0.0, compare=False)
    counted: float = field(default=0.0, compare=False)
    allowed: float = field(default=math.inf, compare=False)


class RateLimiter:
    """Lets calls through at the rate that the service accepts. Thread-safe.

    :param rate: calls a second at first.
    :param burst: calls at once after a pause, as long as the service has never said that calls come too fast.
    """

    def __init__(self, rate: float = RATE, burst: int = BURST, clock: Clock = SYSTEM_CLOCK) -> None:
        self._pace = Pace(rate, burst, clock.monotonic())
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = count()
        self._queue: list[Place] = []
        self._penalty_ends = -math.inf
        self._penalties = 0.0  # seconds of all penalties so far

    @property
    def rate(self) -> float:
        """Calls a second at present."""
        return self._pace.rate

    def place(self) -> Place:
        """Return a place behind all that were given before."""
        return Place(next(self._numbers))

    def acquire(self, patience: float = math.inf, place: Place | None = None) -> float:
        """Wait for the caller's turn. Return the seconds waited.

        :param patience: seconds that penalties may add, from now on, to the wait that the rate alone requires.
        :param place: the place of an earlier try; default: a new one.
        :raises ImpatientError: the penalties come to more; raised as soon as that is known.
        """
        mine = self.place() if place is None else place
        self.enter(mine, patience)
        try:
            while (left := self.left(mine)) > 0:
                self._clock.sleep(left)
        finally:
            self.leave(mine)
        return mine.sent - mine.started

    def enter(self, place: Place, patience: float = math.inf) -> None:
        """Begin to wait; `left` then says how long. This, `left` and `leave` are `acquire` without the sleep."""
        with self._lock:
            now = self._clock.monotonic()
            pause = max(self._penalty_ends - now, 0.0)
            if pause > patience:
                raise ImpatientError(pause)
            place.started = place.counted = now
            place.allowed = self._penalties + patience - pause
            insort(self._queue, place)

    def left(self, place: Place) -> float:
        """Return the seconds after which to ask again; 0: it is the caller's turn, and it leaves the queue.

        :raises ImpatientError: the penalties come to more than the caller's patience.
        """
        with self._lock:
            now = self._clock.monotonic()
            wait, pause = self._pace.wait(self._queue.index(place), now), max(self._penalty_ends - now, 0.0)
            if wait <= 0 and pause <= 0:
                self._pace.take()
                self._queue.remove(place)
                place.sent = now
                return 0.0
            if self._penalties > place.allowed:
                raise ImpatientError(pause + wait)
            return pause + min(wait, LONGEST_SLEEP)

    def leave(self, place: Place) -> None:
        """Give the wait up, if it goes on."""
        with self._lock:
            if place in self._queue:
                self._queue.remove(place)

    def accepted(self, place: Place) -> None:
        """Note that the service has accepted the call of this caller: the younger ones have not waited in vain."""
        with self._lock:
            now = self._clock.monotonic()
            self._pace.accepted(now)
            for younger in self._queue[bisect_right(self._queue, place) :]:
                younger.behind += now - younger.counted
                younger.counted = now

    def throttled(self, place: Place) -> float | None:
        """Slow all callers down, because the service has said to this one that calls come too fast.

        :returns: seconds after which the next call is sent, which may be this one again; None: it has to wait by
            itself.
        """
        with self._lock:
            now = self._clock.monotonic()
            self._pace.throttled(place.sent, now)
            return self._pace.wait(0, now)

    def penalize(self, seconds: float) -> None:
        """Stop all callers for `seconds` (at most `LONGEST_PENALTY`), also those that already wait; then no burst.

        Overlapping penalties do not add up: 64 callers with the same 429 cause one pause.
        """
        with self._lock:
            now = self._clock.monotonic()
            ends = now + min(max(seconds, 0.0), LONGEST_PENALTY)
            if ends <= self._penalty_ends:
                return
            self._penalties += ends - max(now, self._penalty_ends)
            self._penalty_ends = ends
            self._pace.hold(ends, now)


_shared: dict[tuple[str, float, int], RateLimiter] = {}
_shared_lock = threading.Lock()


def shared_limiter(settings: Settings) -> RateLimiter:
    """Return the limiter that all clients of this process share for the host of `settings` (and its rate and burst)."""
    name = (urlsplit(settings.base_url).netloc.lower(), settings.rate, settings.burst)
    with _shared_lock:
        return _shared.setdefault(name, RateLimiter(settings.rate, settings.burst))
