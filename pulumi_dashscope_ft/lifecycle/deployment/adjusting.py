"""Change capacity, reserved throughput and rate limits while the deployment runs.

The service may refuse a change as long as an earlier one is in progress. Each call sets a fixed value, so sending it
twice has the same effect as once; all that is needed is to wait for the right moment and to give up in time (API page
model-deployment-api).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api import ApiError, ConflictError, Deployment, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.advice import fact, reference, with_advice
from pulumi_dashscope_ft.lifecycle.base.comparison import integral
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment.status import is_lora, throughput_text
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import DEPLOYMENT_SETTLED

BUSY_LIMIT = 600.0
"""Seconds to wait for an earlier change to end, for all changes of one update together.

Deploying takes 5 to 10 minutes, scaling not much less.
"""

Call = Callable[[], Deployment]
Refusal = (UnsupportedOperationError, ConflictError)


def adjust(
    connection: Connection, deployed_model: str, names: tuple[str, ...], news: Mapping[str, Any]
) -> Deployment | None:
    """Set the values that `news` has for these inputs, without waiting for the change to take effect.

    :return: the deployment after the change; None when there was nothing to change.
    :raises LifecycleError: the service refused, or was busy with an earlier change for too long.
    """
    deadline = connection.clock.monotonic() + BUSY_LIMIT
    last = None
    for what, call in _calls(connection, deployed_model, names, news):
        last = _Adjustment(connection, deployed_model, what, call, deadline).run()
        connection.report(f"{deployed_model} is {last.status}: {what} was accepted")
    return last


def _calls(
    connection: Connection, deployed_model: str, names: tuple[str, ...], news: Mapping[str, Any]
) -> list[tuple[str, Call]]:
    wanted = {name: integral(news[name]) for name in names if news.get(name) is not None}
    deployments = connection.client.deployments
    calls: list[tuple[str, Call]] = []
    capacity = wanted.pop("capacity", None)
    if capacity is not None and not is_lora(news.get("plan")):
        calls.append((f"capacity {capacity}", lambda: deployments.scale(deployed_model, capacity)))
    throughput = wanted.pop("ptuCapacity", None)
    if throughput is not None:
        calls.append(
            (
                f"ptuCapacity {throughput_text(throughput)}",
                lambda: deployments.scale_throughput(deployed_model, throughput),
            )
        )
    if wanted:
        said = " and ".join(f"{name} {value}" for name, value in wanted.items())
        rpm, tpm = wanted.get("rpmLimit"), wanted.get("tpmLimit")
        calls.append((said, lambda: deployments.update(deployed_model, rpm_limit=rpm, tpm_limit=tpm)))
    return calls


class _Adjustment:
    def __init__(self, connection: Connection, deployed_model: str, what: str, call: Call, deadline: float) -> None:
        self._connection = connection
        self._deployed_model = deployed_model
        self._what = what
        self._call = call
        self._deadline = deadline

    def run(self) -> Deployment:
        seen = None
        try:
            while True:
                try:
                    return self._ask()
                except Refusal as refusal:
                    now = self._connection.client.deployments.get(self._deployed_model)
                    if now.is_settled and seen == now.status:
                        raise self._refused(now, refusal) from refusal
                    seen = now.status
                    if not now.is_settled:
                        seen = self._settle(now, refusal).status
        except NotFoundError as error:
            raise LifecycleError(
                f"{self._what}: there is no deployment {self._deployed_model} any more ({reference(error)}).",
                done="nothing was changed.",
                next_step="run `pulumi refresh`, which drops it from the state, then `pulumi up` to deploy it again.",
            ) from error
        except ApiError as error:
            raise with_advice(
                error,
                self._deployed_model,
                f"set {self._what} of",
                done="it may have taken effect all the same; asking again does no harm."
                if error.ambiguous
                else "this was not changed.",
                again="pulumi up",
            ) from error

    def _ask(self) -> Deployment:
        changed = self._call()
        self._connection.deployments.forget(self._deployed_model)
        return changed

    def _settle(self, now: Deployment, refusal: ApiError) -> Deployment:
        connection = self._connection
        connection.report(f"{self._deployed_model} is {now.status}: {self._what} has to wait for that to end")
        progress = connection.progress(self._deployed_model, now.status, self._deadline)
        try:
            settled = connection.deployment_poller.wait(
                self._deployed_model,
                DEPLOYMENT_SETTLED,
                deadline=self._deadline,
                observe=progress.observe,
                tick=progress.tick,
            )
        except WaitTimeoutError as timeout:
            status = timeout.last.status if timeout.last is not None else now.status
            raise LifecycleError(
                f"{self._what}: {self._deployed_model} was busy with an earlier change for {seconds(BUSY_LIMIT)}.",
                state=f"{status}. The last request was refused: {fact(refusal)}",
                done="this was not changed; it goes on serving as before.",
                next_step="wait until `pulumi refresh` shows it RUNNING, then run `pulumi up` again.",
            ) from refusal
        # If it is gone by now, the next request says so.
        return settled if settled is not None else now

    def _refused(self, now: Deployment, refusal: ApiError) -> LifecycleError:
        return LifecycleError(
            f"the service refuses to set {self._what} of {self._deployed_model}: {fact(refusal)}",
            state=f"{now.status}, plan {now.plan or 'unknown'}.",
            done="this was not changed; it goes on as before.",
            next_step="write the value it has now and run `pulumi up` again; to have another one all the same, change "
            "`triggers` too, which deploys it anew. (Rate limits can be changed for the plan mu and some models only.)",
        )
