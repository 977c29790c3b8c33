"""What a run may cost: whether an estimate is within it, and what would bring it under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pulumi_dashscope_ft.schema import UNKNOWN, Violation
from pulumi_dashscope_ft.schema.numbers import is_number, number_or_same

from . import money
from .figures import Estimate, Tokens
from .money import Money
from .outputs import money_text, short_number, tokens_text

MAX_COST, MAX_TOKENS, ALLOW_UNKNOWN = "maxCost", "maxTokens", "allowUnknownCost"
MENTIONED = (ALLOW_UNKNOWN,)
"""Inputs that refusals mention."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a budget.

    :param name: the setting that gives it, as messages show it.
    :param most: tokens, or an amount.
    :param path: the input that gives it; empty for one of the configuration.
    """

    name: str
    most: Money | int
    path: tuple[str, ...] = ()


def problems(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield what is wrong with a job's budget as it is written. No value is repeated: it may be secret."""
    given = inputs.get(MAX_COST)
    if isinstance(given, str):
        try:
            money.parse(given)
        except ValueError as error:
            yield Violation((MAX_COST,), str(error))


def limits(inputs: Mapping[str, Any], configured: Money | None) -> list[Limit]:
    """Return the limits of a run. Those of the job and that of the configuration hold side by side."""
    found = []
    given, tokens = inputs.get(MAX_COST), number_or_same(inputs.get(MAX_TOKENS))
    if isinstance(given, str):
        found.append(Limit(MAX_COST, money.parse(given), (MAX_COST,)))
    if is_number(tokens):
        found.append(Limit(MAX_TOKENS, int(tokens), (MAX_TOKENS,)))
    if configured is not None:
        found.append(Limit(f"dashscope-ft:{MAX_COST}", configured))
    return found


def is_undecided(inputs: Mapping[str, Any]) -> bool:
    """Whether a part of the budget is not known yet."""
    return any(inputs.get(name) is UNKNOWN for name in (MAX_COST, MAX_TOKENS, ALLOW_UNKNOWN))


def refusal(found: Estimate, limit: Limit, *, allow_unknown: bool, told: bool) -> str | None:
    """Say why a run is not within a limit, and what would bring it under; None when it is.

    :param told: whether figures may be shown.
    """
    if isinstance(limit.most, int):
        return _too_many_tokens(found, limit.most, allow_unknown=allow_unknown, told=told)
    return too_expensive(found, limit.most, allow_unknown=allow_unknown, told=told)


def too_expensive(
    found: Estimate, most: Money, *, allow_unknown: bool, told: bool, used: Money | None = None
) -> str | None:
    """Say why a run may cost more than this amount; None when it can't.

    :param used: what other runs may cost that count as well.
    """
    if found.low is not None and found.low.currency != most.currency:
        return f"is in {most.currency}, and the price in {found.low.currency}: write it in that currency"
    over = used.amount if used is not None else Decimal(0)
    if found.per != "run":
        return None if allow_unknown else f"{_NOT_KNOWN}: it is billed by the hour{_price(found, told)}, {_ALLOW}"
    if found.high is None:
        certain = found.low is not None and over + found.low.amount > most.amount
        return None if allow_unknown and not certain else f"{_NOT_KNOWN}: {found.unknown}; {_ALLOW}"
    if over + found.high.amount <= most.amount:
        return None
    if not told:
        return "is less than the run may cost"
    basis = (
        f" ({tokens_text(found.tokens)}, {found.price} as of {found.price.date})"
        if found.tokens and found.price
        else ""
    )
    before = f" beside the {money_text(used)} of other runs" if used is not None and used.amount else ""
    left = most.amount - over
    advice = _advice(found, left) if left > 0 or not over else "nothing is left of it; raise it, or start fewer runs"
    return f"the run may cost {money_text(found.high)}{basis}{before}, more than {most}: {advice}"


_NOT_KNOWN = "it is not known whether the run stays within it"
_ALLOW = "allowUnknownCost lets it start"


def _price(found: Estimate, told: bool) -> str:
    return f", {money_text(found.high)} an hour" if told and found.high is not None else ""


def _too_many_tokens(found: Estimate, most: int, *, allow_unknown: bool, told: bool) -> str | None:
    tokens = found.tokens
    if tokens is None or tokens.high is None:
        if allow_unknown and (tokens is None or tokens.low <= most):
            return None
        why = found.unknown or "it is billed by time"
        return f"{_NOT_KNOWN}: {why}; {_ALLOW}"
    if tokens.high <= most:
        return None
    if not told:
        return "is less than the run may train on"
    share = Decimal(most) / tokens.high
    return (
        f"the run may train on {short_number(tokens.high)} tokens ({tokens_text(tokens)}), more than {most:,}: "
        f"{_under(share, tokens)}"
    )


def _advice(found: Estimate, left: Decimal) -> str:
    assert found.high is not None
    share = left / found.high.amount
    cheaper = ""
    if found.price is not None and found.price.per == "1000 tokens":
        price = (found.price.amount * share).quantize(Decimal("0.00001"), ROUND_DOWN).normalize()
        cheaper = f", and so would a model at {price:f} {found.price.currency} per {found.price.per}" if price else ""
    return f"{_under(share, found.tokens)}{cheaper}"


def _under(share: Decimal, tokens: Tokens | None) -> str:
    """Say what brings a run down to this share of itself."""
    epochs = tokens.epochs[1] if tokens is not None and tokens.rows else 1
    by = "n_epochs" if tokens is None or tokens.seconds is None else tokens.seconds.epochs_by
    fitting = int(epochs * share)
    ways = [f"{by} {fitting}"] if fitting >= 1 and epochs > 1 else []
    percent = int(100 * share)
    ways.append(f"{percent} % of the rows" if percent else "far fewer rows")
    return f"{' or '.join(ways)} would be within it"
