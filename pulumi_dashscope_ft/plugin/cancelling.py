"""Why this exists: Ctrl-C must end every wait at once, and touch nothing. All waiting in this package is done by a
clock that is handed in; so this clock ends it, for all of them together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

if TYPE_CHECKING:  # a plugin that only serves its schema loads no client
    from pulumi_dashscope_ft.api import Clock

Pause = Callable[[threading.Event, float], bool]
"""Waits so many seconds for the event at most, and tells whether it is set; as `threading.Event.wait` does."""


class Interrupted(LifecycleError):
    """The engine has been told to stop (Ctrl-C). Nothing was undone; running the operation again goes on."""

    def __init__(self) -> None:
        super().__init__(
            "interrupted (Ctrl-C).",
            done="what the service had accepted before that goes on by itself; nothing was undone.",
            next_step="run `pulumi up` or `pulumi destroy` again, whichever it was: it goes on from here.",
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Interrupted, ()


class CancellableClock:
    """A clock whose `sleep` ends at once when `cancel` is called, and does not begin after it.

    `sleep` then raises :class:`Interrupted`. Thread-safe.

    :param clock: whose time it shows; the system's when None.
    :param pause: how it waits; has to go by the same time as `clock`.
    """

    def __init__(self, clock: Clock | None = None, pause: Pause = threading.Event.wait) -> None:
        self._cancelled = threading.Event()
        self._pause = pause
        self.monotonic: Callable[[], float] = time.monotonic if clock is None else clock.monotonic
        self.time: Callable[[], float] = time.time if clock is None else clock.time

    def cancel(self) -> None:
        """End all waits, now and from now on."""
        self._cancelled.set()

    def require_going(self) -> None:
        """:raises Interrupted: it was cancelled: nothing new is to be begun."""
        if self._cancelled.is_set():
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        if seconds > 0 and self._pause(self._cancelled, seconds):
            raise Interrupted
