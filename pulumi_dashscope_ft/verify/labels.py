"""How the objects of a verification are recognised: by a stamp of their own, or by the object that they came from.

The stamp has an owner id that no stack can have. A file has it in its description, a job in its `job_name`, a
deployment in its name. Whether those two names are shown is one of the facts, so a job is also known by its training
files, and a deployment by the job that made its model.
"""

from __future__ import annotations

from collections.abc import Collection

from pulumi_dashscope_ft.api import Deployment, File, Job
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.file.description import stamp_in

from .plan import NO_SUCH_FILE

OWNER = "verifyrun0"
"""The owner id in each stamp. It has letters that the random owner ids of stacks never have."""
LASTS = 24 * 3600.0
"""Seconds after which a sweep may end what a killed run has left."""
FILE_NAME = "dashscope-ft-verify.jsonl"


def new_label(now: float) -> str:
    """Return the stamp of a run that starts now.

    :param now: seconds since 1970, UTC.
    """
    return str(stamp.make("verify", OWNER, stamp.new_nonce(), {}, expires=now + LASTS))


def is_label(name: str | None) -> bool:
    """Whether a name is the stamp of a verification."""
    found = stamp.parse(name)
    return found is not None and found.owner == OWNER


def is_our_file(file: File) -> bool:
    """Whether a verification has uploaded the file."""
    found = stamp_in(file)
    return found is not None and found.owner == OWNER


def is_our_job(job: Job, files: Collection[str]) -> bool:
    """Whether a verification has made the job.

    :param files: the ids of our files.
    """
    sets = [str(one.get("file_id") or "") for one in job.training_datasets]
    used = {*job.training_file_ids, *filter(None, sets)}
    return is_label(job.job_name) or (bool(used) and used <= {*files, NO_SUCH_FILE})


def is_our_deployment(deployment: Deployment, jobs: Collection[str]) -> bool:
    """Whether a verification has made the deployment.

    :param jobs: the ids of our jobs.
    """
    model = deployment.model_name or ""
    return is_label(deployment.name) or any(job_id in model for job_id in jobs)
