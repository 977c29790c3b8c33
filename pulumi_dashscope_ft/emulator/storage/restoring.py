"""Restores objects from a state file, with checks.

A state file may be years old, damaged, or written by a version that had no limits; a job dated in the year 33000 broke
every later start. Each object is checked against the types of its class, every number against its range, and an object
that does not fit is left out rather than ending the emulator.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Collection
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.limits import LATEST, MOST_SPAN

Kept = TypeVar("Kept")
_LARGEST = LATEST + MOST_SPAN
"""The latest moment, or the end of a step that began at that moment."""


def restored(cls: type[Kept], data: object) -> Kept:
    """Return an instance of a dataclass from the dictionary that `asdict` made of it. New fields get their defaults.

    :raises ValueError: in plain words: a field is unknown, missing or of another type, or a number is out of range.
    """
    if not isinstance(data, dict):
        raise ValueError("it is no object")
    hints = get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]  # only dataclasses come here
    unknown = sorted(set(data) - set(fields))
    if unknown:
        raise ValueError(f"it has {checks.quoted(', '.join(map(str, unknown)))}, which this version does not know")
    missing = [
        name
        for name, field in fields.items()
        if name not in data and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ValueError(f"it has no {', '.join(missing)}")
    return cls(**{name: _value(name, hints[name], value) for name, value in data.items()})


def known_status(status: str, statuses: Collection[str]) -> None:
    """Check that a status is one of `statuses`.

    :raises ValueError: it is not.
    """
    if status not in statuses:
        raise ValueError(f"its status is {checks.quoted(status)}")


def _value(name: str, hint: Any, value: object) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (hint,) = [argument for argument in arguments if argument is not type(None)]
        return _value(name, hint, value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return restored(hint, value)
    if origin is list and isinstance(value, list):
        return [_value(name, arguments[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {str(key): _value(name, arguments[1], item) for key, item in value.items()}
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return checks.number(name, value, most=_LARGEST)
    if hint is int:
        return checks.whole(name, value)
    if hint in (str, bool) and isinstance(value, hint):
        return value
    if hint in (Any, object):
        return value  # JSON of any shape, read within limits
    raise ValueError(f"{name} is {checks.quoted(value)}")
