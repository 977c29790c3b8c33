"""How many calls a second one process may make: its share of the account's limit, found without asking anybody.

Nobody documents the limit of the fine-tuning calls, and many processes may share it: fifty pipelines use one account.
The only thing that all of them see is the service's 429. So each process does what a TCP connection does, and what the
AWS SDKs do in their adaptive mode: it speeds up a little as long as no 429 comes, and slows down by a factor when one
does. A fast process loses more by the factor than a slow one, and both gain the same, so their rates come together.

A token bucket counts the calls: each call takes a token, and tokens come at the present rate. Until the first 429 of
the process the bucket is large, so an `up` of a hundred jobs is not slowed down where there is no limit to keep. After
it, the bucket holds what one second brings.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

__all__ = ["DECREASE", "INCREASE", "LEAST_RATE", "STEP", "Pace"]

STEP = 1.0
"""Seconds without a 429 after which the rate grows. It only grows while callers have to wait for it."""
INCREASE = 0.2
"""Calls a second that the first step adds; each further step adds that much more than the one before. So a limit that
was lifted is noticed within seconds."""
DECREASE = 0.7
"""What a 429 leaves of the rate; the factor of the AWS SDKs."""
IN_A_ROW = 10
"""Slowdowns without one accepted call after which the service seems to be closed, rather than shared: from then on the
rate grows ever more slowly."""
LEAST_RATE = 0.2
"""Calls a second. A slower process would not hear often enough how the service is."""
_ROUNDING = 1e-9


class Pace:
    """A bucket of tokens that fills at an adaptive rate. All times are monotonic seconds. Not thread-safe.

    :param rate: calls a second at first.
    :param burst: tokens that the bucket holds until the first 429.
    :param spread: gives numbers from 0 to 1, so that processes do not go on in step.
    """

    def __init__(self, rate: float, burst: int, now: float, spread: Callable[[], float] = random.random) -> None:
        if not rate > 0 or burst < 1:
            raise ValueError("a rate limiter needs a rate above 0 and a burst of at least 1")
        self.rate = rate
        """Calls a second at present."""
        self._spread = spread
        self._capacity = self._tokens = float(burst)
        self._filled_at = self._grew_at = now
        self._increase = INCREASE
        self._slowed_at = float("-inf")
        self._has_waiting = False
        self._in_a_row = 0
        self._accepted: deque[float] = deque()

    def wait(self, ahead: int, now: float) -> float:
        """Return the seconds until there is a token for a caller, at the present rate; 0 when there is one now.

        :param ahead: how many callers come first.
        """
        self._grow(now)
        missing = ahead + 1 - self._tokens
        if missing <= _ROUNDING:
            return 0.0
        self._has_waiting = True
        return missing / self.rate

    def take(self) -> None:
        """Take the token that is there."""
        self._tokens -= 1.0

    def hold(self, until: float, now: float) -> None:
        """Let no token come before `until`, and leave one at most."""
        self._grow(now)
        self._tokens = min(self._tokens, 1.0)
        self._filled_at = max(self._filled_at, until)
        self._grew_at = max(self._grew_at, until)

    def accepted(self, now: float) -> None:
        """Note that the service has accepted a call."""
        self._in_a_row = 0
        self._accepted.append(now)
        self._drop_old(now)

    def throttled(self, sent: float, now: float) -> None:
        """Slow down after a 429. Calls that were sent before the last slowdown bring no news.

        :param sent: when the call was sent.
        """
        if sent < self._slowed_at:
            return
        self._grow(now)
        self._drop_old(now)
        # A burst may have shown that the service takes more than the rate.
        shown = max(self.rate, float(len(self._accepted)))
        self.rate = max(shown * DECREASE, min(LEAST_RATE, self.rate))
        self._slowed_at = now
        self._grew_at = max(self._grew_at, now)
        self._in_a_row += 1
        self._increase = self._first_increase
        self._capacity = max(self.rate, 1.0)
        self._tokens = min(self._tokens, self._spread() - 0.5)

    @property
    def _first_increase(self) -> float:
        return INCREASE / max(self._in_a_row - IN_A_ROW + 1, 1)

    def _drop_old(self, now: float) -> None:
        while self._accepted and self._accepted[0] <= now - 1.0:
            self._accepted.popleft()

    def _grow(self, now: float) -> None:
        """Bring tokens and rate up to date."""
        while self._has_waiting and now - self._grew_at >= STEP:
            self._grew_at += STEP
            self._fill(self._grew_at)
            self._has_waiting = self._tokens < 1.0
            if self._has_waiting:
                self.rate += self._increase
                self._increase += self._first_increase
        self._fill(now)
        if not self._has_waiting:
            self._grew_at = max(self._grew_at, now)

    def _fill(self, now: float) -> None:
        passed = now - self._filled_at
        if passed > 0:
            self._tokens = max(self._tokens, min(self._tokens + passed * self.rate, self._capacity))
            self._filled_at = now
