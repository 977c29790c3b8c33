"""The one wait loop, for jobs, deployments and exports.

A teardown of fifty jobs must not poll fifty times as often as that of one. So all threads that wait for a job share one
poller; those that wait for a deployment share another. One of the waiting threads does the looking for everybody,
through the list when there is more than one thing to look at; when its own is done it hands the task on. So there is no
thread of its own to start, stop or leak, and with a simulated clock a single-threaded test sees the very same
behaviour. What ends a wait, and how often one looks, is data (see `waiter`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pulumi_dashscope_ft.api import ApiError, Clock, NotFoundError
from pulumi_dashscope_ft.lifecycle.explain import fact
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader
from pulumi_dashscope_ft.lifecycle.waiting.waiter import HasStatus, Waiter, WaitFailedError

T = TypeVar("T", bound=HasStatus)

_SLICE = 0.25
"""The longest nap of the looking thread, so that what starts to wait meanwhile is looked at in time."""

_TOGETHER = 0.3
"""What is due within this fraction of its own delay is due now."""


class WaitInterruptedError(Exception):
    """The user has asked to stop (Ctrl-C)."""


class WaitTimeoutError(Exception):
    """The time limit ran out.

    :param last: the job or deployment as last seen, None if it was never seen.
    :param error: the last error of looking, if the last look failed.
    """

    def __init__(self, last: Any, error: ApiError | None) -> None:
        super().__init__("timed out")
        self.last = last
        self.error = error

    def last_seen(self, known: str | None = None) -> str:
        """The status at the last look, else the one that is `known`, and why the last look has failed if it has: for a
        message.
        """
        status = self.last.status if self.last is not None else known or "unknown"
        failed = f" The last look at it failed: {fact(self.error)}" if self.error is not None else ""
        return f"last seen {status}.{failed}"


@dataclass(slots=True, eq=False)
class _Watch(Generic[T]):
    object_id: str
    waiter: Waiter
    began: float
    deadline: float
    observe: Callable[[T], None]
    interrupted: Callable[[], bool]
    last: T | None = None
    last_error: ApiError | None = None
    delay: float = 0.0
    due: float = 0.0
    finished: bool = False
    failure: Exception | None = None

    def next_look(self, now: float, waiting: int) -> None:
        self.delay = self.waiter.delay(now - self.began, waiting)
        self.due = min(now + self.delay, max(self.deadline, now))


class Poller(Generic[T]):
    """Watches objects of one kind for all threads that wait for one. Thread-safe.

    :param reader: shows several objects by one call; None where the service has no such call.
    :param get: fetches one object; raises what the client raises, `NotFoundError` when it is gone.
    """

    def __init__(self, reader: CoalescingReader[T] | None, get: Callable[[str], T], clock: Clock) -> None:
        self._reader = reader
        self._get = get
        self._clock = clock
        self._turn = threading.Condition()
        self._watches: list[_Watch[T]] = []
        self._leading = False

    def wait(
        self,
        object_id: str,
        waiter: Waiter,
        *,
        deadline: float,
        observe: Callable[[T], None] = lambda seen: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> T | None:
        """Block until the waiter has what it waits for; the object then, or None when it is gone.

        A look that fails in a way that may pass (connection, throttling, a fault of the service) does not end the
        wait.

        :param deadline: monotonic time; then WaitTimeoutError.
        :param observe: called with the object after each look, for progress; from the thread that looks.
        :param interrupted: asked between looks; True ends the wait with WaitInterruptedError.
        :raises WaitFailedError: what is waited for does not come any more.
        :raises ApiError: what trying again can't mend, such as a refused key.
        """
        now = self._clock.monotonic()
        watch = _Watch(object_id, waiter, now, deadline, observe, interrupted)
        with self._turn:
            self._watches.append(watch)
            watch.next_look(now, len(self._watches))
        try:
            while self._my_turn(watch):
                self._look_for_all(watch)
        finally:
            with self._turn:
                self._watches.remove(watch)
        if watch.failure is not None:
            raise watch.failure
        return watch.last

    def _my_turn(self, watch: _Watch[T]) -> bool:
        """Wait until this thread is to look for everybody (True) or its own wait is over (False)."""
        with self._turn:
            while self._leading and not watch.finished:
                self._turn.wait()
            if watch.finished:
                return False
            self._leading = True
            return True

    def _look_for_all(self, own: _Watch[T]) -> None:
        try:
            while not own.finished:
                now = self._clock.monotonic()
                with self._turn:
                    self._give_up_what_is_interrupted()
                    active = [watch for watch in self._watches if not watch.finished]
                if own.finished:
                    return
                due = min(watch.due for watch in active)
                if now < due:
                    self._clock.sleep(min(_SLICE, due - now))
                    continue
                self._look(active, now)
        finally:
            with self._turn:
                self._leading = False
                self._turn.notify_all()

    def _give_up_what_is_interrupted(self) -> None:
        for watch in self._watches:
            if not watch.finished and watch.interrupted():
                watch.failure, watch.finished = WaitInterruptedError(), True
        self._turn.notify_all()

    def _look(self, watches: list[_Watch[T]], now: float) -> None:
        """One look for all: what a listing shows of those that are not due yet, it shows for nothing. What it does not
        show gets a call of its own when it is due.
        """
        found: dict[str, T] = {}
        error: ApiError | None = None
        wanted = {watch.object_id for watch in watches}
        if len(wanted) > 1 and self._reader is not None:
            try:
                found = self._reader.read_many(wanted)
            except ApiError as failed:
                error = failed
        for watch in watches:
            if watch.object_id in found or watch.due - now <= _TOGETHER * watch.delay:
                self._settle(watch, found.get(watch.object_id), error)
        with self._turn:
            self._turn.notify_all()

    def _settle(self, watch: _Watch[T], seen: T | None, error: ApiError | None) -> None:
        if seen is None and error is None:
            try:
                seen = self._get(watch.object_id)
            except NotFoundError:
                watch.last, watch.finished = None, True
                return
            except ApiError as failed:
                error = failed
        now = self._clock.monotonic()
        watch.last_error = error
        if error is not None and not error.retryable:
            watch.failure, watch.finished = error, True
            return
        if seen is not None:
            watch.last = seen
            watch.observe(seen)
            try:
                watch.finished = watch.waiter.is_over(seen, now)
            except WaitFailedError as failed:
                watch.failure, watch.finished = failed, True
            if watch.finished:
                return
        if now >= watch.deadline:
            watch.failure, watch.finished = WaitTimeoutError(watch.last, error), True
            return
        watch.next_look(now, len(self._watches))
