"""Text that crosses a border: from the service into a message, from the state file into a URL path.

Why it exists: both directions are ways in. A message of the service (or of whatever answered in its place) may carry
terminal control sequences, a page of HTML, or the key we sent (see `text`); an id from a state file may carry `/` or
`?` and so name another resource.
"""

from __future__ import annotations

from urllib.parse import quote

from pulumi_dashscope_ft.text import QUOTE_LIMIT, escape, in_texts, quoted, redact, sanitize

__all__ = ["QUOTE_LIMIT", "clean", "escaped", "in_texts", "path_segment", "quoted", "redact"]

clean, escaped = sanitize, escape


def path_segment(identifier: str) -> str:
    """Return `identifier` percent-quoted as exactly one path segment.

    Raises `ValueError` where quoting cannot help: an empty id would address the whole collection, and `.` and `..`
    have no quoted form (every HTTP client and server reads `%2e%2e` as `..`).
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
