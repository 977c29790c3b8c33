"""The `/fine-tunes` endpoints: checks, effects and answers.

This is the emulator's reading of the API reference, section 3 and 7.3. Where the documentation is silent the docstring
says "inferred", and where two readings are plausible a setting chooses.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid_parameter, problem_called, quota_exceeded
from pulumi_dashscope_ft.emulator.model.facts.answers import CLAMPED, REFUSED
from pulumi_dashscope_ft.emulator.model.facts.support import METERED
from pulumi_dashscope_ft.emulator.model.facts.usage import whole_usage
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob
from pulumi_dashscope_ft.emulator.model.machine import (
    CANCELED,
    CANCELING,
    FAILED,
    FINAL,
    PENDING,
    QUEUING,
    RUNNING,
    STATUSES,
    SUCCEEDED,
)
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.model.settings import Settings
from pulumi_dashscope_ft.emulator.wire import Page

from .job_request import read_request
from .listing import in_order
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
    job_id = service.ids.job(
        call.now, lambda candidate: candidate in everything or candidate in service.gone, call.settings.zone
    )
    overrides = service.planned.popleft() if service.planned else {}
    if asked.training_type in METERED:
        overrides = {"running_seconds": call.settings.metered_seconds, **overrides}
    if asked.trouble:
        overrides |= {"outcome": FAILED, "fails_in": PENDING, "failure_reason": asked.trouble}
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
        unknown=asked.unknown,
    )
    call.workspace.jobs[job_id] = job
    return {"output": job.to_payload(call.settings)}


def get(service: Service, call: Call) -> dict[str, Any]:
    """`GET /fine-tunes/{job_id}`."""
    return {"output": call.job.to_payload(call.settings)}


def list_jobs(service: Service, call: Call) -> dict[str, Any]:
    """`GET /fine-tunes`: newest first (inferred), 10 to a page, at most `list_page_limit`.

    `model` filters by the submitted or the base model. The vendor's own tool sends `status`, although it is
    undocumented.
    """
    limit = call.settings.list_page_limit
    clamped = call.settings.list_page_beyond == CLAMPED
    page = Page.of(call.query, default=min(10, limit), most=None if clamped else limit).within(limit)
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
    jobs = in_order(jobs, call.settings, lambda job: (job.run.sequence, job.job_id))
    return {
        "output": {
            "page_no": page.number,
            "page_size": page.size,
            "total": len(jobs),
            "jobs": [job.to_payload(call.settings, listed=True) for job in page.cut(jobs)],
        }
    }


def cancel(service: Service, call: Call) -> dict[str, Any]:
    """`POST /fine-tunes/{job_id}/cancel`: asynchronous; 400 `UnsupportedOperation` once the job has ended.

    A second cancel during `CANCELING` is accepted, or refused by `refuse_cancel_while_canceling` (inferred, both ways).
    """
    job, settings = call.job, call.settings
    refused = {
        PENDING: settings.cancel_pending == REFUSED,
        QUEUING: settings.cancel_queuing == REFUSED,
        RUNNING: settings.cancel_running == REFUSED,
        CANCELING: settings.refuse_cancel_while_canceling,
    }
    if refused.get(job.run.status, False):
        raise problem_called("not_cancellable", settings.cancel_refusal)
    under_way = job.run.status == CANCELING or call.workspace.board.cancel(job.job_id, call.now)
    if not under_way and settings.cancel_ended == REFUSED:
        raise problem_called("not_cancellable", settings.cancel_refusal)
    return {"output": {"status": "success"}}


def delete(service: Service, call: Call) -> dict[str, Any]:
    """`DELETE /fine-tunes/{job_id}`: only jobs that have ended; none at all under `literal_reading`.

    A setting for each way to end says whether such jobs can be deleted, and one whether those that have not ended can.
    """
    job, settings = call.job, call.settings
    if job.run.status not in FINAL:
        if settings.delete_active == REFUSED:
            raise problem_called("not_deletable_active", settings.delete_refusal)
    elif settings.literal_reading or _of_ending(settings)[job.run.status] == REFUSED:
        raise problem_called("not_deletable_final", settings.delete_refusal)
    service.forget(call.workspace, job.job_id)
    return {"output": {"status": "success"}}


def _of_ending(settings: Settings) -> dict[str, str]:
    """Return final status → whether such a job can be deleted."""
    return {
        SUCCEEDED: settings.delete_succeeded,
        FAILED: settings.delete_failed,
        CANCELED: settings.delete_cancelled,
    }


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
