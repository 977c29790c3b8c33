"""The wait for the model that a job makes.

A wait changes nothing: it can be ended and begun again at any moment, and the job goes on.
"""

from __future__ import annotations

from typing import Generic

from pulumi_dashscope_ft.api import ApiError, DashScopeError, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.failure import described
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.base.product.description import NEW_JOB, P, Product
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure, WaitFailedError

_QUIET_SECONDS = 300.0


class ModelWait(Generic[P]):
    """One wait for one model.

    :param last: the job as an answer has just shown it.
    :param timeout: seconds.
    """

    def __init__(self, product: Product[P], connection: Connection, last: P, timeout: float) -> None:
        self.last = last
        """The job as last seen."""
        self._product = product
        self._terms = product.terms
        self._connection = connection
        self._timeout = timeout
        self._subject = subject(product.noun, last.job_id)

    def run(self) -> P:
        """Block until the job has made its model, and return the job.

        :raises LifecycleError: it has ended without a model, is gone, or can't be read; or the time is up.
        """
        try:
            done = self._awaited()
        except NotFoundError:
            done = None
        except WaitFailedError as failed:
            raise self._no_model(failed.seen, failed.failure) from None
        except WaitTimeoutError as over:
            raise self._timed_out(over) from None
        except OperationInterruptedError:
            raise LifecycleError(
                f"{self._subject}: interrupted (Ctrl-C) while waiting for the {self._terms.model}.",
                state=f"last seen {self.last.status}.",
                done=self._goes_on,
                next_step=f"run `pulumi up` again to go on waiting for it; {self._terms.not_twice}.",
            ) from None
        except ApiError as error:
            raise with_advice(error, self._subject, "wait for", done=self._goes_on, again="pulumi up") from error
        if done is None:
            raise LifecycleError(
                f"{self._subject} is gone: the service knows no such {self._terms.job} (any more).",
                state=f"last seen {self.last.status}.",
                done="nothing was changed.",
                next_step="run `pulumi refresh` and then `pulumi up` to start a new one.",
            )
        return done

    @property
    def _goes_on(self) -> str:
        return f"nothing was changed: the {self._terms.work} goes on, and the job is recorded in the state."

    def _awaited(self) -> P | None:
        connection, job, until_made = self._connection, self.last, self._product.until_made
        now = connection.clock.monotonic()
        if until_made.is_over(job, now):
            return job
        connection.report(f"{self._subject} is {job.status}: waiting for the {self._terms.model}")
        deadline = now + self._timeout
        progress = connection.progress(self._subject, job.status, deadline, quiet=_QUIET_SECONDS)

        def observe(seen: P) -> None:
            self.last = seen
            progress.observe(seen)

        done = connection.readers.poller(self._product.source).wait(
            job.job_id,
            until_made,
            deadline=deadline,
            observe=observe,
            interrupted=connection.interrupted,
            tick=progress.tick,
        )
        if done is not None:
            connection.report(connection.key.redact(f"{self._subject} is {done.status}: {done.model_id}"))
        return done

    def _no_model(self, job: P, failed: Failure) -> LifecycleError:
        self.last = job
        reason, way_out = failed.why, failed.way_out
        if not reason:
            try:
                failure = self._product.failure_of(self._connection, job)
            except DashScopeError:
                reason = "the service gives no reason, and the log could not be read"
            else:
                reason = described(failure)
                way_out = self._product.way_out(failure) or way_out
        return LifecycleError(
            f"{self._subject} has ended without {self._terms.a_model}.",
            state=f"{job.status}: {reason}",
            done="nothing was changed; its record stays in the state.",
            next_step=f"{way_out} {NEW_JOB}; then run `pulumi up`.",
        )

    def _timed_out(self, over: WaitTimeoutError) -> LifecycleError:
        longer = "customTimeouts.update" if self._connection.limited_by else "waitTimeout"
        return LifecycleError(
            f"{self._subject} has no {self._terms.model} yet after {seconds(self._timeout)}.",
            state=over.last_seen(self.last.status),
            done=self._goes_on,
            next_step=f"run `pulumi up` again to go on waiting for it, with a longer {longer} if need be; "
            f"{self._terms.not_twice}. {self._terms.stopping}",
        )
