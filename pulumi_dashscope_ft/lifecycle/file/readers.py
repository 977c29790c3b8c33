"""What the user reads about the active jobs that use a file: whose they are, and what to type.

This run may have met the job as a resource of the state; else the stamp in its name says whose it is, else the creator
that the service shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.hidden import plain_name
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

_MOST_NAMED = 3


def described(run_registry: RunRegistry, owner: str | None, readers: Sequence[Job]) -> str:
    """List the jobs, each with its status and owner, to follow "is read by".

    :param owner: the owner id of the stack that holds the file; None outside a stack.
    """
    named = [
        f"{job.job_id} ({job.status}, since {job.create_time}), {_whose(run_registry, owner, job)}"
        for job in readers[:_MOST_NAMED]
    ]
    more = len(readers) - len(named)
    return "; ".join([*named, *([f"and {more} more active jobs"] if more else [])])


def _whose(run_registry: RunRegistry, owner: str | None, job: Job) -> str:
    name = run_registry.met_as(job.job_id)
    if name is not None:
        return f"the job of this stack's resource {plain_name(name)}"
    found = stamp.parse(job.job_name)
    if found is None:
        called = f"its name {job.job_name} has" if job.job_name else "it has"
        who = f"the creator {job.creator}" if job.creator else "somebody whom the service does not name"
        return f"started by {who}; {called} no stack's stamp"
    if found.owner == owner:
        return f"started as {found.readable} by this stack; no resource of this run is about it"
    which = "a stack" if owner is None else "another stack"
    return f"started as {found.readable} by {which}, whose owner id is {found.owner}"


def advice(run_registry: RunRegistry, file_id: str, owner: str | None, readers: Sequence[Job]) -> str:
    """Say what to type, for the reader that needs the most care: a stranger's job must not be cancelled by mistake."""
    strange = [job for job in readers if not _is_ours(run_registry, owner, job)]
    job_id = (strange or readers)[0].job_id
    later = "wait until the job has ended, then run the same command again: it deletes the file then."
    cancel = f"`dashscope-ft cancel {job_id}`"
    if owner is None:
        return f"{later} To end it now, if it is yours: {cancel}. To delete the file all the same: `--ignore-use`."
    drop = (
        "`pulumi state delete <urn of the file>` (the file stays on the service; later "
        f"`dashscope-ft delete {file_id} --kind file` deletes it)"
    )
    if strange:
        return (
            f"{later} Do not cancel it unless it is yours; then {cancel} ends it now. "
            f"To go on without waiting, leave the file to the job: {drop}."
        )
    if run_registry.is_kept(job_id):
        return f"{later} To end it now: {cancel}. To leave the file to the job: {drop}."
    lost = (
        ""
        if run_registry.met_as(job_id) is not None
        else " If the `pulumi up` that started it was killed before it could record it, run `pulumi up` with the same "
        "program (which takes it back), then `pulumi destroy`."
    )
    return (
        f"{later} If `--target` or `--exclude` was given, run the same command without it. If the job is meant to go "
        "on (`retainOnDelete`), or was moved to another stack (`pulumi state move`), do not cancel it; leave the file "
        f"to it: {drop}.{lost} To end it: {cancel}."
    )


def _is_ours(run_registry: RunRegistry, owner: str | None, job: Job) -> bool:
    found = stamp.parse(job.job_name)
    return run_registry.met_as(job.job_id) is not None or (found is not None and found.owner == owner)
