"""The wait for a job's model.

A job takes hours. A user of its model has to wait for it, wants to see meanwhile that it moves, and needs the reason if
it ends without a model. The wait changes nothing: it may be ended and begun again at any moment, and the job goes on.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from pulumi_dashscope_ft.api import ApiError, Job, JobStatus, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.failure import described
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.job.failure import failure_of
from pulumi_dashscope_ft.lifecycle.job.training_log import TrainingProgress, epochs_of
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import Report, StatusLine, seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure, Waiter, WaitFailedError, growing
from pulumi_dashscope_ft.text import redact, sanitize

JOB_TRAINED = Waiter(
    success=frozenset({JobStatus.SUCCEEDED}),
    failure=MappingProxyType(
        {
            JobStatus.FAILED: Failure("", "fix the cause shown in the log, then start a new run: "),
            JobStatus.CANCELED: Failure("it was cancelled, by a person or by another program", "to start a new run "),
        }
    ),
    delays=growing(2.0, 0.2, 30.0),
)
"""Wait, for hours, for the end of a training run."""

_LOG_LINES = 1000
_LONGEST_LINE = 2000
_SETTLED_SECONDS = 120.0
"""After this time each look comes after the longest delay, even when the wait was interrupted to print a line."""


def wait_for_model(
    connection: Connection, job_id: str, timeout: float, report: Report, *, longer: str = "with a longer timeout"
) -> Job:
    """Block until the job has `SUCCEEDED`, and return it; its `model_id` is the model. All waits share one poller.

    :param timeout: seconds.
    :param longer: what gives the next wait more time, for the message that the time is up.
    :param report: receives the progress lines: one when the status changes, and one a minute (later one in five
        minutes) while the job trains.
    :raises LifecycleError: the job has ended without a model (the message has the end of its log), is gone, or can't be
        read; or the time is up, which changes nothing: the job goes on.
    """
    return _Wait(connection, job_id, timeout, report, longer).run()


def model_at_a_glance(connection: Connection, job_id: str, report: Report) -> str | None:
    """Return the model if it exists by now; None while it may still come.

    One listing serves the whole process, no matter how many callers ask and when. A job that has ended without a model
    costs another call, for the reason in its log.

    :param report: receives lines for the user.
    :raises LifecycleError: the job has ended without a model; the message is that of a wait for it.
    :raises ApiError: the service can't be asked.
    """
    job = connection.jobs.listing.once().get(job_id)
    if job is not None and job.is_final and job.status != JobStatus.SUCCEEDED:
        return wait_for_model(connection, job_id, 0.0, report).model_id
    return job.model_id if job is not None else None


class _Wait:
    def __init__(self, connection: Connection, job_id: str, timeout: float, report: Report, longer: str) -> None:
        self._connection = connection
        self._clock = connection.clock
        self._job_id = job_id
        self._timeout = timeout
        self._longer = longer
        # Statuses and names are the service's words; callers outside Pulumi print them as they come.
        self._report: Report = lambda line: report(sanitize(redact(line), limit=_LONGEST_LINE))
        self._began = self._clock.monotonic()
        self._deadline = self._began + timeout
        self._status: str | None = None
        self._unit = timed.unit(None)
        self._epochs: float | None = None
        self._progress = TrainingProgress()
        self._log_lines = 0
        self._read_at = self._began
        self._ahead = 0
        self._line = StatusLine(connection.show_status, self._clock, self._standing)
        self._first_seen: tuple[float, float] | None = None

    def run(self) -> Job:
        try:
            job = self._connection.jobs.read(self._job_id)
            while not JOB_TRAINED.is_over(job, self._clock.monotonic()):
                self._tell(job)
                job = self._next(job)
        except NotFoundError:
            raise self._gone() from None
        except WaitFailedError as failed:
            raise self._no_model(failed.seen, failed.failure) from None
        except WaitTimeoutError as over:
            raise self._timed_out(over) from None
        except OperationInterruptedError:
            raise self._interrupted() from None
        except ApiError as error:
            raise with_advice(
                error,
                self._job_id,
                "wait for",
                state=f"last seen {self._status}." if self._status else None,
                done="nothing was changed; the job goes on by itself.",
                again="pulumi up",
            ) from error
        if not job.model_id:
            raise LifecycleError(
                f"{self._job_id} has SUCCEEDED, but the service names no model for it (no `finetuned_output`).",
                done="nothing was changed.",
                next_step="run `pulumi up` again in a few minutes; if it stays, look the job up in the Model Studio "
                "console.",
            )
        if self._status is not None:
            self._report(f"{self._job_id} SUCCEEDED after {self._spent()}: {job.model_id}")
        return job

    def _next(self, job: Job) -> Job:
        """Return the job at its next change, or when a line is due."""
        now = self._clock.monotonic()
        pause = 60.0 if now - self._began < 600 else 300.0
        until = min(self._deadline, now + pause)
        settled = now - self._began >= _SETTLED_SECONDS
        delays = JOB_TRAINED.delays[-1:] if settled else JOB_TRAINED.delays
        waiter = replace(JOB_TRAINED, delays=delays, leaving=job.status)
        try:
            seen = self._connection.poller.wait(
                self._job_id, waiter, deadline=until, interrupted=self._connection.interrupted, tick=self._line.tick
            )
        except WaitTimeoutError as over:
            if until >= self._deadline:
                raise
            return over.last or job
        if seen is None:
            raise self._gone()
        return seen

    def _tell(self, job: Job) -> None:
        self._status, self._unit, self._epochs = job.status, timed.unit(job.training_type), epochs_of(job)
        details = ""
        if job.status == JobStatus.RUNNING:
            details = self._training(job)
        elif job.status in (JobStatus.QUEUING, JobStatus.PENDING):
            details = self._queue(job)
        self._report(f"{self._job_id} {job.status} {self._spent()}{': ' if details else ''}{details}")

    def _standing(self) -> str:
        """Return the status line: what was read last, and the time since then reckoned on."""
        parts = []
        if self._status == JobStatus.RUNNING:
            left = self._seconds_left(self._epochs)
            since = self._clock.monotonic() - self._read_at
            parts += [self._progress.described(self._epochs)]
            parts += [f"about {seconds(left - since)} left"] if left is not None and left > since else []
        elif self._ahead:
            parts += [_ahead(self._ahead)]
        return ", ".join([*filter(None, parts), f"{self._status} {self._spent()}"])

    def _spent(self) -> str:
        return seconds(self._clock.monotonic() - self._began)

    def _queue(self, job: Job) -> str:
        """Say how many jobs are ahead: one is trained at a time (API page model-training-overview)."""
        try:
            jobs = self._connection.jobs.listing.all().values()
        except ApiError:
            return ""
        mine = (job.create_time or "", job.job_id)
        self._ahead = sum(1 for one in jobs if one.is_active and (one.create_time or "", one.job_id) < mine)
        return _ahead(self._ahead) if self._ahead else ""

    def _training(self, job: Job) -> str:
        try:
            self._read_log()
        except ApiError:
            return ""  # progress is a courtesy: the wait does not end because it can't be read
        words = self._progress.described(self._epochs)
        left = self._left(self._epochs)
        return f"{words}, about {seconds(left)} left" if words and left is not None else words

    def _read_log(self) -> None:
        """Read the new part of the log. If that is long, its end is enough: the last lines say how far the run is."""
        page = self._connection.client.fine_tunes.logs(self._job_id, offset=self._log_lines, line=_LOG_LINES)
        if page.lines and page.total > self._log_lines + len(page.lines):
            self._log_lines = max(page.total - _LOG_LINES, self._log_lines)
            page = self._connection.client.fine_tunes.logs(self._job_id, offset=self._log_lines, line=_LOG_LINES)
        self._progress, self._read_at = self._progress.after(page.lines), self._clock.monotonic()
        self._log_lines += len(page.lines)

    def _left(self, epochs: float | None) -> float | None:
        """Seconds to the end at the last reading, rounded as far as they can be known."""
        left = self._seconds_left(epochs)
        if left is None:
            return None
        is_short = self._progress.left is not None and left <= 90
        return left if is_short else 60.0 * max(round(left / 60), 1)

    def _seconds_left(self, epochs: float | None) -> float | None:
        """Seconds to the end at the last reading: the trainer's own figure, else by the pace since the first."""
        if self._progress.left is not None:
            return self._progress.left
        share = self._progress.share(epochs)
        if share is None:
            return None
        if self._first_seen is None:
            self._first_seen = (self._read_at, share)
        since, at_first = self._first_seen
        pace = (share - at_first) / (self._read_at - since) if self._read_at > since else 0.0
        return (1 - share) / pace if pace > 0 else None

    def _no_model(self, job: Job, failure: Failure) -> LifecycleError:
        why, first = failure
        reason = why or described(failure_of(self._connection, job))
        return LifecycleError(
            f"{self._job_id} has ended without a model.",
            state=f"{job.status}: {reason}",
            done="nothing was changed; its record stays in the state.",
            next_step=f"{first}change an input, add a value to `triggers`, or set rerunOn to "
            f'["{job.status}"]; then run `pulumi up`.',
        )

    def _gone(self) -> LifecycleError:
        return LifecycleError(
            f"{self._job_id} is gone: the service knows no such job (any more).",
            state=f"last seen {self._status}." if self._status else None,
            done="nothing was changed.",
            next_step="run `pulumi refresh`, then `pulumi up`: that starts a new run.",
        )

    def _interrupted(self) -> LifecycleError:
        return LifecycleError(
            f"{self._job_id}: interrupted (Ctrl-C) while waiting for its model.",
            state=f"last seen {self._status}." if self._status else None,
            done=f"nothing was changed: the job goes on, and its {self._unit} are billed.",
            next_step="run `pulumi up` again to go on waiting for the same job; `pulumi destroy` ends it.",
        )

    def _timed_out(self, over: WaitTimeoutError) -> LifecycleError:
        unit = timed.unit(over.last.training_type if over.last is not None else None)
        return LifecycleError(
            f"{self._job_id} has no model yet after {seconds(self._timeout)}.",
            state=over.last_seen(self._status),
            done=f"nothing was changed: the job goes on, and its {unit} are billed.",
            next_step=f"run `pulumi up` again to go on waiting for the same job, {self._longer} if need be; "
            "`pulumi destroy` ends it.",
        )


def _ahead(jobs: int) -> str:
    return f"{jobs} job{'s' if jobs != 1 else ''} of the account ahead"
