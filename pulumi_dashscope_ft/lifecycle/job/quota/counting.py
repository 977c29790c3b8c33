"""The quota of jobs that run or have succeeded (API page create-fine-tuning-job-api)."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_dashscope_ft.api import Job, JobStatus

LIMIT = 20
"""Jobs of one workspace that may be active or succeeded at once."""


def counts(*, status: str | None, active: bool) -> bool:
    """Whether a job counts toward the quota."""
    return active or status == JobStatus.SUCCEEDED


def used(jobs: Iterable[Job]) -> int:
    """How many of these jobs count toward the quota."""
    return sum(counts(status=job.status, active=job.is_active) for job in jobs)
