"""What a run has cost: the service's own count of what was used, times a price.

The service shows `usage` and no amount. `usage` is on jobs that have succeeded or were cancelled
(get-fine-tuning-job-api). What was used until a cancel is billed, and a run that failed is not
(model-training-and-deployment-billing). The amount is no bill: a contract, a voucher or a price that has changed is not
in it, so it says what it rests on. What can't be known is unknown, with the reason, and never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pulumi_dashscope_ft.api import DEFAULT_REGION, Job, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.expiry import moment
from pulumi_dashscope_ft.lifecycle.base.kind.consumption import Consumption, Prices, of_job
from pulumi_dashscope_ft.lifecycle.training_data.training_types import ON_POLICY
from pulumi_dashscope_ft.text import sanitize

from .money import Money, exact_text
from .price_list import STALE_AFTER_DAYS, TRAINING, Price, page_of, shipped

USUAL_CURRENCY = "CNY"
LARGEST_USAGE = 10**15
"""The largest usage that is reckoned with. At the dearest price that is a thousand million yuan."""
_PER = "1000 tokens"
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ActualCost:
    """What a run has cost, or why that is unknown.

    :param amount: None where it is unknown.
    :param unknown: why, as a clause; None where the amount is known.
    :param usage: what the service has counted; None where it shows nothing usable.
    :param price: None where none is known, or none is needed.
    :param region: where the price was looked up.
    :param remarks: what the amount rests on, each a clause.
    """

    amount: Money | None
    unknown: str | None
    usage: int | None
    price: Price | None
    region: str
    remarks: tuple[str, ...] = ()

    def properties(self) -> dict[str, Any]:
        """Return it as the output `actualCost`. What is not known is left out."""
        facts = self.facts()
        basis = {name: value for name, value in facts["basis"].items() if value is not None and value != []}
        return {name: value for name, value in {**facts, "basis": basis}.items() if value is not None}

    def facts(self) -> dict[str, Any]:
        """Return all of it as JSON: the names are those of the output, and what is not known is None."""
        basis = {
            "usage": self.usage,
            "unit": None if self.price is None else self.price.per,
            "price": None if self.price is None else exact_text(self.price.amount),
            "priceDate": None if self.price is None else self.price.date,
            "priceSource": None if self.price is None else ", ".join(map(page_of, self.price.sources)),
            "region": self.region,
            "remarks": list(self.remarks),
        }
        return {
            "amount": None if self.amount is None else exact_text(self.amount.amount),
            "currency": None if self.amount is None else self.amount.currency,
            "per": "run",
            "unknown": self.unknown,
            "basis": basis,
        }


def cost(used: Consumption, region: str | None, prices: Prices) -> ActualCost | None:
    """Return what a run has cost; None while it has not ended.

    :param region: where it ran; None where that is not known.
    """
    if not used.is_final:
        return None
    remarks = []
    if region is None:
        remarks.append(f"the address of the service does not show its region; the prices are those of {DEFAULT_REGION}")
    where = region or DEFAULT_REGION
    model = sanitize(used.model or "", limit=_LONGEST_NAME)
    price = _price(prices, where, model)
    usage = used.usage if used.usage is not None and 0 <= used.usage <= LARGEST_USAGE else None

    def unknown(reason: str) -> ActualCost:
        return ActualCost(None, reason, usage, price, where, tuple(remarks))

    if used.training_type in ON_POLICY:
        price = None
        return unknown("it is billed by the minute, and the service does not show for how many minutes")
    if used.usage is not None and usage is None:
        return unknown("the service shows a usage that can't be right")
    if used.status == JobStatus.FAILED:
        if usage:
            return unknown("it failed, which is not billed by the documentation, but the service shows a usage")
        remarks.append("a run that failed is not billed")
        currency = USUAL_CURRENCY if price is None else price.currency
        return ActualCost(Money(Decimal(0), currency), None, usage, price, where, tuple(remarks))
    if usage is None:
        return unknown("the service shows no usage")
    if usage == 0 and used.status != JobStatus.CANCELED:
        return unknown("the service shows a usage of 0, which is no run that succeeded")
    if not model:
        return unknown("the service does not show the base model")
    if price is None:
        at = "" if where == DEFAULT_REGION else f" in {where}"
        return unknown(f"no price of training {model}{at} is known")
    remarks += [price.note] if price.note else []
    remarks += _apart(price, used.ended)
    return ActualCost(Money(price.amount * usage / 1000, price.currency), None, usage, price, where, tuple(remarks))


def where(connection: Connection) -> tuple[str | None, Prices]:
    """Return the region of an account, if it is known, and the prices that count for it."""
    return connection.client.settings.region, connection.prices() or shipped()


def to_record(job: Job, before: Mapping[str, Any], region: str | None, prices: Prices) -> Mapping[str, Any] | None:
    """Return the output `actualCost` to record; None while the job has not ended.

    An amount that was recorded stays, because a price that changes later does not change what a run has cost. What a
    release without this output has recorded of an ended job stays without it: its state must not change by itself.

    :param before: the outputs that are recorded so far; empty for a new resource.
    """
    used = of_job(job)
    if not used.is_final:
        return None
    recorded = before.get("actualCost")
    is_known = recorded is None or (isinstance(recorded, Mapping) and recorded.get("amount") is not None)
    if is_known and (before.get("status"), before.get("usage")) == (job.status, job.usage):
        return recorded
    found = cost(used, region, prices)
    return None if found is None else found.properties()


@lru_cache(maxsize=1024)
def _price(prices: Prices, region: str, model: str) -> Price | None:
    """Find the price of a model. Ten thousand jobs have the same few models."""
    found: Price | None = prices.find(TRAINING, region=region, model=model, per=_PER)
    return found


def range_text(low: Money, high: Money | None) -> str:
    """Show what something costs at least and at most to people: `1.60 to 2.00 CNY`."""
    least = money_text(low)
    if high is None:
        return f"at least {least}"
    most = money_text(high)
    return least if least == most else f"{least.removesuffix(f' {low.currency}')} to {most}"


def money_text(money: Money) -> str:
    """Show an amount to people: cents, and two figures of what is less than a cent."""
    amount = money.amount
    places = 2 if amount == 0 or amount >= Decimal("0.01") else 1 - amount.adjusted()
    return f"{amount:,.{places}f} {money.currency}"


def _apart(price: Price, ended: str | None) -> list[str]:
    """Say that a price was read long before or after the run ended."""
    at = moment(ended)
    try:
        days = 0 if at is None else price.days_old(datetime.fromtimestamp(at, UTC).date())
    except (ValueError, OverflowError, OSError):  # an hour 99 of the last day that there is
        days = 0
    if abs(days) <= STALE_AFTER_DAYS:
        return []
    return [f"the price was read {abs(days)} days {'before' if days > 0 else 'after'} the run ended"]
