"""Why this exists: an `up` that is killed between a create and its record leaves something behind that runs, is
billed, and is in no state. What proves whose it is, the stack's owner id, goes with the stack; so before it does, this
looks for what bears it and is accounted for by nothing that this run has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pulumi_dashscope_ft.api import ApiError, Deployment, Job
from pulumi_dashscope_ft.lifecycle import stamp
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment_status import SERVES_NOTHING
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import explained
from pulumi_dashscope_ft.lifecycle.job_request import data_files


def jobs(connection: Connection, owner: str, is_known: Callable[[str], bool] = lambda job_id: False) -> list[Job]:
    """The active jobs that this owner has started and that this run knows nothing of.

    Nobody starts any while a stack is torn down. So a whole listing that this run has made for its waits is good enough
    to find none; only what seems to be left is looked for once more. Otherwise one list call for each hundred jobs.

    :param is_known: whether a resource of the state holds the job with this id.
    :raises ApiError: the list can't be read.
    """

    def left(listed: Mapping[str, Job]) -> list[Job]:
        return [job for job in _active(connection, owner, listed) if not is_known(job.job_id)]

    seen = connection.jobs.listing.latest()
    if seen is not None and not left(seen):
        return []
    return left(connection.jobs.listing.all())


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


def require_unused(connection: Connection, owner: str, file_id: str, is_known: Callable[[str], bool]) -> None:
    """Nothing that the state held needs this file any more when its turn comes. So an active job of the same owner that
    does is one that nobody has recorded, or one that `--target` or `--exclude` has left out of this run: which of the
    two it is, a provider is not told.

    :raises LifecycleError: such jobs, by id, and what to do; or the list can't be read for now.
    """
    try:
        using = [job for job in jobs(connection, owner, is_known) if file_id in data_files(job)]
    except ApiError as error:
        if not error.retryable:
            return  # who may delete a file but not list jobs must get rid of a stack, too
        raise explained(
            error,
            f"file {file_id}",
            "read the job list before deleting",
            done="it stays in the state, until it is known that no lost job needs it.",
            again="pulumi destroy",
        ) from error
    if not using:
        return
    raise LifecycleError(
        f"file {file_id} is in use by {listed(using)}, which this stack has started and which no resource of this "
        "run is about: `--target` or `--exclude` left it out, or the state does not hold it (the `pulumi up` that "
        "started it was killed before it could be recorded, it was set to be retained only after it had been started, "
        "or it was moved to another stack with `pulumi state move`).",
        state="it goes on, and is billed.",
        done="the file stays in the state.",
        next_step="if `--target` or `--exclude` was given, run the same command without it. If it was moved, it is the "
        "other stack's: do not cancel it. To let it run, drop the file with `pulumi state delete <urn of the file>`. "
        "Else run `pulumi up` with the program that started it (which takes it back), and then `pulumi destroy` to end "
        "it. If it is to end and the state holds no such job "
        f"(look into `pulumi stack export`), run `dashscope-ft cancel {using[0].job_id}` or cancel it in the Model "
        "Studio console, and run the same command again.",
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
