"""The emulator's own time.

A training run takes minutes to hours; a test may take milliseconds. So nothing in the emulator asks the operating
system for the time. Everything asks this clock, whose *service time* follows the wall clock, runs faster than it, or
stands still until somebody moves it. Service time never runs backwards.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from . import checks
from .limits import LATEST, MOST_SPEED


class Clock:
    """Service time in seconds since the Unix epoch. It stops at the year 3000. Thread-safe.

    :param speed: service seconds per real second; `None` (or 0) is manual mode, where only :meth:`advance` moves the
        clock.
    :param start: the first service time; default: now.
    :raises ValueError: `speed` or `start` is out of range.
    """

    def __init__(
        self,
        speed: float | None = 1.0,
        *,
        start: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._speed = _checked_speed(speed)
        self._anchor = monotonic()
        self._base = time.time() if start is None else checks.number("the clock's start", start, most=LATEST)

    @property
    def speed(self) -> float | None:
        """Service seconds per real second, `None` in manual mode."""
        return self._speed or None

    @property
    def mode(self) -> str:
        """`real`, `accelerated` (any other factor, also below 1) or `manual`."""
        if not self._speed:
            return "manual"
        return "real" if self._speed == 1.0 else "accelerated"

    def now(self) -> float:
        """Return the service time now."""
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> float:
        """Jump ahead by `seconds` of service time, in any mode. Return the new time.

        :raises ValueError: the step is negative, because service time never runs backwards, or leads beyond the year
            3000.
        """
        step = checks.seconds("the step of the clock", seconds)
        with self._lock:
            if self._now() + step > LATEST:
                raise ValueError("the clock ends with the year 2999: the step would lead beyond it")
            self._base += step
            return self._now()

    def catch_up(self, moment: float) -> None:
        """Jump to `moment` if that is later than now.

        :raises ValueError: `moment` is beyond the year 3000.
        """
        checked = checks.number("the moment of the clock", moment, most=LATEST)
        with self._lock:
            self._base, self._anchor = max(self._now(), checked), self._monotonic()

    def set_speed(self, speed: float | None) -> None:
        """Change the speed from now on. The past stays as it was."""
        checked = _checked_speed(speed)
        with self._lock:
            self._base, self._anchor = self._now(), self._monotonic()
            self._speed = checked

    def to_json(self) -> dict[str, object]:
        """Return `{"mode", "factor", "now"}`, as the control API shows it."""
        return {"mode": self.mode, "factor": self.speed, "now": self.now()}

    def _now(self) -> float:
        if not self._speed:
            return self._base
        return min(LATEST, self._base + (self._monotonic() - self._anchor) * self._speed)


def speed_of(mode: str, factor: float | None = None) -> float | None:
    """Return the speed that a `{"mode", "factor"}` pair means.

    :raises ValueError: with the choices.
    """
    if mode == "manual":
        return None
    if mode == "real":
        return 1.0
    if mode == "accelerated":
        if factor is None:
            raise ValueError('mode "accelerated" needs a "factor": service seconds per real second, such as 60')
        return _checked_speed(factor)
    raise ValueError(f'mode must be "real", "accelerated" or "manual", not {checks.quoted(mode)}')


def _checked_speed(speed: float | None) -> float:
    return 0.0 if speed is None else checks.number("the clock's speed", speed, most=MOST_SPEED)
