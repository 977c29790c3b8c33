"""Marks: which parts of a resource's properties are secret.

Each front end learns of secrets in its own way (`plugin.wire`, `program.secrets`). Everywhere else they are `Marks`
beside plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pulumi_dashscope_ft.schema.unknown import UNKNOWN

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi tells an object of its own from one of the user's, on the wire and in states."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret, not one
"""What stands under that key where the object is a secret; its plain value is under `value`."""

Marks = bool | dict[Any, Any]
"""Which parts of a value are secret: all of it (True), none of it (False), or by key or position."""


def below(marks: Marks, key: Any) -> Marks:
    """Return the marks of the value under this key or position."""
    mark: Marks = marks.get(key, False) if isinstance(marks, dict) else marks
    return mark


def is_secret(marks: Marks, name: Any) -> bool:
    """Whether the property holds anything secret."""
    return bool(below(marks, name))


def united(first: Marks, other: Marks) -> Marks:
    """Return marks for what is secret in either."""
    if first is True or other is True:
        return True
    if not first or not other:
        return first or other
    assert isinstance(first, dict)
    assert isinstance(other, dict)
    return {key: united(below(first, key), below(other, key)) for key in {**first, **other}}


def from_paths(paths: Iterable[Iterable[Any]]) -> Marks:
    """Return the marks of exactly these paths: `[["hyperParameters", "note"], ["trainingFileIds", 0]]`."""
    marks: Marks = False
    for path in paths:
        mark: Marks = True
        for step in reversed(list(path)):
            mark = {int(step) if isinstance(step, float) else step: mark}
        marks = united(marks, mark)
    return marks


def secret_texts(value: Any, marks: Marks) -> Iterator[str]:
    """Yield every text and number in the secret parts of `value`, in each spelling that a message may contain."""
    if not marks or value is UNKNOWN or value is None or isinstance(value, bool):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from secret_texts(item, below(marks, key))
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield from secret_texts(item, below(marks, position))
    elif marks is True:
        yield str(value)
        if isinstance(value, (int, float)):
            yield from _spellings(value)


def _spellings(number: float) -> Iterator[str]:
    """Yield a number as JSON, Python, and a plan may write it."""
    if abs(number) < 1e16:
        yield f"{number:g}"
        yield format(Decimal(str(number)), "f")
    if abs(number) < 2**53 and number == int(number):
        yield str(int(number))
