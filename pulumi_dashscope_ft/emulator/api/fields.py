"""Reading the fields of a JSON body.

Why it exists: every create takes a dozen optional fields whose types a client may get wrong, and each wrong one
is answered in the same documented wording, naming the parameter. ``null`` counts as absent: the official SDK
sends it.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid_parameter, problem
from pulumi_dashscope_ft.emulator.limits import MOST_WHOLE


def json_object(body: Any) -> dict[str, Any]:
    """The body, which has to be an object. Raises 400 ``InvalidParameter``."""
    if not isinstance(body, dict):
        raise problem("invalid_body")
    return body


def text(body: dict[str, Any], name: str) -> str | None:
    """A string, or nothing. Raises 400 naming the parameter, as all of these do."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid_parameter(name)
    return value


def count(body: dict[str, Any], name: str) -> int | None:
    """A whole number of 0 or more, also when written ``2.0``, or nothing."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_parameter(name)
    if not 0 <= value <= MOST_WHOLE or value != int(value):
        raise invalid_parameter(name)
    return int(value)


def flag(body: dict[str, Any], name: str) -> bool | None:
    """``true``, ``false`` or nothing."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise invalid_parameter(name)
    return value


def structure(body: dict[str, Any], name: str) -> dict[str, Any] | None:
    """An object, or nothing."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise invalid_parameter(name)
    return value
