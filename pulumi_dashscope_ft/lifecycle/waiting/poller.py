"""The one wait loop, for jobs, deployments and exports.

A teardown of fifty jobs must not poll fifty times as often as that of one. So all threads that wait for a job share one
poller; those that wait for a deployment share another. One of the waiting threads looks for all of them, through the
list call when there is more than one object to look at; when its own wait is over, it hands the task on. So the poller
has no thread of its own to start, stop or leak, and with a simulated clock a single-threaded test sees the very same
behaviour. What ends a wait, and how often to look, is data (see `waiter`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pulumi_dashscope_ft.api import ApiError, Clock, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import fact
from pulumi_dashscope_ft.lifecycle.errors import OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CROWD, HasStatus, Waiter, WaitFailedError

T = TypeVar("T", bound=HasStatus)
R = TypeVar("R", covariant=True)

_TOGETHER = 0.3
"""A look that is due within this fraction of its own delay is made now."""


class ReadsMany(Protocol[R]):
    """Shows several objects by one call."""

    def read_many(self, object_ids: set[str]) -> Mapping[str, R]:
        """Return the objects that one round of looking shows; ids that it does not show are absent."""


class WaitTimeoutError(Exception):
    """The time limit ran out.

    :param last: the job or deployment as last seen, None if it was never seen.
    :param error: the error of the last look, if it failed.
    """

    def __init__(self, last: Any, error: ApiError | None) -> None:
        super().__init__("timed out")
        self.last = last
        self.error = error

    def last_seen(self, known: str | None = None) -> str:
        """Return, for messages, the status at the last look, else the `known` one; and why the last look failed."""
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
    tick: Callable[[], None]
    last: T | None = None
    last_error: ApiError | None = None
    delay: float = 0.0
    due: float = 0.0
    finished: bool = False
    failure: Exception | None = None

    @property
    def was_looked_at(self) -> bool:
        return self.last is not None or self.last_error is not None

    def next_look(self, now: float, waiting: int) -> None:
        self.delay = self.waiter.delay(now - self.began, waiting)
        self.due = min(now + self.delay, max(self.deadline, now))


class Poller(Generic[T]):
    """Watches objects of one kind for all threads that wait for one. Thread-safe.

    :param reader: shows several objects by one call; None where the service has no such call.
    :param get: fetches one object; raises what the client raises, `NotFoundError` when it is gone.
    """

    slice: ClassVar[float] = 0.25
    """Seconds: the longest sleep of the thread that looks, so that it soon notices Ctrl-C and a wait that has begun
    meanwhile. The tests of this package, whose clocks jump, sleep longer."""

    def __init__(self, reader: ReadsMany[T] | None, get: Callable[[str], T], clock: Clock) -> None:
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
        tick: Callable[[], None] = lambda: None,
    ) -> T | None:
        """Block until the waiter is satisfied; return the object as it is then, or None when it is gone.

        A look that fails for a passing reason (connection, throttling, a fault of the service) does not end the wait.

        :param deadline: monotonic time; after it WaitTimeoutError is raised.
        :param observe: called with the object after each look, for progress; from the thread that looks.
        :param interrupted: asked between looks; True ends the wait with OperationInterruptedError.
        :param tick: called several times a second, between the looks, for a status line; from the thread that looks.
        :raises OperationInterruptedError: the user has asked to stop (Ctrl-C).
        :raises WaitFailedError: the object can no longer reach the success statuses.
        :raises ApiError: an error that trying again can't fix, such as a refused key.
        """
        now = self._clock.monotonic()
        watch = _Watch(object_id, waiter, now, deadline, observe, interrupted, tick)
        with self._turn:
            self._watches.append(watch)
            self._plan_first_look(watch, now)
        try:
            while self._my_turn(watch):
                self._look_for_all(watch)
        finally:
            with self._turn:
                self._watches.remove(watch)
        if watch.failure is not None:
            raise watch.failure
        return watch.last

    def _plan_first_look(self, watch: _Watch[T], now: float) -> None:
        """Plan the first look of a wait that has just begun, and anew those of the first waits of a crowd.

        Until the crowd was there, each of them was to be looked at as soon as an object that is waited for alone.
        """
        waiting = len(self._watches)
        early = [other for other in self._watches if not other.was_looked_at] if waiting == CROWD else [watch]
        for each in early:
            each.next_look(now, waiting)

    def _my_turn(self, watch: _Watch[T]) -> bool:
        """Wait until it is this thread's turn to look for all (True) or its own wait is over (False)."""
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
                    if len(active) < len(self._watches):  # in each slice to wake all others would cost more than a look
                        self._turn.notify_all()
                if own.finished:
                    return
                for watch in active:
                    watch.tick()
                due = min(watch.due for watch in active)
                if now < due:
                    self._clock.sleep(min(self.slice, due - now))
                    continue
                self._look(active, now)
        finally:
            with self._turn:
                self._leading = False
                self._turn.notify_all()

    def _give_up_what_is_interrupted(self) -> None:
        for watch in self._watches:
            if not watch.finished and watch.interrupted():
                watch.failure, watch.finished = OperationInterruptedError(), True

    def _look(self, watches: list[_Watch[T]], now: float) -> None:
        """Look once for all waiting threads.

        A listing also shows, at no extra cost, objects that are not due yet. An object that the listing does not show
        gets a call of its own when it is due.
        """
        found: Mapping[str, T] = {}
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
