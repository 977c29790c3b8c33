"""Read ahead: the next few states are read while one is looked at."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue
from typing import Generic, TypeVar

__all__ = ["read_ahead"]

S = TypeVar("S")
T = TypeVar("T")


def read_ahead(read: Callable[[S], T], wanted: Sequence[S], readers: int) -> Iterator[tuple[S, T]]:
    """Yield what was read of each, in their order.

    At most twice as many results as readers are in memory. When the caller ends early (Ctrl-C), nothing more is begun,
    and what is under way is not awaited, not even by the end of the process.

    :param read: called in threads; what it raises, this raises.
    """
    with _Readers(read, min(readers, len(wanted))) as pool:
        left = iter(wanted)
        waiting = deque((one, pool.begin(one)) for one in islice(left, 2 * readers))
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
            waiting.extend((one, pool.begin(one)) for one in islice(left, 1))


class _Readers(Generic[S, T]):
    """Threads that the process does not wait for, unlike those of `ThreadPoolExecutor`."""

    def __init__(self, read: Callable[[S], T], count: int) -> None:
        self._read = read
        self._count = count
        self._begun: SimpleQueue[tuple[S, Future[T]] | None] = SimpleQueue()
        self._ended = False

    def __enter__(self) -> _Readers[S, T]:
        for _ in range(self._count):
            threading.Thread(target=self._work, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended = True
        for _ in range(self._count):
            self._begun.put(None)

    def begin(self, one: S) -> Future[T]:
        future: Future[T] = Future()
        self._begun.put((one, future))
        return future

    def _work(self) -> None:
        while (task := self._begun.get()) is not None:
            one, future = task
            if self._ended:
                continue
            try:
                future.set_result(self._read(one))
            except BaseException as error:
                future.set_exception(error)
