"""Counts the tokens of a file's rows in the one pass that checks them, and keeps how many sequences have each length.

A job drops or cuts what is longer than its `max_length`, which is known only later. So not the sum is kept but the
lengths. Their number is bounded by the root of the file's size: many different lengths need many characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .approximation import approximate_tokens
from .sequences import MESSAGE_FRAME, TrainedRow, trained_row, written
from .vocabulary import Vocabulary

_BATCH = 1024 * 1024
"""Characters that are counted in one go: enough that handing them over costs nothing."""
_SAMPLED_FIRST, _SAMPLED_THEN = 2000, 16
"""Rows that are all approximated, and of how many one is after them."""
_OF_ASCII, _OF_FOREIGN = 5, 12
"""Twentieths of a token that a character has, roughly: rows are compared by size. Outside ASCII one has three bytes."""

Messages = tuple[tuple[str, str], ...]


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

    :param vocabulary: counts exactly; without it an approximation is made.
    """

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._counter = ExactCounter(vocabulary) if vocabulary is not None else SampledCounter()
        self._rows = self._uncounted = 0

    def take(self, kind: str | None, row: Any) -> None:
        """Count a row of this shape."""
        trained = trained_row(kind, row)
        if trained is None:
            return
        self._rows += 1
        self._uncounted += trained.pictures
        prompt, endings = trained.prompt, trained.endings
        for position, ending in enumerate(endings):
            self._counter.add((*prompt, *ending) if ending else prompt, trained, repeated=False)
            if position:
                self._counter.add(prompt, trained, repeated=True)

    def close(self) -> TokenCount:
        """Return what was counted."""
        lengths, repeated = self._counter.close()
        return TokenCount(self._rows, lengths, repeated, self._uncounted, exact=isinstance(self._counter, ExactCounter))


class SampledCounter:
    """Approximates the first rows and then some of them; the others by their size, as those turn out.

    To look at each character of each row takes as long as the rest of a file's check.
    """

    def __init__(self) -> None:
        self._sizes: Counter[tuple[int, int]] = Counter()
        self._repeated: list[int] = [0, 0]
        self._number = 0
        self._sampled_size, self._sampled_tokens = 0, 0.0

    def add(self, messages: Messages, row: TrainedRow, *, repeated: bool) -> None:
        """Add a sequence of a row, or a prompt that is in two sequences."""
        text = "\n".join([text for _, text in messages]) if len(messages) != 1 else messages[0][1]
        foreign = 0 if text.isascii() else (len(text.encode("utf-8", "replace")) - len(text)) // 2
        size = _OF_ASCII * (len(text) - foreign) + _OF_FOREIGN * foreign
        fixed = row.more + (MESSAGE_FRAME * len(messages) if row.framed else 0)
        if repeated:
            self._repeated[0] += size
            self._repeated[1] += fixed
            return
        self._number += 1
        if self._number <= _SAMPLED_FIRST or self._number % _SAMPLED_THEN == 0:
            self._sampled_size += size
            self._sampled_tokens += approximate_tokens(text)
        self._sizes[size, fixed] += 1

    def close(self) -> tuple[dict[int, int], int]:
        """Return the lengths and the repeated tokens (see `TokenCount`)."""
        each = self._sampled_tokens / self._sampled_size if self._sampled_size else 0.0
        lengths: Counter[int] = Counter()
        for (size, fixed), number in self._sizes.items():
            lengths[round(size * each) + fixed] += number
        return dict(lengths), round(self._repeated[0] * each) + self._repeated[1]


class ExactCounter:
    """Counts with a vocabulary, many texts at once, on a second core while the next rows are read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._lengths: Counter[int] = Counter()
        self._repeated = self._size = 0
        self._texts: list[str] = []
        self._fixed: list[tuple[int, bool]] = []
        self._beside: ThreadPoolExecutor | None = None
        self._counting: tuple[Future[list[int]], list[tuple[int, bool]]] | None = None

    def add(self, messages: Messages, row: TrainedRow, *, repeated: bool) -> None:
        """Add a sequence of a row, or a prompt that is in two sequences."""
        text = written(messages, framed=row.framed)
        self._texts.append(text)
        self._fixed.append((row.more, repeated))
        self._size += len(text)
        if self._size >= _BATCH:
            self._count_beside()

    def close(self) -> tuple[dict[int, int], int]:
        """Return the lengths and the repeated tokens (see `TokenCount`)."""
        self._collect()
        if self._beside is not None:
            self._beside.shutdown()
        self._note(self._vocabulary.counts(self._texts), self._fixed)
        return dict(self._lengths), self._repeated

    def _count_beside(self) -> None:
        """Count what has been gathered. At most one lot is on its way, so memory is bounded."""
        self._collect()
        if self._beside is None:
            self._beside = ThreadPoolExecutor(1, "tokens")
        self._counting = self._beside.submit(self._vocabulary.counts, self._texts), self._fixed
        self._texts, self._fixed, self._size = [], [], 0

    def _collect(self) -> None:
        if self._counting is not None:
            counted, fixed = self._counting
            self._note(counted.result(), fixed)
            self._counting = None

    def _note(self, counts: Sequence[int], fixed: Sequence[tuple[int, bool]]) -> None:
        for tokens, (more, repeated) in zip(counts, fixed, strict=True):
            if repeated:
                self._repeated += tokens + more
            else:
                self._lengths[tokens + more] += 1
