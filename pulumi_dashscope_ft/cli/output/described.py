"""Jobs, deployments and files as the commands describe them.

Why it exists: the JSON of every command is a promise to scripts, and the same job must look the same in `jobs`, `show`
and `wait`. The keys are those of the Pulumi state where there is such a property; a key is always there, `null` where
there is no value, and further ones may come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ages import age

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_dashscope_ft.api import Deployment, File, Job
    from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp

__all__ = ["QUOTA", "deployment_facts", "file_facts", "job_facts", "name_of", "quota_used", "stamp_facts"]

QUOTA = 20
"""Jobs of one workspace that may be active or succeeded at once (create-fine-tuning-job-api)."""


def quota_used(jobs: Iterable[Job]) -> int:
    """How many of these jobs count toward the quota: those that are active, and those that have SUCCEEDED."""
    return sum(1 for job in jobs if job.is_active or job.status == "SUCCEEDED")


def name_of(written: str | None, object_id: str | None = None) -> str | None:
    """The part of a display name that is for people; None where the service shows the id in its place."""
    from pulumi_dashscope_ft.lifecycle.base.owner import stamp

    found = stamp.parse(written)
    if found is not None:
        return found.readable or None
    return written if written and written != object_id else None


def stamp_facts(found: Stamp | None) -> dict[str, Any]:
    """Whose something is, by its stamp."""
    from pulumi_dashscope_ft.lifecycle.base.expiry import text

    return {
        "owner": found.owner if found else None,
        "retained": found.retained if found else False,
        "expires": text(found.expires) if found else None,
    }


def job_facts(job: Job, now: float) -> dict[str, Any]:
    """A job; `now` is in seconds since 1970."""
    from pulumi_dashscope_ft.lifecycle.base.owner import stamp

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
        "ageSeconds": _whole(age(job.create_time, now)),
        "usage": job.usage,
        "workspaceId": job.workspace_id,
    }


def deployment_facts(live: Deployment, now: float) -> dict[str, Any]:
    """A deployment; `now` is in seconds since 1970."""
    from pulumi_dashscope_ft.lifecycle.base.owner import stamp
    from pulumi_dashscope_ft.lifecycle.deployment.status import billing

    return {
        "deployedModel": live.deployed_model,
        "name": name_of(live.name, live.deployed_model),
        "displayName": live.name,
        "status": live.status,
        "modelName": live.model_name,
        "plan": live.plan,
        "capacity": live.capacity,
        "billing": billing(live.status, live.plan, live.capacity),
        **stamp_facts(stamp.parse(live.name)),
        "createTime": live.create_time,
        "ageSeconds": _whole(age(live.create_time, now)),
        "workspaceId": live.workspace_id,
    }


def file_facts(file: File, now: float) -> dict[str, Any]:
    """A file; `now` is in seconds since 1970."""
    from pulumi_dashscope_ft.lifecycle.file.description import stamp_in

    return {
        "fileId": file.file_id,
        "name": file.name,
        "description": file.description,
        "size": file.size,
        "md5": file.md5,
        "purpose": file.purpose,
        **stamp_facts(stamp_in(file)),
        "createTime": file.create_time,
        "ageSeconds": _whole(age(file.create_time, now)),
    }


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)
