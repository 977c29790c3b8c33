"""Limits of everything that enters the emulator from outside, and of what it keeps.

A number without a limit can break a server for good: a clock moved by 1e12 seconds has no date any more, and an endless
body fills the memory. Every limit that more than one module needs is here.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import TypeVar

Item = TypeVar("Item")

LATEST = 32_503_680_000.0
"""The last moment of service time, seconds since 1970: the year 3000. The clock stops there."""
MOST_SPAN = 3_155_760_000.0
"""Longest step in seconds of service time: a hundred years, so that its end still has a date."""
MOST_WAIT = 3_600.0
"""Longest delay of one answer in real seconds."""
MOST_SPEED = 1_000_000.0
"""Service seconds per real second."""
MOST_WHOLE = 2**53
"""The largest whole number that every JSON reader reads the same."""

HEAD_BYTES = 64_000
"""The longest head of a request: its first line and all headers."""
BODY_BYTES = 4_000_000
"""The longest JSON body of an API call."""
CONTROL_BYTES = 1_000_000
"""The longest JSON body of a control call."""
DEPTH = 64
"""Levels of arrays and objects in a JSON body."""
DIGITS = 20
"""Characters of a whole number in a JSON body: what fits into 64 bits."""
MOST_PARTS = 100
"""Parts of a multipart body."""
PART_HEAD_BYTES = 16_000
"""The head of one part, all its lines together."""
FIELD_BYTES = 64_000
"""Longest part that is not a file."""
FORM_SLACK_BYTES = 10_000_000
"""Bytes of a multipart body beyond the largest file."""

MOST_RULES = 1_000
"""Fault rules in force, and waiting plans."""
MOST_ACCOUNTS = 10_000
"""Keys that get accounts of their own."""

GONE_KEPT = 1000
"""Removed objects of one kind whose history stays readable."""


def keep_gone(gone: dict[str, Item], object_id: str, item: Item) -> None:
    """Add a removed object to those whose history stays readable; the oldest of too many are dropped."""
    gone.pop(object_id, None)
    gone[object_id] = item
    while len(gone) > GONE_KEPT:
        del gone[next(iter(gone))]


def require_room(planned: Sized) -> None:
    """Refuse another plan where too many wait already.

    :raises ValueError: there is no room.
    """
    if len(planned) >= MOST_RULES:
        raise ValueError(f"{MOST_RULES} plans are waiting already")
