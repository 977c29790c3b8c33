"""Why a fine-tuning job has failed.

The job object may contain a code; the reason is in the log (API page get-fine-tuning-job-logs-api). Plans, refreshes,
waits and the command all show both.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.failure import failure


def failure_of(connection: Connection, job: Job) -> dict[str, Any]:
    """Read why a job failed, as far as the service tells (see `base.failure`)."""
    return failure(connection, job.raw, lambda lines: connection.client.fine_tunes.tail(job.job_id, lines=lines))
