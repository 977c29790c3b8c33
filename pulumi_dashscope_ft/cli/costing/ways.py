"""What jobs can be grouped by."""

from __future__ import annotations

STACK, OWNER, MODEL, MONTH = WAYS = ("stack", "owner", "model", "month")
