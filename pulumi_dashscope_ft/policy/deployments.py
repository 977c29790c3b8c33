"""Rules about deployments, which cost money for as long as they run."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.numbers import number_or_same

from .rule import Rule, Settings, names, number_text
from .subject import DEPLOYMENTS, Subject

_DEFAULT_PLAN = "cu"


def _plan(deployment: Subject, settings: Settings) -> Iterator[str]:
    plan, allowed = deployment.get("plan"), settings["allowed"]
    if plan is not UNKNOWN and allowed and (plan or _DEFAULT_PLAN) not in allowed:
        what = f"is billed by the plan {plan}" if plan else "has no plan, so the service takes compute units (cu)"
        ways = allowed[0] if len(allowed) == 1 else f"one of {', '.join(allowed)}"
        yield f"{deployment.name} {what}, and that is not allowed: set plan to {ways}."
    capacity, most = number_or_same(deployment.known("capacity")), settings.get("mostCapacity")
    if plan != "lora" and most is not None and isinstance(capacity, (int, float)) and capacity > most:
        allowed_most = number_text(most)
        yield (
            f"{deployment.name} has capacity {number_text(capacity)}, and at most {allowed_most} is allowed: "
            f"set {allowed_most} or less."
        )


def _suffix(deployment: Subject, settings: Settings) -> Iterator[str]:
    if deployment.get("suffix") is None and deployment.get("adoptDeployment") is None:
        yield (
            f"{deployment.name} has no suffix: only one deployment of a model can be without, so a replacement can't "
            'start before the old one is gone. Set suffix, such as "v1", and another one with each new model.'
        )


RULES = (
    Rule(
        "deployment-plans",
        "Deployments are billed by allowed plans, and are not too large.",
        DEPLOYMENTS,
        _plan,
        {
            "allowed": names("Plans, such as lora. Empty: all."),
            "mostCapacity": {
                "type": "integer",
                "minimum": 0,
                "description": "The greatest capacity, in units of the plan. The plan lora has none.",
            },
        },
    ),
    Rule("deployments-have-a-suffix", "Deployments have a suffix.", DEPLOYMENTS, _suffix),
)
