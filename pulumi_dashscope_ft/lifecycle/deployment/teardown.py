"""Why this exists: what a user believes torn down must not go on serving, or costing. So this, too, is a loop over one
question, "how does the deployment stand now?" (see `teardown_loop`):

    gone              → done
    DELETING          → wait until it is gone
    anything else     → delete; refused while a change is under way → wait for its end → delete again
                        refused although nothing is under way → say what to do, and keep it in the state

The service's pages show a RUNNING deployment deleted directly (API page model-deployment-api); one of the vendor's own
tools says that it must be stopped first. This loop is right under either reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.loop import NOTHING, TeardownLoop
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED, Ending
from pulumi_dashscope_ft.lifecycle.deployment.status import billing, is_lora
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.explain import reference
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import DEPLOYMENT_GONE, DEPLOYMENT_SETTLED


@dataclass(frozen=True, slots=True)
class TeardownPolicy:
    """How a deployment is to be torn down.

    :param on_destroy: `delete` or `retain` (touch nothing).
    :param timeout: seconds for the whole teardown.
    """

    on_destroy: str
    timeout: float


def plan(status: str | None, policy: TeardownPolicy) -> str:
    """What `destroy` would do to a deployment in this status, in a few words: the `teardown` output."""
    if policy.on_destroy == RETAIN:
        return "keep"
    return "wait until it is gone" if status == DeploymentStatus.DELETING else "delete"


def tear_down(
    connection: Connection, deployed_model: str, policy: TeardownPolicy, recorded: Mapping[str, Any] = NOTHING
) -> None:
    """Take the deployment down as the policy says; return when the service no longer knows it.

    :param recorded: what the state has of it: its status for a message, where the service can't be asked, and its
        workspace (see `out_of_sight`).
    :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
    :raises LifecycleError: the service refused in a way that waiting can't mend.
    """
    with connection.endings.of("deployment", deployed_model) as ending:
        if policy.on_destroy == RETAIN:
            connection.ledger.note_retained(deployed_model)
            connection.report(f"{deployed_model}: kept as it is, and billed as before (onDestroy: retain)")
            ending.kept("the deployment, as it is; it is billed as before", "onDestroy: retain")
            return
        _DeploymentTeardown(connection, deployed_model, policy, ending, recorded).run()


class _DeploymentTeardown(TeardownLoop[Deployment]):
    kind = "deployment"
    changes = MappingProxyType({"delete_deployment": "delete"})

    def __init__(
        self,
        connection: Connection,
        deployed_model: str,
        policy: TeardownPolicy,
        ending: Ending,
        recorded: Mapping[str, Any],
    ) -> None:
        reader, poller = connection.deployments, connection.deployment_poller
        super().__init__(connection, reader, poller, deployed_model, policy.timeout, ending, recorded)

    def name_of(self, one: Deployment) -> str | None:
        return one.name

    def step(self, one: Deployment) -> Deployment | None:
        if one.status == DeploymentStatus.DELETING:
            return self.wait(one, DEPLOYMENT_GONE)
        return self._delete(one)

    def _delete(self, live: Deployment) -> Deployment | None:
        """Delete it; None when it is gone, else how it stands after a refusal."""
        self.require_time(live)
        try:
            self.connection.client.deployments.delete(self.object_id)
        except NotFoundError:
            self.say("is gone")
            return None
        except UnsupportedOperationError as refusal:
            self.changed("delete was refused")
            return self._after_refusal(live, refusal)
        self.changed(ACCEPTED)
        self.say(f"was {live.status}: offline, and being deleted")
        return self.wait(live, DEPLOYMENT_GONE)

    def _after_refusal(self, live: Deployment, refusal: UnsupportedOperationError) -> Deployment | None:
        now = self.read()
        if now is None or now.status == DeploymentStatus.DELETING:
            return now
        if not now.is_settled:
            self.say(f"is {now.status}: the delete has to wait for that to end")
            return self.wait(now, DEPLOYMENT_SETTLED)
        if now.status == live.status:
            raise self._undeletable(now, refusal)
        return now

    def _undeletable(self, now: Deployment, refusal: UnsupportedOperationError) -> LifecycleError:
        scale = "" if is_lora(now.plan) else "set `capacity` to 0 and run `pulumi up`, or "
        return LifecycleError(
            f"the service refuses to delete {self.object_id} while it is {now.status} ({reference(refusal)}).",
            state=f"{now.status}; billed {billing(now.status, now.plan, now.capacity)}.",
            done=f"{self.so_far()} The deployment stays in the state: it goes on serving.",
            next_step=f"stop it first: {scale}stop it in the Model Studio console. Once `pulumi refresh` shows it "
            "STOPPED, run `pulumi destroy` again.",
        )

    def late(self, timeout: WaitTimeoutError) -> TeardownTimeoutError:
        status = timeout.last.status if timeout.last is not None else self.status
        accepted = status == DeploymentStatus.DELETING or ACCEPTED in self.ending.done
        bill = "it is offline and no longer billed" if accepted else "it is billed as before"
        return self.too_late("gone", timeout.last_seen(self.status), bill)
