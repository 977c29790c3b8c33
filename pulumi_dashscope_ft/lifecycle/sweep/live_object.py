"""Why this exists: jobs, files and deployments are judged alike: whose are they, since when, are they active, what
needs them. This is the one view of all three.
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus, File, Job, JobStatus
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.file import description as file_description
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import DEPLOYMENT, FILE, JOB, Key
from pulumi_dashscope_ft.lifecycle.training_data.sources import data_files


@dataclass(frozen=True, slots=True)
class LiveObject:
    """An object as the service shows it.

    :param kind: `job`, `file` or `deployment`.
    :param name: what it is called: the readable part of its stamp, else the service's name for it.
    :param status: the service's word; None for files, which have none.
    :param create_time: as the service writes it.
    :param touched: other times that the service shows of it.
    :param active: it runs, or serves, or may yet: it costs. Files cost nothing to keep.
    :param needs: ids of what it uses: a job its files and the model that it trains further, a deployment its model.
    :param model: the model that a job has produced, or will; checkpoints of it may be published before.
    """

    kind: str
    object_id: str
    name: str
    stamp: Stamp | None
    status: str | None = None
    create_time: str | None = None
    touched: tuple[str, ...] = ()
    active: bool = False
    needs: frozenset[str] = frozenset()
    model: str | None = None
    usage: int | None = None

    @property
    def key(self) -> Key:
        return self.kind, self.object_id

    @property
    def owner(self) -> str | None:
        return self.stamp.owner if self.stamp is not None else None

    @property
    def counts(self) -> bool:
        """Whether it counts toward the quota of jobs that run or have succeeded."""
        return self.kind == JOB and (self.active or self.status == JobStatus.SUCCEEDED)


def of_job(job: Job) -> LiveObject:
    """A job, whose stamp is its name."""
    found = stamp.parse(job.job_name)
    return LiveObject(
        JOB,
        job.job_id,
        _called(found, job.job_name),
        found,
        status=job.status,
        create_time=job.create_time,
        touched=_times(job.end_time),
        active=job.is_active,
        needs=data_files(job) | ({job.model} if job.model else set()),
        model=job.finetuned_output,
        usage=job.usage,
    )


def of_file(file: File) -> LiveObject:
    """A file, whose stamp is in its description."""
    found = file_description.stamp_in(file)
    return LiveObject(FILE, file.file_id, file.name or _called(found, None), found, create_time=file.create_time)


def of_deployment(live: Deployment) -> LiveObject:
    """A deployment, whose stamp is its display name."""
    found = stamp.parse(live.name)
    return LiveObject(
        DEPLOYMENT,
        live.deployed_model,
        _called(found, live.name),
        found,
        status=live.status,
        create_time=live.create_time,
        touched=_times(live.modify_time),
        active=live.status != DeploymentStatus.DELETING,
        needs=frozenset([live.model_name] if live.model_name else []),
    )


def _called(found: Stamp | None, name: str | None) -> str:
    return (found.readable if found is not None else name) or ""


def _times(*times: str | None) -> tuple[str, ...]:
    return tuple(time for time in times if time)
