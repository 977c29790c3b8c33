"""Counts tokens exactly, by the vocabulary that the official SDK ships.

The file `qwen.tiktoken` in the package `dashscope` holds the byte pairs that Qwen, Qwen 2, 2.5 and 3 share. It is read
as data: the SDK itself is not imported, which takes seconds, and nothing is downloaded.
"""

from __future__ import annotations

import base64
import binascii
import struct
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.bounded.files import open_regular

from .sequences import BEGIN, END

LARGEST_FILE = 16 * 2**20
"""Bytes of a vocabulary that are read at most. That of 2026 has 2.5 MB."""
FEW = 4_000_000
"""Characters that the tokenizer counts which is loaded quickly."""
LONGEST_PIECE = 100_000
"""Characters that are counted at once: the time for a run of blanks grows with the square of its length."""
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
    """Counts by one vocabulary.

    Two tokenizers count the same. The one that is loaded in a moment counts what most files have; the other, which
    counts six times as fast and takes a second to load, counts the rest of large ones.

    :param path: a file in the format of tiktoken.
    :param ranks: what it says: token → number.
    :raises ValueError: the tokenizer can't read the file.
    """

    def __init__(self, path: Path, ranks: dict[bytes, int]) -> None:
        import tiktoken

        size = len(ranks)
        self._path = path
        self._special = {_SEPARATOR: size, BEGIN: size + 1, END: size + 2}
        self._light = tiktoken.Encoding("qwen", pat_str=_PIECES, mergeable_ranks=ranks, special_tokens=self._special)
        self._counted = 0
        self._fast: Any = None

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each of these texts has."""
        whole = [unicodedata.normalize("NFC", text) for text in texts]  # as the SDK does
        if max(map(len, whole), default=0) <= LONGEST_PIECE:
            return self._counts(whole)
        cut = [_in_pieces(text) for text in whole]
        found = iter(self._counts([piece for pieces in cut for piece in pieces]))
        return [sum(islice(found, len(pieces))) for pieces in cut]

    def _counts(self, pieces: list[str]) -> list[int]:
        if self._counted > FEW:
            return self._many(pieces)
        self._counted += sum(map(len, pieces))
        special = {*self._special}
        return [len(self._light.encode(piece, allowed_special=special, disallowed_special=())) for piece in pieces]

    def _many(self, pieces: list[str]) -> list[int]:
        """Count in one call, on all cores; no object of Python's is made of a token."""
        if self._fast is None:
            from fastokens import Tokenizer

            self._fast = Tokenizer.from_tiktoken(str(self._path), pattern=_PIECES, special_tokens=self._special)
        try:
            _, offsets = self._fast.encode_batch_flat(pieces)
        except UnicodeEncodeError:  # half a surrogate, which JSON can spell
            _, offsets = self._fast.encode_batch_flat([_with_whole_characters(piece) for piece in pieces])
        bounds = struct.unpack(f"<{len(pieces) + 1}Q", offsets)
        return [end - start for start, end in pairwise(bounds)]


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary of the SDK.

    :raises NoVocabularyError: it is not installed, or can't be read.
    """
    package = find_spec("dashscope")
    if package is None or package.origin is None or not _is_installed():
        raise NoVocabularyError("install the extra: pip install 'pulumi-dashscope-ft[spend]'")
    path = Path(package.origin).with_name("resources") / "qwen.tiktoken"
    try:
        with open_regular(path) as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise NoVocabularyError(f"{path} is larger than {LARGEST_FILE // 2**20} MB")
        return Vocabulary(path, _ranks(content))
    except (OSError, ValueError) as error:
        raise NoVocabularyError(f"{path} can't be read: {error}") from None


def installed() -> Vocabulary | None:
    """Return the vocabulary; None when the extra is not installed."""
    return vocabulary() if _is_installed() else None


def _is_installed() -> bool:
    return all(map(find_spec, ("tiktoken", "fastokens", "dashscope")))


def _ranks(content: bytes) -> dict[bytes, int]:
    """Return the tokens of a vocabulary with their numbers, all of which must be sound."""
    ranks = {}
    lines = content.splitlines()
    for number, line in enumerate(lines, start=1):
        token, _, rank = line.partition(b" ")
        try:
            ranks[base64.b64decode(token, validate=True)] = int(rank)
        except (binascii.Error, ValueError):
            raise ValueError(f"line {number} is no token") from None
    if {*ranks.values()} != set(range(len(lines))) or len(lines) < 256:
        raise ValueError("its tokens are not numbered from 0 without a gap")
    return ranks


def _with_whole_characters(text: str) -> str:
    """Write a sign for what is no character, as tiktoken does."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
