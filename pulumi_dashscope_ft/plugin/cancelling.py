"""Why this exists: Ctrl-C must end every wait at once, and touch nothing. All waiting in this package is done by a
clock that is handed in; so this clock ends it, for all of them together. What is left is the wait for an answer: it is
ended here, too, where the call only reads. What a call changes is known by its answer alone, so that is waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

if TYPE_CHECKING:  # a plugin that only serves its schema loads no client
    from pulumi_dashscope_ft.api import Clock

T = TypeVar("T")

GRACE = 1.0
"""Seconds that answers get to come in after Ctrl-C: what they tell may be what is recorded."""

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
    """A clock whose `sleep` ends at once when `cancel` is called, and does not begin after it. Waiting for an answer
    (`read`) ends a moment later.

    Both then raise :class:`Interrupted`. Thread-safe.

    :param clock: whose time it shows; the system's when None.
    :param pause: how it waits; has to go by the same time as `clock`.
    """

    def __init__(self, clock: Clock | None = None, pause: Pause = threading.Event.wait) -> None:
        self._cancelled = threading.Event()
        self._cancelled_at: Future[float] = Future()
        self._lock = threading.Lock()
        self._pause = pause
        self.monotonic: Callable[[], float] = time.monotonic if clock is None else clock.monotonic
        self.time: Callable[[], float] = time.time if clock is None else clock.time

    def cancel(self) -> None:
        """End all waits, now and from now on."""
        with self._lock:
            if not self._cancelled.is_set():
                self._cancelled.set()
                self._cancelled_at.set_result(time.monotonic())

    def require_going(self) -> None:
        """:raises Interrupted: it was cancelled: nothing new is to be begun."""
        if self._cancelled.is_set():
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        if seconds > 0 and self._pause(self._cancelled, seconds):
            raise Interrupted

    def read(self, ask: Callable[[], T]) -> T:
        """What `ask` returns or raises. It is asked in a thread of its own, which is left to itself when this is
        interrupted.
        """
        answer: Future[T] = Future()
        threading.Thread(target=_answer, args=(ask, answer), name="read", daemon=True).start()
        either: tuple[Future[Any], ...] = (answer, self._cancelled_at)
        wait(either, return_when=FIRST_COMPLETED)
        if not answer.done():
            wait((answer,), timeout=max(self._cancelled_at.result() + GRACE - time.monotonic(), 0))
        if not answer.done():
            raise Interrupted
        return answer.result()


def _answer(ask: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:
        answer.set_exception(error)
