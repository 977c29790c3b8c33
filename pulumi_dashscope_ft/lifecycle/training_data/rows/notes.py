"""Notes: findings without a place.

The checks of rows and of messages word what they find in the same way, and neither should know how it is collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from pulumi_dashscope_ft.schema.keywords import lookalike
from pulumi_dashscope_ft.schema.quoting import quote_text, quote_value

__all__ = ["Note", "likely_key", "misspelled_keys", "problem", "quote_text", "warning", "what"]

_KINDS = ((bool, "true or false"), (dict, "an object"), (list, "a list"), (str, "a string"))
_LONGEST_KEY = 24
_MOST_KEYS = 8


@dataclass(frozen=True, slots=True)
class Note:
    """Something found in a row."""

    text: str
    fatal: bool
    """Whether the row can't be trained on; otherwise it is merely unusual."""
    kind: str = ""
    """Warnings of one kind do not crowd out others: each kind has its own limit per file."""


def problem(text: str) -> Note:
    """Return a note that makes the file unusable."""
    return Note(text, True)


def warning(text: str, kind: str = "") -> Note:
    """Return a note that is worth a warning."""
    return Note(text, False, kind)


def what(value: Any) -> str:
    """Name a JSON value of the wrong type; the value itself is included only if it is short."""
    if value is None or isinstance(value, (bool, int, float)):
        return quote_value(value)
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "something else")


def misspelled_keys(found: Mapping[str, Any], known: tuple[str, ...], name: str) -> Iterable[Note]:
    """Return a warning for each key that is probably a misspelled one.

    Other unknown keys are no finding: people keep remarks in their rows. Only the first few unknown keys are compared,
    so that a row of thousands costs no more than others.
    """
    return () if all(map(known.__contains__, found)) else _misspelled(found, known, name)


def _misspelled(found: Mapping[str, Any], known: tuple[str, ...], name: str) -> Iterator[Note]:
    for key in islice((key for key in found if key not in known), _MOST_KEYS):
        meant = likely_key(key, known)
        if meant is not None and meant not in found:
            yield warning(f"{name} has {quote_text(key)}; did you mean {quote_text(meant)}?", "misspelled key")


def likely_key(key: str, known: tuple[str, ...]) -> str | None:
    """Return the known key that a misspelled one most likely means, or None."""
    return _likely(key, known) if len(key) <= _LONGEST_KEY else None


@lru_cache(maxsize=4096)
def _likely(key: str, known: tuple[str, ...]) -> str | None:
    near = [one for one in known if abs(len(one) - len(key)) <= 2 and one != key]
    return lookalike(key, near) if near else None
