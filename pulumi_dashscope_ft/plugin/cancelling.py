"""Why this exists: Ctrl-C must end every wait at once, and touch nothing. All waiting in this package is done by a
clock that is handed in; so this clock ends it, for all of them together.
"""

from __future__ import annotations

import threading
import time

from pulumi_dashscope_ft.lifecycle.errors import LifecycleError


class Interrupted(LifecycleError):
    """The engine has been told to stop (Ctrl-C). Nothing was undone; running the operation again goes on."""

    def __init__(self) -> None:
        super().__init__(
            "interrupted (Ctrl-C).",
            done="what the service had accepted before that goes on by itself; nothing was undone.",
            next_step="run the same command again: it goes on from here.",
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Interrupted, ()


class CancellableClock:
    """The system's clock, whose `sleep` ends at once when `cancel` is called, and does not begin after it.

    `sleep` then raises :class:`Interrupted`. Thread-safe.
    """

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End all waits, now and from now on."""
        self._cancelled.set()

    def require_going(self) -> None:
        """:raises Interrupted: it was cancelled: nothing new is to be begun."""
        if self._cancelled.is_set():
            raise Interrupted

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        if seconds > 0 and self._cancelled.wait(seconds):
            raise Interrupted
