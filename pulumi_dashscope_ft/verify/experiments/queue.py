"""A job that runs and one that waits behind it: what can be cancelled, how long that takes, and what it shows then."""

from __future__ import annotations

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.verify.ending import cancel, note_delete, note_gone
from pulumi_dashscope_ft.verify.plan import job_body
from pulumi_dashscope_ft.verify.workbench import Workbench, has_ended

START_SECONDS = 45 * 60.0
"""How long a job may take until it runs."""
_QUEUE_SECONDS = 60.0
_TRAINED_SECONDS = 20.0
"""How long the job runs before it is cancelled, so that it has used something up."""
_DURATIONS = ((30.0, "within_30s"), (300.0, "within_5min"))
_LOOKS = (10.0, 20.0, 30.0, 60.0, 120.0, 200.0, 300.0, 450.0, 600.0, 900.0, 1200.0, 1800.0)
"""Seconds after a cancel at which the job is read."""


def running_job(bench: Workbench, file_id: str) -> str | None:
    """Return a job that runs: one that could not be cancelled before, or a new one; None when there is none."""
    active = [job_id for job_id, status in bench.jobs.items() if not has_ended(status) and status != "CANCELING"]
    job_id = active[0] if active else new_job(bench, file_id, "cancel_running")
    if job_id is None:
        return None
    status = bench.follow(job_id, (JobStatus.RUNNING,), START_SECONDS)
    if status == JobStatus.RUNNING:
        return job_id
    told = (
        f"the job was {status}" if has_ended(status) else f"after {START_SECONDS / 60:.0f} minutes the job was {status}"
    )
    for fact_id in ("cancel_running", "cancel_duration", "usage_after_cancel"):
        bench.findings.unseen(fact_id, f"no job was RUNNING: {told}")
    return None


def new_job(bench: Workbench, file_id: str, fact_id: str) -> str | None:
    """Make one more job; None, and a reason for this fact, when that fails."""
    reply = bench.create_job(job_body(file_id))
    job_id = reply.fields.get("job_id")
    if isinstance(job_id, str) and job_id in bench.jobs:
        return job_id
    bench.findings.unseen(fact_id, f"no job could be made: {reply.problem()}")
    return None


def waiting_job(bench: Workbench, file_id: str, runner: str | None) -> None:
    """Delete and cancel a job that waits in the queue.

    :param runner: the job that runs; without one, the job that has waited in vain is used.
    """
    waiting = [job_id for job_id, status in bench.jobs.items() if status == JobStatus.QUEUING and job_id != runner]
    job_id = waiting[-1] if waiting else new_job(bench, file_id, "cancel_queuing") if runner else None
    if job_id is None:
        return
    status = bench.follow(job_id, (JobStatus.QUEUING, JobStatus.RUNNING), _QUEUE_SECONDS)
    if has_ended(status):
        bench.findings.unseen("cancel_queuing", f"the job was {status} before it was QUEUING")
        return
    reply = bench.calls.ask("delete", job_id)
    note_delete(bench.findings, "delete_active", status, reply)
    if reply.error is None:
        bench.jobs.pop(job_id, None)
        note_gone(bench, job_id, "get after the delete")
        another = new_job(bench, file_id, "cancel_queuing")
        if another is None:
            return
        job_id, status = another, bench.follow(another, (JobStatus.QUEUING, JobStatus.RUNNING), _QUEUE_SECONDS)
    if status == JobStatus.QUEUING:
        cancel(bench, job_id, "cancel_queuing", status)
    else:
        bench.findings.unseen("cancel_queuing", f"beside a job that runs, the second was {status}, not QUEUING")


def cancel_running(bench: Workbench, job_id: str) -> None:
    """Cancel the job that runs; note how long that takes, and its `usage` then."""
    bench.clock.sleep(_TRAINED_SECONDS)
    status = bench.status(job_id)
    if status != JobStatus.RUNNING:
        bench.findings.unseen("cancel_running", f"the job was {status} before it could be cancelled")
        return
    began = bench.clock.monotonic()
    if not cancel(bench, job_id, "cancel_running", status):
        for fact_id in ("cancel_duration", "usage_after_cancel"):
            bench.findings.unseen(fact_id, "the cancel of the RUNNING job was not taken")
        return
    ended = _ended_after(bench, job_id, began)
    job = bench.job(job_id)
    if ended is None:
        bench.findings.note("cancel_duration", "later", "not over after half an hour")
        bench.findings.unseen("usage_after_cancel", "the cancel was not over after half an hour")
    elif job.get("status") == JobStatus.CANCELED:
        answer = "at_once" if ended == 0 else next((name for most, name in _DURATIONS if ended <= most), "later")
        bench.findings.note("cancel_duration", answer, f"CANCELED when it was read {ended:.0f} s after the cancel")
        usage = job.get("usage")
        positive = isinstance(usage, (int, float)) and usage > 0
        shown = "absent" if usage is None else "positive" if positive else "zero"
        bench.findings.note("usage_after_cancel", shown, f"usage of a job cancelled after {_TRAINED_SECONDS:.0f} s")
    else:
        for fact_id in ("cancel_duration", "usage_after_cancel"):
            bench.findings.unseen(fact_id, "the job ended otherwise than by its cancel")


def _ended_after(bench: Workbench, job_id: str, began: float) -> float | None:
    """Return how many seconds after its cancel a job was first seen ended; 0 if at once, None if not at all."""
    if has_ended(bench.status(job_id)):
        return 0.0
    for look in _LOOKS:
        bench.clock.sleep(max(0.0, began + look - bench.clock.monotonic()))
        if has_ended(bench.status(job_id)):
            return look
    return None
