"""Parses lengths of time such as "10m", "1h30m" or "3d".

`teardownTimeout` is written like Pulumi's own timeouts, a form that Python's standard library doesn't read and that has
no days, which an expiry needs. A misread length of time either hangs a nightly teardown or ends it at once, so every
doubtful value is refused with the form to use.
"""

from __future__ import annotations

import math
import re
from typing import Any

from pulumi_dashscope_ft.schema.quoting import quote_value

_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}
_PART = re.compile(rf"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)({'|'.join(sorted(_SECONDS, key=len, reverse=True))})")


def parse_duration(value: Any) -> float:
    """Return the seconds of a length of time: "90s", "10m", "1h30m", "1.5h", "3d", "1d12h", "2w", or a number.

    A number is in seconds. The result is above zero. A day has 24 hours.

    :raises ValueError: with a sentence that begins "must be" and says what was given and what to write.
    """
    if isinstance(value, str):
        seconds = _from_text(value)
        if seconds is None:
            hint = f'; write "{value.strip()}s"' if re.fullmatch(r"\s*[0-9]{1,9}\s*", value) else ""
            raise _no_length(value, hint)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _no_length(value)
    else:
        try:
            seconds = float(value)
        except OverflowError:
            seconds = math.inf
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(f"must be a length of time above zero (got {quote_value(value)})")
    return seconds


def _no_length(value: Any, hint: str = "") -> ValueError:
    wanted = 'must be a length of time such as "90s", "10m", "1h30m" or "3d", or a number of seconds'
    return ValueError(f"{wanted} (got {quote_value(value)}{hint})")


def _from_text(text: str) -> float | None:
    """Return the sum of the parts, or None if something between them is not a part."""
    total, end = 0.0, 0
    while end < len(text):
        part = _PART.match(text, end)
        if part is None:
            return None
        total += float(part[1]) * _SECONDS[part[2]]
        end = part.end()
    return total if text else None
