"""What a deployment costs as long as it runs: per hour by its units, or per million tokens that are called."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.schema import contains_unknown
from pulumi_dashscope_ft.schema.numbers import is_number, number_or_same

from .estimator import Estimator
from .figures import Estimate
from .money import Money
from .price_list import DEPLOYMENT_USE, Price, PriceList

_APART = ("prefillCapacity", "decodeCapacity")
_DECIDING = ("modelName", "plan", "deploySpec", "capacity", *_APART)
_PER_MILLION = "1000000 tokens"
_MOST_UNITS = 10_000


def estimate_of(request: AnyRequest, region: str, prices: PriceList) -> Estimate | None:
    """Estimate the deployment; None while something that decides about it is not known yet."""
    inputs = request.inputs
    plan = str(inputs.get("plan") or "").lower()
    deciding = ("plan", "modelName") if plan == "lora" else _DECIDING[1:]
    if any(contains_unknown(inputs.get(name)) for name in deciding):
        return None
    if plan == "lora":
        return _by_token(str(inputs.get("modelName")).partition("-ft-")[0], region, prices)
    if plan != "mu":
        reason = "what reserved throughput costs is not listed" if plan.startswith("ptu") else "no price is published"
        return Estimate(per="hour", unknown=f"{reason} (plan {inputs.get('plan') or 'not given'})")
    return _by_unit(inputs, region, prices)


def _by_unit(inputs: Any, region: str, prices: PriceList) -> Estimate:
    template = inputs.get("deploySpec")
    unit = str(template or "").partition("-")[0]
    price = prices.of_unit(unit, region)
    if price is None:
        reason = "deploySpec, which names the kind of unit, is not given" if not unit else f"no price of {template}"
        return Estimate(per="hour", unknown=f"{reason}{' is known' if unit else ''}")
    whole, parts = _number(inputs.get("capacity")), [_number(inputs.get(name)) for name in _APART]
    known = [part for part in parts if part is not None]
    units = whole if whole is not None else sum(known) if len(known) == len(parts) else None
    if units is None:
        return Estimate(price=price, per="hour", unknown="capacity, the number of units, is not given")
    hourly = Money(price.amount * units, price.currency)
    remark = f"{units} × {price.unit} at {price}, from RUNNING until it is stopped or deleted"
    return Estimate(low=hourly, high=hourly, price=price, per="hour", remarks=(remark,))


def _by_token(model: str, region: str, prices: PriceList) -> Estimate:
    rows = [row for row in prices.rows if row.what == DEPLOYMENT_USE and (row.model, row.region) == (model, region)]
    if not rows:
        return Estimate(per=_PER_MILLION, unknown=f"no price of calling a tuned {model} is known")
    cheapest, dearest = (choose(rows, key=_amount) for choose in (min, max))
    remarks = tuple(f"{row}{f' ({row.note})' if row.note else ''}" for row in rows)
    per = cheapest.per if cheapest.per == dearest.per else _PER_MILLION
    low, high = (Money(row.amount, row.currency) for row in (cheapest, dearest))
    return Estimate(low=low, high=high, price=cheapest, per=per, remarks=("the deployment itself is free", *remarks))


def _amount(row: Price) -> Decimal:
    return row.amount


def _number(value: Any) -> int | None:
    number = number_or_same(value)
    return int(number) if is_number(number) and 0 <= number <= _MOST_UNITS else None


ESTIMATOR = Estimator(estimate_of, "modelName", _DECIDING, "adoptDeployment", has_budget=False)
