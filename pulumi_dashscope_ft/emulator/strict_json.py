"""Strict, bounded JSON for input from strangers.

`json.loads` accepts NaN, keeps the last of two equal keys, guesses UTF-16, and follows a text of a hundred thousand
brackets until the stack ends. All bodies of the emulator are read here instead.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from .limits import DEPTH, DIGITS

# A string, also an unterminated one, so that no text is scanned twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def loads(raw: bytes, *, depth: int = DEPTH) -> Any:
    """Return the value of a JSON text in UTF-8; `None` for an empty text.

    :param depth: most levels of arrays and objects.
    :raises ValueError: in plain words: not UTF-8, not JSON, nested too deeply, a key twice in one object, NaN or an
        infinity, or a whole number of more than 64 bits.
    """
    if not raw.strip():
        return None
    if _is_too_deep(raw, depth):
        raise ValueError(f"the JSON is more than {depth} levels deep")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the JSON is not UTF-8") from None
    return json.loads(
        text,
        parse_constant=_not_json,
        parse_float=_finite,
        parse_int=_whole,
        object_pairs_hook=_without_twins,
    )


def _is_too_deep(raw: bytes, depth: int) -> bool:
    """Whether brackets are nested more than `depth` levels deep.

    Removes the innermost pairs, level by level, which is fast also for megabytes of brackets.
    """
    if raw.count(b"[") + raw.count(b"{") <= depth:
        return False  # the usual case, at no cost
    left = _STRING.sub(b"", raw).translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(depth):
        before, left = len(left), left.replace(b"[]", b"")
        if len(left) == before:
            break
    return b"[]" in left or left.count(b"[") > depth


def _not_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError("a whole number is too long")
    return int(text)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has the same key twice")
    return members
