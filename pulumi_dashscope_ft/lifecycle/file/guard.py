"""Keep a file that an active job still reads, no matter who owns the job.

It is not documented that a run works without its file, and the run is paid for. So before a file is deleted, all active
jobs that the key can see are searched for it. One job listing serves all files that a run deletes within a minute; a
job that it shows reading the file is read again, because it may have ended since.

What follows depends on the job:

    this run has ended it                       → it does not count
    it is ending (CANCELING, or in teardown)    → wait for its end
    this stack started it to outlive the stack  → keep the file, and let it leave the state
    any other                                   → keep the file in the state, and fail until the job has ended
    jobs can't be listed                        → the same: what can't be seen is not assumed to be absent
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_dashscope_ft.api import ApiError, Job, JobStatus, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.errors import InUseError, LifecycleError
from pulumi_dashscope_ft.lifecycle.file.readers import advice, described
from pulumi_dashscope_ft.lifecycle.training_data.sources import data_files
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import JOB_ENDED

FRESH_SECONDS = 60.0
"""How old a job listing of this run may be."""

START_SECONDS = 3.0
"""How long a job of this stack gets to come up for its own teardown: the engine may delete both at the same time."""

END_SECONDS = 600.0
"""How long to wait for a job that is ending: the default `teardownTimeout`."""

_LOOK_SECONDS = 15.0


class FileInUseError(InUseError):
    """An active job reads the file, so it was not deleted. The same command works once the job has ended."""


class FileUseUnknownError(LifecycleError):
    """The jobs can't be listed, so nobody knows whether one reads the file; it was not deleted."""


@dataclass(frozen=True, slots=True)
class GuardedFile:
    """A file that is about to be deleted.

    :param name: its name on the service, where known.
    :param owner: the owner id of the stack that holds it, empty where the state does not say; None outside a stack.
    """

    file_id: str
    name: str | None
    owner: str | None

    def __str__(self) -> str:
        return f"file {self.file_id} ({self.name})" if self.name else f"file {self.file_id}"


def outliving_reader(connection: Connection, file: GuardedFile) -> tuple[str, str] | None:
    """Find the job that should outlive the stack and for which the file is kept.

    :return: the job, and the option that lets it outlive the stack; None when no active job reads the file.
    :raises FileInUseError: another active job reads it.
    :raises FileUseUnknownError: the jobs can't be listed, or can't be read again.
    """
    retained = connection.run_registry.retained_needing(file.file_id)
    if retained is not None:
        return retained, "onDestroy: retain"
    try:
        readers = _staying(connection, file, _readers(connection, file.file_id))
        if not readers or _is_gone(connection, file):
            return None
    except ApiError as error:
        raise _unknown(error, file) from error
    others = [job for job in readers if not _outlives(connection, file, job)]
    if others:
        raise _in_use(connection, file, others)
    return readers[0].job_id, "onDestroy: retain, or retainOnDelete"


def _readers(connection: Connection, file_id: str) -> list[Job]:
    """Return the active jobs that read the file, freshly read."""
    asked = connection.clock.monotonic()
    jobs, began = connection.jobs.listing.recent(FRESH_SECONDS)
    readers = _reading(connection, jobs, file_id)
    if readers and began <= asked:
        readers = _reading(connection, connection.jobs.listing.all(), file_id)
    return readers


def _reading(connection: Connection, jobs: Mapping[str, Job], file_id: str) -> list[Job]:
    return [
        job
        for job in jobs.values()
        if job.is_active and not connection.run_registry.has_ended(job.job_id) and file_id in data_files(job)
    ]


def _staying(connection: Connection, file: GuardedFile, readers: Iterable[Job]) -> list[Job]:
    """Return the readers that have not ended, after a wait for those that are about to end."""
    now = connection.clock.monotonic()
    found = [_awaited(connection, file, job, now + START_SECONDS, now + END_SECONDS) for job in readers]
    return [job for job in found if job is not None]


def _awaited(connection: Connection, file: GuardedFile, job: Job, start: float, end: float) -> Job | None:
    run_registry, clock = connection.run_registry, connection.clock

    def is_ending() -> bool:
        return job.status == JobStatus.CANCELING or run_registry.is_ending(job.job_id)

    if _may_come_up(connection, file, job):
        while clock.monotonic() < start and not is_ending() and not run_registry.has_ended(job.job_id):
            clock.sleep(0.25)
    if is_ending():
        connection.report(f"{file}: waits for {job.job_id}, which reads it and is ending")
    while is_ending() and not run_registry.has_ended(job.job_id) and (now := clock.monotonic()) < end:
        try:
            connection.poller.wait(job.job_id, JOB_ENDED, deadline=min(end, now + _LOOK_SECONDS))
        except WaitTimeoutError as timeout:
            job = timeout.last or job
        else:
            return None
    return None if run_registry.has_ended(job.job_id) else job


def _may_come_up(connection: Connection, file: GuardedFile, job: Job) -> bool:
    """Whether a step of this run may still tear the job down: it may belong to this stack, and no program keeps it."""
    if file.owner is None or connection.run_registry.is_kept(job.job_id) or _outlives(connection, file, job):
        return False
    found = stamp.parse(job.job_name)
    return connection.run_registry.met_as(job.job_id) is not None or found is None or found.owner == file.owner


def _outlives(connection: Connection, file: GuardedFile, job: Job) -> bool:
    """Whether this stack leaves the job running on purpose. A job that the program keeps does not count."""
    if connection.run_registry.is_retained(job.job_id):
        return True
    found = stamp.parse(job.job_name)
    return (
        found is not None
        and found.retained
        and found.owner == file.owner
        and not connection.run_registry.is_kept(job.job_id)
    )


def _is_gone(connection: Connection, file: GuardedFile) -> bool:
    """Whether the file is known to be gone: then no job can keep it."""
    try:
        connection.client.files.get(file.file_id)
    except ApiError as error:
        return isinstance(error, NotFoundError)
    return False


def _in_use(connection: Connection, file: GuardedFile, readers: list[Job]) -> FileInUseError:
    jobs = "the jobs go on, and are billed" if len(readers) > 1 else "the job goes on, and is billed"
    return FileInUseError(
        f"{file} is read by {described(connection.run_registry, file.owner, readers)}.",
        state=f"{jobs}; whether a run gets by without its file is not documented.",
        done="the file was not deleted." if file.owner is None else "the file was not deleted; it stays in the state.",
        next_step=advice(connection.run_registry, file.file_id, file.owner, readers),
    )


def _unknown(error: ApiError, file: GuardedFile) -> FileUseUnknownError:
    advised = with_advice(
        error,
        str(file),
        "find out whether an active job reads",
        done="the file was not deleted." if file.owner is None else "the file was not deleted; it stays in the state.",
        again="pulumi destroy",
    )
    way_out = (
        ""
        if error.retryable or file.owner is None
        else " If this key is never to list jobs, let the file stay on the service: `pulumi state delete <urn of the "
        f"file>`; when no job reads it any more, `dashscope-ft delete {file.file_id} --kind file --ignore-use`."
    )
    return FileUseUnknownError(advised.what, done=advised.done, next_step=f"{advised.next_step}{way_out}")
