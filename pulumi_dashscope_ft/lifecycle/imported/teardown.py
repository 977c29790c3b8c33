"""What `destroy` does to an import, whatever its status.

The procedure is the teardown driver's (`base/ending/driver.py`):

    gone          → done
    under way     → wait for its end, because the service has no call that cancels an import
    final         → delete, which removes the files of the model; refused while the model is deployed

A refused delete depends on the deployments of the model:

    all of them are going, or none is seen  → try again after a moment
    one stays                               → name it, and keep the import in the state

Source: API page model-import-api-reference. That a deployed model can't be deleted is documented for the console.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import (
    ApiError,
    Deployment,
    DeploymentStatus,
    Import,
    ImportStatus,
    UnsupportedOperationError,
)
from pulumi_dashscope_ft.lifecycle.advice import reference
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.driver import NOTHING, Action, Call, Teardown
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.errors import InUseError
from pulumi_dashscope_ft.lifecycle.imported.source import IMPORTS
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Waiter, growing

KIND = "import"
_TRIES = 3
"""How often a delete may be refused although no deployment of the model is seen: the service may show it gone early."""

IMPORT_ENDED = Waiter(success=ImportStatus.FINAL, delays=growing(2.0, 0.1, 15.0))
"""Wait, for minutes or longer, for the end of an import."""


@dataclass(frozen=True, slots=True)
class TeardownPolicy:
    """How an import is torn down.

    :param on_destroy: `delete` or `retain` (touch nothing).
    :param timeout: seconds for the whole teardown.
    """

    on_destroy: str
    timeout: float


def plan(status: str | None, on_destroy: str) -> str:
    """Say in a few words what `destroy` would do to an import in this status: the `teardown` output."""
    if on_destroy == RETAIN:
        return "keep"
    if status == ImportStatus.FAILED:
        return "delete"
    if status == ImportStatus.SUCCEEDED:
        return "delete, with the model's files"
    return "wait for its end, then delete, with the model's files"


def tear_down(
    connection: Connection, job_id: str, policy: TeardownPolicy, recorded: Mapping[str, Any] = NOTHING
) -> None:
    """Wait for the end of the import and delete it, its model included, as the policy says.

    :param recorded: the import's properties in the state. Used are its status, for a message when the service can't be
        asked, and its workspace (see `confirm_gone`).
    :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
    :raises InUseError: the model is deployed.
    :raises LifecycleError: the service refused for another reason that waiting can't fix.
    """
    with connection.endings.of(KIND, job_id) as ending:
        if policy.on_destroy == RETAIN:
            connection.run_registry.note_retained(job_id)
            connection.report(f"{subject(KIND, job_id)}: kept as it is, and its model with it (onDestroy: retain)")
            ending.kept("the import and its model", "onDestroy: retain")
            return
        Teardown(
            connection,
            connection.readers.reader(IMPORTS),
            connection.readers.poller(IMPORTS),
            _ImportStrategy(),
            job_id,
            timeout=policy.timeout,
            ending=ending,
            recorded=recorded,
        ).run()


@dataclass(frozen=True, slots=True)
class _ImportStrategy:
    """What the teardown driver needs to know; `TeardownStrategy` describes the members."""

    kind: ClassVar[str] = KIND
    aim: ClassVar[str] = "torn down"
    verbs: ClassVar[Mapping[str, str]] = MappingProxyType({"delete_import": "delete"})
    calls: ClassVar[Mapping[Action, Call]] = MappingProxyType(
        {Action.DELETE: lambda client, job_id: client.imports.delete(job_id)}
    )
    lasting: ClassVar[frozenset[str]] = ImportStatus.FINAL
    end: ClassVar[Waiter] = IMPORT_ENDED
    until_gone: ClassVar[Waiter | None] = None

    def name_of(self, seen: Import) -> str | None:
        return seen.display_name

    def action(self, status: str) -> Action:
        return Action.DELETE if status in ImportStatus.FINAL else Action.WAIT

    def keep(self, teardown: Teardown[Import], seen: Import) -> None:
        """No status of an import calls for KEEP."""

    def deleted(self, teardown: Teardown[Import], seen: Import) -> None:
        if not seen.model_id:
            teardown.say(f"was {seen.status}: deleted; it had no model")
            return
        teardown.ending.did("the model's files were removed")
        model = teardown.connection.key.redact(f"its model {seen.model_id}")
        teardown.say(f"was {seen.status}: deleted, and the files of {model} with it")

    def refused(
        self, teardown: Teardown[Import], seen: Import, now: Import, refusal: UnsupportedOperationError
    ) -> Import:
        """Try again while the model's deployments go, and name those that stay."""
        users = _deployments_of(teardown.connection, now)
        staying = [one for one in users if one.status != DeploymentStatus.DELETING]
        refusals = teardown.ending.done.count("delete was refused")
        if not staying and (users or refusals < _TRIES):
            teardown.say(f"can't be deleted yet ({reference(refusal)}): trying again")
            return teardown.let_pass(now)
        names = ", ".join(f"{one.deployed_model} ({one.status})" for one in staying)
        deployed = f"its model is deployed as {names}" if staying else "its model may be in use"
        raise InUseError(
            teardown.connection.key.redact(
                f"the service refuses to delete {teardown.subject}: {deployed} ({reference(refusal)})."
            ),
            state=f"{now.status}; deleting it would remove the model's files.",
            done=f"{teardown.so_far()} The import stays in the state, and its model is untouched.",
            next_step="take the deployments of the model down (`pulumi destroy` in the stack that holds them, else "
            "`dashscope-ft delete <id>`), then run the same command again. To keep the model, set onDestroy to "
            "`retain` and run `pulumi up`.",
        )

    def billed(self, status: str) -> str:
        return ""

    def billed_when_late(self, status: str | None, done: list[str]) -> str:
        return "an import can't be cancelled, so it goes on until it ends"


def _deployments_of(connection: Connection, job: Import) -> list[Deployment]:
    """Return the live deployments of the import's model; none when they can't be listed."""
    try:
        listed = connection.deployments.listing.all()
    except ApiError:
        return []
    return [live for live in listed.values() if job.model_id and live.model_name == job.model_id]
