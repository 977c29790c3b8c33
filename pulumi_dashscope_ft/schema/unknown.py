"""Why this exists: in a preview a value may not be known yet (the id of a file that is still to be
uploaded). "Unknown" is neither absent nor wrong, and code that confuses the three either refuses good
programs or lets bad ones through. One object stands for it here, so that this package needs no front end's
own marker; front ends translate theirs into it before they ask for validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


class Unknown:
    """The type of `UNKNOWN`; there is one instance, also after copying and unpickling.

    It counts as true, so that ``value or default`` never takes a value that is still to come for a missing one.
    """

    __slots__ = ()
    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
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
    """Whether `UNKNOWN` is the value or sits anywhere inside it (mappings, lists, tuples; cycles are
    fine).
    """
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if item is UNKNOWN:
            return True
        if isinstance(item, (Mapping, list, tuple)) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(item.values() if isinstance(item, Mapping) else item)
    return False
