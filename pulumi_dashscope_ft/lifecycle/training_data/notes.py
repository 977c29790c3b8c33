"""Notes: findings without a place.

The checks of rows and of messages word what they find in the same way, and neither should know how it is collected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.schema.quoting import quote_text, quote_value

__all__ = ["Note", "problem", "quote_text", "warning", "what"]

_KINDS = ((bool, "true or false"), (dict, "an object"), (list, "a list"), (str, "a string"))


@dataclass(frozen=True, slots=True)
class Note:
    """Something found in a row."""

    text: str
    fatal: bool
    """Whether the row can't be trained on; otherwise it is merely unusual."""
    kind: str = ""
    """Warnings of one kind do not crowd out others: each kind has its own limit per file."""


def problem(text: str) -> Note:
    """Return a note about a row that training refuses."""
    return Note(text, True)


def warning(text: str, kind: str = "") -> Note:
    """Return a note about a row that training accepts. Many of one `kind` are shown once."""
    return Note(text, False, kind)


def what(value: Any) -> str:
    """Name a JSON value of the wrong type; the value itself is included only if it is short."""
    if value is None or isinstance(value, (bool, int, float)):
        return quote_value(value)
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "something else")
