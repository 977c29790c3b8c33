"""Checks of values that came from JSON, a file or a test.

Settings, plans, fault rules and the clock are all set from outside, where a type hint promises nothing. Each check
names the field and says what it accepts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from .limits import MOST_SPAN, MOST_WAIT, MOST_WHOLE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Plan = TypeVar("Plan", bound=DataclassInstance)

_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_FIELD_VALUE = re.compile(r"(?:[!-~](?:[ -~]{0,2000}[!-~])?)?")
_CODE = re.compile(r"(?:[2-5][0-9]{2}_)?[A-Za-z][A-Za-z0-9_.]{0,99}", re.ASCII)
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding", "upgrade", "trailer", "te"})
_QUOTED = 80
"""Longest quote of a wrong value in a message, in characters."""


def number(name: str, value: object, *, most: float, unit: str = "number") -> float:
    """Return a number from 0 to `most`.

    :raises ValueError: it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ValueError(f"{name} must be a {unit} from 0 to {most:.12g}, not {quoted(value)}")
    return float(value)


def seconds(name: str, value: object) -> float:
    """Return a span of service time in seconds.

    :raises ValueError: it is anything else.
    """
    return number(name, value, most=MOST_SPAN, unit="number of seconds")


def wait(name: str, value: object) -> float:
    """Return a span of real time that somebody waits for an answer, in seconds.

    :raises ValueError: it is anything else.
    """
    return number(name, value, most=MOST_WAIT, unit="number of seconds")


def whole(name: str, value: object, *, least: int = 0, most: int = MOST_WHOLE) -> int:
    """Return an integer from `least` to `most`.

    :raises ValueError: it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {quoted(value)}")
    return value


def switch(name: str, value: object) -> bool:
    """Return `True` or `False`.

    :raises ValueError: it is anything else.
    """
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {quoted(value)}")
    return value


def choice(name: str, value: object, choices: Collection[object]) -> None:
    """Check that the value is one of `choices`.

    :raises ValueError: it is not; the message lists them.
    """
    if value not in tuple(choices):  # a value of JSON need not be hashable
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}, not {quoted(value)}")


def text(name: str, value: object) -> None:
    """Check that the value is a string that can be written as UTF-8.

    :raises ValueError: it is not.
    """
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, not {quoted(value)}")
    if not _is_encodable(value):
        raise ValueError(f"{name} holds half of a surrogate pair, which is no text")


def code(name: str, value: object) -> None:
    """Check that the value can be the `code` of an error, with or without its HTTP status: `409_Conflict`.

    :raises ValueError: it is not.
    """
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise ValueError(f"{name} must be a code such as InvalidParameter, not {quoted(value)}")


def names(name: str, value: object) -> None:
    """Check that the value is a list of strings.

    :raises ValueError: it is not.
    """
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} must be a list of strings, not {quoted(value)}")


def texts(name: str, value: object) -> None:
    """Check that the value is a mapping of strings to strings.

    :raises ValueError: it is not. The message does not quote the value, because it may hold a secret.
    """
    if not isinstance(value, dict) or not all(
        isinstance(key, str) and isinstance(item, str) for key, item in value.items()
    ):
        raise ValueError(f"{name} must be an object whose values are strings")


def header_fields(name: str, value: object) -> None:
    """Check that the value is a mapping of HTTP header names to values.

    :raises ValueError: it is not.
    """
    texts(name, value)
    for field, line in value.items() if isinstance(value, dict) else ():
        if not _FIELD_NAME.fullmatch(field) or not _FIELD_VALUE.fullmatch(line):
            raise ValueError(f"{name} holds what is no HTTP header: {quoted(field)}")
        if field.lower() in _FRAMING:
            raise ValueError(f"{name} can't hold {field}: the server sets it")


def quoted(value: object) -> str:
    """Return a wrong value for a message, cut short."""
    try:
        quoted_value = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, a list in a list in a list …
        quoted_value = f"a value of type {type(value).__name__}"
    return quoted_value if len(quoted_value) <= _QUOTED else quoted_value[:_QUOTED] + "…"


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def overridden(what: str, plan: Plan, changes: Mapping[str, object]) -> Plan:
    """Return a plan with some fields replaced. Its `__post_init__` checks every value.

    :param what: what the plan is, such as `a job plan`.
    :raises ValueError: names an unknown field or a bad value.
    """
    names = [field.name for field in fields(plan)]
    unknown = sorted(set(changes) - set(names))
    if unknown:
        raise ValueError(f"{what} has no {quoted(', '.join(unknown))}; it has {', '.join(names)}")
    return replace(plan, **changes)
