"""One queue for all callers of a process, so that together they stay under the service's request rate.

If 64 parallel resources each back off alone, they hit the limit again and again, and the slowest of them starves. Here
all callers take a place in one schedule. When the service says "too fast" to any of them, the whole schedule moves
back.

The rate: no page documents one for `/fine-tunes`; the nearest is 20 task queries a second per account (rate-limit). The
default of 10 a second leaves half to the team's other programs.

The method: a token bucket written as a schedule. Each caller gets the next free moment, in order of arrival, and sleeps
until then; no thread polls or competes for a token. Moments are kept in *schedule time*, which stands still during a
penalty: moving everybody back costs one addition, and keeps their order and distance.
"""

from __future__ import annotations

import math
import threading
from urllib.parse import urlsplit

from pulumi_dashscope_ft.api.clock import SYSTEM_CLOCK, Clock
from pulumi_dashscope_ft.api.config.settings import Settings

__all__ = ["LONGEST_PENALTY", "ImpatientError", "RateLimiter", "shared_limiter"]

LONGEST_PENALTY = 30.0
"""Seconds. One caller who must come back in an hour must not stop the others for an hour."""


class ImpatientError(Exception):
    """The requested pauses come to more than the caller's patience."""

    def __init__(self, left: float) -> None:
        super().__init__(left)
        self.left = left
        """Seconds until the caller's turn."""


class RateLimiter:
    """Lets through `burst` calls at once after a pause and `rate` a second in the long run. Thread-safe."""

    def __init__(self, rate: float = 10.0, burst: int = 20, clock: Clock = SYSTEM_CLOCK) -> None:
        if not rate > 0 or burst < 1:
            raise ValueError("a rate limiter needs a rate above 0 and a burst of at least 1")
        self._interval = 1.0 / rate
        self._credit = (burst - 1) * self._interval
        self._clock = clock
        self._lock = threading.Lock()
        self._next = float("-inf")  # schedule time at which the bucket would be full again
        self._shift = 0.0  # real time minus schedule time
        self._penalty_ends = float("-inf")

    def acquire(self, patience: float = math.inf) -> float:
        """Wait for the caller's turn. Return the seconds waited.

        :param patience: seconds that penalties may add, from now on, to the wait that the rate alone requires.
        :raises ImpatientError: the penalties come to more; raised as soon as that is known.
        """
        started = self._clock.monotonic()
        with self._lock:
            pause = max(self._penalty_ends - started, 0.0)
            if pause > patience:
                raise ImpatientError(pause)
            allowed = self._shift + patience - pause
            now = self._schedule_time(started)
            full = max(self._next, now)
            turn = max(full - self._credit, now)
            self._next = full + self._interval
        while (left := self._left(turn, allowed)) > 0:  # a penalty may have moved the turn while this thread slept
            self._clock.sleep(left)
        return self._clock.monotonic() - started

    def penalize(self, seconds: float) -> None:
        """Stop all callers for `seconds` (at most `LONGEST_PENALTY`), also those that already wait; then no burst.

        Overlapping penalties do not add up: 64 callers with the same 429 cause one pause.
        """
        with self._lock:
            now = self._clock.monotonic()
            ends = now + min(max(seconds, 0.0), LONGEST_PENALTY)
            if ends <= self._penalty_ends:
                return
            schedule_now = self._schedule_time(now)
            self._shift += ends - max(now, self._penalty_ends)
            self._penalty_ends = ends
            self._next = max(self._next, schedule_now + self._credit)

    def _left(self, turn: float, allowed: float) -> float:
        with self._lock:
            left = turn + self._shift - self._clock.monotonic()
            if left > 0 and self._shift > allowed:
                raise ImpatientError(left)
            return left

    def _schedule_time(self, now: float) -> float:
        return now - self._shift


_shared: dict[tuple[str, float, int], RateLimiter] = {}
_shared_lock = threading.Lock()


def shared_limiter(settings: Settings) -> RateLimiter:
    """Return the limiter that all clients of this process share for the host of `settings` (and its rate and burst)."""
    name = (urlsplit(settings.base_url).netloc.lower(), settings.rate, settings.burst)
    with _shared_lock:
        return _shared.setdefault(name, RateLimiter(settings.rate, settings.burst))
