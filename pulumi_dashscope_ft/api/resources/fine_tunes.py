"""The calls about fine-tuning jobs.

The module maps Python calls to the operations of the fine-tuning pages, and checks what each must answer. Only an
explicit success counts: a cancel or delete that answers 200 without `success` in it is an unusable answer, not a
cancelled or deleted job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api.errors import InvalidRequestError
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.fields import UnusableError, output, require_about
from pulumi_dashscope_ft.api.models.jobs import Checkpoint, Job, JobPage, LogPage

from .json_calls import acknowledged, json_body
from .logs import MOST_LOG_LINES, log_page, log_tail
from .pages import Pages

__all__ = ["FineTunes"]


class FineTunes:
    """`client.fine_tunes`.

    Every method raises `SettingsError` without a usable key, and `ApiError`s as listed there.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._pages = Pages(caller, "list", JobPage.from_json)

    def create(self, body: Mapping[str, Any]) -> Job:
        """Submit a job. Each success is a new job that costs money.

        Retried only after errors that prove that nothing was accepted. After an `ambiguous` error look for the job
        before asking again.

        :param body: as the create page spells it.
        :raises QuotaExceededError: 20 jobs run or have succeeded, or the bill is unpaid.
        """
        return self._caller.call(
            "create",
            read=lambda answer, _: Job.from_json(output(answer, "output")),
            body=json_body(body, "create"),
        )

    def get(self, job_id: str) -> Job:
        """Return one job.

        :raises NotFoundError: the service says that it does not exist (any more).
        """

        def read(answer: Any, _: Answer) -> Job:
            job = Job.from_json(output(answer, "output"))
            require_about(job_id, job.job_id, "job")
            return job

        return self._caller.call("get", job_id, read=read)

    def list(self, page_no: int = 1, page_size: int = 100, model: str | None = None) -> JobPage:
        """Return one page of the jobs, full objects, newest first (order inferred).

        :param page_no: past the last page `jobs` is empty (inferred).
        :param page_size: 1 to 100.
        :param model: only jobs based on that model.
        """
        more = {} if model is None else {"model": model}
        return self._pages.fetch(page_no, page_size, more)

    def cancel(self, job_id: str) -> None:
        """Ask to end a job. It ends later: read it until it is final.

        :raises UnsupportedOperationError: the job has ended already (cancel-fine-tuning-job-api) or, after a retry,
            this very cancel is under way; read the job to know.
        """
        self._caller.call("cancel", job_id, read=acknowledged)

    def delete(self, job_id: str) -> None:
        """Delete a job's record.

        :raises UnsupportedOperationError: the job's state does not allow it; read the job to learn its state.
        :raises NotFoundError: it was gone already, perhaps by an earlier try of this call whose answer was lost.
        """
        self._caller.call("delete", job_id, read=acknowledged)

    def logs(self, job_id: str, offset: int = 0, line: int = MOST_LOG_LINES) -> LogPage:
        """Return lines of the log after the first `offset`. Past the end there are none.

        :param line: number of lines, 1 to 1000.
        """
        return log_page(self._caller, "logs", job_id, offset, line)

    def tail(self, job_id: str, lines: int = 20) -> tuple[str, ...]:
        """Return the last lines of the log, oldest first, in at most two calls.

        :param lines: number of lines, 1 to 1000.
        """
        return log_tail(self._caller, "logs", job_id, lines)

    def checkpoints(self, job_id: str) -> tuple[Checkpoint, ...]:
        """Return the checkpoints of a job, newest first. Here `output` is a bare array (list-checkpoints-api)."""

        def read(answer: Any, _: Answer) -> tuple[Checkpoint, ...]:
            checkpoints = output(answer, "output")
            if not isinstance(checkpoints, list):
                raise UnusableError("has no array `output`")
            return tuple(Checkpoint.from_json(item) for item in checkpoints)

        return self._caller.call("checkpoints", job_id, read=read)

    def export(self, job_id: str, checkpoint: str, model_name: str) -> bool:
        """Ask to publish a checkpoint as a deployable model. Return whether the service has accepted that.

        `False` proves that nothing was done. Publishing ends later: read the checkpoints until it is `SUCCEEDED` or
        `FAILED`. The call is a GET, and yet it changes state (fine-tuning-api-guide), so it is never retried. After an
        `ambiguous` error look at the checkpoints before asking again.

        :param model_name: only the name in the console.
        """
        if "/" in job_id:
            raise InvalidRequestError("a job's id holds no “/”.", operation="export", resource_id=job_id)

        def read(answer: Any, _: Answer) -> bool:
            accepted = output(answer, "output")
            if not isinstance(accepted, bool):
                raise UnusableError("has no `output` of true or false")
            return accepted

        return self._caller.call("export", f"{job_id}/{checkpoint}", read=read, query={"model_name": model_name})
