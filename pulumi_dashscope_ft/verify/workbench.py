"""What the experiments work with: the calls, the clock, the findings, and a list of everything that was made."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api import ApiStatusError, AuthenticationError, Clock, JobStatus
from pulumi_dashscope_ft.api.http.body import MultipartBody

from .calls import Calls, Reply, is_no_path
from .findings import Findings
from .labels import FILE_NAME, maker_in, new_label
from .plan import rows
from .presence import Presence

GONE, UNREADABLE, OTHER = "gone", "unreadable", "another status"
"""In place of a status: the object does not exist any more; it could not be read; no page knows its status."""
_PAGE = 100
_FIRST_PAUSE, _LONGEST_PAUSE, _SHARE = 3.0, 60.0, 3.0


class TroubleError(Exception):
    """Ends the experiments. The text says why, without anything of the account.

    :param refused: whether the service has answered and said no; otherwise it could not be asked.
    """

    def __init__(self, line: str, *, refused: bool) -> None:
        super().__init__(line)
        self.refused = refused


class Workbench:
    """One run. `jobs`, `files` and `deployments` have the ids of what was made and is not gone yet."""

    def __init__(self, calls: Calls, clock: Clock, findings: Findings) -> None:
        self.calls = calls
        self.clock = clock
        self.findings = findings
        self.label = new_label(clock.time())
        made = maker_in(self.label)
        self.nonce = made.nonce if made is not None else ""
        self.presence = Presence(self.nonce)
        self.jobs: dict[str, str] = {}
        """Job id → the status that was last seen."""
        self.order: list[str] = []
        """The jobs in the order in which they were made, those that are gone among them."""
        self.files: list[str] = []
        self.deployments: list[str] = []
        self.kept: dict[str, str] = {}
        """What the service refuses to delete: its id, and what it is."""
        self.large_pages = True
        """Whether the lists take pages of 100."""
        self.models = 0
        """Models that were made. No call deletes a model."""
        self.others: frozenset[str] = frozenset()
        """Ids of what was there before. Nothing that has one of them is ever touched."""
        self.unsettled = False
        """Whether something may have been made whose id is not known."""

    # Making

    def upload(self) -> str:
        """Upload the training data; return its id.

        :raises TroubleError: it was not stored.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE_NAME
            path.write_bytes(rows())
            fields = {"purpose": "fine-tune", "descriptions": self.label}
            digest = hashlib.sha256(rows()).hexdigest()
            reply = self._making(
                "upload",
                FILE_NAME,
                body=lambda: MultipartBody(path, filename=FILE_NAME, fields=fields, sha256=digest),
            )
        stored = reply.fields.get("uploaded_files")
        file_id = stored[0].get("file_id") if isinstance(stored, list) and stored and _is_object(stored[0]) else None
        if not isinstance(file_id, str) or not file_id or file_id in self.others:
            raise TroubleError(f"the training data could not be uploaded: {reply.problem()}", refused=said_no(reply))
        self.files.append(file_id)
        return file_id

    def create_job(self, body: Mapping[str, Any]) -> Reply:
        """Submit a job, and remember it."""
        reply = self._making("create", json={**body, "job_name": self.label})
        job_id = reply.fields.get("job_id")
        if isinstance(job_id, str) and job_id and job_id not in self.others:
            self.jobs[job_id] = known_status(reply.fields)
            self.order.append(job_id)
        return reply

    def create_deployment(self, body: Mapping[str, Any]) -> Reply:
        """Make a deployment, and remember it."""
        reply = self._making("create_deployment", json={**body, "name": self.label})
        name = reply.fields.get("deployed_model")
        if isinstance(name, str) and name and name not in {*self.others, *self.deployments}:
            self.deployments.append(name)
        return reply

    def _making(self, operation: str, resource_id: str | None = None, **sent: Any) -> Reply:
        """Make a call that makes something. Until its answer is there, something may have been made."""
        before, self.unsettled = self.unsettled, True
        reply = self.calls.ask(operation, resource_id, **sent)
        self.unsettled = before or reply.unsettled
        return reply

    # Reading

    def job(self, job_id: str) -> Mapping[str, Any]:
        """Return the job as the service shows it; its status is `gone` or `unreadable` without one."""
        reply = self.calls.ask("get", job_id)
        if reply.error is not None or not reply.fields:
            return {"status": GONE if _is_not_found(reply) else UNREADABLE}
        self.jobs[job_id] = known_status(reply.fields)
        return reply.fields

    def page(self, operation: str, number: int) -> tuple[Reply, int]:
        """Read a page of a list; return the answer, and how many items a page has.

        The provider relies on pages of 100. Where those are refused, the service chooses the size.
        """
        query = {"page_no": str(number)}
        size = _PAGE
        reply = self.calls.ask(operation, query={**query, "page_size": str(_PAGE)} if self.large_pages else query)
        if reply.refused and self.large_pages:
            self.large_pages = False
            reply = self.calls.ask(operation, query=query)
        shown = reply.fields.get("page_size")
        return reply, shown if isinstance(shown, int) and 0 < shown < size else size

    def status(self, job_id: str) -> str:
        """Return the status of a job; `gone` or `unreadable` without one."""
        return known_status(self.job(job_id))

    def follow(self, job_id: str, until: Collection[str], seconds: float) -> str:
        """Read a job until it has one of these statuses, has ended, or can't be read; return what it is then.

        :param seconds: how long at most.
        """
        began = self.clock.monotonic()
        while True:
            status = self.status(job_id)
            passed = self.clock.monotonic() - began
            if status in until or has_ended(status) or passed >= seconds:
                return status
            self.pause(passed, seconds)

    def pause(self, passed: float, most: float) -> None:
        """Wait before the next look: the longer it has taken so far, the longer.

        :param passed: seconds since the first look.
        :param most: seconds after which it is given up.
        """
        self.clock.sleep(min(max(_FIRST_PAUSE, passed / _SHARE), _LONGEST_PAUSE, max(most - passed, 1.0)))


def known_status(job: Mapping[str, Any]) -> str:
    """Return the status in a job object; one that no page knows is `another status`, and counts as active."""
    status = job.get("status")
    return status if status in (*JobStatus.ACTIVE, *JobStatus.FINAL, GONE, UNREADABLE) else OTHER


def has_ended(status: str) -> bool:
    """Whether nothing more happens to a job in this status, or nothing more can be seen of it."""
    return status in JobStatus.FINAL or status in (GONE, UNREADABLE)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_not_found(reply: Reply) -> bool:
    return isinstance(reply.error, ApiStatusError) and reply.error.status == 404 and bool(reply.error.code)


def said_no(reply: Reply) -> bool:
    """Whether the service could be asked, and has said no to this account or this call."""
    return reply.says_no and not isinstance(reply.error, AuthenticationError) and not is_no_path(reply.error)
