"""Why this exists: the service takes numbers as strings ("1.6e-5" is how its own pages write a learning
rate), so a string that spells a number is as good as the number, and one that doesn't is a mistake. What
spells a number is decided here and nowhere else: Python's own float() also reads "nan", "1_000" and digits
of other scripts.
"""

from __future__ import annotations

import math
import re
from typing import Any

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def spelled_number(text: str) -> int | float | None:
    """The number a string spells in decimal notation, whole ones as int; None when it spells none, or none
    finite.
    """
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def number_or_same(value: Any) -> Any:
    """The number that a string spells; anything else as it is."""
    if isinstance(value, str):
        number = spelled_number(value)
        return value if number is None else number
    return value


def is_usable(number: float) -> bool:
    """Whether a number is finite and fits a double, which is what JSON and the service can carry."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
