"""What a job gets that can't be right: a training type, a model, a file or a suffix that is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.verify.ending import cancel, end_jobs, remove_job
from pulumi_dashscope_ft.verify.plan import BAD_SUFFIX, NO_SUCH_FILE, NO_SUCH_MODEL, NO_SUCH_TYPE, job_body
from pulumi_dashscope_ft.verify.workbench import Workbench, has_ended

from .queue import START_SECONDS

WRONG: Mapping[str, Mapping[str, Any]] = {
    "wrong_training_type": {"training_type": NO_SUCH_TYPE},
    "wrong_model": {"model": NO_SUCH_MODEL},
    "wrong_file": {"training_file_ids": [NO_SUCH_FILE]},
    "wrong_suffix": {"finetuned_output_suffix": BAD_SUFFIX},
}
"""Fact → the fields of the body that are wrong."""


def mistakes(bench: Workbench, file_id: str) -> None:
    """Try each of them, one after the other. A job that is made all the same is ended once it is known what it does."""
    for fact_id, wrong in WRONG.items():
        _try(bench, fact_id, {**job_body(file_id), **wrong})


def _try(bench: Workbench, fact_id: str, body: Mapping[str, Any]) -> None:
    reply = bench.create_job(body)
    if reply.refused:
        bench.findings.note(fact_id, "refused", f"create: {reply.told()}")
        return
    job_id = reply.fields.get("job_id")
    if not isinstance(job_id, str) or job_id not in bench.jobs:
        bench.findings.unseen(fact_id, f"the create failed: {reply.problem()}")
        return
    status = bench.follow(job_id, (JobStatus.RUNNING,), START_SECONDS)
    if status == JobStatus.FAILED:
        bench.findings.note(fact_id, "fails", "create: taken; the job was FAILED")
    elif status in (JobStatus.RUNNING, JobStatus.SUCCEEDED):
        bench.findings.note(fact_id, "taken", f"create: taken; the job was {status}")
    else:
        bench.findings.unseen(fact_id, f"create: taken; the job was {status} when it was given up")
    failed_job(bench, job_id)
    if not has_ended(bench.jobs.get(job_id, "")):
        cancel(bench, job_id, None, status)
        end_jobs(bench, [job_id])
    if bench.jobs.get(job_id) in JobStatus.FINAL:
        remove_job(bench, job_id, bench.jobs[job_id])


def failed_job(bench: Workbench, job_id: str) -> None:
    """Note whether a job that has failed shows why."""
    job = bench.job(job_id)
    if job.get("status") == JobStatus.FAILED:
        names = [name for name in ("code", "message", "error") if job.get(name)]
        shown = "shown" if names else "absent"
        bench.findings.note(
            "failure_reason", shown, f"a FAILED job shows {' and '.join(names) or 'neither code nor message'}"
        )
