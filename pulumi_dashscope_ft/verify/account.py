"""Looks at an account: what is active, how much of the quota is used, and what an earlier verification has left.

Three lists are read, each up to a stated number of pages. Nothing of the account's own objects is kept but their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pulumi_dashscope_ft.api import Deployment, File, Job, PermissionDeniedError
from pulumi_dashscope_ft.lifecycle.base.expiry import text as written
from pulumi_dashscope_ft.lifecycle.job.quota.counting import LIMIT, used

from .calls import Reply, why
from .labels import UNKNOWN, Maker, maker_of_deployment, maker_of_file, maker_of_job
from .plan import JOBS_AT_ONCE, MOST_PAGES
from .presence import Run
from .workbench import TroubleError, Workbench, said_no

T = TypeVar("T")


MAY_RUN = 12 * 3600.0
"""Seconds after its start in which a verification on another machine may still run: the longest waits are three hours
each.
"""


@dataclass(frozen=True, slots=True)
class Account:
    """What there is. Ids are those of the service.

    :param jobs: the jobs of this run, and those that an earlier one has left, by id, with their status.
    :param elsewhere: the runs that may still go on, and have made something.
    :param active: how many jobs of others have not ended.
    :param used: how many jobs of others count toward the quota.
    :param others: ids of everything that must not be ended.
    """

    jobs: dict[str, str]
    files: list[str]
    deployments: list[str]
    elsewhere: frozenset[Maker]
    active: int
    used: int
    others: frozenset[str]

    @property
    def leftovers(self) -> str:
        """What an earlier verification has left, for a message; empty if nothing."""
        counts = ((len(self.jobs), "job"), (len(self.deployments), "deployment"), (len(self.files), "file"))
        return ", ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count)


def look(bench: Workbench, *, after_kill: bool = False) -> Account:
    """Read what there is.

    :param after_kill: whether the user has said that no other verification runs.
    :raises TroubleError: the jobs or files can't be listed.
    """
    files = _all(bench, "list_files", "files", File.from_json)
    file_makers = _known({file.file_id: maker_of_file(file) for file in files})
    jobs = _all(bench, "list", "jobs", Job.from_json)
    job_makers = _known({job.job_id: maker_of_job(job, file_makers) for job in jobs})
    deployments = _all(bench, "list_deployments", "deployments", Deployment.from_json, optional=True)
    deployment_makers = _known({one.deployed_model: maker_of_deployment(one, job_makers) for one in deployments})
    makers = {*file_makers.values(), *job_makers.values(), *deployment_makers.values()}
    elsewhere = frozenset(maker for maker in makers - {UNKNOWN} if _may_run(bench, maker, after_kill=after_kill))
    # What shows no maker may be of a run that goes on.
    spared = elsewhere | {UNKNOWN} if elsewhere else elsewhere
    ours = {
        object_id
        for object_id, maker in {**file_makers, **job_makers, **deployment_makers}.items()
        if maker not in spared
    }
    others = [job for job in jobs if job.job_id not in ours]
    ids = {file.file_id for file in files} | {job.job_id for job in jobs} | {one.deployed_model for one in deployments}
    return Account(
        {job.job_id: job.status for job in jobs if job.job_id in ours},
        [file.file_id for file in files if file.file_id in ours],
        [one.deployed_model for one in deployments if one.deployed_model in ours],
        elsewhere,
        sum(job.is_active for job in others),
        used(others),
        frozenset(ids - ours),
    )


def _known(makers: Mapping[str, Maker | None]) -> dict[str, Maker]:
    return {object_id: maker for object_id, maker in makers.items() if maker is not None}


def _may_run(bench: Workbench, maker: Maker, *, after_kill: bool) -> bool:
    """Whether this is another verification that may still go on."""
    seen = bench.presence.of(maker.nonce)
    if maker.nonce == bench.nonce or seen is Run.DEAD:
        return False
    return seen is Run.ALIVE or not (after_kill or bench.clock.time() - maker.began > MAY_RUN)


def require_room(account: Account, *, beside_others: bool) -> None:
    """Refuse to start where it would be in the way of others.

    :raises TroubleError: says why, and what to do.
    """
    if account.elsewhere and not beside_others:
        newest = written(max(maker.began for maker in account.elsewhere))
        raise TroubleError(
            f"another verification may be running for this account: it started at {newest}. Let it end; if it was "
            "killed, add --after-kill, and this one ends what it has left",
            refused=True,
        )
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
