"""Why this exists: what a user believes torn down must not go on serving, or costing. So this, too, is a loop over one
question that is asked of the service and never of memory, "how does the deployment stand now?":

    gone              → done
    DELETING          → wait until it is gone
    anything else     → delete; refused while a change is under way → wait for its end → delete again
                        refused although nothing is under way → say what to do, and keep it in the state

It may be started anywhere, stopped anywhere, and run twice at once. The service's pages show a RUNNING deployment
deleted directly (API page model-deployment-api); one of the vendor's own tools says that it must be stopped first. This
loop is right under either reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Deployment, DeploymentStatus, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment_status import billing, is_lora
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.explain import explained, fact, reference
from pulumi_dashscope_ft.lifecycle.out_of_sight import require_gone
from pulumi_dashscope_ft.lifecycle.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.progress import Progress, seconds
from pulumi_dashscope_ft.lifecycle.report import Ending
from pulumi_dashscope_ft.lifecycle.teardown import NOTHING, RETAIN
from pulumi_dashscope_ft.lifecycle.waiter import DEPLOYMENT_GONE, DEPLOYMENT_SETTLED, Waiter

_STEPS = {"delete_deployment": "delete"}


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
        _Teardown(connection, deployed_model, policy, ending, recorded).run()


class _Teardown:
    def __init__(
        self,
        connection: Connection,
        deployed_model: str,
        policy: TeardownPolicy,
        ending: Ending,
        recorded: Mapping[str, Any],
    ) -> None:
        self._connection = connection
        self._clock = connection.clock
        self._deployed_model = deployed_model
        self._policy = policy
        self._ending = ending
        self._recorded = recorded
        self._deadline = self._clock.monotonic() + policy.timeout
        self._done: list[str] = []
        self._status: str | None = None
        self._fresh_after: float | None = None

    def run(self) -> None:
        try:
            live = self._read()
            while live is not None:
                self._status = live.status
                self._ending.met(live.status, live.name)
                if live.status == DeploymentStatus.DELETING:
                    live = self._wait(live, DEPLOYMENT_GONE)
                else:
                    live = self._delete(live)
            self._ending.went()
        except WaitTimeoutError as timeout:
            raise self._timed_out(timeout) from None
        except ApiError as error:
            raise explained(
                error,
                self._deployed_model,
                _STEPS.get(error.operation, "read"),
                state=self._known_state(),
                done=f"{self._so_far(error)} The deployment stays in the state.",
                again="pulumi destroy",
            ) from error

    def _known_state(self) -> str | None:
        if self._status:
            return f"last seen {self._status}."
        status = self._recorded.get("status")
        return f"{status} when it was last read." if status else None

    def _read(self) -> Deployment | None:
        try:
            return self._connection.deployments.read(self._deployed_model, not_before=self._fresh_after)
        except NotFoundError:
            if not self._done:
                listing = self._connection.deployments.listing
                require_gone(
                    listing,
                    self._deployed_model,
                    self._recorded.get("workspaceId"),
                    kind="deployment",
                    again="pulumi destroy",
                )
            self._say("is gone" if self._done else "was already gone")
            return None

    def _delete(self, live: Deployment) -> Deployment | None:
        """Delete it; None when it is gone, else how it stands after a refusal."""
        if self._clock.monotonic() >= self._deadline:
            raise WaitTimeoutError(live, None)
        try:
            self._connection.client.deployments.delete(self._deployed_model)
        except NotFoundError:
            self._say("is gone")
            return None
        except UnsupportedOperationError as refusal:
            self._changed("delete was refused")
            return self._after_refusal(live, refusal)
        self._changed("delete was accepted")
        self._say(f"was {live.status}: offline, and being deleted")
        return self._wait(live, DEPLOYMENT_GONE)

    def _after_refusal(self, live: Deployment, refusal: UnsupportedOperationError) -> Deployment | None:
        now = self._read()
        if now is None or now.status == DeploymentStatus.DELETING:
            return now
        if not now.is_settled:
            self._say(f"is {now.status}: the delete has to wait for that to end")
            return self._wait(now, DEPLOYMENT_SETTLED)
        if now.status == live.status:
            raise self._undeletable(now, refusal)
        return now

    def _wait(self, live: Deployment, waiter: Waiter) -> Deployment | None:
        progress = Progress(self._deployed_model, live.status, self._connection.report, self._clock)
        ended = self._connection.deployment_poller.wait(
            self._deployed_model, waiter, deadline=self._deadline, observe=progress.observe
        )
        if ended is None:
            self._say("is gone")
        return ended

    def _undeletable(self, now: Deployment, refusal: UnsupportedOperationError) -> LifecycleError:
        scale = "" if is_lora(now.plan) else "set `capacity` to 0 and run `pulumi up`, or "
        return LifecycleError(
            f"the service refuses to delete {self._deployed_model} while it is {now.status} ({reference(refusal)}).",
            state=f"{now.status}; billed {billing(now.status, now.plan, now.capacity)}.",
            done=f"{self._so_far()} The deployment stays in the state: it goes on serving.",
            next_step=f"stop it first: {scale}stop it in the Model Studio console. Once `pulumi refresh` shows it "
            "STOPPED, run `pulumi destroy` again.",
        )

    def _changed(self, what: str) -> None:
        self._done.append(what)
        self._ending.did(what)
        self._connection.deployments.forget(self._deployed_model)
        self._fresh_after = self._clock.monotonic()

    def _say(self, text: str) -> None:
        self._connection.report(f"{self._deployed_model} {text}")

    def _so_far(self, error: ApiError | None = None) -> str:
        """What was done, for the `done` line; `error` is what ended it, if anything did."""
        deeds = list(dict.fromkeys(self._done))
        if error is not None and error.ambiguous and error.operation == "delete_deployment":
            deeds.append("the last delete may have taken effect all the same")
        return f"{', '.join(deeds)}." if deeds else "nothing was changed."

    def _timed_out(self, timeout: WaitTimeoutError) -> TeardownTimeoutError:
        status = timeout.last.status if timeout.last is not None else self._status or "unknown"
        accepted = status == DeploymentStatus.DELETING or "delete was accepted" in self._done
        bill = "it is offline and no longer billed" if accepted else "it is billed as before"
        last = f" The last look at it failed: {fact(timeout.error)}" if timeout.error is not None else ""
        return TeardownTimeoutError(
            f"{self._deployed_model} was not gone within {seconds(self._policy.timeout)} (teardownTimeout).",
            state=f"last seen {status}.{last}",
            done=f"{self._so_far()} The deployment stays in the state; {bill}.",
            next_step="run `pulumi destroy` again: it goes on from here. For more patience set teardownTimeout "
            '(for example "30m") and run `pulumi up` first.',
        )
