"""Reads fields from the service's JSON, tolerantly.

The service's pages contradict each other on types (`id` is a number and a string, `total` is missing in places), and
new fields appear without notice. A read must not fail because of that. It must fail if an object has no identity; then
`UnusableError` says what was missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.text import redact, sanitize

__all__ = ["UnusableError", "mapping", "number", "output", "rows", "status", "strings", "text"]

_LONGEST_STATUS = 60
_LARGEST_NUMBER = 2**53
"""The largest whole number that a state keeps exactly: Pulumi carries numbers as floats. No count comes near it."""


class UnusableError(ValueError):
    """The body of a success lacks a necessary field. The text completes "the answer …"."""


def output(body: Any, name: str) -> Any:
    """Return the result in a body: `output` for jobs, `data` for files.

    :raises UnusableError: there is none.
    """
    if not isinstance(body, dict):
        raise UnusableError("is not a JSON object")
    if body.get(name) is None:
        raise UnusableError(f"has no `{name}`")
    return body[name]


def require_about(asked: str, answered: str, noun: str) -> None:
    """Refuse an answer about something else than was asked for.

    :param asked: the id in the request.
    :param answered: the id in the answer.
    :raises UnusableError: they differ.
    """
    if answered != asked:
        raise UnusableError(f"is about another {noun}")


def rows(container: Any, name: str) -> list[Any]:
    """Return the list `name` of a page.

    :raises UnusableError: there is no list: such a page must not pass for an empty one.
    """
    items = container.get(name) if isinstance(container, Mapping) else None
    if not isinstance(items, list):
        raise UnusableError(f"has no list `{name}`")
    return items


def text(value: Any) -> str | None:
    """Return a string. Numbers are written out (account ids come both ways); everything else counts as absent."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def status(value: Any) -> str:
    """Return a status, sanitized because it is used in messages. Known ones stay as they are; absent is `UNKNOWN`."""
    return sanitize(redact(text(value) or "UNKNOWN"), limit=_LONGEST_STATUS)


def number(value: Any) -> int | None:
    """Return a whole number, also from a string; everything else counts as absent, also a number that is too large."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        return None
    return whole if abs(whole) <= _LARGEST_NUMBER else None


def strings(value: Any) -> tuple[str, ...]:
    """Return a list of strings; absent counts as empty."""
    if not isinstance(value, list):
        return ()
    return tuple(item for item in map(text, value) if item is not None)


def mapping(value: Any) -> dict[str, Any]:
    """Return an object; absent counts as empty."""
    return dict(value) if isinstance(value, Mapping) else {}
