"""The `/fine-tunes` endpoints: checks, effects and answers.

This is the emulator's reading of the API reference, section 3 and 7.3. Where the documentation is silent the docstring
says "inferred", and where two readings are plausible a setting chooses.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid_parameter, problem, quota_exceeded
from pulumi_dashscope_ft.emulator.model.facts.support import METERED
from pulumi_dashscope_ft.emulator.model.facts.usage import whole_usage
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob
from pulumi_dashscope_ft.emulator.model.machine import CANCELING, FAILED, FINAL, PENDING, STATUSES, SUCCEEDED
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page

from .job_request import read_request
from .operations import JSON_BODY, Endpoint


def create(service: Service, call: Call) -> dict[str, Any]:
    """`POST /fine-tunes`. Creates a new job each time: there is no idempotency key, and names need not be unique.

    A job of reinforcement learning or distillation runs until somebody cancels it, or `metered_seconds` are over.

    :raises ApiProblemError: 400 for an unusable body (:mod:`.job_request`), 429 `Throttling` beyond the job quota.
    """
    asked = read_request(call)
    if _counted(call.workspace.jobs.values()) >= call.settings.quota:
        raise quota_exceeded(call.settings.quota)
    everything = service.jobs()
    job_id = service.ids.job(call.now, lambda candidate: candidate in everything or candidate in service.gone)
    overrides = service.planned.popleft() if service.planned else {}
    if asked.training_type in METERED:
        overrides = {"running_seconds": call.settings.metered_seconds, **overrides}
    if not asked.supported:
        reason = f"the model {asked.base_model} does not support training_type {asked.training_type}"
        overrides |= {"outcome": FAILED, "fails_in": PENDING, "failure_reason": reason}
    job = EmulatedJob(
        job_id=job_id,
        run=call.workspace.board.add(job_id, call.now, overrides),
        workspace_id=call.caller.workspace_id,
        uid=call.caller.uid,
        model=asked.model,
        base_model=asked.base_model,
        training_type=asked.training_type,
        hyper_parameters=asked.hyper_parameters,
        training_file_ids=asked.training_file_ids,
        validation_file_ids=asked.validation_file_ids,
        training_datasets=asked.training_datasets,
        validation_datasets=asked.validation_datasets,
        job_name=asked.job_name,
        model_name=asked.model_name,
        suffix=asked.suffix,
        tokens=whole_usage(asked.base_model, asked.hyper_parameters, asked.size),
        training_type_sent=asked.training_type_sent,
        teacher_model=asked.teacher_model,
        rollout=asked.rollout,
        rewards=asked.rewards,
        resource_config=asked.resource_config,
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


def _counted(jobs: Any) -> int:
    """Return the number of jobs that count toward the quota.

    These are succeeded or active jobs (inferred: "running" means any active status).
    """
    return sum(1 for job in jobs if job.run.status == SUCCEEDED or job.run.status not in FINAL)


JOB_OPERATIONS = (
    Endpoint("create", "POST", "/fine-tunes", create, body=JSON_BODY, changes=True),
    Endpoint("list", "GET", "/fine-tunes", list_jobs),
    Endpoint("get", "GET", "/fine-tunes/{job_id}", get),
    Endpoint("delete", "DELETE", "/fine-tunes/{job_id}", delete, changes=True),
    Endpoint("cancel", "POST", "/fine-tunes/{job_id}/cancel", cancel, changes=True),
)
