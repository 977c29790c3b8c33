"""The program that takes over a live deployment."""

from __future__ import annotations

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE, RETAIN
from pulumi_dashscope_ft.lifecycle.base.kind.facts import name_of
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions, other_owner, refused
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.deployment.diff import FAILED_FIELD, RESOURCE, compare
from pulumi_dashscope_ft.lifecycle.deployment.request import mismatches
from pulumi_dashscope_ft.lifecycle.deployment.resource import state_of
from pulumi_dashscope_ft.lifecycle.deployment.status import is_lora
from pulumi_dashscope_ft.lifecycle.deployment.teardown import TeardownPolicy, plan


def takeover(live: Deployment, options: TakeoverOptions) -> Takeover:
    """Return the resource that takes this deployment over. Raises ValueError when the provider would refuse to."""
    if live.status == DeploymentStatus.DELETING:
        raise ValueError("it is being deleted")
    found = stamp.parse(live.name)
    model = live.model_name or ""
    suffix = live.deployed_model.removeprefix(f"{model}-") if live.deployed_model.startswith(f"{model}-") else None
    given = {
        "adoptDeployment": live.deployed_model,
        "modelName": live.model_name,
        "plan": live.plan,
        "capacity": None if is_lora(live.plan) else live.capacity,
        "deploySpec": live.model_unit_spec,
        "suffix": suffix if suffix and len(suffix) <= 8 else None,
        "name": live.name if found is None else None,
        "onDestroy": RETAIN if options.retain else None,
    }
    inputs = {name: value for name, value in given.items() if value not in (None, "")}
    wrong = mismatches(inputs, live)
    request = Request.of(inputs)
    drift = compare(live.deployed_model, state_of(request, inputs, live, None), request)
    if wrong or "modelName" not in inputs or (drift.replaces and drift.replaces != (FAILED_FIELD,)):
        raise ValueError(f"what the service shows of its {', '.join(wrong or ['model'])} can't be written down")
    notes = refused(RESOURCE, inputs)
    if drift.replaces:
        notes.append("it has FAILED: the `up` after the one that adopts it deploys it anew")
    policy = TeardownPolicy(RETAIN if options.retain else DELETE, 600.0)
    notes.append(f"once adopted, `pulumi destroy` would: {plan(live.status, policy)}")
    if found is not None:
        notes.append(other_owner("deployment", found.owner))
    name = name_of(live.name, live.deployed_model) or ""
    return Takeover(live.deployed_model, RESOURCE, name, inputs, tuple(notes), label="deployment")
