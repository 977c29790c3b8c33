"""Ids as segments of a URL path. An id from a state file may hold `/` or `?`, and so name another resource."""

from __future__ import annotations

from urllib.parse import quote

__all__ = ["path_segment"]


def path_segment(identifier: str) -> str:
    """Return `identifier` percent-quoted as exactly one path segment.

    :raises ValueError: `identifier` is not a string, or quoting cannot help: an empty id addresses the whole
        collection, and `.` and `..` have no quoted form (every HTTP client and server reads `%2e%2e` as `..`).
    """
    if not isinstance(identifier, str):
        raise ValueError(f"an id must be a string, not {type(identifier).__name__}")
    if not identifier.strip():
        raise ValueError("the id is empty")
    if identifier in {".", ".."}:
        raise ValueError(f"'{identifier}' is not an id")
    try:
        return quote(identifier, safe="")
    except UnicodeEncodeError:
        raise ValueError("the id holds characters that cannot be sent") from None
