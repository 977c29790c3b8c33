"""Reads the fields of a JSON body.

Every create takes a dozen optional fields whose types a client may get wrong, and each wrong one is answered in the
same documented wording, naming the parameter. `null` counts as absent, because the official SDK sends it. All functions
raise 400 naming the parameter.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid_parameter, problem
from pulumi_dashscope_ft.emulator.limits import MOST_WHOLE


def json_object(body: Any) -> dict[str, Any]:
    """Return the body, which has to be an object.

    :raises ApiProblemError: 400 `InvalidParameter`.
    """
    if not isinstance(body, dict):
        raise problem("invalid_body")
    return body


def text(body: dict[str, Any], name: str) -> str | None:
    """Return a string, or None if it is absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid_parameter(name)
    return value


def count(body: dict[str, Any], name: str) -> int | None:
    """Return a whole number of 0 or more, also when written `2.0`, or None if it is absent."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_parameter(name)
    if not 0 <= value <= MOST_WHOLE or value != int(value):
        raise invalid_parameter(name)
    return int(value)


def flag(body: dict[str, Any], name: str) -> bool | None:
    """Return a boolean, or None if it is absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise invalid_parameter(name)
    return value


def structure(body: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return an object, or None if it is absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise invalid_parameter(name)
    return value
