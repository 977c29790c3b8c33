"""A marker for values that are not known in a preview, such as the id of a file that is not uploaded yet.

"Unknown" is neither absent nor wrong. Code that confuses the three either refuses good programs or accepts bad ones.
This package has its own marker, so that it depends on no front end; front ends translate theirs before they validate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


class Unknown:
    """The type of `UNKNOWN`. There is one instance, also after copying and unpickling.

    It is true, so that `value or default` never takes an unknown value for a missing one.
    """

    __slots__ = ()
    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Return the only instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> tuple[type[Unknown], tuple[()]]:
        return Unknown, ()


UNKNOWN: Final = Unknown()
"""Stands for a value that is not known before the run."""


def contains_unknown(value: Any) -> bool:
    """Whether `UNKNOWN` is the value or is anywhere inside it (mappings, lists, tuples; cycles are fine)."""
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if item is UNKNOWN:
            return True
        if isinstance(item, (Mapping, list, tuple)) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(item.values() if isinstance(item, Mapping) else item)
    return False
