"""Decides which strings spell a number.

The service takes numbers as strings (its own pages write a learning rate as "1.6e-5"), so a string that spells a number
is as good as the number, and any other string is a mistake. Python's float() is too generous: it also reads "nan",
"1_000" and digits of other scripts.
"""

from __future__ import annotations

import math
import re
from typing import Any, TypeGuard

_LARGEST_COUNT = 10**15
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def spelled_number(text: str) -> int | float | None:
    """Return the number that a string spells in decimal notation, whole ones as int; None if there is no finite one."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def number_or_same(value: Any) -> Any:
    """Return the number that a string spells; any other value unchanged."""
    if isinstance(value, str):
        number = spelled_number(value)
        return value if number is None else number
    return value


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number. A boolean, which Python takes for one, is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def whole(value: Any) -> int | None:
    """Return a count, which Pulumi carries as a float, as an int; None for what can't be one."""
    return int(value) if is_number(value) and 0 <= value <= _LARGEST_COUNT else None


def is_usable(number: float) -> bool:
    """Whether a number is finite and fits a double, the range of JSON and of the service."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
