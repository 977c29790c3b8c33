"""Which creates and updates of a deployment wait until it runs, and what is recorded when such a wait ends too early.

The id must not be lost then: the front end records it (`ResourceInitFailedError`) with the mark `WAITING`, and the next
`up` goes on waiting for that same deployment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api import DashScopeError, Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.property_bag import WAITING
from pulumi_dashscope_ft.lifecycle.deployment.diff import RESOURCE, STOPPING, WAIT, WAIT_LIMIT
from pulumi_dashscope_ft.lifecycle.deployment.status import NOT_SERVING, is_lora
from pulumi_dashscope_ft.lifecycle.deployment.wait import DeploymentGoneError, RunningWait
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import defaults, parse_duration


def waits(inputs: Mapping[str, Any]) -> bool:
    """Whether these inputs ask to wait until it runs."""
    given = inputs.get(WAIT)
    return bool(defaults(RESOURCE)[WAIT] if given is None else given)


def goes_on(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether the next `up` goes on with a wait that has ended too early."""
    return bool(olds.get(WAITING)) and waits(news)


def is_due(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether an update waits although it changes nothing on the service."""
    return goes_on(olds, news) or (waits(news) and not waits(olds) and not is_there(news, olds.get("status")))


def is_there(inputs: Mapping[str, Any], status: Any) -> bool:
    """Whether a deployment with these inputs is, in this status, what was asked for."""
    return bool(status == _target(inputs))


def awaited(
    connection: Connection,
    deployed_model: str,
    inputs: Mapping[str, Any],
    last: Deployment | None,
    recorded: Callable[[Deployment], dict[str, Any]],
) -> Deployment:
    """The deployment once it runs; as it stands when the inputs say not to wait.

    :param last: the deployment as the answer to a create or a change has shown it; None when nothing was changed.
    :param recorded: the outputs to record of a deployment that does not run.
    :raises ResourceInitFailedError: it is there, and does not run (yet).
    :raises LifecycleError: it is gone; or there was no look at it, and it can't be looked at.
    """
    if last is not None and not waits(inputs):
        return last
    limit = connection.limited_by
    wait = RunningWait(
        connection,
        deployed_model,
        parse_duration(defaults(RESOURCE)[WAIT_LIMIT] if inputs.get(WAIT_LIMIT) is None else inputs[WAIT_LIMIT]),
        last=last,
        target=_target(inputs),
        # The next wait is an update's, whichever this one was.
        longer=f"with a longer {'customTimeouts.update' if limit else WAIT_LIMIT}",
        kept=" The deployment is recorded in the state.",
        way_out=f"; to have it recorded as it is, set {WAIT} to false",
    )
    try:
        return wait.run()
    except DeploymentGoneError:
        raise
    except (LifecycleError, DashScopeError) as error:
        if wait.last is None:
            raise
        told = str(error) if deployed_model in str(error) else f"{deployed_model}: {error}"
        raise ResourceInitFailedError(deployed_model, recorded(wait.last), told) from error


def resumption(deployed_model: str, status: str | None, news: Mapping[str, Any]) -> str:
    """What going on with a wait means, for the plan."""
    if status is None:
        return f"{deployed_model}, which is already gone: `pulumi refresh` drops it, and `pulumi up` deploys it again"
    if is_there(news, status):
        return f"{deployed_model} is {status} by now: that is recorded, nothing is deployed twice"
    if status in NOT_SERVING:
        return told_in_vain(deployed_model, status)
    return f"{deployed_model} is {status}: goes on waiting until it runs, nothing is deployed twice"


def failure_foreseen(deployed_model: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> LifecycleError | None:
    """Why an update that only goes on waiting is known to fail; None when it is not."""
    status = str(olds.get("status"))
    if not goes_on(olds, news) or is_there(news, status) or status not in NOT_SERVING:
        return None
    why, way_out = NOT_SERVING[status]
    return LifecycleError(
        f"{deployed_model} is {status} and does not come to run by itself: {why}.",
        done="nothing was changed.",
        next_step=f"{way_out}; to have it recorded as it is, set {WAIT} to false.",
    )


def told_in_vain(deployed_model: str, status: str) -> str:
    """Of a wait that is known to fail, for the plan."""
    why, way_out = NOT_SERVING[status]
    return f"{deployed_model} is {status} and does not come to run by itself ({why}), so this fails: {way_out}"


def _target(inputs: Mapping[str, Any]) -> str:
    """The status to wait for. Capacity 0 is meant to stop it (inferred)."""
    stops = inputs.get("capacity") == STOPPING and not is_lora(inputs.get("plan"))
    return DeploymentStatus.STOPPED if stops else DeploymentStatus.RUNNING
