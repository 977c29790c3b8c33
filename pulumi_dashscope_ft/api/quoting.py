"""Text that crosses a border: from the service to a terminal, from the state file into a URL path.

Why it exists: both directions are ways in. A message of the service (or of whatever answered in its place) may carry
terminal control sequences, a page of HTML, or the key we sent; an id from a state file may carry `/` or `?` and so
name another resource. Everything this package prints or puts into a path goes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

__all__ = ["QUOTE_LIMIT", "clean", "escaped", "in_texts", "path_segment", "redact", "without"]

QUOTE_LIMIT = 300
"""Longest text of the service, in characters, that is repeated in one of our messages."""

_SPACES = re.compile(r"\s+")
# Not within a word; but a colour code (`ESC [ 31 m`), which ends in a letter, is no word.
_KEY_SHAPED = re.compile(r"((?<![A-Za-z0-9])|\x1b\[[0-9;?]*[A-Za-z])sk-[A-Za-z0-9_\-]{6,}")
_BEARER = re.compile(r"(?i)\bbearer\s+[^\s\"',;]+")
_SHORTEST_KEY = 8  # replacing something shorter would mangle ordinary words without hiding anything


def clean(text: str, limit: int = QUOTE_LIMIT) -> str:
    """Return `text` on one line, fit to be printed: control characters escaped, whitespace folded, at most `limit`
    long.

    Escaped are all of Unicode's control, format, surrogate, private and unassigned characters; the format ones
    include those that reverse the direction of writing.
    """
    # Each character escapes to at most ten; cutting first keeps a megabyte of rubbish from being walked through.
    folded = _SPACES.sub(" ", text[: limit * 8]).strip()
    shown = escaped(folded)
    if len(shown) > limit:
        return shown[: limit - 1] + "…"
    return shown


def escaped(text: str) -> str:
    """Return `text` with all that :func:`clean` escapes escaped, and nothing else changed."""
    if text.isprintable():  # the rule, and quick
        return text
    return "".join(_escape(char) if unicodedata.category(char).startswith("C") else char for char in text)


def _escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def redact(text: str, key: str | None = None) -> str:
    """Return `text` with `key`, and anything else that looks like a key, replaced by `sk-***`.

    Call it before `clean`: a key that was cut in two is no longer recognised.
    """
    if key is not None:
        text = without(text, key)
    return _BEARER.sub("Bearer ***", _KEY_SHAPED.sub(r"\1sk-***", text))


def without(text: str, key: str) -> str:
    """Return `text` with `key` replaced by `sk-***`, and nothing else changed."""
    return text.replace(key, "sk-***") if len(key) >= _SHORTEST_KEY else text


def in_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return `value` with every text in it changed, at any depth, those that name fields included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(name)): in_texts(item, change) for name, item in value.items()}
    return [in_texts(item, change) for item in value] if isinstance(value, (list, tuple)) else value


def path_segment(identifier: str) -> str:
    """Return `identifier` percent-quoted as exactly one path segment.

    Raises `ValueError` where quoting cannot help: an empty id would address the whole collection, and `.` and `..`
    have no quoted form (every HTTP client and server reads `%2e%2e` as `..`).
    """
    if not isinstance(identifier, str):
        raise ValueError(f"an id must be a string, not {type(identifier).__name__}")
    if not identifier.strip():
        raise ValueError("the id is empty")
    if identifier in {".", ".."}:
        raise ValueError(f"'{identifier}' is not an id")
    try:
        return quote(identifier, safe="")
    except UnicodeEncodeError:
        raise ValueError("the id holds characters that cannot be sent") from None
