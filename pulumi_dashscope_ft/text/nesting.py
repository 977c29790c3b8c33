"""How deep JSON is nested, found before anything reads it: every walk over it may then be recursive."""

from __future__ import annotations

import re

__all__ = ["DEEPEST", "is_deep"]

DEEPEST = 64
"""Lists and objects within each other. The service's answers and our reports have some ten."""

_BESIDE_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[^\[\]{}"]++', re.DOTALL)


def is_deep(text: str, deepest: int = DEEPEST) -> bool:
    """Whether `text`, if it is JSON, is nested deeper than `deepest`. Linear in its length."""
    if text.count("[") + text.count("{") <= deepest:
        return False
    depth = 0
    for bracket in _BESIDE_BRACKETS.sub("", text):
        depth += 1 if bracket in "[{" else -1 if bracket in "]}" else 0
        if depth > deepest:
            return True
    return False
