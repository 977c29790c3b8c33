"""Why this exists: a message is only useful when it says what was given, and only harmless when what it
says is short, fits on one line, can't steer a terminal and is no secret. Every value that a message of this
package quotes comes through here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.schema.unknown import UNKNOWN

_LONGEST = 60
_KEY = re.compile(r"sk-[A-Za-z0-9_-]{4,}")


def shown(value: Any) -> str:
    """The value as a message may quote it: JSON's spelling, at most some 60 characters, keys blotted out."""
    if value is UNKNOWN:
        return "a value not known yet"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 128 else "a huge number"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ("NaN" if math.isnan(value) else "Infinity")
    if isinstance(value, Mapping):
        return f"an object with {_count(len(value), 'key')}" if value else "an empty object"
    if isinstance(value, (list, tuple)):
        return f"a list of {_count(len(value), 'value')}" if value else "an empty list"
    return f"a value of type {type(value).__name__}"


def quoted(text: str) -> str:
    """Text in double quotes, cut short, unprintable characters escaped, anything that looks like a key
    hidden.
    """
    text = _KEY.sub("sk-…", text[: 4 * _LONGEST])
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return '"' + printable(cut).replace('"', '\\"') + '"'


def printable(text: str) -> str:
    """Text on one line, with every control, bidirectional and unassigned character written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def one_of(choices: list[str]) -> str:
    """Choices as a person lists them: "a", "a or b", "a, b or c"."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
