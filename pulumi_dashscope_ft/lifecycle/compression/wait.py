"""The wait for a compressed model.

A wait changes nothing: it can be ended and begun again at any moment, and the job goes on.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Compression, DashScopeError, JobStatus, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.failure import described, failure
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitInterruptedError, WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import Progress, seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure, Waiter, WaitFailedError, growing

NEW_JOB = "change an input or add a value to `triggers`"
_QUIET_SECONDS = 300.0
_GOES_ON = "nothing was changed: the compression goes on, and the job is recorded in the state."

COMPRESSED = Waiter(
    success=frozenset({JobStatus.SUCCEEDED}),
    failure=MappingProxyType(
        {
            JobStatus.FAILED: Failure("", "fix the cause, then"),
            JobStatus.CANCELED: Failure("it was cancelled, by a person or by another program", "to start anew,"),
        }
    ),
    delays=growing(2.0, 0.1, 15.0),
    complete=lambda job: job.model_id is not None,
)
"""Wait, for minutes or hours, for the compressed model."""


def failure_of(connection: Connection, job: Compression) -> dict[str, Any]:
    """Read why a compression failed, as far as the service tells (see `base.failure`)."""
    return failure(connection, job.error, lambda lines: connection.client.compressions.tail(job.job_id, lines=lines))


class ModelWait:
    """One wait for one compressed model.

    :param last: the job as an answer has just shown it.
    :param timeout: seconds.
    """

    def __init__(self, connection: Connection, last: Compression, timeout: float) -> None:
        self.last = last
        """The job as last seen."""
        self._connection = connection
        self._timeout = timeout

    def run(self) -> Compression:
        """Block until the job has produced its model, and return the job.

        :raises LifecycleError: it has ended without a model, is gone, or can't be read; or the time is up.
        """
        job_id = self.last.job_id
        try:
            done = self._awaited()
        except NotFoundError:
            done = None
        except WaitFailedError as failed:
            raise self._no_model(failed.seen, failed.failure) from None
        except WaitTimeoutError as over:
            raise self._timed_out(over) from None
        except WaitInterruptedError:
            raise LifecycleError(
                f"{job_id}: interrupted (Ctrl-C) while waiting for the compressed model.",
                state=f"last seen {self.last.status}.",
                done=_GOES_ON,
                next_step="run `pulumi up` again to go on waiting for it; nothing is compressed twice.",
            ) from None
        except ApiError as error:
            raise with_advice(error, job_id, "wait for", done=_GOES_ON, again="pulumi up") from error
        if done is None:
            raise LifecycleError(
                f"{job_id} is gone: the service knows no such compression job (any more).",
                state=f"last seen {self.last.status}.",
                done="nothing was changed.",
                next_step="run `pulumi refresh` and then `pulumi up` to start a new one.",
            )
        return done

    def _awaited(self) -> Compression | None:
        connection, job = self._connection, self.last
        now = connection.clock.monotonic()
        if COMPRESSED.is_over(job, now):
            return job
        connection.report(f"{job.job_id} is {job.status}: waiting for the compressed model")
        progress = Progress(job.job_id, job.status, connection.report, connection.clock, quiet=_QUIET_SECONDS)

        def observe(seen: Compression) -> None:
            self.last = seen
            progress.observe(seen)

        done = connection.readers.poller(COMPRESSIONS).wait(
            job.job_id,
            COMPRESSED,
            deadline=now + self._timeout,
            observe=observe,
            interrupted=connection.interrupted,
        )
        if done is not None:
            connection.report(connection.key.redact(f"{job.job_id} is {done.status}: {done.model_id}"))
        return done

    def _no_model(self, job: Compression, failed: Failure) -> LifecycleError:
        self.last = job
        try:
            reason = failed.why or described(failure_of(self._connection, job))
        except DashScopeError:
            reason = "the service gives no reason, and the log could not be read"
        return LifecycleError(
            f"{job.job_id} has ended without a compressed model.",
            state=f"{job.status}: {reason}",
            done="nothing was changed; its record stays in the state.",
            next_step=f"{failed.way_out} {NEW_JOB}; then run `pulumi up`.",
        )

    def _timed_out(self, over: WaitTimeoutError) -> LifecycleError:
        longer = "customTimeouts.update" if self._connection.limited_by else "waitTimeout"
        return LifecycleError(
            f"{self.last.job_id} has no compressed model yet after {seconds(self._timeout)}.",
            state=over.last_seen(self.last.status),
            done=_GOES_ON,
            next_step=f"run `pulumi up` again to go on waiting for it, with a longer {longer} if need be; nothing is "
            "compressed twice. `pulumi destroy` ends it.",
        )
