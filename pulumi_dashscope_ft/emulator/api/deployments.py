"""The `/deployments` endpoints: checks, effects and answers.

This is the emulator's reading of the API reference, section 5. The pages list codes without HTTP statuses and do not
say which calls are legal in which status; where they are silent the docstring says "inferred".
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pulumi_dashscope_ft.emulator.errors import about, gone, invalid_parameter, problem
from pulumi_dashscope_ft.emulator.model.catalogue import BASE_MODELS
from pulumi_dashscope_ft.emulator.model.custom.product import FULL, Product
from pulumi_dashscope_ft.emulator.model.deployments import (
    BUSY,
    CHANGEABLE,
    DELETING,
    PENDING,
    STATUSES,
    EmulatedDeployment,
)
from pulumi_dashscope_ft.emulator.model.facts.answers import SHOWN, TAKEN
from pulumi_dashscope_ft.emulator.model.facts.plans import plans_of
from pulumi_dashscope_ft.emulator.model.facts.support import is_voice
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page

from .deployment_request import read_request, read_scale
from .fields import count, json_object
from .listing import in_order
from .operations import JSON_BODY, Endpoint


def deployable_models(service: Service, call: Call) -> dict[str, Any]:
    """`GET /deployments/models`: tuned models first, newest first (inferred), then base models; 50 to a page.

    `version=v1.0` answers `plans` instead of `base_capacity` and at most 100 to a page. `model_source` narrows it to
    `custom` (tuned) or `base`; `public` means the same as `base` (inferred).
    """
    version, source = call.query.get("version"), call.query.get("model_source")
    if version not in (None, "", "v1.0"):
        raise invalid_parameter("version")
    if source not in (None, "", "base", "custom", "public"):
        raise invalid_parameter("model_source")
    page = Page.of(call.query, default=50, most=100 if version else 200)
    names = []
    products = call.workspace.products(call.now)
    if source in (None, "", "custom"):
        names += list(reversed(products))
    if source != "custom":
        names += [*BASE_MODELS, *call.settings.base_models]
    models = [
        {"model_name": name, "plans": _plans(name, products)}
        if version
        else {"model_name": name, "base_capacity": call.settings.base_capacity}
        for name in page.cut(names)
    ]
    return {"output": {"models": models, "page_no": page.number, "page_size": page.size, "total": len(names)}}


def _plans(name: str, products: dict[str, Product]) -> list[dict[str, Any]]:
    product = products.get(name)
    if product is None:
        return plans_of(name, full=False)
    return plans_of(product.base_model, full=product.method in FULL)


def create(service: Service, call: Call) -> dict[str, Any]:
    """`POST /deployments`.

    :raises ApiProblemError: 404 `NotFound` for a model that does not exist or is another workspace's; 409 `Conflict`
        for a second deployment of a model without a suffix, and for a suffix that any deployment of any account has
        (documented: globally unique); 400 `InvalidParameter` for the rest (the wording for capacities is documented),
        also for a model with full weights under `lora` or `ptu_v2`, and for a speech model under another plan than
        `mu`.
    """
    asked = read_request(json_object(call.body), call.settings)
    tuned = call.workspace.products(call.now)
    product = tuned.get(asked.model_name, Product(asked.model_name, ""))
    base_model = product.base_model
    if asked.model_name not in tuned and asked.model_name not in (*BASE_MODELS, *call.settings.base_models):
        raise about("model_not_found", asked.model_name)
    if product.method in FULL and asked.plan in ("lora", "ptu_v2"):
        raise about("not_deployable", asked.model_name)
    if is_voice(base_model) and asked.plan != "mu":
        raise invalid_parameter("plan")
    everything = service.deployments()
    overrides = dict(service.planned_deployments[0]) if service.planned_deployments else {}
    if {asked.model_name, base_model} & set(call.settings.failing_models):
        overrides.setdefault("deployment_outcome", "FAILED")
    deployment = EmulatedDeployment(
        deployed_model=_name(service, call, asked.model_name, asked.suffix, tuned=asked.model_name in tuned),
        sequence=1 + max((deployment.sequence for deployment in everything.values()), default=0),
        model_name=asked.model_name,
        base_model=base_model,
        base_capacity=asked.base_capacity,
        capacity=asked.capacity,
        workspace_id=call.caller.workspace_id,
        uid=call.caller.uid,
        plan=asked.plan,
        name=asked.name,
        suffix=asked.suffix,
        charge_type=asked.charge_type,
        units=asked.units,
        overrides=overrides,
    )
    if service.planned_deployments:
        service.planned_deployments.popleft()
    call.workspace.fleet.add(deployment, call.now)
    return _answer(call, deployment)


def _name(service: Service, call: Call, model_name: str, suffix: str | None, *, tuned: bool) -> str:
    """Return the id of a new deployment (5.2).

    An id that was chosen by hand comes first. A tuned model's first deployment has the model's own name. The page does
    not say which deployment counts as "the" instance of a base model; here it is any without a suffix (inferred).

    :raises ApiProblemError: 409.
    """
    everything = service.deployments()
    if suffix and call.settings.suffix_reuse == TAKEN:
        pass
    elif suffix:
        for deployment in everything.values():
            if deployment.suffix and deployment.suffix.lower() == suffix.lower():
                raise about("suffix_taken", deployment.deployed_model)
    else:
        for deployment in call.workspace.fleet.deployments.values():
            if deployment.model_name == model_name and not deployment.suffix:
                raise about("instance_exists", model_name)
    chosen = service.ids.chosen("deployments")
    if chosen is not None:
        return chosen
    if tuned and not suffix:
        return model_name
    while True:
        name = "-".join(part for part in (model_name, service.ids.tail(), suffix) if part)
        if name not in everything:
            return name


def list_deployments(service: Service, call: Call) -> dict[str, Any]:
    """`GET /deployments`: newest first (inferred), 50 to a page, at most 200.

    `plan` narrows it (documented of `ptu`). The vendor's own tool sends `status`, although it is undocumented.
    """
    page = Page.of(call.query, default=50, most=200)
    status = call.query.get("status")
    if status and status not in STATUSES:
        raise invalid_parameter("status")
    matches = [
        deployment
        for deployment in call.workspace.fleet.deployments.values()
        if (not status or deployment.status == status)
        and call.query.get("plan") in (None, "", deployment.plan)
        and call.now - deployment.created_at >= call.settings.list_lag_seconds
    ]
    matches = in_order(matches, call.settings, lambda deployment: (deployment.sequence, deployment.deployed_model))
    return {
        "output": {
            "page_no": page.number,
            "page_size": page.size,
            "total": len(matches),
            "deployments": [_shown(call, deployment) for deployment in page.cut(matches)],
        }
    }


def get(service: Service, call: Call) -> dict[str, Any]:
    """`GET /deployments/{deployed_model}`: under `show_deleted_deployments` also of one that is gone, as `DELETED`."""
    former = call.workspace.fleet.gone.get(call.path["deployed_model"])
    if former is not None and call.settings.show_deleted_deployments and former.deployed_model not in _names(call):
        return _answer(call, former)
    return _answer(call, _found(call))


def scale(service: Service, call: Call) -> dict[str, Any]:
    """`PUT …/scale`: `UPDATING` with the new `capacity` and, until it is done, the old `ready_capacity`.

    Reserved throughput is scaled in place by `ptu_capacity`; all zero does not stop or delete it (documented).

    Capacity 0 leads to `STOPPED`, and from there any other capacity back to `RUNNING` (both inferred). While the
    deployment is being created, changed or removed: 400 `UnsupportedOperation` (inferred).
    """
    deployment = _found(call)
    capacity, units = read_scale(json_object(call.body), deployment)
    if deployment.status not in CHANGEABLE:
        raise problem("unsupported")
    deployment.capacity = capacity
    deployment.units |= units
    call.workspace.fleet.change(deployment, call.now, "scale")
    return _answer(call, deployment)


def update(service: Service, call: Call) -> dict[str, Any]:
    """`PUT …/update`: new rate limits, at least one; only for `mu` deployments (documented).

    Others get 400 `UnsupportedOperation` (inferred). A deployment that is still being created takes the new limits and
    stays `PENDING`, as in the page's example; a running one is `UPDATING` for a while.
    """
    body = json_object(call.body)
    deployment = _found(call)
    limits = {name: count(body, name) for name in ("rpm_limit", "tpm_limit")}
    if all(value is None for value in limits.values()):
        raise invalid_parameter("rpm_limit")
    if deployment.plan != "mu" or deployment.status not in CHANGEABLE | {PENDING}:
        raise problem("unsupported")
    deployment.units |= {name: value for name, value in limits.items() if value is not None}
    if deployment.status == PENDING:
        deployment.modified_at = call.now
    else:
        call.workspace.fleet.change(deployment, call.now, "update")
    return _answer(call, deployment)


def delete(service: Service, call: Call) -> dict[str, Any]:
    """`DELETE /deployments/{deployed_model}`: `DELETING` for a while, then 404.

    From any status; under `running_deployment_undeletable` not from `RUNNING` and `UPDATING`. Another delete meanwhile
    answers the same (inferred).
    """
    deployment = _found(call)
    if call.settings.running_deployment_undeletable and deployment.status in BUSY:
        raise problem("deployment_not_deletable")
    if deployment.status != DELETING:
        call.workspace.fleet.delete(deployment, call.now)
    return _answer(call, deployment)


def _found(call: Call) -> EmulatedDeployment:
    """Return the deployment in the path.

    :raises ApiProblemError: 404, with one wording for a deployment that is gone and another for an unknown name (both
        documented). Also for a deployment of another workspace (inferred: it could be 401 or 403 as well).
    """
    name = call.path["deployed_model"]
    fleet = call.workspace.fleet
    if name in fleet.deployments:
        return fleet.deployments[name]
    usual = problem("deployment_gone") if name in fleet.gone else about("model_not_found", name)
    raise gone(call.settings.gone_deployment, usual)


def _answer(call: Call, deployment: EmulatedDeployment) -> dict[str, Any]:
    return {"output": _shown(call, deployment)}


def _shown(call: Call, deployment: EmulatedDeployment) -> dict[str, Any]:
    return deployment.to_payload(
        with_name=call.settings.echo_job_name and call.settings.deployment_name == SHOWN,
        with_capacities=call.settings.lora_capacities or deployment.plan != "lora",
        zone=call.settings.zone,
    )


def _names(call: Call) -> Collection[str]:
    return call.workspace.fleet.deployments.keys()


DEPLOYMENT_OPERATIONS = (
    Endpoint("deployable_models", "GET", "/deployments/models", deployable_models),
    Endpoint("create_deployment", "POST", "/deployments", create, body=JSON_BODY, changes=True),
    Endpoint("list_deployments", "GET", "/deployments", list_deployments),
    Endpoint("get_deployment", "GET", "/deployments/{deployed_model}", get),
    Endpoint("scale_deployment", "PUT", "/deployments/{deployed_model}/scale", scale, body=JSON_BODY, changes=True),
    Endpoint("update_deployment", "PUT", "/deployments/{deployed_model}/update", update, body=JSON_BODY, changes=True),
    Endpoint("delete_deployment", "DELETE", "/deployments/{deployed_model}", delete, changes=True),
)
