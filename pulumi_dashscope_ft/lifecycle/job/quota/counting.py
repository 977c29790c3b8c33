"""The quota of jobs that run or have succeeded (API page create-fine-tuning-job-api)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pulumi_dashscope_ft.api import Job, JobStatus, QuotaExceededError

LIMIT = 20
"""Jobs of one workspace that may be active or succeeded at once."""

_CODE = "Throttling"
_LIMIT = re.compile(r"\b([0-9]{1,6}) fine-?\s?tun", re.IGNORECASE)


def counts(*, status: str | None, active: bool) -> bool:
    """Whether a job counts toward the quota."""
    return active or status == JobStatus.SUCCEEDED


def takes_place(job: Job) -> bool:
    """Whether this job counts toward the quota."""
    return counts(status=job.status, active=job.is_active)


def used(jobs: Iterable[Job]) -> int:
    """How many of these jobs count toward the quota."""
    return sum(map(takes_place, jobs))


def limit_in(refusal: QuotaExceededError) -> int | None:
    """Return the quota that a refused create has met; None when it was refused because of something else."""
    if refusal.code != _CODE:
        return None
    named = _LIMIT.search(refusal.message)
    return int(named[1]) if named else LIMIT
