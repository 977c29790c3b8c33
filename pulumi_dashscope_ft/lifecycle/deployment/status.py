"""What each status of a deployment means: what is billed, and how the deployment comes to run.

A deployment costs money and serves users, so a reader of a plan, an error or the state needs both. They are stated
here, once, and about billing no more than the service's pages say (API pages model-deployment-api,
model-deployment-quick-start).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure

LORA = "lora"
"""The billing plan by token; its capacity is ignored, but must be sent (API page create-deployment-api)."""

RELEASED = (
    ". The service releases a deployment of the plan lora that nobody has called for a month. The next `pulumi up` "
    "deploys the model again, and trains nothing"
)
"""What may have happened to a `lora` deployment that is gone (API page model-deployment-token)."""

_BILL = (
    "settle the account's bill in the Alibaba Cloud console; the service then brings it back by itself. "
    "Run `pulumi up` again to go on waiting"
)

SERVES_NOTHING = frozenset({DeploymentStatus.DELETING, DeploymentStatus.FAILED})
"""Statuses that cost nothing and lead to nothing."""

NOT_SERVING: Mapping[str, Failure] = MappingProxyType(
    {
        DeploymentStatus.FAILED: Failure(
            "the service could not deploy or change it, and documents no reason",
            "look at it in the Model Studio console; run `pulumi refresh` and then `pulumi up` to replace it by a new "
            "deployment",
        ),
        DeploymentStatus.UPDATING_FAILED: Failure(
            "the last change of it failed, for want of capacity or by a fault of the service",
            "set `capacity` to what it had before and run `pulumi up`, or start it over by a change of `triggers`",
        ),
        DeploymentStatus.STOPPED: Failure(
            "it is stopped, by somebody in the console or by a capacity of 0",
            "start it in the Model Studio console, or set `capacity` to what is wanted and run `pulumi up`",
        ),
        DeploymentStatus.ARREARS_DOWN: Failure("the account is overdue, and the service has taken it down", _BILL),
        DeploymentStatus.DELETING: Failure(
            "it is being deleted, which can't be undone",
            "run `pulumi refresh` and then `pulumi up` to deploy it again",
        ),
    }
)
"""Statuses from which it does not come to run by itself: why, and what to do."""

_UNBILLED: Mapping[str, str] = MappingProxyType(
    {
        DeploymentStatus.STOPPED: "nothing: it is stopped",
        DeploymentStatus.DELETING: "nothing: it went offline when its deletion began",
        DeploymentStatus.FAILED: "nothing is served; whether anything is billed is not documented",
        DeploymentStatus.ARREARS_DOWN: "nothing is served: the account is overdue",
    }
)
_UNITS: Mapping[str, str] = MappingProxyType({"mu": "model unit", "cu": "compute unit", "": "compute unit"})


def is_lora(plan: Any) -> bool:
    """Whether this is the billing plan by token. One of the vendor's tools spells it `Lora`."""
    return str(plan or "").lower() == LORA


def is_reserved(plan: Any) -> bool:
    """Whether this is a billing plan of reserved throughput."""
    return str(plan or "").lower().startswith("ptu")


def rate(plan: Any, capacity: Any) -> str:
    """Return what a deployment of this billing plan is billed by, to follow "billed"."""
    kind = str(plan or "").lower()
    if kind == LORA:
        return "by token"
    if is_reserved(plan):
        return "for its reserved throughput"
    unit = _UNITS.get(kind)
    if unit is None:
        return f"as its plan {plan} is"
    if not isinstance(capacity, (int, float)):
        return f"for its {unit}s"
    return f"for {capacity:g} {unit}{'' if capacity == 1 else 's'}"


def billing(status: str | None, plan: Any, capacity: Any) -> str:
    """Return what is billed for a deployment in this status: the `billing` output."""
    if status is not None and status in _UNBILLED:
        return _UNBILLED[status]
    how = rate(plan, capacity)
    return how if is_lora(plan) else f"{how}, until it is stopped or deleted"


def throughput_text(throughput: Mapping[str, Any]) -> str:
    """Say reserved throughput in a sentence: `input_tpm 10000, output_tpm 1000`."""
    numbers = {name: f"{value:g}" if isinstance(value, float) else value for name, value in throughput.items()}
    return ", ".join(f"{name} {value}" for name, value in numbers.items())


def listed(deployments: list[Deployment]) -> str:
    """List deployments by id, with what distinguishes them."""
    return ", ".join(
        f"{found.deployed_model} ({found.status}, since {found.create_time or 'an unknown time'})"
        for found in deployments
    )
