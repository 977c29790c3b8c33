"""JSON that is measured before it is parsed: nesting, number of values, length and range of numbers.

One megabyte of `[[],[],…]` becomes thirty megabytes of lists, and a number of a million digits takes minutes to
convert. The parser accepts deep nesting, but later recursive code fails on it.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NoReturn

__all__ = ["JsonBoundError", "JsonBounds", "check_bounds", "decode", "decode_bytes"]

_MOST_DIGITS = 4000
"""Most digits of a number. Python itself refuses more than 4300, unless its user has set another limit."""

# An unterminated string runs to the end of the document, so that the search for strings takes linear time.
_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_TEXTS = re.compile(_TEXT, re.DOTALL)
# Searched in parts: removing millions of strings at once would create a list of millions of pieces.
_PARTS = re.compile(rf'(?:[^"]++|{_TEXT}){{1,20000}}+', re.DOTALL)
_BRACKETS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))


class JsonBoundError(ValueError):
    """The document exceeds a limit. The text says which, as a clause without a subject."""


@dataclass(frozen=True)
class JsonBounds:
    """Limits of a document.

    :param depth: levels of lists and objects.
    :param values: approximate number of values and keys: commas, colons and opening brackets outside strings.
    """

    depth: int
    values: int


def decode(text: str, bounds: JsonBounds) -> Any:
    """Return the value of a JSON document.

    :raises JsonBoundError: the document is nested too deeply, holds too many values, or holds a number that is too long
        or too large.
    :raises ValueError: the text is not JSON (`json.JSONDecodeError`), or holds NaN or an infinity.
    """
    check_bounds(text, bounds)
    try:
        return _DECODER.decode(text)
    except RecursionError:  # the caller itself is deep in the stack
        raise JsonBoundError("is nested too deeply to be read") from None


def decode_bytes(content: bytes, bounds: JsonBounds) -> Any:
    """Return the value of a JSON document in UTF-8, UTF-16 or UTF-32. See :func:`decode`.

    :raises ValueError: also when the content is not text.
    """
    return decode(content.decode(json.detect_encoding(content)), bounds)


def check_bounds(text: str, bounds: JsonBounds) -> None:
    """Measure a document without parsing it, in linear time.

    :raises JsonBoundError: the document is nested too deeply or holds too many values.
    """
    if len(text) <= bounds.values and text.count("[") + text.count("{") <= bounds.depth:
        return  # the usual case: too short for so many values, whatever its strings hold
    values = level = 0
    for part in _PARTS.finditer(text):
        structure = _TEXTS.sub("", part[0])
        opened = structure.count("[") + structure.count("{")
        values += opened + structure.count(",") + structure.count(":")
        if values > bounds.values:
            raise JsonBoundError(f"holds more than {bounds.values:,} values")
        brackets = structure.encode("ascii", "ignore").translate(None, _NO_BRACKETS)
        levels = list(accumulate(map(_BRACKETS.__getitem__, brackets), initial=level))
        if max(levels) > bounds.depth:
            raise JsonBoundError(f"is nested more than {bounds.depth} levels deep")
        level = levels[-1]


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise JsonBoundError(f"holds a number of more than {_MOST_DIGITS:,} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > _MOST_DIGITS:
        raise JsonBoundError(f"holds a number of more than {_MOST_DIGITS:,} digits")
    number = float(digits)
    if not math.isfinite(number):
        raise JsonBoundError("holds a number that is too large")
    return number


def _nothing(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value that JSON has")


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_fraction, parse_constant=_nothing)
