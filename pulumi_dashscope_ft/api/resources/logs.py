"""The calls about the log of a job, the same for a fine-tuning job and a compression job."""

from __future__ import annotations

from pulumi_dashscope_ft.api.errors import InvalidRequestError
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.fields import output
from pulumi_dashscope_ft.api.models.jobs import LogPage

__all__ = ["MOST_LOG_LINES", "log_page", "log_tail"]

MOST_LOG_LINES = 1000
"""Most lines in one call for logs (get-fine-tuning-job-logs-api)."""


def log_page(caller: Caller, operation: str, job_id: str, offset: int, line: int) -> LogPage:
    """Return lines of the log after the first `offset`. Past the end there are none.

    :param operation: the call (see `operations`).
    :param line: number of lines, 1 to 1000.
    """
    if offset < 0 or not 1 <= line <= MOST_LOG_LINES:
        raise InvalidRequestError(
            f"offset must be 0 or more and line 1 to {MOST_LOG_LINES}, not {offset} and {line}.",
            operation=operation,
            resource_id=job_id,
        )
    return caller.call(
        operation,
        job_id,
        read=lambda answer, _: LogPage.from_json(output(answer, "output")),
        query={"offset": str(offset), "line": str(line)},
    )


def log_tail(caller: Caller, operation: str, job_id: str, lines: int) -> tuple[str, ...]:
    """Return the last lines of the log, oldest first, in at most two calls.

    :param lines: number of lines, 1 to 1000.
    """
    if not 1 <= lines <= MOST_LOG_LINES:
        raise InvalidRequestError(
            f"lines must be 1 to {MOST_LOG_LINES}, not {lines}.", operation=operation, resource_id=job_id
        )
    page = log_page(caller, operation, job_id, 0, MOST_LOG_LINES)
    if page.total > len(page.lines):
        page = log_page(caller, operation, job_id, max(page.total - lines, 0), lines)
    return page.lines[-lines:]
