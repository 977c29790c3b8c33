"""What `destroy` does to a compression job, whatever its status.

The procedure is the teardown driver's (`base/ending/driver.py`):

    gone                    → done
    active, not CANCELING   → cancel; refused because it just ended → ask again
    CANCELING               → wait for any final status
    final                   → delete; the compressed model stays

Source: API page model-compression-api-reference. It says that only final jobs can be deleted, and names no job whose
record the service keeps; should the service refuse all the same, `onUndeletable` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import Compression, JobStatus, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.advice import reference
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending import run
from pulumi_dashscope_ft.lifecycle.base.ending.driver import NOTHING, Action, Call, Teardown
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import JOB_ENDED, Waiter

KIND = "compression"


def tear_down(
    connection: Connection, job_id: str, policy: TeardownPolicy, recorded: Mapping[str, Any] = NOTHING
) -> None:
    """End the job and remove its record as the policy says. A model that it has produced stays.

    :param recorded: the job's properties in the state. Used are its status, for a message when the service can't be
        asked, and its workspace (see `confirm_gone`).
    :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
    :raises LifecycleError: the service refused for a reason that waiting can't fix.
    """
    with connection.endings.of(KIND, job_id) as ending:
        if policy.on_destroy == RETAIN:
            connection.run_registry.note_retained(job_id)
            connection.report(f"{job_id}: kept as it is (onDestroy: retain)")
            ending.kept("the job, as it is; it goes on if it was active", "onDestroy: retain")
            return
        Teardown(
            connection,
            connection.readers.reader(COMPRESSIONS),
            connection.readers.poller(COMPRESSIONS),
            _CompressionStrategy(policy),
            job_id,
            timeout=policy.timeout,
            ending=ending,
            recorded=recorded,
        ).run()


@dataclass(frozen=True, slots=True)
class _CompressionStrategy:
    """What the teardown driver needs to know; `TeardownStrategy` describes the members."""

    policy: TeardownPolicy

    kind: ClassVar[str] = KIND
    aim: ClassVar[str] = "torn down"
    verbs: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"cancel_compression": "cancel", "delete_compression": "delete"}
    )
    calls: ClassVar[Mapping[Action, Call]] = MappingProxyType(
        {
            Action.CANCEL: lambda client, job_id: client.compressions.cancel(job_id),
            Action.DELETE: lambda client, job_id: client.compressions.delete(job_id),
        }
    )
    lasting: ClassVar[frozenset[str]] = JobStatus.FINAL
    end: ClassVar[Waiter] = JOB_ENDED
    until_gone: ClassVar[Waiter | None] = None

    def name_of(self, seen: Compression) -> str | None:
        return seen.job_name

    def action(self, status: str) -> Action:
        return run.action(status, self.policy)

    def keep(self, teardown: Teardown[Compression], seen: Compression) -> None:
        run.keep(teardown, seen)

    def deleted(self, teardown: Teardown[Compression], seen: Compression) -> None:
        run.deleted(teardown, seen)

    def refused(
        self, teardown: Teardown[Compression], seen: Compression, now: Compression, refusal: UnsupportedOperationError
    ) -> None:
        """Report that the service keeps the record of this ended job: nothing runs."""
        if self.policy.on_undeletable == "error":
            raise LifecycleError(
                f"{teardown.object_id} can't be deleted: the service keeps the records of finished jobs "
                f"({reference(refusal)}).",
                state=f"{now.status}: nothing runs.",
                done=f"{teardown.so_far()} The compression stays in the state, because onUndeletable is `error`.",
                next_step="set onUndeletable to `warn` and run `pulumi up`, then `pulumi destroy`; "
                "or forget it: `pulumi state delete` with the urn that `pulumi stack --show-urns` shows.",
            )
        why = f"the service does not delete the record of this finished job ({reference(refusal)})"
        teardown.ending.kept(f"its record, {now.status}", why)
        teardown.connection.report(
            f"warning: {teardown.object_id} is {now.status} and the service will not delete its record "
            f"({reference(refusal)}). Nothing runs; it is dropped from the state{run.model_stays(teardown, now)}."
        )

    def billed(self, status: str) -> str:
        return ""

    def billed_when_late(self, status: str | None, done: list[str]) -> str:
        return "it may still be under way"
