"""What occupies the quota of jobs, for messages: whose the jobs are, since when, and what a sweep would free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pulumi_dashscope_ft.api import Job, JobStatus
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.job.quota.counting import takes_place

_NAMED = 3
_OURS = "of this stack"
_SWEEP = "`dashscope-ft sweep --state-dir …"


def described(jobs: Iterable[Job], owner: str) -> str:
    """Say whose jobs occupy the quota, and since when.

    :param owner: the owner id of the stack that wants to know.
    """
    counted = sorted((job for job in jobs if takes_place(job)), key=lambda job: job.create_time or "")
    if not counted:
        return "the list shows none; jobs of other workspaces, which this key does not show, may count, too."
    whose = Counter(_whose(job, owner) for job in counted)
    largest = sorted(whose.items(), key=lambda share: (share[0] != _OURS, -share[1], share[0]))
    shares = [f"{number} {of}" for of, number in largest[:_NAMED]]
    if len(largest) > _NAMED:
        shares.append(f"{sum(number for _, number in largest[_NAMED:])} others")
    oldest = "; ".join(
        f"{job.job_id} ({job.status}, {_whose(job, owner)}, since {job.create_time or 'an unknown time'})"
        for job in counted[:_NAMED]
    )
    jobs_count = "1 job counts" if len(counted) == 1 else f"{len(counted)} jobs count"
    return f"{jobs_count}: {', '.join(shares)}. The oldest: {oldest}."


def way_out(jobs: Iterable[Job], now: float) -> str:
    """Say what frees a place.

    :param now: seconds since 1970, UTC.
    """
    counted = [job for job in jobs if takes_place(job)]
    succeeded = sum(job.status == JobStatus.SUCCEEDED for job in counted)
    expired = sum(_has_expired(job, now) for job in counted)
    ways = []
    if expired:
        ways.append(f"{_SWEEP}` ends {expired} that {'has' if expired == 1 else 'have'} expired")
    if succeeded:
        those = f"each SUCCEEDED job ({succeeded} here) that no state holds"
        ways.append(f"with --finished it deletes {those}" if expired else f"{_SWEEP} --finished` deletes {those}")
    ways.append("`pulumi destroy` of a stack ends its jobs, and `dashscope-ft delete <id>` a single one")
    sweeps = " (a sweep only reports until --execute is added)" if expired or succeeded else ""
    return f"{'; '.join(ways)}{sweeps}. A job that succeeds keeps its place"


def _whose(job: Job, owner: str) -> str:
    found = stamp.parse(job.job_name)
    if found is None:
        return "without a stamp"
    return _OURS if found.owner == owner else f"of the stack {found.owner}"


def _has_expired(job: Job, now: float) -> bool:
    found = stamp.parse(job.job_name)
    return found is not None and found.expires is not None and found.expires <= now
