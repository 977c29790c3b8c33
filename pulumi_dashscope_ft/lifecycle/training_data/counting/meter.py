"""Counts the tokens of a file's rows in the one pass that checks them, and keeps how many sequences have each length.

A job drops or cuts what is longer than its `max_length`, which is known only later. So not the sum is kept but the
lengths. Their number is bounded by the root of the file's size: many different lengths need many characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.training_data.media.steps import LookUp, nothing_known
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import Part, RowTexts

from .approximation import approximate_tokens
from .pictures import Bounds, PictureCount, bounds_of
from .seconds import SecondsCount, SecondsMeter
from .sequences import MESSAGE_FRAME, TrainedRow, trained_row, written
from .vocabulary import Vocabulary

_BATCH = 1024 * 1024
"""Characters that are counted in one go: enough that handing them over costs nothing."""
_SAMPLED_FIRST, _SAMPLED_THEN = 2000, 16
"""Rows that are all approximated, and of how many one is after them."""
_OF_ASCII, _OF_FOREIGN = 5, 12
"""Twentieths of a token that a character has, roughly: rows are compared by size. Outside ASCII one has three bytes."""

_Fixed = tuple[int, bool, int | None]
"""Of a text: tokens that come on top, whether it repeats a prompt, and the most tokens of what its row shows."""
Messages = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TokenCount:
    """The tokens of a file.

    :param lengths: length of a sequence in tokens → how many sequences have it.
    :param repeated: tokens of prompts that stand before a second answer, and are in `lengths` twice.
    :param uncounted: pictures and videos whose size is not known, so that their tokens are not counted.
    :param exact: counted with the vocabulary; otherwise approximated.
    :param pictures: the pictures and videos whose size is known; None when there is none.
    :param seconds: the clips or recordings; None when there is none.
    """

    rows: int
    lengths: Mapping[int, int]
    repeated: int
    uncounted: int
    exact: bool
    pictures: PictureCount | None = None
    seconds: SecondsCount | None = None

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
        self._rows = self._uncounted = self._pictures = 0
        self._shown = Bounds()
        self._seconds = SecondsMeter()

    def take(self, row: RowTexts, look_up: LookUp = nothing_known) -> None:
        """Count a row.

        :param look_up: finds what is known of the media that it names.
        """
        trained = trained_row(row)
        self._rows += 1
        prompt, endings = trained.prompt, trained.endings
        most = self._take_media(row.shown, look_up, len(endings)) if row.shown else None
        for position, ending in enumerate(endings):
            self._counter.add((*prompt, *ending) if ending else prompt, trained, most_shown=most)
            if position:
                self._counter.repeat(prompt, trained)

    def take_timed(self, name: str, look_up: LookUp) -> None:
        """Count a clip or recording that a row names."""
        medium = look_up(name)
        self._seconds.take(None if medium is None else medium.seconds)

    def close(self) -> TokenCount:
        """Return what was counted."""
        lengths, repeated = self._counter.close()
        pictures = None
        if self._pictures or self._uncounted:
            beside = self._counter.beside
            longest = None if self._uncounted else beside.longest
            pictures = PictureCount(self._pictures, self._shown, beside.texts, longest)
        return TokenCount(
            self._rows,
            lengths,
            repeated,
            self._uncounted,
            isinstance(self._counter, ExactCounter),
            pictures,
            self._seconds.close(),
        )

    def _take_media(self, parts: Sequence[Part], look_up: LookUp, times: int) -> int:
        """Count what a row shows, and return the most tokens that it has in a sequence.

        :param times: in how many sequences it may be.
        """
        most = 0
        for part in parts:
            known, unknown = bounds_of(part, look_up)
            self._uncounted += unknown
            self._pictures += len(known)
            for bounds in known:
                self._shown = self._shown.and_(bounds, times)
                most += max(bounds.most)
        return most


@dataclass(slots=True)
class Beside:
    """The texts of sequences that also show something.

    :param texts: their tokens.
    :param longest: the most tokens of such a sequence, with what it shows.
    """

    texts: int = 0
    longest: int = 0

    def note(self, tokens: int, most_shown: int, number: int = 1) -> None:
        """Add sequences of so many tokens each."""
        self.texts += tokens * number
        self.longest = max(self.longest, tokens + most_shown)


class SampledCounter:
    """Approximates the first rows and then some of them; the others by their size, as those turn out.

    To look at each character of each row takes as long as the rest of a file's check.
    """

    def __init__(self) -> None:
        self.beside = Beside()
        self._sizes: Counter[tuple[int, int]] = Counter()
        self._beside: dict[tuple[int, int], tuple[int, int]] = {}
        self._repeated: list[int] = [0, 0]
        self._number = 0
        self._sampled_size, self._sampled_tokens = 0, 0.0

    def add(self, messages: Messages, row: TrainedRow, *, most_shown: int | None) -> None:
        """Add a sequence of a row.

        :param most_shown: the most tokens of what it shows; None when it shows nothing.
        """
        text, size, fixed = _measured(messages, row)
        self._number += 1
        if self._number <= _SAMPLED_FIRST or self._number % _SAMPLED_THEN == 0:
            self._sampled_size += size
            self._sampled_tokens += approximate_tokens(text)
        self._sizes[size, fixed] += 1
        if most_shown is not None:
            number, most = self._beside.get((size, fixed), (0, 0))
            self._beside[size, fixed] = (number + 1, max(most, most_shown))

    def repeat(self, messages: Messages, row: TrainedRow) -> None:
        """Add a prompt that is in two sequences."""
        _, size, fixed = _measured(messages, row)
        self._repeated[0] += size
        self._repeated[1] += fixed

    def close(self) -> tuple[dict[int, int], int]:
        """Return the lengths and the repeated tokens (see `TokenCount`)."""
        each = self._sampled_tokens / self._sampled_size if self._sampled_size else 0.0
        lengths: Counter[int] = Counter()
        for (size, fixed), number in self._sizes.items():
            lengths[round(size * each) + fixed] += number
        for (size, fixed), (number, most) in self._beside.items():
            self.beside.note(round(size * each) + fixed, most, number)
        return dict(lengths), round(self._repeated[0] * each) + self._repeated[1]


def _measured(messages: Messages, row: TrainedRow) -> tuple[str, int, int]:
    """Return the text of messages, its size, and the tokens that come on top."""
    text = "\n".join([text for _, text in messages]) if len(messages) != 1 else messages[0][1]
    foreign = 0 if text.isascii() else (len(text.encode("utf-8", "replace")) - len(text)) // 2
    size = _OF_ASCII * (len(text) - foreign) + _OF_FOREIGN * foreign
    return text, size, row.more + (MESSAGE_FRAME * len(messages) if row.framed else 0)


class ExactCounter:
    """Counts with a vocabulary, many texts at once, on a second core while the next rows are read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.beside = Beside()
        self._vocabulary = vocabulary
        self._lengths: Counter[int] = Counter()
        self._repeated = self._size = 0
        self._texts: list[str] = []
        self._fixed: list[_Fixed] = []
        self._second_core: ThreadPoolExecutor | None = None
        self._counting: tuple[Future[list[int]], list[_Fixed]] | None = None

    def add(self, messages: Messages, row: TrainedRow, *, most_shown: int | None) -> None:
        """Add a sequence of a row.

        :param most_shown: the most tokens of what it shows; None when it shows nothing.
        """
        self._add(written(messages, framed=row.framed), (row.more, False, most_shown))

    def repeat(self, messages: Messages, row: TrainedRow) -> None:
        """Add a prompt that is in two sequences."""
        self._add(written(messages, framed=row.framed), (row.more, True, None))

    def close(self) -> tuple[dict[int, int], int]:
        """Return the lengths and the repeated tokens (see `TokenCount`)."""
        self._collect()
        if self._second_core is not None:
            self._second_core.shutdown()
        self._note(self._vocabulary.counts(self._texts), self._fixed)
        return dict(self._lengths), self._repeated

    def _add(self, text: str, fixed: _Fixed) -> None:
        self._texts.append(text)
        self._fixed.append(fixed)
        self._size += len(text)
        if self._size >= _BATCH:
            self._count_beside()

    def _count_beside(self) -> None:
        """Count what has been gathered. At most one lot is on its way, so memory is bounded."""
        self._collect()
        if self._second_core is None:
            self._second_core = ThreadPoolExecutor(1, "tokens")
        self._counting = self._second_core.submit(self._vocabulary.counts, self._texts), self._fixed
        self._texts, self._fixed, self._size = [], [], 0

    def _collect(self) -> None:
        if self._counting is not None:
            counted, fixed = self._counting
            self._note(counted.result(), fixed)
            self._counting = None

    def _note(self, counts: Sequence[int], fixed: Sequence[_Fixed]) -> None:
        for tokens, (more, repeated, most_shown) in zip(counts, fixed, strict=True):
            if repeated:
                self._repeated += tokens + more
            else:
                self._lengths[tokens + more] += 1
            if most_shown is not None:
                self.beside.note(tokens + more, most_shown)
