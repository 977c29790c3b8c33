"""What differs from run to run, such as ids, gets the same made-up names in every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any


def renamed_in_order(
    text: str, pattern: re.Pattern[str], names: Iterable[str], order: Callable[[str], Any] | None = None
) -> str:
    """Replace each different match by the next name: as they come in the text, or by `order`."""
    matches = list(dict.fromkeys(pattern.findall(text)))
    renamed = dict(zip(matches if order is None else sorted(matches, key=order), names, strict=False))
    return pattern.sub(lambda match: renamed[match[0]], text)
