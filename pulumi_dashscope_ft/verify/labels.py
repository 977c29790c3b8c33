"""How the objects of a verification are recognised: by a stamp of their own, or by the object that they came from.

The stamp has an owner id that no stack can have. A file has it in its description, a job in its `job_name`, a
deployment in its name. Whether those two names are shown is one of the facts, so a job is also known by its training
files, and a deployment by the job that made its model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_dashscope_ft.api import Deployment, File, Job
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.file.description import stamp_in

from .plan import NO_SUCH_FILE

OWNER = "verifyrun0"
"""The owner id in each stamp. It has letters that the random owner ids of stacks never have."""
LASTS = 24 * 3600.0
"""Seconds after which a sweep may end what a killed run has left."""
FILE_NAME = "dashscope-ft-verify.jsonl"


@dataclass(frozen=True, slots=True)
class Maker:
    """The run that has made something.

    :param nonce: the nonce in its label; empty where nothing shows which run it was.
    :param began: seconds since 1970, UTC, to the minute.
    """

    nonce: str
    began: float


UNKNOWN = Maker("", 0.0)


def new_label(now: float) -> str:
    """Return the stamp of a run that starts now.

    :param now: seconds since 1970, UTC.
    """
    return str(stamp.make("verify", OWNER, stamp.new_nonce(), {}, expires=now + LASTS))


def maker_in(name: str | None) -> Maker | None:
    """Return the run whose label a name is; None for a name that is no verification's."""
    return _maker(stamp.parse(name))


def _maker(found: stamp.Stamp | None) -> Maker | None:
    if found is None or found.owner != OWNER:
        return None
    return Maker(found.nonce, (found.expires or LASTS) - LASTS)


def maker_of_file(file: File) -> Maker | None:
    """Return the verification that has uploaded the file; None if none has."""
    return _maker(stamp_in(file))


def maker_of_job(job: Job, files: Mapping[str, Maker]) -> Maker | None:
    """Return the verification that has made the job; None if none has.

    :param files: the files of verifications, by id.
    """
    named = maker_in(job.job_name)
    if named is not None:
        return named
    sets = [str(one.get("file_id") or "") for one in job.training_datasets]
    used = {*job.training_file_ids, *filter(None, sets)}
    if not used or not used <= {*files, NO_SUCH_FILE}:
        return None
    return next((files[file_id] for file_id in sorted(used) if file_id in files), UNKNOWN)


def maker_of_deployment(deployment: Deployment, jobs: Mapping[str, Maker]) -> Maker | None:
    """Return the verification that has made the deployment; None if none has.

    :param jobs: the jobs of verifications, by id.
    """
    model = deployment.model_name or ""
    return maker_in(deployment.name) or next((maker for job_id, maker in jobs.items() if job_id in model), None)
