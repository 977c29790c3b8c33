"""What `destroy` does to a deployment, whatever its status.

The procedure is the teardown driver's (`base/ending/driver.py`). For a deployment it comes to this:

    gone              → done
    DELETING          → wait until it is gone
    anything else     → delete; refused during a change → wait for its end → delete again
                        refused although nothing changes → say what to do, and keep it in the state

The service's pages show a RUNNING deployment deleted directly (API page model-deployment-api); one of the vendor's own
tools says that it must be stopped first. The driver is right under either reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.advice import reference
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.driver import NOTHING, Action, Call, Teardown
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED
from pulumi_dashscope_ft.lifecycle.deployment.status import billing, is_lora, is_reserved
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import DEPLOYMENT_GONE, DEPLOYMENT_SETTLED, Waiter


@dataclass(frozen=True, slots=True)
class TeardownPolicy:
    """How a deployment is torn down.

    :param on_destroy: `delete` or `retain` (touch nothing).
    :param timeout: seconds for the whole teardown.
    """

    on_destroy: str
    timeout: float


def plan(status: str | None, policy: TeardownPolicy) -> str:
    """Say in a few words what `destroy` would do to a deployment in this status: the `teardown` output."""
    if policy.on_destroy == RETAIN:
        return "keep"
    return "wait until it is gone" if status == DeploymentStatus.DELETING else "delete"


def tear_down(
    connection: Connection, deployed_model: str, policy: TeardownPolicy, recorded: Mapping[str, Any] = NOTHING
) -> None:
    """Take the deployment down as the policy says; return when the service no longer knows it.

    :param recorded: the deployment's properties in the state. Used are its status, for a message when the service can't
        be asked, and its workspace (see `confirm_gone`).
    :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
    :raises LifecycleError: the service refused for a reason that waiting can't fix.
    """
    with connection.endings.of("deployment", deployed_model) as ending:
        if policy.on_destroy == RETAIN:
            connection.run_registry.note_retained(deployed_model)
            connection.report(f"{deployed_model}: kept as it is, and billed as before (onDestroy: retain)")
            ending.kept("the deployment, as it is; it is billed as before", "onDestroy: retain")
            return
        Teardown(
            connection,
            connection.deployments,
            connection.deployment_poller,
            _DeploymentStrategy(),
            deployed_model,
            timeout=policy.timeout,
            ending=ending,
            recorded=recorded,
        ).run()


@dataclass(frozen=True, slots=True)
class _DeploymentStrategy:
    """What the teardown driver needs to know about a deployment; `TeardownStrategy` describes the members."""

    kind: ClassVar[str] = "deployment"
    aim: ClassVar[str] = "gone"
    verbs: ClassVar[Mapping[str, str]] = MappingProxyType({"delete_deployment": "delete"})
    calls: ClassVar[Mapping[Action, Call]] = MappingProxyType(
        {Action.DELETE: lambda client, deployed_model: client.deployments.delete(deployed_model)}
    )
    lasting: ClassVar[frozenset[str]] = frozenset()
    end: ClassVar[Waiter] = DEPLOYMENT_GONE
    until_gone: ClassVar[Waiter | None] = DEPLOYMENT_GONE

    def name_of(self, seen: Deployment) -> str | None:
        return seen.name

    def action(self, status: str) -> Action:
        return Action.WAIT if status == DeploymentStatus.DELETING else Action.DELETE

    def keep(self, teardown: Teardown[Deployment], seen: Deployment) -> None:
        """No status of a deployment calls for KEEP."""

    def deleted(self, teardown: Teardown[Deployment], seen: Deployment) -> None:
        teardown.say(f"was {seen.status}: offline, and being deleted")

    def refused(
        self, teardown: Teardown[Deployment], seen: Deployment, now: Deployment, refusal: UnsupportedOperationError
    ) -> Deployment | None:
        """Wait for the end of a change, and try again as long as anything changes."""
        if not now.is_settled:
            teardown.say(f"is {now.status}: the delete has to wait for that to end")
            return teardown.wait(now, DEPLOYMENT_SETTLED)
        if now.status != seen.status:
            return now
        raise LifecycleError(
            f"the service refuses to delete {teardown.object_id} while it is {now.status} ({reference(refusal)}).",
            state=f"{now.status}; billed {billing(now.status, now.plan, now.capacity)}.",
            done=f"{teardown.so_far()} The deployment stays in the state: it goes on serving.",
            next_step=f"stop it first: {_way_to_stop(now.plan)}. Once `pulumi refresh` shows it STOPPED, run "
            "`pulumi destroy` again.",
        )

    def billed(self, status: str) -> str:
        return ""

    def billed_when_late(self, status: str | None, done: list[str]) -> str:
        offline = status == DeploymentStatus.DELETING or ACCEPTED in done
        return "it is offline and no longer billed" if offline else "it is billed as before"


def _way_to_stop(plan: Any) -> str:
    """Say how a user stops a deployment of this billing plan.

    Reserved throughput stands until each of its purchases is released, and no capacity of zero does that
    (throughput-reservation-api).
    """
    if is_reserved(plan):
        return (
            "release all its capacity instances in the Model Studio console (from those that were paid in advance, "
            "unsubscribe)"
        )
    console = "stop it in the Model Studio console"
    return console if is_lora(plan) else f"set `capacity` to 0 and run `pulumi up`, or {console}"
