"""What `destroy` does to a job, whatever its status.

The procedure is the teardown driver's (`base/ending/driver.py`). For a job it comes to this:

    gone                    → done
    active, not CANCELING   → cancel; refused because it just ended → ask again
    CANCELING               → wait for any final status (it may still succeed or fail)
    final                   → delete; refused although final → the service keeps such records: warn, done

Sources: API pages cancel-fine-tuning-job-api, delete-fine-tuning-job-api, fine-tuning-api-guide; they contradict each
other on whether a finished job can be deleted, and the driver is right under either reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import Job, JobStatus, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.advice import reference
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending import kept_model
from pulumi_dashscope_ft.lifecycle.base.ending.driver import NOTHING, Action, Call, Teardown
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, RETAIN
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.training_data.sources import named_files
from pulumi_dashscope_ft.lifecycle.waiting.waiter import JOB_ENDED, Waiter


@dataclass(frozen=True, slots=True)
class TeardownPolicy:
    """How a job is torn down.

    :param on_destroy: `delete` (end it and delete its record), `cancel` (end it, keep the record), `retain` (touch
        nothing).
    :param on_undeletable: `warn` or `error`, for a finished job whose record the service refuses to delete.
    :param timeout: seconds for the whole teardown.
    """

    on_destroy: str
    on_undeletable: str
    timeout: float


def plan(status: str | None, policy: TeardownPolicy) -> str:
    """Say in a few words what `destroy` would do to a job in this status: the `teardown` output."""
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

    :param recorded: the job's properties in the state. Used are its status, for a message when the service can't be
        asked, and its workspace (see `confirm_gone`).
    :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
    :raises LifecycleError: the service refused for a reason that waiting can't fix (key, rights), or `on_undeletable`
        is `error`.
    """
    with connection.endings.of("job", job_id) as ending:
        if policy.on_destroy == RETAIN:
            connection.run_registry.note_retained(job_id, _files_to_read(connection, job_id, recorded))
            connection.report(f"{job_id}: kept as it is (onDestroy: retain)")
            ending.kept("the job, as it is; it goes on if it was active", "onDestroy: retain")
            return
        teardown = Teardown(
            connection,
            connection.jobs,
            connection.poller,
            _JobStrategy(policy, _unit(connection, job_id, recorded)),
            job_id,
            timeout=policy.timeout,
            ending=ending,
            recorded=recorded,
        )
        with connection.run_registry.ending(job_id):
            teardown.run()
            connection.run_registry.note_ended(job_id)


def _files_to_read(connection: Connection, job_id: str, recorded: Mapping[str, Any]) -> frozenset[str]:
    """Return the files that a retained job may still read, as far as known without a call; none once it has ended."""
    seen = connection.jobs.recall(job_id)
    status = recorded.get("status") if seen is None else seen.status
    return frozenset() if status in JobStatus.FINAL else named_files(recorded)


def _unit(connection: Connection, job_id: str, recorded: Mapping[str, Any]) -> str:
    """Say what the job is billed for, as far as is known without a call."""
    seen = connection.jobs.recall(job_id)
    return timed.unit(recorded.get("trainingType") or (seen.training_type if seen is not None else None))


@dataclass(frozen=True, slots=True)
class _JobStrategy:
    """What the teardown driver needs to know about a job. Its members are described in `TeardownStrategy`."""

    policy: TeardownPolicy
    unit: str
    """What the job is billed for (see `timed.unit`)."""

    kind: ClassVar[str] = "job"
    aim: ClassVar[str] = "torn down"
    verbs: ClassVar[Mapping[str, str]] = MappingProxyType({"cancel": "cancel", "delete": "delete"})
    calls: ClassVar[Mapping[Action, Call]] = MappingProxyType(
        {
            Action.CANCEL: lambda client, job_id: client.fine_tunes.cancel(job_id),
            Action.DELETE: lambda client, job_id: client.fine_tunes.delete(job_id),
        }
    )
    lasting: ClassVar[frozenset[str]] = JobStatus.FINAL
    end: ClassVar[Waiter] = JOB_ENDED
    until_gone: ClassVar[Waiter | None] = None

    def name_of(self, seen: Job) -> str | None:
        return seen.job_name

    def action(self, status: str) -> Action:
        if status in JobStatus.FINAL:
            return Action.KEEP if self.policy.on_destroy == CANCEL else Action.DELETE
        return Action.WAIT if status == JobStatus.CANCELING else Action.CANCEL

    def keep(self, teardown: Teardown[Job], seen: Job) -> None:
        stays = _model_stays(teardown, seen)
        teardown.say(f"is {seen.status}; its record is kept (onDestroy: cancel){stays}")
        teardown.ending.kept(f"its record, {seen.status}", "onDestroy: cancel")

    def deleted(self, teardown: Teardown[Job], seen: Job) -> None:
        if seen.model_id:
            model = teardown.connection.key.redact(f"the model {seen.model_id}")
            teardown.ending.leaves(model, kept_model.NO_CALL)
        teardown.say(f"was {seen.status}: deleted{_model_stays(teardown, seen)}")

    def refused(self, teardown: Teardown[Job], seen: Job, now: Job, refusal: UnsupportedOperationError) -> None:
        """Report that the service keeps the record of this finished job: nothing runs and nothing is billed."""
        counts = (
            " It still counts toward the 20 jobs that may be running or succeeded at once."
            if now.status == JobStatus.SUCCEEDED
            else ""
        )
        if self.policy.on_undeletable == "error":
            raise LifecycleError(
                f"{teardown.object_id} can't be deleted: the service keeps the records of finished jobs "
                f"({reference(refusal)}).",
                state=f"{now.status}: nothing runs and nothing is billed.{counts}",
                done=f"{teardown.so_far()} The job stays in the state, because onUndeletable is `error`.",
                next_step="set onUndeletable to `warn` and run `pulumi up`, then `pulumi destroy`; "
                "or forget it: `pulumi state delete` with the urn that `pulumi stack --show-urns` shows.",
            )
        teardown.ending.kept(
            f"its record, {now.status}.{counts}",
            f"the service does not delete the records of finished jobs ({reference(refusal)})",
        )
        teardown.connection.report(
            f"warning: {teardown.object_id} is {now.status} and the service will not delete its record "
            f"({reference(refusal)}). Nothing runs, nothing is billed; it is dropped from the state"
            f"{_model_stays(teardown, now)}.{counts}"
        )

    def billed(self, status: str) -> str:
        return "" if status in JobStatus.FINAL else f"; while it runs, its {self.unit} are billed"

    def billed_when_late(self, status: str | None, done: list[str]) -> str:
        return f"{self.unit} used until it ends are billed"


def _model_stays(teardown: Teardown[Job], job: Job) -> str:
    """Return what stays of a job that has produced a model, as the end of a sentence."""
    if not job.model_id:
        return ""
    return teardown.connection.key.redact(f"; {kept_model.stays(f'its model {job.model_id}')}")
