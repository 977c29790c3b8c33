"""Amounts of money, exact, always with their currency: 0.1 + 0.2 is 0.3, and yuan are never compared with dollars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_WRITTEN = re.compile(r"(?P<amount>[0-9]{1,9}(\.[0-9]{1,9})?) ?(?P<currency>[A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        """Show cents below a hundred, and whole units above."""
        step = Decimal("0.01") if self.amount < 100 else Decimal(1)
        return f"{self.amount.quantize(step, ROUND_HALF_UP):,} {self.currency}"


def exact_text(amount: Decimal) -> str:
    """Write an amount exactly, as a decimal: `1.678848`."""
    return f"{amount.normalize():f}"


def parse(text: str) -> Money:
    """Read an amount such as `50 CNY`.

    :raises ValueError: says what is wrong with the text, as a clause.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is not None:
        return Money(Decimal(found["amount"]), found["currency"])
    if re.fullmatch(r"[0-9.]+", text.strip()):
        raise ValueError('has no currency: write an amount and its currency, such as "50 CNY"')
    if text.strip().startswith("-"):
        raise ValueError('is negative: write an amount and its currency, such as "50 CNY"')
    raise ValueError('is no amount: write a number and its currency, such as "50 CNY"')
