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
from pulumi_dashscope_ft.lifecycle.base.ending import run
from pulumi_dashscope_ft.lifecycle.base.ending.driver import NOTHING, Action, Call, Teardown
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy
from pulumi_dashscope_ft.lifecycle.base.kind.consumption import of_job
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.spend import actual
from pulumi_dashscope_ft.lifecycle.training_data.sources import named_files
from pulumi_dashscope_ft.lifecycle.waiting.waiter import JOB_ENDED, Waiter


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


def _record_cost(teardown: Teardown[Job], seen: Job) -> None:
    """Note what the run has cost: once its record is deleted, nobody can tell any more."""
    connection = teardown.connection
    cost = actual.cost(of_job(seen), *actual.where(connection))
    teardown.ending.cost = None if cost is None else cost.facts()


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
        return run.action(status, self.policy)

    def keep(self, teardown: Teardown[Job], seen: Job) -> None:
        _record_cost(teardown, seen)
        run.keep(teardown, seen)

    def deleted(self, teardown: Teardown[Job], seen: Job) -> None:
        _record_cost(teardown, seen)
        run.deleted(teardown, seen)

    def refused(self, teardown: Teardown[Job], seen: Job, now: Job, refusal: UnsupportedOperationError) -> None:
        """Report that the service keeps the record of this finished job: nothing runs and nothing is billed."""
        counts = (
            " It still counts toward the 20 jobs that may be running or succeeded at once."
            if now.status == JobStatus.SUCCEEDED
            else ""
        )
        _record_cost(teardown, now)
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
            f"{run.model_stays(teardown, now)}.{counts}"
        )

    def billed(self, status: str) -> str:
        return "" if status in JobStatus.FINAL else f"; while it runs, its {self.unit} are billed"

    def billed_when_late(self, status: str | None, done: list[str]) -> str:
        return f"{self.unit} used until it ends are billed"
