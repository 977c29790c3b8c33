"""Time as a parameter.

Retries, the rate limiter and the pollers of the lifecycle all wait. If they asked the operating system for the time,
every test of them would have to wait too, or to patch modules. They take a `Clock` instead. Production passes
`SYSTEM_CLOCK`; a test passes a clock whose `sleep` only moves a number.
"""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "SystemClock"]


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
