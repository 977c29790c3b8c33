"""Quotes values in messages: short, on one line, redacted, harmless to a terminal.

Every value in a message of this package goes through this module.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.schema.unknown import UNKNOWN
from pulumi_dashscope_ft.text import escape, redact

_LONGEST = 60
_SHORT_ESCAPES = str.maketrans({"\n": r"\n", "\r": r"\r", "\t": r"\t"})


def quote_value(value: Any) -> str:
    """Return a value for a message: JSON's spelling, about 60 characters at most, keys redacted."""
    if value is UNKNOWN:
        return "a value not known yet"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote_text(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 128 else "a huge number"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ("NaN" if math.isnan(value) else "Infinity")
    if isinstance(value, Mapping):
        return f"an object with {_count(len(value), 'key')}" if value else "an empty object"
    if isinstance(value, (list, tuple)):
        return f"a list of {_count(len(value), 'value')}" if value else "an empty list"
    return f"a value of type {type(value).__name__}"


def quote_text(text: str) -> str:
    """Return `text` in double quotes on one line: redacted, cut to 60 characters, control characters escaped."""
    text = redact(text[: 4 * _LONGEST])
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return '"' + escape_line(cut).replace('"', '\\"') + '"'


def escape_line(text: str) -> str:
    """Return `text` on one line: line ends and tabs as in JSON, the rest as by :func:`..text.escape`."""
    return escape(text.translate(_SHORT_ESCAPES), spaces=True)


def one_of(choices: list[str]) -> str:
    """Join choices as a person lists them: "a", "a or b", "a, b or c"."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
