"""Counts tokens exactly, by the vocabulary that the official SDK ships.

The file `qwen.tiktoken` in the package `dashscope` holds the byte pairs that Qwen, Qwen 2, 2.5 and 3 share. It is read
as data: the SDK itself is not imported, which takes seconds, and nothing is downloaded.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.bounded.files import open_regular

from .sequences import BEGIN, END

LARGEST_FILE = 16 * 2**20
"""Bytes of a vocabulary that are read at most. That of 2026 has 2.5 MB."""
LONGEST_PIECE = 100_000
"""Characters that are counted at once. The tokenizer fails on a run of a million blanks."""
_SEPARATOR = "<|endoftext|>"
# How the published tokenizers cut a text before they merge bytes (tokenizer.json of Qwen 2 to 3, "pre_tokenizer").
_PIECES = "|".join(
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
        r"[^\r\n\p{L}\p{N}]?\p{L}+",
        r"\p{N}",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)


class NoVocabularyError(Exception):
    """The packages of the extra `spend` are not installed, or the vocabulary is damaged."""


class Vocabulary:
    """Counts by one vocabulary."""

    def __init__(self, ranks: dict[bytes, int]) -> None:
        import tiktoken

        first = max(ranks.values()) + 1
        special = {_SEPARATOR: first, BEGIN: first + 1, END: first + 2}
        self._separator = first
        self._special = {BEGIN, END, _SEPARATOR}
        self._encoding: Any = tiktoken.Encoding("qwen", pat_str=_PIECES, mergeable_ranks=ranks, special_tokens=special)

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each of these texts has.

        All of them are encoded in one call, which holds no lock of the interpreter's: another thread goes on meanwhile.
        """
        whole = _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in texts)
        whole = unicodedata.normalize("NFC", whole)  # as the SDK does
        found: list[int] = []
        for piece in _in_pieces(whole):
            found += self._encoding.encode(piece, allowed_special=self._special, disallowed_special=())
        counts, start = [], 0
        for _ in range(len(texts) - 1):
            end = found.index(self._separator, start)
            counts.append(end - start)
            start = end + 1
        return [*counts, len(found) - start]


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary of the SDK.

    :raises NoVocabularyError: it is not installed, or can't be read.
    """
    package = find_spec("dashscope")
    if package is None or package.origin is None or find_spec("tiktoken") is None:
        raise NoVocabularyError("install the extra: pip install 'pulumi-dashscope-ft[spend]'")
    path = Path(package.origin).with_name("resources") / "qwen.tiktoken"
    try:
        with open_regular(path) as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise NoVocabularyError(f"{path} is larger than {LARGEST_FILE // 2**20} MB")
        return Vocabulary(_ranks(content))
    except (OSError, ValueError) as error:
        raise NoVocabularyError(f"{path} can't be read: {error}") from None


def installed() -> Vocabulary | None:
    """Return the vocabulary; None when the extra is not installed."""
    if find_spec("tiktoken") is None or find_spec("dashscope") is None:
        return None
    return vocabulary()


def _ranks(content: bytes) -> dict[bytes, int]:
    ranks: dict[bytes, int] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        token, _, rank = line.partition(b" ")
        try:
            ranks[base64.b64decode(token, validate=True)] = int(rank)
        except (binascii.Error, ValueError):
            raise ValueError(f"line {number} is no token") from None
    if sorted(ranks.values()) != list(range(len(ranks))) or len(ranks) < 256:
        raise ValueError("its tokens are not numbered from 0 without a gap")
    return ranks


def _in_pieces(text: str) -> list[str]:
    """Cut a text where it is too long, before a blank or a special token where there is one nearby."""
    pieces = []
    while len(text) > LONGEST_PIECE:
        cut = text.rfind(BEGIN, LONGEST_PIECE // 2, LONGEST_PIECE)
        if cut < 0:
            cut = text.rfind(_SEPARATOR, LONGEST_PIECE // 2, LONGEST_PIECE)
        if cut < 0:
            cut = text.rfind(" ", LONGEST_PIECE // 2, LONGEST_PIECE)
        pieces.append(text[: cut if cut > 0 else LONGEST_PIECE])
        text = text[len(pieces[-1]) :]
    return [*pieces, text]
