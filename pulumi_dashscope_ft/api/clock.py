"""Time as a parameter.

Retries, the rate limiter and the pollers of the lifecycle all wait. If they asked the operating system for the time,
every test of them would have to wait too, or to patch modules. They take a `Clock` instead. Production passes
`SYSTEM_CLOCK`; a test passes a clock whose `sleep` only moves a number.
"""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "ServiceTime", "SystemClock", "time_in_header"]


class Clock(Protocol):
    """The time functions that this package needs. All values are seconds."""

    def monotonic(self) -> float:
        """Return the seconds since some fixed moment, for measuring. Never goes back."""
        ...

    def time(self) -> float:
        """Return the seconds since 1970, UTC, for comparing with dates that a server sends."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. Zero or less returns at once."""
        ...


class SystemClock:
    """The clock of the operating system."""

    def monotonic(self) -> float:
        """Return the seconds since some fixed moment. Never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Return the seconds since 1970, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait for real. Zero or less returns at once."""
        if seconds > 0:
            time.sleep(seconds)

    def __repr__(self) -> str:
        return "SYSTEM_CLOCK"


SYSTEM_CLOCK: Clock = SystemClock()


def time_in_header(date: str | None) -> float | None:
    """Read the `Date` of an answer, in seconds since 1970, UTC; None when there is none, or it is not a date."""
    from email.utils import parsedate_to_datetime  # loaded with `requests`, and slow without it

    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


class ServiceTime:
    """The service's own time, learned from its answers: this machine's clock may be hours off.

    A `Date` has whole seconds, and an answer takes some time, so it is exact to a few seconds.

    :param clock: the machine's.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead: float | None = None
        """Seconds by which this machine's clock is ahead of the service's; None while no answer has shown a time."""

    def note(self, date: str | None) -> None:
        """Learn from the `Date` of an answer that has just arrived."""
        shown = time_in_header(date)
        if shown is not None:
            self.ahead = self._clock.time() - shown

    def __call__(self) -> float:
        """Return the service's time now, in seconds since 1970, UTC; this machine's while no answer had a date."""
        return self._clock.time() - (self.ahead or 0.0)
