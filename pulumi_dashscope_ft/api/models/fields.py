"""Reading fields out of JSON that somebody else's documentation describes, tolerantly.

Why it exists: the service's pages contradict each other on types (`id` is a number and a string, `total` is missing
in places) and new fields appear without notice. A read must not fail for that. What it must fail for is the absence
of what gives an object its identity; then `Unusable` says what was missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.text import redact, sanitize

__all__ = ["Unusable", "mapping", "number", "output", "rows", "status", "strings", "text"]

_LONGEST_STATUS = 60


class Unusable(ValueError):
    """The body of a success lacks what it must have. The text completes "the answer …"."""


def output(body: Any, name: str) -> Any:
    """The result in a body: `output` for jobs, `data` for files. Raises `Unusable` when there is none."""
    if not isinstance(body, dict):
        raise Unusable("is not a JSON object")
    if body.get(name) is None:
        raise Unusable(f"has no `{name}`")
    return body[name]


def rows(container: Any, name: str) -> list[Any]:
    """The list `name` of a page. Raises `Unusable`: a page without it must not pass for an empty one."""
    items = container.get(name) if isinstance(container, Mapping) else None
    if not isinstance(items, list):
        raise Unusable(f"has no list `{name}`")
    return items


def text(value: Any) -> str | None:
    """A string; numbers are written out (account ids come both ways); everything else counts as absent."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def status(value: Any) -> str:
    """A status, fit to be printed, for it ends up in messages. Known ones stay as they are; absent is `UNKNOWN`."""
    return sanitize(redact(text(value) or "UNKNOWN"), limit=_LONGEST_STATUS)


def number(value: Any) -> int | None:
    """A whole number, also when it comes as a string; everything else counts as absent."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float, str)):
        try:
            return int(value)
        except (ValueError, OverflowError):
            return None
    return None


def strings(value: Any) -> tuple[str, ...]:
    """A list of strings; absent counts as empty."""
    if not isinstance(value, list):
        return ()
    return tuple(found for found in map(text, value) if found is not None)


def mapping(value: Any) -> dict[str, Any]:
    """An object; absent counts as empty."""
    return dict(value) if isinstance(value, Mapping) else {}
