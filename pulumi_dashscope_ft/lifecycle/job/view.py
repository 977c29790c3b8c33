"""A job for others: for a sweep, for the command, and as inputs that a user would have written."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import ApiError, Checkpoint, Job
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.kind.consumption import of_job
from pulumi_dashscope_ft.lifecycle.base.kind.facts import age_seconds, name_of, stamp_facts
from pulumi_dashscope_ft.lifecycle.base.kind.imported import named
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject, called, times
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.job.failure import failure_of
from pulumi_dashscope_ft.lifecycle.job.properties import JobRequest
from pulumi_dashscope_ft.lifecycle.job.request import inputs_shown
from pulumi_dashscope_ft.lifecycle.spend import actual
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.lifecycle.training_data.sources import data_files


def live_object(job: Job) -> LiveObject:
    """Describe a job, whose stamp is its name, for a sweep."""
    found = stamp.parse(job.job_name)
    return LiveObject(
        "job",
        job.job_id,
        called(found, job.job_name),
        found,
        status=job.status,
        create_time=job.create_time,
        touched=times(job.end_time),
        active=job.is_active,
        needs=data_files(job) | ({job.model} if job.model else set()),
        model=job.finetuned_output,
        usage=job.usage,
        consumption=of_job(job),
    )


def facts(job: Job, now: float) -> dict[str, Any]:
    """Describe a job for the command; `now` is in seconds since 1970."""
    return {
        "jobId": job.job_id,
        "name": name_of(job.job_name, job.job_id),
        "jobName": job.job_name,
        "status": job.status,
        "active": job.is_active,
        "model": job.model,
        "finetunedOutput": job.model_id,
        **stamp_facts(stamp.parse(job.job_name)),
        "createTime": job.create_time,
        "endTime": job.end_time,
        "ageSeconds": age_seconds(job.create_time, now),
        "usage": job.usage,
        "workspaceId": job.workspace_id,
    }


def cost_facts(job: Job, connection: Connection) -> dict[str, Any]:
    """Say what a job has cost, for the command; None while it has not ended."""
    cost = actual.cost(of_job(job), *actual.where(connection))
    return {"actualCost": None if cost is None else cost.facts()}


def all_facts(connection: Connection, job: Job, now: float) -> dict[str, Any]:
    """Describe a job in full: also its inputs, its checkpoints, why it failed, and how it would be torn down."""
    planned = plan(job.status, TeardownPolicy(DELETE, "warn", 600.0))
    return {
        **facts(job, now),
        **cost_facts(job, connection),
        "baseModel": job.base_model,
        "trainingType": job.training_type,
        **_data(job),
        "hyperParameters": dict(job.hyper_parameters),
        "modelName": job.model_name,
        "creator": job.creator,
        "failure": failure_of(connection, job) if job.status == "FAILED" else None,
        "checkpoints": _checkpoints(connection, job.job_id),
        "teardown": timed.bill(planned, job.training_type, active=job.is_active),
    }


def _data(job: Job) -> dict[str, list[Any]]:
    data: dict[str, list[Any]] = {}
    for purpose in data_sources.PURPOSES:
        ids_name, datasets_name = data_sources.property_names(purpose)
        data |= {ids_name: [], datasets_name: []}
        data |= data_sources.as_properties(data_sources.of_job(job, purpose), purpose)
    return data


def _checkpoints(connection: Connection, job_id: str) -> list[dict[str, Any]] | None:
    """Return the checkpoints, newest first; None when they can't be read: not every kind of job allows it."""
    try:
        checkpoints = connection.client.fine_tunes.checkpoints(job_id)
    except ApiError:
        return None
    return [_checkpoint(checkpoint) for checkpoint in checkpoints]


def _checkpoint(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "checkpoint": checkpoint.checkpoint,
        "status": checkpoint.status,
        "modelName": checkpoint.model_name,
        "createTime": checkpoint.create_time,
        "expireTime": checkpoint.expire_time,
        "step": checkpoint.step,
    }


def import_request(connection: Connection, job_id: str) -> JobRequest:
    """Return the request for the live job.

    The service does not show its `modelName`, `finetunedOutputSuffix` and `triggers`.
    """
    job: Job = connection.jobs.read(job_id)
    return named(inputs_shown(job), "jobName", job.job_name, job_id)
