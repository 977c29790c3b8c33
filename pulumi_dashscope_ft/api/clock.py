"""Time as something that is handed in.

Why it exists: retries, the rate limiter and the pollers of the lifecycle all wait. If they asked the operating system
for the time themselves, every test of them would have to wait too, or to patch modules behind their backs. They take a
`Clock` instead; production passes `SYSTEM_CLOCK`, a test passes one whose `sleep` only moves a number.
"""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "SystemClock"]


class Clock(Protocol):
    """What this package needs to know about time. All figures are seconds."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back. For measuring."""
        ...

    def time(self) -> float:
        """Seconds since 1970, UTC. For comparing with dates that a server sends."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. Zero or less returns at once."""
        ...


class SystemClock:
    """The real thing."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)

    def __repr__(self) -> str:
        return "SYSTEM_CLOCK"


SYSTEM_CLOCK: Clock = SystemClock()
