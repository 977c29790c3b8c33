"""Which creates and updates of a deployment wait until it runs, and what is recorded when such a wait ends too early.

The id must not be lost then: the front end records it (`ResourceInitFailedError`) as waiting, and the next `up`
continues to wait for that same deployment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.api import DashScopeError, Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.deployment.diff import RESOURCE, STOPPING, WAIT, WAIT_LIMIT
from pulumi_dashscope_ft.lifecycle.deployment.properties import DeploymentRequest, DeploymentState
from pulumi_dashscope_ft.lifecycle.deployment.status import NOT_SERVING, is_lora
from pulumi_dashscope_ft.lifecycle.deployment.wait import DeploymentGoneError, RunningWait
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import defaults, parse_duration

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import ModelDeploymentInputs


def waits(inputs: ModelDeploymentInputs) -> bool:
    """Whether these inputs ask to wait until it runs."""
    given = inputs.get(WAIT)
    return bool(defaults(RESOURCE)[WAIT] if given is None else given)


def goes_on(olds: DeploymentState, news: DeploymentRequest) -> bool:
    """Whether the next `up` continues a wait that ended too early."""
    return olds.is_waiting and waits(news.inputs)


def is_due(olds: DeploymentState, news: DeploymentRequest) -> bool:
    """Whether an update waits although it changes nothing on the service."""
    begins = waits(news.inputs) and not waits(olds.known_inputs)
    return goes_on(olds, news) or (begins and not is_there(news.inputs, olds.outputs.get("status")))


def is_there(inputs: ModelDeploymentInputs, status: Any) -> bool:
    """Whether a deployment with these inputs is, in this status, what the user asked for."""
    return bool(status == _target(inputs))


def awaited(
    connection: Connection,
    deployed_model: str,
    inputs: ModelDeploymentInputs,
    last: Deployment | None,
    recorded: Callable[[Deployment], DeploymentState],
) -> Deployment:
    """Return the deployment once it runs; at once when the inputs say not to wait.

    :param last: the deployment as the answer to a create or a change has shown it; None when nothing was changed.
    :param recorded: makes the state to record for a deployment that does not run.
    :raises ResourceInitFailedError: it exists, but does not run (yet).
    :raises LifecycleError: it is gone; or no answer has shown it, and it can't be read.
    """
    if last is not None and not waits(inputs):
        return last
    limit, given = connection.limited_by, inputs.get("waitTimeout")
    wait = RunningWait(
        connection,
        deployed_model,
        parse_duration(defaults(RESOURCE)[WAIT_LIMIT] if given is None else given),
        last=last,
        target=_target(inputs),
        # The next wait belongs to an update, even if this one did not.
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
        reason = str(error) if deployed_model in str(error) else f"{deployed_model}: {error}"
        raise ResourceInitFailedError(deployed_model, recorded(wait.last), reason) from error


def resumption(deployed_model: str, status: str | None, news: ModelDeploymentInputs) -> str:
    """Say in the plan what continuing a wait means."""
    if status is None:
        return f"{deployed_model}, which is already gone: `pulumi refresh` drops it, and `pulumi up` deploys it again"
    if is_there(news, status):
        return f"{deployed_model} is {status} by now: that is recorded, nothing is deployed twice"
    if status in NOT_SERVING:
        return wait_in_vain(deployed_model, status)
    return f"{deployed_model} is {status}: goes on waiting until it runs, nothing is deployed twice"


def failure_foreseen(deployed_model: str, olds: DeploymentState, news: DeploymentRequest) -> LifecycleError | None:
    """Why an update that only continues a wait is known to fail; None when it is not."""
    status = str(olds.outputs.get("status"))
    if not goes_on(olds, news) or is_there(news.inputs, status) or status not in NOT_SERVING:
        return None
    why, way_out = NOT_SERVING[status]
    return LifecycleError(
        f"{deployed_model} is {status} and does not come to run by itself: {why}.",
        done="nothing was changed.",
        next_step=f"{way_out}; to have it recorded as it is, set {WAIT} to false.",
    )


def wait_in_vain(deployed_model: str, status: str) -> str:
    """Say in the plan that a wait is known to fail."""
    why, way_out = NOT_SERVING[status]
    return f"{deployed_model} is {status} and does not come to run by itself ({why}), so this fails: {way_out}"


def _target(inputs: ModelDeploymentInputs) -> str:
    """Return the status to wait for. A capacity of 0 stops the deployment (inferred)."""
    stops = inputs.get("capacity") == STOPPING and not is_lora(inputs.get("plan"))
    return DeploymentStatus.STOPPED if stops else DeploymentStatus.RUNNING
