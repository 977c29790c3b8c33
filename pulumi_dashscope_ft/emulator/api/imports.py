"""The `/custom_models/import` endpoints: weights from the caller's bucket.

This is the emulator's reading of the API reference, section 12. The bucket is never looked at: whether an import
succeeds is decided by its plan.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid_parameter, problem
from pulumi_dashscope_ft.emulator.model.catalogue import BASE_MODELS
from pulumi_dashscope_ft.emulator.model.custom.importing import FINAL, STATUSES, WEIGHTS, ImportJob
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page

from .fields import json_object, structure, text
from .listing import in_order
from .operations import JSON_BODY, Endpoint

MOST_NAME = 50


def create(service: Service, call: Call) -> dict[str, Any]:
    """`POST /custom_models/import`: a new job each time; no name is said to be unique.

    :raises ApiProblemError: 400 `InvalidParameter` naming the first field that is missing or unusable; a model that is
        no base model (inferred: the field is called a base model).
    """
    body = json_object(call.body)
    base_model, display_name, source, weight_type = (
        text(body, field) for field in ("model_name", "display_name", "source", "weight_type")
    )
    if not base_model:
        raise invalid_parameter("model_name")
    if base_model not in (*BASE_MODELS, *call.settings.base_models):
        raise problem("no_such_model")
    if display_name and len(display_name) > MOST_NAME:
        raise invalid_parameter("display_name")
    if source is None or source.lower() != "oss":
        raise invalid_parameter("source")
    if weight_type not in WEIGHTS:
        raise invalid_parameter("weight_type")
    storage = structure(body, "storage_info") or {}
    bucket, key = (text(storage, field) for field in ("bucket_name", "object_key"))
    if not bucket or not key or not key.endswith("/"):
        raise invalid_parameter("storage_info")
    everything = service.imports.all()
    names = {job.model_name for job in (*everything.values(), *service.imports.gone().values())}
    job = ImportJob(
        job_id=service.ids.imported(),
        sequence=1 + max((job.sequence for job in everything.values()), default=0),
        model_name=service.ids.imported_model(base_model, call.now, names.__contains__),
        base_model=base_model,
        weight_type=str(weight_type),
        storage_info={"bucket_name": bucket, "object_key": key},
        workspace_id=call.caller.workspace_id,
        uid=call.caller.uid,
        display_name=display_name or None,
        overrides=service.imports.next_plan(),
    )
    call.workspace.imports.add(job, call.now)
    return {"output": job.to_payload(created=True)}


def get(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/{job_id}`: without `weight_type` (documented)."""
    return {"output": _found(call).to_payload()}


def list_jobs(service: Service, call: Call) -> dict[str, Any]:
    """`GET /custom_models/import`: newest first (inferred), 10 to a page, at most 100.

    Filters: `status`, and the exact `model_name` as answers show it (inferred: it could be the base model's).
    """
    page = Page.of(call.query, default=10, most=100)
    status, name = call.query.get("status"), call.query.get("model_name")
    if status and status not in STATUSES:
        raise invalid_parameter("status")
    jobs = [
        job
        for job in call.workspace.imports.jobs.values()
        if (not status or job.status == status)
        and name in (None, "", job.model_name)
        and call.now - job.created_at >= call.settings.list_lag_seconds
    ]
    jobs = in_order(jobs, call.settings, lambda job: (job.sequence, job.job_id))
    return {
        "output": {
            "total": len(jobs),
            "page_no": page.number,
            "page_size": page.size,
            "list": [job.to_payload() for job in page.cut(jobs)],
        }
    }


def delete(service: Service, call: Call) -> dict[str, Any]:
    """`DELETE …/{job_id}`: only imports that have ended, and the model goes with it (both documented).

    A deployed model has to go offline first: documented for deleting models in the console, inferred for this call.
    """
    job = _found(call)
    if job.status not in FINAL:
        raise problem("import_running")
    if any(deployment.model_name == job.model_name for deployment in call.workspace.fleet.deployments.values()):
        raise problem("import_deployed")
    call.workspace.imports.remove(job.job_id)
    return {"output": job.to_payload()}


def _found(call: Call) -> ImportJob:
    """Return the job in the path.

    :raises ApiProblemError: 404 `NotFound`.
    """
    job = call.workspace.imports.jobs.get(call.path["job_id"])
    if job is None:
        raise problem("not_found")
    return job


IMPORT_OPERATIONS = (
    Endpoint("create_import", "POST", "/custom_models/import", create, body=JSON_BODY, changes=True),
    Endpoint("list_imports", "GET", "/custom_models/import", list_jobs),
    Endpoint("get_import", "GET", "/custom_models/import/{job_id}", get),
    Endpoint("delete_import", "DELETE", "/custom_models/import/{job_id}", delete, changes=True),
)
