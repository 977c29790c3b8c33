"""Ends what a verification has made: deployments, then jobs, then files, so that each is recognisable until it is gone.

To end things is itself an experiment: which status can be cancelled or deleted, with which code it is refused, and how
an object looks that is gone. So the findings about that are noted here, wherever it happens.
"""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_dashscope_ft.api import ApiResponseError, DeploymentStatus, JobStatus, NotFoundError

from .calls import Reply, why
from .findings import Findings
from .workbench import GONE, UNREADABLE, Workbench, has_ended

END_SECONDS = 3 * 3600.0
"""How long the end of a job is waited for: a job that can't be cancelled is trained to its end."""
_MOST_UNREADABLE = 4
"""Reads in a row that may fail, each with its repetitions, before the end of a job is no longer waited for."""
_DELETED = {
    JobStatus.SUCCEEDED: "delete_succeeded",
    JobStatus.FAILED: "delete_failed",
    JobStatus.CANCELED: "delete_cancelled",
}
_GONE_SECONDS = 600.0


def cancel(bench: Workbench, job_id: str, fact_id: str | None, status: str) -> bool:
    """Cancel a job; return whether that was taken.

    :param fact_id: the fact that it answers.
    :param status: the status that was read just before.
    """
    reply = bench.calls.ask("cancel", job_id)
    findings = bench.findings
    if reply.error is None:
        if fact_id is not None:
            findings.note(fact_id, "taken", f"cancel of a {status} job: {reply.told()}")
        _cancel_again(bench, job_id)
        return True
    if reply.refused:
        now = bench.status(job_id)
        if fact_id is not None and not has_ended(now):
            findings.note(fact_id, "refused", f"cancel of a {status} job: {reply.told()}", f"it was {now} then")
        elif fact_id is not None:
            findings.unseen(fact_id, f"the job was {now} before it could be cancelled")
        return False
    if fact_id is not None:
        findings.unseen(fact_id, f"the cancel failed: {reply.told()}")
    return False


def _cancel_again(bench: Workbench, job_id: str) -> None:
    """Cancel a job once more while it is CANCELING."""
    if bench.findings.has("cancel_again"):
        return
    status = bench.status(job_id)
    if status != JobStatus.CANCELING:
        bench.findings.unseen("cancel_again", "no job was seen CANCELING: its cancel took effect at once")
        return
    reply = bench.calls.ask("cancel", job_id)
    if reply.error is None or reply.refused:
        answer = "refused" if reply.refused else "taken"
        bench.findings.note("cancel_again", answer, f"second cancel of a CANCELING job: {reply.told()}")
    else:
        bench.findings.unseen("cancel_again", f"the second cancel failed: {reply.told()}")


def end_jobs(bench: Workbench, jobs: Iterable[str]) -> None:
    """Cancel these jobs and wait until they have ended. What can't be cancelled yet is cancelled once it goes on."""
    tried: dict[str, set[str]] = {job_id: set() for job_id in jobs}
    began = bench.clock.monotonic()
    unreadable = 0
    while True:
        active = [job_id for job_id in tried if not has_ended(bench.jobs.get(job_id, GONE))]
        passed = bench.clock.monotonic() - began
        if not active or passed >= END_SECONDS or unreadable >= _MOST_UNREADABLE:
            return
        for job_id in active:
            unreadable = 0 if _end(bench, job_id, tried[job_id]) else unreadable + 1
        if any(not has_ended(bench.jobs.get(job_id, GONE)) for job_id in active):
            bench.pause(passed, END_SECONDS)


def _end(bench: Workbench, job_id: str, tried: set[str]) -> bool:
    """Read a job, and cancel it if that was not tried in its status; return whether it could be read."""
    status = bench.status(job_id)
    if status == GONE:
        bench.jobs.pop(job_id, None)
    elif not has_ended(status) and status != JobStatus.CANCELING and status not in tried:
        tried.add(status)
        cancel(bench, job_id, None, status)
        bench.status(job_id)
    return status != UNREADABLE


def remove_jobs(bench: Workbench) -> None:
    """Delete the record of each job that has ended."""
    refused: set[str] = set()
    for job_id in list(bench.jobs):
        status = bench.jobs[job_id]
        if status in refused:
            bench.kept[job_id] = _kept(status)
            continue
        status = bench.status(job_id)
        if status == GONE:
            bench.jobs.pop(job_id, None)
        elif status in JobStatus.FINAL:
            remove_job(bench, job_id, status)
            refused |= {status} if job_id in bench.kept else set()


def remove_job(bench: Workbench, job_id: str, status: str) -> None:
    """Delete a job that has ended, and note how the service says no to what can't be done with it any more."""
    findings = bench.findings
    if not findings.has("cancel_refusal"):
        _refused_cancel(bench, job_id, status)
    reply = bench.calls.ask("delete", job_id)
    note_delete(findings, _DELETED[status], status, reply)
    if reply.error is None or _is_gone(reply):
        bench.jobs.pop(job_id, None)
        bench.kept.pop(job_id, None)
        if not findings.has("gone_job"):
            note_gone(bench, job_id, "get after the delete")
    elif reply.refused:
        bench.kept[job_id] = _kept(status)


def _kept(status: str) -> str:
    return f"the record of a {status} job, whose delete is refused"


def note_gone(bench: Workbench, job_id: str, asked: str) -> None:
    """Note how the service says that there is no such job."""
    reply = bench.calls.ask("get", job_id, tries=2)
    if reply.says_no or reply.error is None or isinstance(reply.error, ApiResponseError):
        answer, told = gone(reply)
        bench.findings.note("gone_job", answer, f"{asked}: {told}")


def note_delete(findings: Findings, fact_id: str, status: str, reply: Reply) -> None:
    """Note what a delete of a job in this status has got."""
    told = f"delete of a {status} job: {reply.told()}"
    if reply.refused and not _is_gone(reply):
        findings.note(fact_id, "refused", told)
        findings.note("delete_refusal", reply.code, told)
    elif reply.error is None:
        findings.note(fact_id, "deleted", told)
    else:
        findings.unseen(fact_id, f"the delete failed: {why(reply.error)}")


def _refused_cancel(bench: Workbench, job_id: str, status: str) -> None:
    reply = bench.calls.ask("cancel", job_id)
    if reply.error is None:
        bench.findings.note("cancel_refusal", "taken", f"cancel of a {status} job: {reply.told()}")
    elif reply.refused:
        bench.findings.note("cancel_refusal", reply.code, f"cancel of a {status} job: {reply.told()}")
    else:
        bench.findings.unseen("cancel_refusal", f"the cancel failed: {why(reply.error)}")


def gone(reply: Reply) -> tuple[str, str]:
    """Return how the answer to a get of something deleted is called, and what it was."""
    if reply.error is None:
        status = reply.fields.get("status")
        known = status if status in (*JobStatus.FINAL, "DELETED", "DELETING") else "another status"
        return f"200_{known}", f"HTTP 200 with {known}"
    if _is_empty(reply):
        return "200_empty", "HTTP 200 without a result"
    number = getattr(reply.error, "status", None)
    if reply.code and number is not None:
        return f"{number}_{reply.code}", reply.told()
    return "another form", reply.told()


def _is_empty(reply: Reply) -> bool:
    """Whether the answer is the service's JSON, and has no object in it."""
    return (
        isinstance(reply.error, ApiResponseError) and reply.answer is not None and isinstance(reply.answer.json, dict)
    )


def _is_gone(reply: Reply) -> bool:
    return getattr(reply.error, "status", None) == 404 and bool(reply.code)


def remove_deployments(bench: Workbench) -> None:
    """Delete each deployment, and wait until it is gone."""
    for name in list(bench.deployments):
        reply = bench.calls.ask("delete_deployment", name)
        if _is_gone(reply):
            bench.deployments.remove(name)
        elif reply.error is None:
            wait_until_gone(bench, name)
        elif reply.refused:
            bench.kept[name] = "a deployment by token, which costs nothing without calls and whose delete is refused"


def wait_until_gone(bench: Workbench, name: str) -> None:
    """Read a deployment until it is gone, and note how that looks."""
    began = bench.clock.monotonic()
    while True:
        reply = bench.calls.ask("get_deployment", name, tries=2)
        status = reply.fields.get("status")
        passed = bench.clock.monotonic() - began
        if status == DeploymentStatus.DELETED or reply.says_no or _is_empty(reply):
            answer, told = gone(reply)
            bench.findings.note("deployment_gone", answer, f"get after the delete: {told}")
            bench.deployments.remove(name)
            return
        if passed >= _GONE_SECONDS:
            bench.findings.unseen("deployment_gone", "the deployment was still there after ten minutes")
            return
        bench.pause(passed, _GONE_SECONDS)


def remove_files(bench: Workbench) -> None:
    """Delete each file, once no job is active that was made from it."""
    if any(not has_ended(status) or status == UNREADABLE for status in bench.jobs.values()):
        return
    for file_id in list(bench.files):
        reply = bench.calls.ask("delete_file", file_id)
        if reply.error is None or isinstance(reply.error, NotFoundError):
            bench.files.remove(file_id)
        elif reply.refused:
            bench.kept[file_id] = "the file of the training data, whose delete is refused"
