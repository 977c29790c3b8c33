"""Counts the tokens of a file's rows in the one pass that checks them, and keeps how many sequences have each length.

A job drops or cuts what is longer than its `max_length`, which is known only later. So not the sum is kept but the
lengths. Their number is bounded by the root of the file's size: many different lengths need many characters.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .approximation import approximate_tokens
from .sequences import MESSAGE_FRAME, TrainedRow, trained_row, written
from .vocabulary import Vocabulary

_BATCH = 256 * 1024
"""Characters that are counted in one go: enough that handing them over costs nothing."""
_WAITING = 4
"""Batches that may wait; a reader that is faster than the count waits for it."""


@dataclass(frozen=True, slots=True)
class TokenCount:
    """The tokens of a file.

    :param lengths: length of a sequence in tokens → how many sequences have it.
    :param repeated: tokens of prompts that stand before a second answer, and are in `lengths` twice.
    :param uncounted: pictures and videos, whose tokens are not counted.
    :param exact: counted with the vocabulary; otherwise approximated.
    """

    rows: int
    lengths: Mapping[int, int]
    repeated: int
    uncounted: int
    exact: bool

    @property
    def tokens(self) -> int:
        """All of them."""
        return sum(length * number for length, number in self.lengths.items())


class TokenMeter:
    """Counts rows as they come.

    :param vocabulary: counts exactly, in a thread beside the one that reads; without it an approximation is made.
    """

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._vocabulary = vocabulary
        self._lengths: Counter[int] = Counter()
        self._rows = self._repeated = self._uncounted = 0
        self._texts: list[str] = []
        self._more: list[tuple[int, bool]] = []
        self._size = 0
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[tuple[Future[list[int]], list[tuple[int, bool]]]] = deque()

    def take(self, kind: str | None, row: Any) -> None:
        """Count a row of this shape."""
        trained = trained_row(kind, row)
        if trained is None:
            return
        self._rows += 1
        self._uncounted += trained.pictures
        if self._vocabulary is None:
            self._approximate(trained)
        else:
            self._queue(trained)

    def close(self) -> TokenCount:
        """Return what was counted."""
        self._send()
        while self._waiting:
            self._settle()
        if self._pool is not None:
            self._pool.shutdown()
        return TokenCount(
            self._rows, dict(self._lengths), self._repeated, self._uncounted, exact=self._vocabulary is not None
        )

    def _approximate(self, row: TrainedRow) -> None:
        prompt = row.more + _approximated(row.prompt, framed=row.framed)
        if len(row.endings) == 1:
            self._lengths[prompt] += 1
            return
        for position, ending in enumerate(row.endings):
            self._lengths[prompt + _approximated(ending, framed=row.framed)] += 1
            self._repeated += prompt if position else 0

    def _queue(self, row: TrainedRow) -> None:
        for position, ending in enumerate(row.endings):
            self._add(written((*row.prompt, *ending), framed=row.framed), row.more, prompt=False)
            if position:
                self._add(written(row.prompt, framed=row.framed), row.more, prompt=True)

    def _add(self, text: str, more: int, *, prompt: bool) -> None:
        self._texts.append(text)
        self._more.append((more, prompt))
        self._size += len(text)
        if self._size >= _BATCH:
            self._send()

    def _send(self) -> None:
        if not self._texts or self._vocabulary is None:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="tokens")
        self._waiting.append((self._pool.submit(self._vocabulary.counts, self._texts), self._more))
        self._texts, self._more, self._size = [], [], 0
        while len(self._waiting) > _WAITING:
            self._settle()

    def _settle(self) -> None:
        counted, kinds = self._waiting.popleft()
        for tokens, (more, prompt) in zip(counted.result(), kinds, strict=True):
            if prompt:
                self._repeated += tokens + more
            else:
                self._lengths[tokens + more] += 1


def _approximated(messages: tuple[tuple[str, str], ...], *, framed: bool) -> int:
    text = approximate_tokens("\n".join([text for _, text in messages]))
    return round(text) + (MESSAGE_FRAME * len(messages) if framed else 0)
