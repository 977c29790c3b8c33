"""Checks of values that came from JSON, a file or a test.

Why it exists: settings, plans, fault rules and the clock are all filled from outside, where a type hint
promises nothing. Each check names the field and says what it takes.
"""

from __future__ import annotations

from collections.abc import Collection

ENDLESS = float("inf")


def number(name: str, value: object, *, most: float = ENDLESS, unit: str = "number") -> float:
    """A finite number from 0 to ``most``. Raises ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most or value == ENDLESS:
        limit = "of 0 or more" if most == ENDLESS else f"from 0 to {most:g}"
        raise ValueError(f"{name} must be a {unit} {limit}, not {value!r}")
    return float(value)


def seconds(name: str, value: object) -> float:
    """A span of 0 or more. Raises ``ValueError``."""
    return number(name, value, unit="number of seconds")


def whole(name: str, value: object, *, least: int = 0, most: int | None = None) -> int:
    """An integer in a range. Raises ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        limit = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be a whole number {limit}, not {value!r}")
    return value


def switch(name: str, value: object) -> bool:
    """``True`` or ``False``. Raises ``ValueError``."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {value!r}")
    return value


def choice(name: str, value: object, choices: Collection[object]) -> None:
    """One of a few values. Raises ``ValueError`` listing them."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}, not {value!r}")


def text(name: str, value: object) -> None:
    """A string. Raises ``ValueError``."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, not {value!r}")


def names(name: str, value: object) -> None:
    """A list of strings. Raises ``ValueError``."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} must be a list of strings, not {value!r}")


def texts(name: str, value: object) -> None:
    """A mapping of strings to strings. Raises ``ValueError``, without quoting the value: it may hold a secret."""
    if not isinstance(value, dict) or not all(
        isinstance(key, str) and isinstance(one, str) for key, one in value.items()
    ):
        raise ValueError(f"{name} must be an object whose values are strings")
