"""Text for a terminal: nothing in it moves the cursor, reverses the writing, or is invisible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from .redaction import redact

__all__ = ["QUOTE_LIMIT", "escape", "in_texts", "quoted", "sanitize"]

QUOTE_LIMIT = 300
"""Longest quote of the service's text in one of our messages, in characters."""

_LOOKED_AT = 64 * 1024
"""Characters of a text that are searched for secrets before a few of them are quoted."""

_SPACES = re.compile(r"\s+")
_UNSEEN = frozenset(
    chr(code)
    for start, end in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x2028, 0x2029),  # line and paragraph separators
        (0x3164, 0x3164),
        (0xFE00, 0xFE0D),  # variation selectors; 15 and 16 choose between text and emoji, and stay
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(start, end + 1)
)
"""Characters that have no width or end a line, although Unicode does not count them as control or format characters
(DerivedCoreProperties, Default_Ignorable_Code_Point).
"""


def sanitize(text: str, limit: int = QUOTE_LIMIT) -> str:
    """Return `text` on one line for a terminal: escaped as by :func:`escape`, whitespace folded.

    :param limit: greatest length of the result in characters.
    """
    # An escape has at most ten characters. Cutting first avoids walking through a megabyte of rubbish.
    folded = _SPACES.sub(" ", text[: limit * 8]).strip()
    escaped = escape(folded)
    if len(escaped) > limit:
        return escaped[: limit - 1] + "…"
    return escaped


def quoted(text: str, redactor: Callable[[str], str] = redact, limit: int = QUOTE_LIMIT) -> str:
    """Return the part of somebody else's `text` that a message may quote: redacted and sanitized.

    :param redactor: removes the secrets.
    """
    return sanitize(redactor(text[:_LOOKED_AT]), limit)


def escape(text: str, *, spaces: bool = False) -> str:
    """Return `text` with every character escaped that has no visible form, and otherwise unchanged.

    These are Unicode's control, format, surrogate, private and unassigned characters (format characters include those
    that reverse the direction of writing), and others that have no width or end a line.

    :param spaces: whether to escape all spaces but U+0020, too.
    """
    if text.isascii() and text.isprintable():  # the same rule, but fast
        return text
    return "".join(
        _escape_character(char) if _has_no_form(char) or (spaces and not char.isprintable()) else char for char in text
    )


def in_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return `value` with `change` applied to every text in it, at any depth, including keys."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(name)): in_texts(item, change) for name, item in value.items()}
    return [in_texts(item, change) for item in value] if isinstance(value, (list, tuple)) else value


def _has_no_form(char: str) -> bool:
    return char in _UNSEEN or unicodedata.category(char).startswith("C")


def _escape_character(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
