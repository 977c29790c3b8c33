"""Why this exists: an `up` that is killed between a create and its record leaves something behind that runs, is
billed, and is in no state. What proves whose it is, the stack's owner id, goes with the stack; so before it does, this
looks for what bears it and is accounted for by nothing that this run has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulumi_dashscope_ft.api import Deployment, Job
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.deployment.status import SERVES_NOTHING


def jobs(connection: Connection, owner: str) -> list[Job]:
    """The active jobs that this owner has started and that this run knows nothing of.

    Nobody starts any while a stack is torn down. So a whole listing that this run has made for its waits is good enough
    to find none; only what seems to be left is looked for once more. Otherwise one list call for each hundred jobs.

    :raises ApiError: the list can't be read.
    """
    seen = connection.jobs.listing.latest()
    if seen is not None and not _active(connection, owner, seen):
        return []
    return _active(connection, owner, connection.jobs.listing.all())


def deployments(connection: Connection, owner: str) -> list[Deployment]:
    """The deployments that serve, or may yet, and that bear this owner's id. One list call for each two hundred.

    :raises ApiError: the list can't be read.
    """
    return _serving(connection, owner, connection.deployments.listing.all())


def left_on_purpose(connection: Connection, owner: str) -> tuple[list[Job], list[Deployment]]:
    """The active jobs, and the deployments that serve or may yet, that this owner has started to outlive their stack,
    and that this run has not told of. As this run has listed them last: no call is made.
    """
    return (
        _active(connection, owner, connection.jobs.listing.latest() or {}, retained=True),
        _serving(connection, owner, connection.deployments.listing.latest() or {}, retained=True),
    )


def listed(found: Iterable[Job]) -> str:
    """Those jobs, as a message names them."""
    return ", ".join(f"{job.job_id} ({job.status}, since {job.create_time})" for job in found)


def _active(connection: Connection, owner: str, listed: Mapping[str, Job], *, retained: bool = False) -> list[Job]:
    return [
        job
        for job in listed.values()
        if job.is_active and _bears(connection, owner, job.job_name, job.job_id, retained=retained)
    ]


def _serving(
    connection: Connection, owner: str, listed: Mapping[str, Deployment], *, retained: bool = False
) -> list[Deployment]:
    return [
        live
        for live in listed.values()
        if live.status not in SERVES_NOTHING
        and _bears(connection, owner, live.name, live.deployed_model, retained=retained)
    ]


def _bears(connection: Connection, owner: str, name: str | None, object_id: str, *, retained: bool) -> bool:
    """Whether this owner has started it, to outlive its stack or not, and this run has neither ended nor kept it."""
    found = stamp.parse(name)
    ledger = connection.ledger
    return (
        found is not None
        and found.owner == owner
        and found.retained == retained
        and not ledger.is_retained(object_id)
        and not ledger.has_ended(object_id)
    )
