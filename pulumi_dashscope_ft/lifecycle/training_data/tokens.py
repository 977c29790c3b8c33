"""Return the fewest tokens that a row can have, without a tokenizer.

No tokenizer of the service's models comes with this package, so a row's exact length is not known. What is known is how
they all begin: the published tokenizers of Qwen 2, 2.5, 3 and 3.5 first cut the text by a fixed expression, in which a
piece has at most one run of letters (or one digit), and no token spans two pieces. So each run of letters and each
digit is at least one token. Scripts without spaces have long runs; there it counts that no token of the published
vocabularies is longer than 16 characters outside ASCII, taken as 32 to leave room for a newer vocabulary.

The true number is higher: punctuation, spaces, long words, pictures and the chat template are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import RowTexts

LONGEST_TOKEN = 32
"""Most characters outside ASCII that one token is assumed to have."""

# Letters become `a`, digits `0`, all else a space: counting where a run begins is ten times faster than finding runs.
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLASSES = bytes(
    ord("a") if code in _LETTERS else ord("0") if code in b"0123456789" else ord(" ") for code in range(256)
)
# Outside ASCII, what is a letter depends on the version of Unicode; so a run goes on across everything there.
_RUN = re.compile(r"[A-Za-z\x80-\U0010ffff]+|[0-9]")
_WORD = re.compile(r"\w+")


class LongestRow(NamedTuple):
    """The row of a file that has the most tokens, as far as they are known."""

    line: int
    tokens: int
    """It has at least so many."""


class LengthMeter:
    """Finds the longest row of a file, in one pass and constant memory."""

    def __init__(self) -> None:
        self._line = self._tokens = 0

    def take(self, line: int, row: RowTexts) -> None:
        """Measure a row, unless it can't be the longest."""
        texts = _counted_together(row)
        if not texts or _most(texts) <= self._tokens:
            return
        tokens = sum(map(least_tokens, texts))
        if tokens > self._tokens:
            self._line, self._tokens = line, tokens

    @property
    def longest(self) -> LongestRow | None:
        """The longest row; None when no row has text whose tokens count."""
        return LongestRow(self._line, self._tokens) if self._tokens else None


def least_tokens(text: str) -> int:
    """Return the fewest tokens that this text can have."""
    if text.isascii():
        classes = b" " + text.encode("ascii").translate(_CLASSES)
        return classes.count(b" a") + classes.count(b"0a") + classes.count(b"0")
    return sum(map(_of_run, _RUN.findall(text)))


def _of_run(run: str) -> int:
    if run.isascii():
        return 1
    # A run of nothing but punctuation or marks may share a token with what surrounds it.
    plain = len(run.encode("ascii", "ignore"))
    letters = sum(map(len, _WORD.findall(run))) - plain
    return max(-(-letters // LONGEST_TOKEN), 1) if letters or plain else 0


def _most(texts: Iterable[str]) -> int:
    """Return an upper bound of what `least_tokens` returns for these texts together, at the cost of a glance."""
    most = 0
    for text in texts:
        plain = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
        foreign = len(text) - plain
        # Each run outside ASCII ends at a character of ASCII, or at the end of the text.
        most += plain + (plain + 1 + foreign // LONGEST_TOKEN + 1 if foreign else 0)
    return most


def _counted_together(row: RowTexts) -> list[str]:
    """Return the texts whose tokens the service counts together, as far as they are in the row itself."""
    texts = [text for said, _ in row.prompt for text in said]
    if row.answers:  # each answer stands behind the same prompt, so they don't add up
        texts += max((said for said, _ in row.answers), key=_length)
    return texts


def _length(texts: Iterable[str]) -> int:
    return sum(map(len, texts))
