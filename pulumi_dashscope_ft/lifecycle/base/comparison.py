"""Compare property values by what they mean, not by how they are spelled.

Pulumi carries every number as a float; the service echoes `2e-5` as `2.0E-5` and keeps `"1.6e-5"` a string (API page
fine-tuning-job-object-api). A difference means a replacement, and a replacement costs a training run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pulumi_dashscope_ft.schema import UNKNOWN


def as_number(value: Any) -> Decimal | None:
    """Return the exact number that `value` spells.

    None for what is not a number; booleans, `"nan"` and `"inf"` are not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def equal(old: Any, new: Any) -> bool:
    """Whether two property values mean the same. An unknown value equals nothing, because it may change."""
    if old is UNKNOWN or new is UNKNOWN:
        return False
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return not any(differences(old, new))
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        return len(old) == len(new) and all(map(equal, old, new))
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    left, right = as_number(old), as_number(new)
    if left is not None and right is not None:
        return left == right
    return bool(old == new)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """List the keys whose values differ, sorted. An absent key and a key that is None mean the same."""
    for key in sorted({*old, *new}):
        left, right = old.get(key), new.get(key)
        if left is None and right is None:
            continue
        if not equal(left, right):
            yield key


def canonical(value: Any) -> Any:
    """Rewrite a value so that all equal values look alike: numbers by value, absent and None alike."""
    if isinstance(value, Mapping):
        return {key: canonical(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    number = None if isinstance(value, bool) else as_number(value)
    return f"#{_plain(number)}" if number is not None else value


def agree(wanted: Any, shown: Any) -> bool:
    """Whether the service may show `shown` for an object that was sent as `wanted`.

    A value that only one side has is no difference. Neither is a number or a boolean that comes back as text.
    """
    if wanted is None or shown is None:
        return True
    if isinstance(wanted, Mapping) and isinstance(shown, Mapping):
        return all(agree(wanted[key], shown[key]) for key in wanted.keys() & shown.keys())
    if isinstance(wanted, (list, tuple)) and isinstance(shown, (list, tuple)):
        return len(wanted) == len(shown) and all(map(agree, wanted, shown))
    if isinstance(wanted, bool) or isinstance(shown, bool):
        return str(wanted).lower() == str(shown).lower()
    return equal(wanted, shown)


def integral(value: Any) -> Any:
    """Turn every whole float in `value` into an int, at any depth. Pulumi turns `3` into `3.0` on the way here."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, Mapping):
        return {key: integral(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [integral(item) for item in value]
    return value


def _plain(number: Decimal) -> str:
    return "0" if not number else f"{number.normalize():f}"
