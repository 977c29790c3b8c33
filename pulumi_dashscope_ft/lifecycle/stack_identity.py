"""Why this exists: project and stack names are not unique among the people who share an account, so they can't prove
whose a job is. A random id that lives in the stack's state can. It is made once, with the stack's first job, and
never changes.

It is also the last thing that goes when a stack is destroyed, and with it the only proof of ownership. So this is the
last moment at which a job can be missed that was started and never recorded: the `up` that started it was killed.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import ApiError, Job
from pulumi_dashscope_ft.lifecycle import stamp
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import explained

OWNER_ID = "ownerId"


def create() -> tuple[str, dict[str, str]]:
    """A new identity: its id, and its only output `ownerId` (10 characters of `0-9 a-z`)."""
    owner = stamp.new_owner_id()
    return owner, {OWNER_ID: owner}


def delete(connection: Connection, owner: str) -> None:
    """Let the identity go, unless an active job bears it: all that the state held is gone by now, so that job was
    started by a run that was killed before it could be recorded. One that was kept by this very run (`onDestroy:
    retain`), or whose stamp says that it may outlive its stack, is none of these. Costs one list call for each
    hundred jobs of the account.

    :raises LifecycleError: such jobs, by id, and what to do; or the list can't be read.
    """
    try:
        jobs = connection.jobs.list_all().values()
    except ApiError as error:
        raise explained(
            error,
            "the job list",
            "read",
            done="the jobs that the state held are dealt with; the stack's identity stays in the state, "
            "until it is known that no other job bears it.",
            again="pulumi destroy",
        ) from error
    orphans = [job for job in jobs if _is_orphan(connection, owner, job)]
    if not orphans:
        return
    raise LifecycleError(
        f"this stack has started {_listed(orphans)}, and no state holds it: the `pulumi up` that started it was "
        "killed before it could be recorded, or it was set to be retained only after it had been started.",
        state="it goes on, and is billed.",
        done="everything else is dealt with. The stack's identity stays in the state: it proves whose job this is.",
        next_step="to end it, run `pulumi up` with the program that started it (which takes the job back) and then "
        "`pulumi destroy`, or cancel it in the Model Studio console and run `pulumi destroy` again. To let it run, "
        "drop the identity with `pulumi state delete <urn of the StackIdentity>`.",
    )


def _is_orphan(connection: Connection, owner: str, job: Job) -> bool:
    found = stamp.parse(job.job_name)
    return (
        found is not None
        and found.owner == owner
        and not found.retained
        and job.is_active
        and not connection.ledger.is_retained(job.job_id)
    )


def _listed(jobs: list[Job]) -> str:
    return ", ".join(f"{job.job_id} ({job.status}, since {job.create_time})" for job in jobs)
