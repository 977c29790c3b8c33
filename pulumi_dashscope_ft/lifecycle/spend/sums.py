"""Sums of costs: exact, one for each currency, and with what is unknown counted beside them, never taken for zero."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.kind.consumption import Consumption
from pulumi_dashscope_ft.lifecycle.training_data.training_types import ON_POLICY

from .actual import ActualCost
from .money import Money, exact_text

_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class RecordedEstimate:
    """What a state says that a run was estimated to cost; `high` is None where there was no upper bound."""

    low: Decimal
    high: Decimal | None
    currency: str


def recorded_estimate(properties: Mapping[str, Any]) -> RecordedEstimate | None:
    """Read the output `estimatedCost` of a state.

    None where there is no estimate of a whole run: an old state has none, a run that is billed by the minute has one
    per hour, and a state may hold anything.
    """
    found = properties.get("estimatedCost")
    if not isinstance(found, Mapping) or found.get("per") != "run":
        return None
    low, high, currency = _amount(found.get("low")), _amount(found.get("high")), found.get("currency")
    if low is None or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return RecordedEstimate(low, high if high is not None and high >= low else None, currency)


def recorded_cost(properties: Mapping[str, Any]) -> Money | None:
    """Read the amount of the output `actualCost` of a state; None where there is none."""
    found = properties.get("actualCost")
    if not isinstance(found, Mapping):
        return None
    amount, currency = _amount(found.get("amount")), found.get("currency")
    is_usable = amount is not None and isinstance(currency, str) and _CURRENCY.fullmatch(currency)
    return Money(amount, str(currency)) if amount is not None and is_usable else None


@dataclass(slots=True)
class Sums:
    """The sums of some jobs.

    :param jobs: how many there are.
    :param running: how many of them have not ended: what they cost is not counted yet.
    :param tokens: what was trained, as far as the service shows it. Jobs that are billed by the minute have none.
    :param amounts: what they have cost, by currency.
    :param unknown: how many cost an unknown amount, by the reason.
    :param estimated: how many have an estimate, which is in `low` and `high`.
    :param low: the least that these were estimated to cost, by currency.
    :param high: the most, by currency.
    :param unbounded: currencies in which an estimate had no upper bound, so that `high` has none.
    """

    jobs: int = 0
    running: int = 0
    tokens: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    estimated: int = 0
    low: dict[str, Decimal] = field(default_factory=dict)
    high: dict[str, Decimal] = field(default_factory=dict)
    unbounded: set[str] = field(default_factory=set)

    def add(
        self, used: Consumption, cost: ActualCost | None, recorded: Money | None, estimate: RecordedEstimate | None
    ) -> None:
        """Count one more job.

        :param cost: what it has cost; None while it runs.
        :param recorded: what a state says that it has cost, which comes first: prices may have changed since.
        :param estimate: what a state says that it was estimated to cost.
        """
        self.jobs += 1
        if estimate is not None:
            self._add_estimate(estimate)
        if cost is None:
            self.running += 1
            return
        if cost.usage is not None and used.training_type not in ON_POLICY:
            self.tokens += cost.usage
        amount = recorded or cost.amount
        if amount is None:
            self.unknown[cost.unknown or "nothing is known about it"] += 1
        else:
            self.amounts[amount.currency] = self.amounts.get(amount.currency, Decimal(0)) + amount.amount

    def costs(self) -> list[Money]:
        """Return what is known of the cost: one sum for each currency."""
        return [Money(amount, currency) for currency, amount in sorted(self.amounts.items())]

    def estimates(self) -> list[tuple[Money, Money | None]]:
        """Return the least and the most that was estimated, for each currency; None where there was no bound."""
        return [
            (Money(low, currency), None if currency in self.unbounded else Money(self.high[currency], currency))
            for currency, low in sorted(self.low.items())
        ]

    def facts(self) -> dict[str, Any]:
        """Return all of it as JSON. Amounts are decimal texts."""
        return {
            "jobs": self.jobs,
            "running": self.running,
            "tokens": self.tokens,
            "costs": [{"amount": exact_text(one.amount), "currency": one.currency} for one in self.costs()],
            "unknown": [{"reason": reason, "jobs": number} for reason, number in self.unknown.most_common()],
            "estimates": [
                {
                    "low": exact_text(low.amount),
                    "high": None if high is None else exact_text(high.amount),
                    "currency": low.currency,
                }
                for low, high in self.estimates()
            ],
            "estimated": self.estimated,
        }

    def _add_estimate(self, estimate: RecordedEstimate) -> None:
        self.estimated += 1
        currency = estimate.currency
        self.low[currency] = self.low.get(currency, Decimal(0)) + estimate.low
        if estimate.high is None:
            self.unbounded.add(currency)
        else:
            self.high[currency] = self.high.get(currency, Decimal(0)) + estimate.high


def _amount(value: Any) -> Decimal | None:
    """Read a decimal text; None for anything else, so also for what is negative or beyond reason."""
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None
