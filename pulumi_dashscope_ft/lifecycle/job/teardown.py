"""Why this exists: `destroy` has to converge from every state a job can be in, whatever raced and however often it
was cut short.

The procedure is a loop over one question, "how does the job stand now?" (see `teardown_loop`):

    gone                    → done
    active, not CANCELING   → cancel; refused because it just ended → ask again
    CANCELING               → wait for any final status (it may still succeed or fail)
    final                   → delete; refused although final → the service keeps such records: warn, done

Sources: API pages cancel-fine-tuning-job-api, delete-fine-tuning-job-api, fine-tuning-api-guide; they contradict each
other on whether a finished job can be deleted, and this loop is right under either reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Job, JobStatus, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending import kept_model
from pulumi_dashscope_ft.lifecycle.base.ending.loop import NOTHING, TeardownLoop
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, RETAIN
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED, Ending
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.explain import fact, reference
from pulumi_dashscope_ft.lifecycle.training_data.sources import named_files
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import JOB_ENDED, status_left

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
            connection.ledger.note_retained(job_id, _files_to_read(connection, job_id, recorded))
            connection.report(f"{job_id}: kept as it is (onDestroy: retain)")
            ending.kept("the job, as it is; it goes on if it was active", "onDestroy: retain")
            return
        _JobTeardown(connection, job_id, policy, ending, recorded).run()


def _files_to_read(connection: Connection, job_id: str, recorded: Mapping[str, Any]) -> frozenset[str]:
    """The files that a retained job may yet read, as far as is known without a call: none once it has ended."""
    seen = connection.jobs.recall(job_id)
    status = recorded.get("status") if seen is None else seen.status
    return frozenset() if status in JobStatus.FINAL else named_files(recorded)


class _JobTeardown(TeardownLoop[Job]):
    kind = "job"
    changes = MappingProxyType({"cancel": "cancel", "delete": "delete"})

    def __init__(
        self,
        connection: Connection,
        job_id: str,
        policy: TeardownPolicy,
        ending: Ending,
        recorded: Mapping[str, Any],
    ) -> None:
        super().__init__(connection, connection.jobs, connection.poller, job_id, policy.timeout, ending, recorded)
        self._policy = policy
        self._refusal: ApiError | None = None

    def name_of(self, one: Job) -> str | None:
        return one.job_name

    def billed(self, status: str) -> str:
        return "" if status in JobStatus.FINAL else "; while it runs, its tokens are billed"

    def first_look(self) -> Job | None:
        """The job, if a listing has shown it to be final: that never changes, so a teardown of many asks only once."""
        known = self.connection.jobs.recall(self.object_id)
        return known if known is not None and known.is_final else self.read()

    def run(self) -> None:
        with self.connection.ledger.ending(self.object_id):
            super().run()
            self.connection.ledger.note_ended(self.object_id)

    def step(self, one: Job) -> Job | None:
        if not one.is_final:
            return self._end(one)
        if self._policy.on_destroy == CANCEL:
            self.say(f"is {one.status}; its record is kept (onDestroy: cancel){self._model_stays(one)}")
            self.ending.kept(f"its record, {one.status}", "onDestroy: cancel")
            return None
        return self._delete(one)

    def _end(self, job: Job) -> Job | None:
        """Cancel an active job and wait until it has ended, in whatever way; None when it is gone."""
        if job.status == JobStatus.CANCELING:
            return self.wait(job, JOB_ENDED)
        self.require_time(job)
        if self._cancel(job):
            return self.wait(job, JOB_ENDED)
        now = self.read()
        if now is None or now.is_final or now.status == JobStatus.CANCELING:
            return now
        return self._wait_for_a_change(now)

    def _cancel(self, job: Job) -> bool:
        """Ask for the cancel; False when the service refused because of the job's state, or no longer knows the
        job."""
        self.say(f"is {job.status}: cancelling")
        try:
            self.connection.client.fine_tunes.cancel(self.object_id)
        except UnsupportedOperationError as refusal:
            self._refusal = refusal
            self.changed("cancel was refused")
            return False
        except NotFoundError:
            self.changed("cancel found it gone")
            return False
        self._refusal = None
        self.changed("cancel was accepted")
        return True

    def _wait_for_a_change(self, job: Job) -> Job | None:
        """It still reads active, though the service would not cancel it: look again when that changes, or soon."""
        soon = min(self.deadline, self.clock.monotonic() + _PATIENCE)
        try:
            return self.wait(job, status_left(job.status), deadline=soon)
        except WaitTimeoutError as timeout:
            if soon < self.deadline:
                return timeout.last or job
            raise

    def _delete(self, job: Job) -> Job | None:
        """Delete a final job; None when that is settled, else the job as it reads after a refusal."""
        self.require_time(job)
        try:
            self.connection.client.fine_tunes.delete(self.object_id)
        except NotFoundError:
            self.say("is gone")
            return None
        except UnsupportedOperationError as refusal:
            self.changed("delete was refused")
            now = self.read()
            if now is None or not now.is_final:
                return now
            self._undeletable(now, refusal)
            return None
        self.changed(ACCEPTED)
        if job.model_id:
            self.ending.leaves(self.connection.key.redact(f"the model {job.model_id}"), kept_model.NO_CALL)
        self.say(f"was {job.status}: deleted{self._model_stays(job)}")
        return None

    def _model_stays(self, job: Job) -> str:
        """What stays of a job that has produced a model, to end a sentence."""
        if not job.model_id:
            return ""
        return self.connection.key.redact(f"; {kept_model.stays(f'its model {job.model_id}')}")

    def _undeletable(self, job: Job, refusal: UnsupportedOperationError) -> None:
        """The record of a finished job that the service will not delete: nothing runs and nothing is billed."""
        counts = (
            " It still counts toward the 20 jobs that may be running or succeeded at once."
            if job.status == JobStatus.SUCCEEDED
            else ""
        )
        if self._policy.on_undeletable == "error":
            raise LifecycleError(
                f"{self.object_id} can't be deleted: the service keeps the records of finished jobs "
                f"({reference(refusal)}).",
                state=f"{job.status}: nothing runs and nothing is billed.{counts}",
                done=f"{self.so_far()} The job stays in the state, because onUndeletable is `error`.",
                next_step="set onUndeletable to `warn` and run `pulumi up`, then `pulumi destroy`; "
                "or forget it: `pulumi state delete` with the urn that `pulumi stack --show-urns` shows.",
            )
        self.ending.kept(
            f"its record, {job.status}.{counts}",
            f"the service does not delete the records of finished jobs ({reference(refusal)})",
        )
        self.connection.report(
            f"warning: {self.object_id} is {job.status} and the service will not delete its record "
            f"({reference(refusal)}). Nothing runs, nothing is billed; it is dropped from the state"
            f"{self._model_stays(job)}.{counts}"
        )

    def late(self, timeout: WaitTimeoutError) -> TeardownTimeoutError:
        refused = "" if self._refusal is None else f" The last cancel was refused: {fact(self._refusal)}"
        state = f"{timeout.last_seen(self.status)}{refused}"
        return self.too_late("torn down", state, "tokens used until it ends are billed")
