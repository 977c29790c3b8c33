"""An estimate as outputs of a resource, and as a line of the plan."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .figures import Estimate, Seconds, Tokens
from .money import Money, exact_text

TOKENS, COST = "estimatedTokens", "estimatedCost"
_FINEST = Decimal("0.000001")
_CENTI = Decimal("0.01")
_UNITS = ((10**9, "G"), (10**6, "M"), (10**3, "k"))
_FROM_HERE_WHOLE = 10
LESS = "less than"


def outputs(found: Estimate) -> dict[str, Any]:
    """Return the outputs `estimatedTokens` and `estimatedCost`. What is not known is left out, and never zero."""
    shown: dict[str, Any] = {COST: _given(_cost(found))}
    if found.tokens is not None:
        shown[TOKENS] = _given(_tokens(found.tokens))
    return shown


def decimal_text(amount: Decimal) -> str:
    """Return an amount as a decimal string: with two digits after the point, and up to six where it needs them."""
    text = f"{amount.quantize(_FINEST, ROUND_HALF_UP):f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def line(found: Estimate, model: str | None) -> str:
    """Return what a plan says of an estimate, as one clause.

    :param model: None while it is not known.
    """
    date = f"prices of {found.price.date[:7]}" if found.price is not None else None
    names = ", ".join(filter(None, (model, date)))
    basis = f" ({names})" if names else ""
    if found.low is None:
        counted = f"{tokens_text(found.tokens)}, " if found.tokens is not None else ""
        return f"{counted}cost unknown: {found.unknown}{basis}"
    parts = [tokens_text(found.tokens)] if found.tokens is not None else []
    parts.append(cost_text(found))
    if found.tokens is not None and found.tokens.dropped_rows:
        dropped = found.tokens.dropped_rows
        parts.append(f"without {dropped:,} of {found.tokens.rows:,} rows, which are longer than max_length")
    if found.high is None and found.unknown:
        parts.append(found.unknown)
    return f"{', '.join(parts)}{basis}"


def tokens_text(tokens: Tokens) -> str:
    """Return tokens of an epoch × epochs: `1.21 M tokens × 3 epochs`; or `1,234 s of clips × 400 epochs`."""
    fewest, most = tokens.epochs
    epochs = f"{most} epoch{'' if most == 1 else 's'}" if fewest == most else f"{fewest} to {most} epochs"
    if tokens.seconds is not None:
        return f"{seconds_text(tokens.seconds)} × {epochs}"
    low = short_number(tokens.low / fewest)
    high = None if tokens.high is None else short_number(tokens.high / most)
    amount = f"at least {low}" if high is None else low if low == high else f"{low} to {high}"
    return f"{amount} tokens" if not tokens.rows else f"{amount} tokens × {epochs}"


def seconds_text(seconds: Seconds) -> str:
    """Return the seconds of an epoch: `1,234 s of clips`, `497.03 s of audio`."""
    low, high = (None if one is None else f"{one.quantize(_CENTI):,}" for one in (seconds.low, seconds.high))
    shown = [one.removesuffix(".00") for one in (low, high) if one is not None]
    amount = f"at least {shown[0]}" if high is None else shown[0] if low == high else " to ".join(shown)
    return f"{amount} s of {seconds.what}"


def cost_text(found: Estimate) -> str:
    """Return the cost: `about 22 CNY`, `19 to 25 CNY`, `984 CNY an hour`."""
    if found.low is None:
        return f"unknown: {found.unknown}"
    each = "" if found.per == "run" else " an hour" if found.per == "hour" else f" per {found.per}"
    low = money_text(found.low)
    if found.high is None:
        return f"at least {low}{each}"
    high = money_text(found.high)
    if low == high:
        is_sure = found.per != "run" or not found.low.amount or low.startswith(LESS)
        return f"{low}{each}" if is_sure else f"about {low}"
    return f"{low.removesuffix(f' {found.low.currency}')} to {high}{each}"


def money_text(amount: Money) -> str:
    """Return an amount, rounded for reading: cents below ten, and whole units from there on."""
    if 0 < amount.amount < Decimal("0.01"):
        return f"{LESS} 0.01 {amount.currency}"
    step = Decimal("0.01") if amount.amount < _FROM_HERE_WHOLE else Decimal(1)
    text = f"{amount.amount.quantize(step, ROUND_HALF_UP):,}"
    return f"{text.removesuffix('.00')} {amount.currency}"


def short_number(number: float) -> str:
    """Return a number with three digits: `1.21 M`, `60 k`, `812`."""
    for size, unit in _UNITS:
        if round(number) >= size:
            return f"{number / size:.3g} {unit}" if number < 999.5 * size else f"{number / size:,.0f} {unit}"
    return f"{number:.0f}"


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _tokens(tokens: Tokens) -> dict[str, Any]:
    return {
        "low": tokens.low,
        "high": tokens.high,
        "rows": tokens.rows,
        "droppedRows": tokens.dropped_rows,
        "epochs": list(tokens.epochs),
        "exact": tokens.exact,
        "seconds": None if tokens.seconds is None else _seconds(tokens.seconds),
    }


def _seconds(seconds: Seconds) -> list[float]:
    """Return the least and, if there is a bound, the most seconds of an epoch."""
    return [float(one) for one in (seconds.low, seconds.high) if one is not None]


def _cost(found: Estimate) -> dict[str, Any]:
    price = found.price
    basis: dict[str, Any] = {"remarks": list(found.remarks)}
    if price is not None:
        basis = {
            "price": exact_text(price.amount),
            "unit": price.per,
            "priceDate": price.date,
            "priceSource": ", ".join(price.sources),
            "region": price.region,
            **basis,
        }
    return {
        "low": None if found.low is None else decimal_text(found.low.amount),
        "high": None if found.high is None else decimal_text(found.high.amount),
        "currency": found.low.currency if found.low is not None else price.currency if price is not None else None,
        "per": found.per,
        "unknown": found.unknown,
        "basis": basis,
    }
