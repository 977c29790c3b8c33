"""One HTTP answer, read to its end and not yet classified.

The transport knows sockets and the classification knows error codes. This class is all that passes between them, so
that each can be tested without the other.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pulumi_dashscope_ft.bounded.json_text import JsonBounds, check_bounds

__all__ = ["LONGEST_RETRY_AFTER", "Answer"]

LONGEST_RETRY_AFTER = 3600.0
"""Seconds. A longer `Retry-After` counts as this; nobody waits that long inside one call anyway."""


_MOST_DIGITS = 300
_SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


_BOUNDS = JsonBounds(depth=64, values=sys.maxsize)
"""An answer of the service has some ten levels. Its length is limited where it is read."""


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and body of one answer. The body is decoded from gzip, not from UTF-8."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status says success. The service always says 200 (section "response" of every page)."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.body.decode("utf-8-sig", errors="replace")

    @cached_property
    def json(self) -> Any:
        """The body as JSON; `None` if it is not JSON, nested too deeply for the service, or the JSON `null`.

        Values that neither a state nor a terminal can show are removed: see `_whole`, `_fraction`, `_nothing`. Half a
        surrogate pair becomes `?`: a job must not be lost because of its name.
        """
        try:
            check_bounds(self.text, _BOUNDS)
            document = json.loads(self.text, parse_int=_whole, parse_float=_fraction, parse_constant=_nothing)
            if _SURROGATE.search(self.text):
                document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", errors="replace"))
            return document
        except ValueError:
            return None

    @property
    def request_id(self) -> str | None:
        """The service's id of the call: from the body, or else from a header."""
        request_id = self.json.get("request_id") if isinstance(self.json, dict) else None
        if isinstance(request_id, str) and request_id:
            return request_id
        return self.headers.get("x-request-id") or self.headers.get("x-dashscope-request-id")

    def retry_after(self, now: float) -> float | None:
        """Return the seconds that the `Retry-After` header asks to wait, or `None`.

        :param now: seconds since 1970, for a `Retry-After` that is a date in an answer without `Date`. Otherwise the
            server's own time counts, because a clock that is an hour off would turn a minute's pause into an hour.
        """
        value = self.headers.get("retry-after", "").strip()
        if not value:
            return None
        try:
            seconds = float(value)
        except ValueError:
            its_now = _moment(self.headers.get("date", ""))
            seconds = _moment(value) - (now if math.isnan(its_now) else its_now)
        if math.isnan(seconds):
            return None
        return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _whole(digits: str) -> int | None:
    """Return a whole number that a state can hold (as a double), or `None`."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _fraction(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _nothing(_: str) -> None:
    """Replace `NaN` and the infinities, which are not JSON but accepted by Python."""


def _moment(date: str) -> float:
    """Return an HTTP date in seconds since 1970, or NaN if the text is not one."""
    from email.utils import parsedate_to_datetime  # rarely needed, and `email` is slow to import

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return math.nan
