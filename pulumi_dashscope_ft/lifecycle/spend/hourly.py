"""What a deployment that exists costs per hour, as the service shows it now.

A deployment is billed from `RUNNING` on, and not while it is being deployed, has failed or is stopped
(dtu-model-deployment, model-deployment-introduction). With the plan `lora` it is free, and its calls are billed.
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_dashscope_ft.api import DEFAULT_REGION, Deployment, DeploymentStatus
from pulumi_dashscope_ft.text import sanitize

from .money import Money
from .price_list import PriceList

_NOT_BILLED = frozenset(
    {
        *(DeploymentStatus.PENDING, DeploymentStatus.DEPLOYING, DeploymentStatus.STOPPED, DeploymentStatus.FAILED),
        *(DeploymentStatus.DELETING, DeploymentStatus.DELETED),
        *(DeploymentStatus.ARREARS_DOWN, DeploymentStatus.ARREARS_RECOVERING),
    }
)
_MOST_UNITS = 10_000
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class HourlyCost:
    """What a deployment costs per hour.

    :param amount: None where it is unknown.
    :param unknown: why, as a clause; None where the amount is known.
    """

    amount: Money | None
    unknown: str | None = None


def hourly(live: Deployment, region: str | None, prices: PriceList) -> HourlyCost | None:
    """Return what a deployment costs per hour; None where it costs nothing by the hour: it does not run, or by token.

    :param region: where it runs; None where that is not known, which counts as the default region.
    """
    plan, status = (live.plan or "").lower(), live.status
    if status in _NOT_BILLED or plan == "lora":
        return None
    if plan != "mu":
        what = "reserved throughput" if plan.startswith("ptu") else f"the plan {_short(live.plan) or 'it has'}"
        return HourlyCost(None, f"no price of {what} is known")
    if (live.charge_type or "").lower().replace("_", "") == "prepaid":
        return HourlyCost(None, "it is prepaid")
    unit = (live.model_unit_spec or "").partition("-")[0]
    if not unit:
        return HourlyCost(None, "the service does not show the kind of its units")
    price = prices.of_unit(unit, region or DEFAULT_REGION)
    if price is None:
        at = "" if region in (None, DEFAULT_REGION) else f" in {region}"
        return HourlyCost(None, f"no price of the unit {_short(unit)}{at} is known")
    if live.capacity is None or not 0 < live.capacity <= _MOST_UNITS:
        return HourlyCost(None, "the service does not show how many units it has")
    if status != DeploymentStatus.RUNNING:
        return HourlyCost(None, f"it is {status}, and what is billed then is not documented")
    return HourlyCost(Money(price.amount * live.capacity, price.currency))


def _short(name: str | None) -> str:
    return sanitize(name or "", limit=_LONGEST_NAME)
