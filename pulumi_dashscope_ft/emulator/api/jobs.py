"""The `/fine-tunes` endpoints: checks, effects and answers.

This is the emulator's reading of the API reference, section 3 and 7.3. Where the documentation is silent the docstring
says "inferred", and where two readings are plausible a setting chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid, invalid_parameter, problem, quota_exceeded
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob, estimate_tokens
from pulumi_dashscope_ft.emulator.model.machine import CANCELING, FINAL, STATUSES, SUCCEEDED
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page

from .fields import json_object, structure, text
from .operations import JSON_BODY, Endpoint

DEFAULT_TRAINING_TYPE = "sft"
_SOURCES = ("file_id", "oss_mount", "download_url")


def create(service: Service, call: Call) -> dict[str, Any]:
    """`POST /fine-tunes`. Creates a new job each time: there is no idempotency key, and names need not be unique.

    :raises ApiProblemError: 400 `BadRequest.EmptyModel`, `InvalidParameter` (missing or unknown files, wrong types;
        wording partly inferred), 429 `Throttling` beyond the job quota.
    """
    body = json_object(call.body)
    model = body.get("model")
    if not model:
        raise problem("empty_model")
    texts = {
        name: text(body, name)
        for name in ("model", "training_type", "job_name", "model_name", "finetuned_output_suffix")
    }
    hyper_parameters = structure(body, "hyper_parameters") or {}
    training_files, training_sets = _data(body, "training")
    validation_files, validation_sets = _data(body, "validation")
    if not training_files and not training_sets:
        raise problem("missing_files")
    if str(model).startswith("cosyvoice") and len(training_files) + len(training_sets or ()) != 1:
        raise invalid(
            "CosyVoice models take exactly one training file."
        )  # the rule is documented, the wording inferred
    size = sum(
        _size(call, field, file_id)
        for field, ids in (
            ("training_file_ids", [*training_files, *_file_ids(training_sets)]),
            ("validation_file_ids", [*validation_files, *_file_ids(validation_sets)]),
        )
        for file_id in ids
    )
    if _counted(call.workspace.jobs.values()) >= call.settings.quota:
        raise quota_exceeded(call.settings.quota)

    everything = service.jobs()
    job_id = service.ids.job(call.now, lambda candidate: candidate in everything or candidate in service.gone)
    overrides = service.planned.popleft() if service.planned else {}
    job = EmulatedJob(
        job_id=job_id,
        run=call.workspace.board.add(job_id, call.now, overrides),
        workspace_id=call.caller.workspace_id,
        uid=call.caller.uid,
        model=str(model),
        base_model=_base_model(call, str(model)),
        training_type=texts["training_type"] or DEFAULT_TRAINING_TYPE,
        hyper_parameters=hyper_parameters,
        training_file_ids=training_files,
        validation_file_ids=validation_files,
        training_datasets=training_sets,
        validation_datasets=validation_sets,
        job_name=texts["job_name"],
        model_name=texts["model_name"],
        suffix=texts["finetuned_output_suffix"],
        tokens=estimate_tokens(size, hyper_parameters),
    )
    call.workspace.jobs[job_id] = job
    return {"output": job.to_payload(call.settings)}


def get(service: Service, call: Call) -> dict[str, Any]:
    """`GET /fine-tunes/{job_id}`."""
    return {"output": call.workspace.job(call.path["job_id"]).to_payload(call.settings)}


def list_jobs(service: Service, call: Call) -> dict[str, Any]:
    """`GET /fine-tunes`: newest first (inferred), 10 to a page, at most 100.

    `model` filters by the submitted or the base model. The vendor's own tool sends `status`, although it is
    undocumented.
    """
    page = Page.of(call.query, default=10, most=100)
    model, status = call.query.get("model"), call.query.get("status")
    if status and status not in STATUSES:
        raise invalid_parameter("status")
    jobs = [
        job
        for job in call.workspace.jobs.values()
        if (not model or model in (job.model, job.base_model))
        and (not status or job.run.status == status)
        and call.now - job.run.created_at >= call.settings.list_lag_seconds
    ]
    jobs.sort(key=lambda job: job.run.sequence, reverse=True)
    return {
        "output": {
            "page_no": page.number,
            "page_size": page.size,
            "total": len(jobs),
            "jobs": [job.to_payload(call.settings) for job in page.cut(jobs)],
        }
    }


def cancel(service: Service, call: Call) -> dict[str, Any]:
    """`POST /fine-tunes/{job_id}/cancel`: asynchronous; 400 `UnsupportedOperation` once the job has ended.

    A second cancel during `CANCELING` is accepted, or refused by `refuse_cancel_while_canceling` (inferred, both ways).
    """
    job = call.workspace.job(call.path["job_id"])
    if job.run.status == CANCELING and not call.settings.refuse_cancel_while_canceling:
        return {"output": {"status": "success"}}
    if not call.workspace.board.cancel(job.job_id, call.now):
        raise problem("not_cancellable")
    return {"output": {"status": "success"}}


def delete(service: Service, call: Call) -> dict[str, Any]:
    """`DELETE /fine-tunes/{job_id}`: only jobs that have ended; none at all under `literal_reading`."""
    job = call.workspace.job(call.path["job_id"])
    if job.run.status not in FINAL:
        raise problem("not_deletable_active")
    if call.settings.literal_reading:
        raise problem("not_deletable_final")
    service.forget(call.workspace, job.job_id)
    return {"output": {"status": "success"}}


def _data(body: dict[str, Any], kind: str) -> tuple[list[str], list[dict[str, Any]] | None]:
    """Return file ids and data-set objects of one kind; both forms at once are refused (inferred)."""
    files = body.get(f"{kind}_file_ids") or []
    if not isinstance(files, list) or not all(isinstance(item, str) and item for item in files):
        raise invalid_parameter(f"{kind}_file_ids")
    name = f"{kind}_datasets"
    sets = body.get(name) or None
    if sets is None:
        return files, None
    if not isinstance(sets, list) or not all(
        isinstance(dataset, dict) and dataset.get("data_source_type") in _SOURCES for dataset in sets
    ):
        raise invalid_parameter(name)
    if files:
        raise invalid(f"{kind}_file_ids and {name} can not be given together.")
    return files, sets


def _file_ids(sets: Sequence[dict[str, Any]] | None) -> list[str]:
    return [str(item.get("file_id")) for item in sets or () if item["data_source_type"] == "file_id"]


def _size(call: Call, field: str, file_id: str) -> int:
    """Return the size of a file in bytes.

    :raises ApiProblemError: 400 naming the file if it is unknown (inferred: no page says what happens).
    """
    file = call.workspace.files.get(file_id)
    if file is None and call.settings.check_file_ids:
        raise invalid(f"Required parameter({field}) invalid: file {file_id} not found.")
    return 0 if file is None else file.size


def _counted(jobs: Any) -> int:
    """Return the number of jobs that count toward the quota.

    These are succeeded or active jobs (inferred: "running" means any active status).
    """
    return sum(1 for job in jobs if job.run.status == SUCCEEDED or job.run.status not in FINAL)


def _base_model(call: Call, model: str) -> str:
    """Return the root of a model that an earlier job of the workspace produced; any other model is its own root."""
    for job in call.workspace.jobs.values():
        output = job.finetuned_output
        if model == output or model.startswith(f"{output}-c"):  # the latter are exported checkpoints
            return job.base_model
    return call.workspace.orphans.get(model, model)


JOB_OPERATIONS = (
    Endpoint("create", "POST", "/fine-tunes", create, body=JSON_BODY, changes=True),
    Endpoint("list", "GET", "/fine-tunes", list_jobs),
    Endpoint("get", "GET", "/fine-tunes/{job_id}", get),
    Endpoint("delete", "DELETE", "/fine-tunes/{job_id}", delete, changes=True),
    Endpoint("cancel", "POST", "/fine-tunes/{job_id}/cancel", cancel, changes=True),
)
