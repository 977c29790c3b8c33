"""Checks the bodies of `POST /deployments` and of a scale.

The necessary fields depend on the plan, each plan's rules are scattered over the page's tables, and several fields are
required although they do nothing. They are all read here (5.2, 5.4, 14).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.emulator.errors import bad_capacity, invalid_parameter, problem
from pulumi_dashscope_ft.emulator.model.deployments import EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.facts.plans import SEPARATED, SEPARATED_STEP, Template, template_of
from pulumi_dashscope_ft.emulator.model.settings import Settings

from .fields import count, flag, structure, text

PLANS = ("lora", "mu", "ptu", "ptu_v2", "cu")
"""By token, model units, reserved throughput (two generations; the second only in the vendor's own tool), compute
units. Accepted in any case: the SDK's help says `Lora`.
"""
RESERVED = ("ptu", "ptu_v2")
MOST_CAPACITY = 999
ROLES = ("prefill_capacity", "decode_capacity")
"""Capacities of a separated template, in place of `capacity`."""
_SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,8}")
_MADE_UP_LIMITS = {"enable_thinking": False, "max_context_length": 32_768, "rpm_limit": 600, "tpm_limit": 1_000_000}
"""Values of a `mu` deployment when none were sent. That these fields are shown is documented, the values are not."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is valid by itself; whether the model exists is checked elsewhere."""

    model_name: str
    base_capacity: int
    capacity: int
    plan: str | None
    name: str | None
    suffix: str | None
    charge_type: str
    units: dict[str, Any]


def read_request(body: dict[str, Any], settings: Settings) -> Request:
    """Return the request.

    `model_name` and `capacity` are required, the latter not for `ptu` and for a separated template, which takes the
    capacities of its roles instead; `mu` needs `deploy_spec`, `ptu` needs `ptu_capacity`. An unknown `plan` is refused
    (inferred). Fields that no answer shows are checked for their type and otherwise ignored.

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
    for name in ("aigc_config", "pre_paid_info"):
        structure(body, name)
    charge_type, tier = text(body, "charge_type"), text(body, "service_tier")
    roles = {name: value for name in ROLES if (value := count(body, name)) is not None}
    throughput = _throughput(body)
    template = _template(body, plan, roles)
    base_capacity = settings.base_capacity
    if template is not None and template.kind != SEPARATED:
        base_capacity = max(base_capacity, template.step)
    units = _units(body, template)
    if template is not None and template.kind == SEPARATED:
        checked_roles(roles)
        _free_capacity(body, base_capacity)
        units |= roles
        capacity = sum(roles.values())
    else:
        capacity = _capacity(body, plan, base_capacity)
    if plan in RESERVED:
        if not throughput:
            raise problem("no_ptu_capacity")
        units |= {"ptu_capacity": throughput, "ptu_service_tier": tier or "ptu_fast"}
    return Request(
        model_name=model_name,
        base_capacity=base_capacity,
        capacity=capacity,
        plan=plan,
        name=text(body, "name") or text(body, "diasplay_name"),  # spelled so in the table, but not in the examples
        suffix=suffix,
        charge_type=charge_type if charge_type and plan in RESERVED else "post_paid",
        units=units,
    )


def read_scale(body: dict[str, Any], deployment: EmulatedDeployment) -> tuple[int, dict[str, Any]]:
    """Return the new capacity of a scale and the units that change with it.

    Reserved throughput is scaled by `ptu_capacity` (documented), a separated template by the capacities of its roles
    (inferred), everything else by `capacity`.

    :raises ApiProblemError: 400 naming the field that is missing or unusable.
    """
    roles = {name: value for name in ROLES if (value := count(body, name)) is not None}
    throughput = _throughput(body)
    if deployment.plan in RESERVED:
        _free_capacity(body, deployment.base_capacity)
        if not throughput:
            raise problem("no_ptu_capacity")
        return deployment.capacity, {"ptu_capacity": throughput}
    if throughput:
        raise invalid_parameter("ptu_capacity")
    if deployment.units.keys() & ROLES:
        _free_capacity(body, deployment.base_capacity)
        checked_roles(roles)
        return sum(roles.values()), roles
    if roles:
        raise invalid_parameter(next(iter(roles)))
    return checked_capacity(body.get("capacity"), deployment.base_capacity), {}


def checked_capacity(value: object, base_capacity: int) -> int:
    """Return a multiple of `base_capacity` from 0 to 999.

    :raises ApiProblemError: 400, in the documented words if the value is a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_parameter("capacity")
    if not 0 <= value <= MOST_CAPACITY or value % base_capacity:
        raise bad_capacity(value, base_capacity)
    return int(value)


def checked_roles(roles: dict[str, int]) -> None:
    """Check the capacities of a separated template: both, in multiples of an instance (inferred from the step).

    :raises ApiProblemError: 400.
    """
    for name in ROLES:
        if name not in roles:
            raise invalid_parameter(name)
        if not 0 < roles[name] <= MOST_CAPACITY or roles[name] % SEPARATED_STEP:
            raise bad_capacity(roles[name], SEPARATED_STEP)


def _free_capacity(body: dict[str, Any], base_capacity: int) -> None:
    """Check a capacity that has no meaning here, and is ignored (inferred)."""
    if body.get("capacity") is not None:
        checked_capacity(body["capacity"], base_capacity)


def _capacity(body: dict[str, Any], plan: str | None, base_capacity: int) -> int:
    value = body.get("capacity")
    if plan in RESERVED and value is None:
        return base_capacity
    if plan != "lora":
        return checked_capacity(value, base_capacity)
    # Must be sent for lora too, and is ignored: an unusable value is shown as one unit (inferred).
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_parameter("capacity")
    usable = 0 < value <= MOST_CAPACITY and value % base_capacity == 0
    return int(value) if usable else base_capacity


def _throughput(body: dict[str, Any]) -> dict[str, int] | None:
    """Return `ptu_capacity`, echoed in the unit that it was sent in: the pages disagree about it."""
    tokens = structure(body, "ptu_capacity")
    if not tokens:
        return None
    counts: dict[str, int] = {}
    for name in tokens:
        value = count(tokens, name)
        if value is None:
            raise invalid_parameter(name)
        counts[name] = value
    return counts


def _template(body: dict[str, Any], plan: str | None, roles: dict[str, int]) -> Template | None:
    """Return the template of a `mu` deployment.

    :raises ApiProblemError: 400 if it names none.
    """
    spec = text(body, "deploy_spec")
    if plan != "mu":
        return None
    template = None if spec is None else template_of(spec, separated=bool(roles))
    if template is None:
        raise invalid_parameter("deploy_spec")
    return template


def _units(body: dict[str, Any], template: Template | None) -> dict[str, Any]:
    """Return the further fields in the answers of a `mu` deployment; the same fields are checked for any plan."""
    asked = {
        "enable_thinking": flag(body, "enable_thinking"),
        **{name: count(body, name) for name in ("max_context_length", "rpm_limit", "tpm_limit")},
    }
    if template is None:
        return {}
    chosen = {name: value for name, value in asked.items() if value is not None}
    return {"model_unit_spec": template.unit, **_MADE_UP_LIMITS, **chosen}
