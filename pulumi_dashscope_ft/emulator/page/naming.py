"""The name by which a program knows an object.

The provider puts a stamp into the names that it makes, such as `triage--p1-k7m2x9qd4t-9c41f0e2-h3v8wz`, and at the end
of a file's description, in brackets. A reader of the page looks for `triage`. The page only shows the part before the
stamp: it knows neither what the rest means nor whether it is right.
"""

from __future__ import annotations

import re

_STAMP = r"([a-z0-9_-]+?)(?:--x[0-9a-z]{5,6})?--[pr]1-[0-9a-z]{10}-[0-9a-f]{8}-[0-9a-z]{6}"
_NAME = re.compile(_STAMP)
_DESCRIPTION = re.compile(rf".*\[{_STAMP}\]", re.DOTALL)


def resource_name(name: str) -> str:
    """Return the part of a name before its stamp; a name without a stamp as it is."""
    match = _NAME.fullmatch(name)
    return match[1] if match else name


def described_name(description: str) -> str | None:
    """Return the name before the stamp at the end of a description; None when there is none."""
    match = _DESCRIPTION.fullmatch(description)
    return match[1] if match else None
