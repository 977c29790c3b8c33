"""Checks the body of a `POST /deployments`.

The necessary fields depend on the plan, each plan's rules are scattered over the page's tables, and several fields are
required although they do nothing. They are all read here (5.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.emulator.errors import bad_capacity, invalid_parameter, problem
from pulumi_dashscope_ft.emulator.model.settings import Settings

from .fields import count, flag, structure, text

PLANS = ("lora", "mu", "ptu", "ptu_v2", "cu")
"""By token, model units, reserved throughput (two generations; the second only in the vendor's own tool), compute
units. Accepted in any case: the SDK's help says `Lora`.
"""
MOST_CAPACITY = 999
_SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,8}")
_MODEL_UNIT = re.compile(r"MU[1-9]")
_MADE_UP_LIMITS = {"enable_thinking": False, "max_context_length": 32_768, "rpm_limit": 600, "tpm_limit": 1_000_000}
"""Values of a `mu` deployment when none were sent. That these fields are shown is documented, the values are not."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is valid by itself; whether the model exists is checked elsewhere."""

    model_name: str
    capacity: int
    plan: str | None
    name: str | None
    suffix: str | None
    units: dict[str, Any]


def read_request(body: dict[str, Any], settings: Settings) -> Request:
    """Return the request.

    `model_name` and `capacity` are required, the latter not for `ptu`; `mu` needs `deploy_spec`, `ptu` needs
    `ptu_capacity`. An unknown `plan` is refused (inferred). Fields that no answer shows are checked for their type and
    otherwise ignored.

    :raises ApiProblemError: 400 naming the first field that is missing or unusable.
    """
    model_name = text(body, "model_name")
    if not model_name:
        raise invalid_parameter("model_name")
    plan = (text(body, "plan") or "").lower() or None
    if plan is not None and plan not in PLANS:
        raise invalid_parameter("plan")
    suffix = text(body, "suffix") or None
    if suffix is not None and not _SUFFIX.fullmatch(suffix):
        raise invalid_parameter("suffix")
    for name in ("billing_method", "template_id", "model_version"):
        text(body, name)
    structure(body, "aigc_config")
    tokens = structure(body, "ptu_capacity")
    if plan in ("ptu", "ptu_v2"):
        if not tokens:
            raise problem("no_ptu_capacity")
        for name in tokens:
            count(tokens, name)
    return Request(
        model_name=model_name,
        capacity=_capacity(body, plan, settings.base_capacity),
        plan=plan,
        name=text(body, "name") or text(body, "diasplay_name"),  # spelled so in the table, but not in the examples
        suffix=suffix,
        units=_units(body, plan),
    )


def checked_capacity(value: object, base_capacity: int) -> int:
    """Return a multiple of `base_capacity` from 0 to 999.

    :raises ApiProblemError: 400, in the documented words if the value is a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_parameter("capacity")
    if not 0 <= value <= MOST_CAPACITY or value % base_capacity:
        raise bad_capacity(value, base_capacity)
    return int(value)


def _capacity(body: dict[str, Any], plan: str | None, base_capacity: int) -> int:
    value = body.get("capacity")
    if plan in ("ptu", "ptu_v2") and value is None:
        return base_capacity
    if plan != "lora":
        return checked_capacity(value, base_capacity)
    # Must be sent for lora too, and is ignored: an unusable value is shown as one unit (inferred).
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_parameter("capacity")
    usable = 0 < value <= MOST_CAPACITY and value % base_capacity == 0
    return int(value) if usable else base_capacity


def _units(body: dict[str, Any], plan: str | None) -> dict[str, Any]:
    """Return the further fields in the answers of a `mu` deployment; the same fields are checked for any plan."""
    asked = {
        "enable_thinking": flag(body, "enable_thinking"),
        **{name: count(body, name) for name in ("max_context_length", "rpm_limit", "tpm_limit")},
    }
    unit = text(body, "deploy_spec")
    if plan != "mu":
        return {}
    if unit is None or not _MODEL_UNIT.fullmatch(unit):
        raise invalid_parameter("deploy_spec")
    chosen = {name: value for name, value in asked.items() if value is not None}
    return {"model_unit_spec": unit, **_MADE_UP_LIMITS, **chosen}
