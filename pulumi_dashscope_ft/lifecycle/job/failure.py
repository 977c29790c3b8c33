"""Why a job has failed.

The job object may contain a code; the reason is in the log (API page get-fine-tuning-job-logs-api). Plans, refreshes,
waits and the command all show both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Job
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.text import quoted, redact_secrets

LOG_TAIL_LINES = 20
_LINES_IN_MESSAGE = 6


def failure_of(connection: Connection, job: Job) -> dict[str, Any]:
    """Read why a job failed, as far as the service tells.

    :return: `code`, `message` and `logTail` (20 lines, oldest first), each only where there is one. Lines come without
        control characters, keys and secrets.
    :raises NotFoundError: the job is gone.
    """

    def redact(text: str) -> str:
        return connection.key.redact(redact_secrets(text))

    reasons = {name: quoted(str(job.raw[name]), redact) for name in ("code", "message") if job.raw.get(name)}
    try:
        lines = connection.client.fine_tunes.tail(job.job_id, lines=LOG_TAIL_LINES)
    except ApiError:
        # The status matters more than the reason: a refresh must not fail because the log can't be read. The next
        # refresh tries again.
        return reasons
    return {**reasons, "logTail": [quoted(line, redact) for line in lines]}


def described(failure: Mapping[str, Any]) -> str:
    """Describe a failure in a few lines, for a message."""
    words = [f"{name} {failure[name]}" for name in ("code", "message") if failure.get(name)]
    tail = [line for line in failure.get("logTail") or () if line.strip()][-_LINES_IN_MESSAGE:]
    if tail:
        words.append("\n".join(["the log ends with:", *(f"         {line}" for line in tail)]))
    return "; ".join(words) or "the service gives no reason, and the log could not be read"
