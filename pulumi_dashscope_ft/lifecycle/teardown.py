"""Why this exists: `destroy` has to converge from every state a job can be in, whatever raced and however often it
was cut short.

The procedure is a loop over one question, "how does the job stand now?", asked of the service and never of memory:

    gone                    → done
    active, not CANCELING   → cancel; refused because it just ended → ask again
    CANCELING               → wait for any final status (it may still succeed or fail)
    final                   → delete; refused although final → the service keeps such records: warn, done

so it may be started anywhere, stopped anywhere, and run twice at once. Sources: API pages cancel-fine-tuning-job-api,
delete-fine-tuning-job-api, fine-tuning-api-guide; they contradict each other on whether a finished job can be
deleted, and this loop is right under either reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Job, JobStatus, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.explain import explained, fact, reference
from pulumi_dashscope_ft.lifecycle.out_of_sight import require_gone
from pulumi_dashscope_ft.lifecycle.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.progress import Progress, seconds
from pulumi_dashscope_ft.lifecycle.property_bag import RETAIN_OPTION
from pulumi_dashscope_ft.lifecycle.report import UNFINISHED, Ending
from pulumi_dashscope_ft.lifecycle.waiter import JOB_ENDED, Waiter, status_left

DELETE, CANCEL, RETAIN = "delete", "cancel", "retain"

_STEPS = {"get": "read", "list": "read", "cancel": "cancel", "delete": "delete"}

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""What the state has of an object that no resource holds."""

_PATIENCE = 15.0
"""Seconds to wait before a refused cancel is tried again."""


@dataclass(frozen=True, slots=True)
class TeardownPolicy:
    """How a job is to be torn down.

    :param on_destroy: `delete` (end it and delete its record), `cancel` (end it, keep the record), `retain` (touch
        nothing).
    :param on_undeletable: `warn` or `error`, for a finished job whose record the service refuses to delete.
    :param timeout: seconds for the whole teardown.
    """

    on_destroy: str
    on_undeletable: str
    timeout: float


def is_retained(inputs: Mapping[str, Any]) -> bool:
    """Whether a job or deployment is meant to outlive its stack, by its policy or by Pulumi's option."""
    return inputs.get("onDestroy") == RETAIN or bool(inputs.get(RETAIN_OPTION))


def plan(status: str | None, policy: TeardownPolicy) -> str:
    """What `destroy` would do to a job in this status, in a few words: the `teardown` output."""
    if policy.on_destroy == RETAIN:
        return "keep"
    if status in JobStatus.FINAL:
        ending = ""
    else:
        ending = "wait for cancel" if status == JobStatus.CANCELING else "cancel"
    if policy.on_destroy == CANCEL:
        return f"{ending}, keep the record" if ending else "keep"
    return f"{ending}, then delete" if ending else "delete"


def tear_down(
    connection: Connection, job_id: str, policy: TeardownPolicy, recorded: Mapping[str, Any] = NOTHING
) -> None:
    """End the job and remove it from the service as the policy says; return when nothing runs and nothing is billed.

    :param recorded: what the state has of it: its status for a message, where the service can't be asked, and its
        workspace (see `out_of_sight`).
    :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
    :raises LifecycleError: the service refused in a way that waiting can't mend (key, rights), or `on_undeletable` is
    `error`.
    """
    with connection.endings.of("job", job_id) as ending:
        if policy.on_destroy == RETAIN:
            connection.ledger.note_retained(job_id)
            connection.report(f"{job_id}: kept as it is (onDestroy: retain)")
            ending.kept("the job, as it is; it goes on if it was active", "onDestroy: retain")
            return
        _Teardown(connection, job_id, policy, ending, recorded).run()


class _Teardown:
    def __init__(
        self,
        connection: Connection,
        job_id: str,
        policy: TeardownPolicy,
        ending: Ending,
        recorded: Mapping[str, Any],
    ) -> None:
        self._connection = connection
        self._clock = connection.clock
        self._job_id = job_id
        self._policy = policy
        self._ending = ending
        self._recorded = recorded
        self._deadline = self._clock.monotonic() + policy.timeout
        self._done: dict[str, int] = {}
        self._status: str | None = None
        self._refusal: ApiError | None = None
        self._fresh_after: float | None = None

    def run(self) -> None:
        try:
            job = self._remembered() or self._read()
            while job is not None:
                self._status = job.status
                self._ending.met(job.status, job.job_name)
                if not job.is_final:
                    job = self._end(job)
                elif self._policy.on_destroy == CANCEL:
                    self._connection.ledger.note_ended(self._job_id)
                    self._say(f"is {job.status}; its record is kept (onDestroy: cancel)")
                    self._ending.kept(f"its record, {job.status}", "onDestroy: cancel")
                    return
                else:
                    job = self._delete(job)
            self._connection.ledger.note_ended(self._job_id)
            if self._ending.outcome == UNFINISHED:
                self._ending.went()
        except WaitTimeoutError as timeout:
            raise self._timed_out(timeout.last, timeout.error) from None
        except ApiError as error:
            raise explained(
                error,
                self._job_id,
                _STEPS.get(error.operation, "tear down"),
                state=self._known_state(),
                done=f"{self._so_far(error)} The job stays in the state.",
                again="pulumi destroy",
            ) from error

    def _remembered(self) -> Job | None:
        """The job, if a listing has shown it to be final: that never changes, so a teardown of many asks only once."""
        known = self._connection.jobs.recall(self._job_id)
        return known if known is not None and known.is_final else None

    def _read(self) -> Job | None:
        try:
            return self._connection.jobs.read(self._job_id, not_before=self._fresh_after)
        except NotFoundError:
            if not self._done:
                require_gone(
                    self._connection.jobs.listing,
                    self._job_id,
                    self._recorded.get("workspaceId"),
                    kind="job",
                    again="pulumi destroy",
                )
            self._say("is gone" if self._done else "was already gone")
            return None

    def _end(self, job: Job) -> Job | None:
        """Cancel an active job and wait until it has ended, in whatever way; None when it is gone."""
        if job.status == JobStatus.CANCELING:
            return self._wait(job, JOB_ENDED)
        self._check_time(job)
        if self._cancel(job):
            return self._wait(job, JOB_ENDED)
        now = self._read()
        if now is None or now.is_final or now.status == JobStatus.CANCELING:
            return now
        # It still reads active, though the service would not cancel it: look again when that changes, or soon.
        return self._wait(now, status_left(now.status), patience=_PATIENCE)

    def _cancel(self, job: Job) -> bool:
        """Ask for the cancel; False when the service refused because of the job's state, or no longer knows the
        job."""
        self._say(f"is {job.status}: cancelling")
        try:
            self._connection.client.fine_tunes.cancel(self._job_id)
        except UnsupportedOperationError as refusal:
            self._refusal = refusal
            self._changed("cancel was refused")
            return False
        except NotFoundError:
            self._changed("cancel found it gone")
            return False
        self._refusal = None
        self._changed("cancel was accepted")
        return True

    def _wait(self, job: Job, waiter: Waiter, *, patience: float | None = None) -> Job | None:
        progress = Progress(self._job_id, job.status, self._connection.report, self._clock)
        deadline = self._deadline
        if patience is not None:
            deadline = min(deadline, self._clock.monotonic() + patience)
        try:
            ended = self._connection.poller.wait(self._job_id, waiter, deadline=deadline, observe=progress.observe)
        except WaitTimeoutError as timeout:
            if deadline < self._deadline:
                return timeout.last or job
            raise
        if ended is None:
            self._say("is gone")
        return ended

    def _delete(self, job: Job) -> Job | None:
        """Delete a final job; None when that is settled, else the job as it reads after a refusal."""
        self._check_time(job)
        try:
            self._connection.client.fine_tunes.delete(self._job_id)
        except NotFoundError:
            self._say("is gone")
            return None
        except UnsupportedOperationError as refusal:
            self._changed("delete was refused")
            now = self._read()
            if now is None or not now.is_final:
                return now
            self._undeletable(now, refusal)
            return None
        self._changed("delete was accepted")
        self._say(f"was {job.status}: deleted")
        return None

    def _undeletable(self, job: Job, refusal: UnsupportedOperationError) -> None:
        """The record of a finished job that the service will not delete: nothing runs and nothing is billed."""
        counts = (
            " It still counts toward the 20 jobs that may be running or succeeded at once."
            if job.status == JobStatus.SUCCEEDED
            else ""
        )
        if self._policy.on_undeletable == "error":
            raise LifecycleError(
                f"{self._job_id} can't be deleted: the service keeps the records of finished jobs "
                f"({reference(refusal)}).",
                state=f"{job.status}: nothing runs and nothing is billed.{counts}",
                done=f"{self._so_far()} The job stays in the state, because onUndeletable is `error`.",
                next_step="set onUndeletable to `warn` and run `pulumi up`, then `pulumi destroy`; "
                "or forget it: `pulumi state delete` with the urn that `pulumi stack --show-urns` shows.",
            )
        self._ending.kept(
            f"its record, {job.status}.{counts}",
            f"the service does not delete the records of finished jobs ({reference(refusal)})",
        )
        self._connection.report(
            f"warning: {self._job_id} is {job.status} and the service will not delete its record "
            f"({reference(refusal)}). Nothing runs, nothing is billed; it is dropped from the state.{counts}"
        )

    def _check_time(self, job: Job) -> None:
        if self._clock.monotonic() >= self._deadline:
            raise WaitTimeoutError(job, None)

    def _changed(self, what: str) -> None:
        self._done[what] = self._done.get(what, 0) + 1
        self._ending.did(what)
        self._connection.jobs.forget(self._job_id)
        self._fresh_after = self._clock.monotonic()

    def _known_state(self) -> str | None:
        if self._status:
            return f"last seen {self._status}."
        status = self._recorded.get("status")
        if not status:
            return None
        billed = "" if status in JobStatus.FINAL else "; while it runs, its tokens are billed"
        return f"{status} when it was last read{billed}."

    def _say(self, text: str) -> None:
        self._connection.report(f"{self._job_id} {text}")

    def _so_far(self, error: ApiError | None = None) -> str:
        """What was done, for the `done` line; `error` is what ended it, if anything did."""
        deeds = [what if times == 1 else f"{what} {times} times" for what, times in self._done.items()]
        if error is not None and error.ambiguous and error.operation in ("cancel", "delete"):
            deeds.append(f"the last {error.operation} may have taken effect all the same")
        return f"{', '.join(deeds)}." if deeds else "nothing was changed."

    def _timed_out(self, job: Job | None, error: ApiError | None) -> TeardownTimeoutError:
        status = job.status if job is not None else self._status or "unknown"
        last = f" The last look at it failed: {fact(error)}" if error is not None else ""
        if self._refusal is not None:
            last += f" The last cancel was refused: {fact(self._refusal)}"
        return TeardownTimeoutError(
            f"{self._job_id} was not torn down within {seconds(self._policy.timeout)} (teardownTimeout).",
            state=f"last seen {status}.{last}",
            done=f"{self._so_far()} The job stays in the state; tokens used until it ends are billed.",
            next_step="run `pulumi destroy` again: it goes on from here. For more patience set teardownTimeout "
            '(for example "30m") and run `pulumi up` first.',
        )
