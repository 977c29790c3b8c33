"""Looks at an account: what is active, how much of the quota is used, and what an earlier verification has left.

Three lists are read, each up to a stated number of pages. Nothing of the account's own objects is kept but their ids.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pulumi_dashscope_ft.api import Deployment, File, Job, PermissionDeniedError
from pulumi_dashscope_ft.lifecycle.job.quota.counting import LIMIT, used

from .calls import Reply, why
from .labels import is_our_deployment, is_our_file, is_our_job
from .plan import JOBS_AT_ONCE, MOST_PAGES
from .workbench import TroubleError, Workbench, said_no

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """What there is. Ids are those of the service.

    :param jobs: our jobs by id, with their status.
    :param active: how many jobs of others have not ended.
    :param used: how many jobs of others count toward the quota.
    :param others: ids of everything that is not ours.
    """

    jobs: dict[str, str]
    files: list[str]
    deployments: list[str]
    active: int
    used: int
    others: frozenset[str]

    @property
    def leftovers(self) -> str:
        """What an earlier verification has left, for a message; empty if nothing."""
        counts = ((len(self.jobs), "job"), (len(self.deployments), "deployment"), (len(self.files), "file"))
        return ", ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count)


def look(bench: Workbench) -> Account:
    """Read what there is.

    :raises TroubleError: the jobs or files can't be listed.
    """
    files = _all(bench, "list_files", "files", File.from_json)
    ours = [file.file_id for file in files if is_our_file(file)]
    jobs = _all(bench, "list", "jobs", Job.from_json)
    our_jobs = {job.job_id: job.status for job in jobs if is_our_job(job, ours)}
    deployments = _all(bench, "list_deployments", "deployments", Deployment.from_json, optional=True)
    our_deployments = [one.deployed_model for one in deployments if is_our_deployment(one, our_jobs)]
    others = [job for job in jobs if job.job_id not in our_jobs]
    return Account(
        our_jobs,
        ours,
        our_deployments,
        sum(job.is_active for job in others),
        used(others),
        frozenset(
            {job.job_id for job in others}
            | {file.file_id for file in files if file.file_id not in ours}
            | {one.deployed_model for one in deployments if one.deployed_model not in our_deployments}
        ),
    )


def require_room(account: Account, *, beside_others: bool) -> None:
    """Refuse to start where it would be in the way of others.

    :raises TroubleError: says why, and what to do.
    """
    if account.used + JOBS_AT_ONCE > LIMIT:
        raise TroubleError(
            f"the quota is full: {account.used} of {LIMIT} jobs count, and the experiments need {JOBS_AT_ONCE} places. "
            "Delete jobs that are no longer needed: dashscope-ft jobs, dashscope-ft delete",
            refused=True,
        )
    if account.active and not beside_others:
        raise TroubleError(
            f"{account.active} other training job{'s are' if account.active > 1 else ' is'} active, and one runs at a "
            "time: the experiments would wait for it, or delay it. Wait until it has ended, or add --beside-others",
            refused=True,
        )


def _all(bench: Workbench, operation: str, name: str, read: Callable[[Any], T], *, optional: bool = False) -> list[T]:
    """Return the items of all pages of a list, and those that can't be read left out.

    :param optional: whether an account without the right to list them has none.
    :raises TroubleError: it can't be listed, or has too many pages.
    """
    items: list[T] = []
    for number in range(1, MOST_PAGES + 1):
        reply, size = bench.page(operation, number)
        if optional and isinstance(reply.error, PermissionDeniedError):
            return []
        rows = _rows(reply, name)
        items += [item for row in rows if (item := _read(read, row)) is not None]
        total = reply.fields.get("total")
        if not rows or (number * size >= total if isinstance(total, int) else len(rows) < size):
            return items
    raise TroubleError(
        f"the account has more than {MOST_PAGES * size} {name}, more than are looked through", refused=True
    )


def _rows(reply: Reply, name: str) -> list[Any]:
    rows = reply.fields.get(name)
    if reply.error is None and isinstance(rows, list):
        return rows
    told = why(reply.error) if reply.error is not None else f"the answer has no list of {name}"
    raise TroubleError(f"the {name} could not be listed: {told}", refused=said_no(reply))


def _read(read: Callable[[Any], T], row: Any) -> T | None:
    try:
        return read(row)
    except ValueError:
        return None
