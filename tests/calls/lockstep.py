"""Why this exists: calls are to be counted exactly, and they are made by many threads that share listings and looks.
With real time, what is shared depends on which thread was quick enough.

Here time stands still as long as any of the threads can go on by itself. Only when each of them waits (for time to
pass, or for another thread) does it jump, to the next moment that one of them waits for. So threads that do the same
thing at the same time do it at the very same time, however busy the machine is.

Whether a thread waits is counted where all waiting of `threading` ends: in `Condition.wait` and `Condition.notify`. A
thread that reads a socket does not wait in this sense: its answer is on the way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

_PATIENCE = 60.0
_wait, _notify = threading.Condition.wait, threading.Condition.notify


class _Book:
    """Which threads wait. Every waiter of a condition has an entry, in order; True for those that count."""

    def __init__(self) -> None:
        self.waiting = 0
        self.ended = 0
        self._counted: set[int] = set()
        self._queues: dict[int, list[list[bool]]] = {}
        self.news: SimpleQueue[None] = SimpleQueue()
        """One more for each thread that waits or has ended. To wait for it needs no condition."""
        self._lock = threading.RLock()  # a garbage collection within may notify, too (pools that are closed)

    def counts(self) -> None:
        """The calling thread counts from now on."""
        self._counted.add(threading.get_ident())

    def end(self) -> None:
        with self._lock:
            self._counted.discard(threading.get_ident())
            self.ended += 1
        self.news.put(None)

    def wait(self, condition: threading.Condition, timeout: float | None = None) -> bool:
        entry = [timeout is None and threading.get_ident() in self._counted]
        with self._lock:
            self._queues.setdefault(id(condition), []).append(entry)
            self.waiting += entry[0]
        if entry[0]:
            self.news.put(None)
        notified = _wait(condition, timeout)
        if not notified:
            with self._lock:
                self._queues[id(condition)].remove(entry)
        return notified

    def notify(self, condition: threading.Condition, n: int = 1) -> None:
        with self._lock:
            queue = self._queues.get(id(condition), [])
            for entry in queue[:n]:
                self.waiting -= entry[0]
            del queue[:n]
        _notify(condition, n)


class Lockstep:
    """A clock, and the runner of the threads that go by it. Outside of `run`, a sleep just moves the time."""

    def __init__(self, on_advance: Callable[[float], Any]) -> None:
        self._now = 1000.0
        self._on_advance = on_advance
        self._lock = threading.Lock()
        self._sleepers: list[tuple[float, threading.Event]] = []
        self._running = False

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return 1_800_000_000.0 + self._now

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        if not self._running:
            self._advance(self._now + seconds)
            return
        alarm = threading.Event()
        with self._lock:
            self._sleepers.append((self._now + seconds, alarm))
        alarm.wait()

    def run(self, steps: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run all these at once, each in a thread of its own; what they return. Raises the first failure."""
        book = _Book()
        outcomes: list[Any] = [None] * len(steps)
        failures: list[BaseException] = []

        def step(position: int) -> None:
            book.counts()
            try:
                outcomes[position] = steps[position]()
            except BaseException as failure:
                failures.append(failure)
            finally:
                book.end()

        self._running = True
        with _Patched(book):
            for position in range(len(steps)):
                threading.Thread(target=step, args=(position,), daemon=True).start()
            self._conduct(book, len(steps))
        self._running = False
        if failures:
            raise failures[0]
        return outcomes

    def _conduct(self, book: _Book, number: int) -> None:
        while book.ended < number:
            if book.waiting + book.ended < number:
                book.news.get(timeout=_PATIENCE)  # raises `Empty` when a thread neither waits nor ends
                continue
            with self._lock:
                assert self._sleepers, "all threads wait for each other"
                next_one = min(self._sleepers, key=lambda sleeper: sleeper[0])
                self._sleepers.remove(next_one)
                self._advance(next_one[0])
            next_one[1].set()  # one at a time, in the order of their falling asleep

    def _advance(self, moment: float) -> None:
        seconds, self._now = moment - self._now, moment
        self._on_advance(seconds)


class _Patched:
    """While this lasts, all waiting goes through the book."""

    def __init__(self, book: _Book) -> None:
        self._book = book

    def __enter__(self) -> None:
        book = self._book
        condition_of: Any = threading.Condition
        condition_of.wait = lambda condition, timeout=None: book.wait(condition, timeout)
        condition_of.notify = lambda condition, n=1: book.notify(condition, n)

    def __exit__(self, *_: object) -> None:
        threading.Condition.wait, threading.Condition.notify = _wait, _notify  # type: ignore[method-assign]
