"""Why this exists: `teardownTimeout` is written as Pulumi's own timeouts are ("10m", "1h30m"), a form that
Python's standard library doesn't read. A timeout that is silently misread either hangs a nightly teardown
or gives up on it at once, so everything that isn't plainly a length of time is refused with the form to
use.
"""

from __future__ import annotations

import math
import re
from typing import Any

from pulumi_dashscope_ft.schema.shown import shown

_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(value: Any) -> float:
    """Seconds of a length of time: "90s", "10m", "1h30m", "1.5h", or a number of seconds. Always above zero.

    Raises:
        ValueError: with a sentence that begins "must be" and says what was given and what to write.
    """
    wanted = 'must be a length of time such as "90s", "10m" or "1h30m", or a number of seconds'
    problem = f"{wanted} (got {shown(value)}"
    if isinstance(value, str):
        seconds = _from_text(value)
        if seconds is None:
            hint = f'; write "{value.strip()}s"' if re.fullmatch(r"\s*[0-9]{1,9}\s*", value) else ""
            raise ValueError(f"{problem}{hint})")
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{problem})")
    else:
        try:
            seconds = float(value)
        except OverflowError:
            seconds = math.inf
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(f"must be a length of time above zero (got {shown(value)})")
    return seconds


def _from_text(text: str) -> float | None:
    """Sum of the parts, or None when something between them is not a part."""
    total, end = 0.0, 0
    while end < len(text):
        part = _PART.match(text, end)
        if part is None:
            return None
        total += float(part[1]) * _SECONDS[part[2]]
        end = part.end()
    return total if text else None
