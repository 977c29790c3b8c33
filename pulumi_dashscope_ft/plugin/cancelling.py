"""Ctrl-C ends every wait at once, and touches nothing.

All waiting in this package uses a clock that is passed in, so `InterruptibleClock` can end all waits together. What
remains is the wait for an answer (`CancellableRequests`): reads are abandoned; writes that were already sent are
awaited, because only the answer tells what they changed. One `CancelToken` per process connects them to Ctrl-C.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_dashscope_ft.lifecycle.errors import OperationInterruptedError

if TYPE_CHECKING:  # a plugin that only serves its schema loads no client
    from pulumi_dashscope_ft.api import Clock

T = TypeVar("T")

GRACE = 1.0
"""Seconds that answers may still take after Ctrl-C, because they may have to be recorded."""

Pause = Callable[[threading.Event, float], bool]
"""Waits at most this many seconds for the event, and returns whether it is set; like `threading.Event.wait`."""


class CancelToken:
    """Says whether the engine has cancelled this process (Ctrl-C). It is set once and stays set. Thread-safe."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.at: Future[float] = Future()
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """End all waits, now and from now on."""
        with self._lock:
            if not self.event.is_set():
                self.event.set()
                self.at.set_result(time.monotonic())

    def raise_if_cancelled(self) -> None:
        """Refuse to start anything new after a cancel.

        :raises OperationInterruptedError: it was cancelled.
        """
        if self.event.is_set():
            raise OperationInterruptedError


class InterruptibleClock:
    """A clock whose `sleep` ends at once when the token is cancelled, and does not begin after it.

    :param token: ends the waits.
    :param clock: whose time it shows; the system's when None.
    :param pause: how it waits; has to go by the same time as `clock`.
    """

    def __init__(self, token: CancelToken, clock: Clock | None = None, pause: Pause = threading.Event.wait) -> None:
        self._token = token
        self._pause = pause
        self.monotonic: Callable[[], float] = time.monotonic if clock is None else clock.monotonic
        self.time: Callable[[], float] = time.time if clock is None else clock.time

    def sleep(self, seconds: float) -> None:
        """Wait. Zero or less returns at once.

        :raises OperationInterruptedError: the token was cancelled before or meanwhile.
        """
        if seconds > 0 and self._pause(self._token.event, seconds):
            raise OperationInterruptedError


class CancellableRequests:
    """Sends requests until the token is cancelled. Then reads are abandoned, and no write starts."""

    def __init__(self, token: CancelToken) -> None:
        self._token = token

    def send(self, ask: Callable[[], T], only_reads: bool) -> T:
        """Return or raise what `ask` does. A write that was already sent is awaited also after a cancel.

        :raises OperationInterruptedError: the token was cancelled.
        """
        if only_reads:
            return self.read(ask)
        self._token.raise_if_cancelled()
        return ask()

    def read(self, ask: Callable[[], T]) -> T:
        """Return or raise what `ask` does. It runs in a thread of its own, which is abandoned after a cancel.

        :raises OperationInterruptedError: there was no answer within `GRACE` seconds after the cancel.
        """
        answer: Future[T] = Future()
        threading.Thread(target=_answer, args=(ask, answer), name="read", daemon=True).start()
        either: tuple[Future[Any], ...] = (answer, self._token.at)
        wait(either, return_when=FIRST_COMPLETED)
        if not answer.done():
            wait((answer,), timeout=max(self._token.at.result() + GRACE - time.monotonic(), 0))
        if not answer.done():
            raise OperationInterruptedError
        return answer.result()


def _answer(ask: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:
        answer.set_exception(error)
