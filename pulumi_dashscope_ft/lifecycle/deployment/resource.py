"""What create, read, diff, update and delete mean for a deployment, for every front end.

Inputs and outputs have the schema's names (camelCase). A create, and an update that changes the running deployment,
return once it runs (`waitUntilRunning`, see `deployment.running`): so the engine deletes a replaced deployment only
after its successor can be called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, Deployment, DeploymentStatus, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import not_read
from pulumi_dashscope_ft.lifecycle.base.comparison import equal
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.gone import confirm_gone
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.engine_options import warnings
from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.lifecycle.base.state import recorded, written
from pulumi_dashscope_ft.lifecycle.base.status_change import report_change
from pulumi_dashscope_ft.lifecycle.deployment import creation as deployment_creation
from pulumi_dashscope_ft.lifecycle.deployment import diff as deployment_diff
from pulumi_dashscope_ft.lifecycle.deployment import running as deployment_running
from pulumi_dashscope_ft.lifecycle.deployment.adjusting import adjust
from pulumi_dashscope_ft.lifecycle.deployment.plan import replacement, unasked
from pulumi_dashscope_ft.lifecycle.deployment.properties import DeploymentRequest, DeploymentState
from pulumi_dashscope_ft.lifecycle.deployment.request import ADJUSTABLE
from pulumi_dashscope_ft.lifecycle.deployment.status import RELEASED, billing, is_lora
from pulumi_dashscope_ft.lifecycle.deployment.teardown import TeardownPolicy, plan, tear_down
from pulumi_dashscope_ft.lifecycle.waiting.reader import status_now
from pulumi_dashscope_ft.schema import defaults, parse_duration

RESOURCE = deployment_diff.RESOURCE

_LIVE = {"capacity": "capacity", "rpmLimit": "rpm_limit", "tpmLimit": "tpm_limit"}
"""Values that somebody may have changed in the console: property name → attribute of the deployment."""


def check(olds: DeploymentRequest, news: DeploymentRequest, run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs, without a call."""
    report = schema.validate(RESOURCE, news.inputs, news.secrets)
    return CheckResult(
        news.continuing(olds, run_registry),
        report.violations,
        (*report.warnings, *warnings(news.options, "deployment")),
    )


def create(connection: Connection, request: DeploymentRequest) -> tuple[str, DeploymentState]:
    """Deploy the model (or find it deployed), wait until it runs, and return its id and state.

    :raises ResourceInitFailedError: it is deployed, but does not run (yet).
    """
    inputs, name = request.inputs, request.name
    connection.run_registry.note_deployment(connection.client)
    connection.run_registry.note_replaced(name)
    adopted = connection.run_registry.to_adopt(inputs.get("adoptDeployment"), name)
    if adopted is not None:
        live = deployment_creation.adopt(connection, adopted, inputs, name)
    else:
        intent = deployment_creation.intent_of(request, key=connection.stamp_key.value)
        live = deployment_creation.start(connection, intent)
    connection.run_registry.note_kept(live.deployed_model, request.nonce or "")
    connection.deployments.forget(live.deployed_model)
    live = deployment_running.awaited(connection, live.deployed_model, inputs, live, _waiting(connection, request))
    drift = _drift(inputs, live)
    if drift:
        said = ", ".join(f"{name} {value}" for name, value in drift.items())
        connection.report(f"{live.deployed_model} has {said}; the next `pulumi up` changes that to what is written")
    return live.deployed_model, state_of(request, {**inputs, **drift}, live, connection.key)


def read(connection: Connection, deployed_model: str, state: DeploymentState) -> DeploymentState | None:
    """Return the state as of now; None when the service says that it is gone. One that is being deleted still exists.

    If somebody else has scaled it, or changed its limits, the state shows that, and the next `up` changes it back.
    """
    try:
        live = connection.deployments.read(deployed_model)
    except NotFoundError:
        workspace_id = state.outputs.get("workspaceId")
        listing = connection.deployments.listing
        confirm_gone(listing, deployed_model, workspace_id, kind="deployment", again="pulumi refresh")
        if is_lora(state.outputs.get("plan")):
            connection.report(f"{deployed_model} is gone{RELEASED}")
        return None
    except ApiError as error:
        raise not_read(error, deployed_model, state.outputs.get("status", "unknown")) from error
    report_change(connection, deployed_model, state, live.status)
    known = state.known_inputs
    if deployment_running.is_there(known, live.status):
        state = state.without("is_waiting")
    return state_of(state, {**known, **_drift(known, live)}, live, connection.key)


def _drift(inputs: Mapping[str, Any], live: Deployment) -> dict[str, Any]:
    """Return the user's values that the service shows differently, as the service shows them.

    While a change is in progress the service may show the old value or the new one; then nothing is compared.
    """
    if not live.is_settled:
        return {}
    ignored = ("capacity",) if is_lora(inputs.get("plan")) or is_lora(live.plan) else ()
    live_values = {name: getattr(live, field) for name, field in _LIVE.items() if name not in ignored}
    return {
        name: value
        for name, value in live_values.items()
        if value is not None and inputs.get(name) is not None and not equal(inputs[name], value)
    }


def diff(connection: Connection, deployed_model: str, olds: DeploymentState, news: DeploymentRequest) -> DiffResult:
    """Decide what the change from `olds` to `news` means.

    Asks the service for the status only when the deployment will be changed or replaced.
    """
    connection.run_registry.note_deployment(connection.client)
    change = deployment_diff.compare(deployed_model, olds, news)
    goes_on = deployment_running.goes_on(olds, news)
    if not (change.replaces or change.adjusts or goes_on):
        _keep(connection, deployed_model, news, unchanged=not change.updates)
        return DiffResult((), bool(change.updates), False, None)
    status = status_now(connection.deployments, deployed_model, str(olds.outputs.get("status", "unknown")))
    if goes_on and not change.replaces:
        # It may have failed since the wait for it ended.
        change = deployment_diff.compare(deployed_model, olds.showing(status=status), news)
    if change.replaces:
        if change.replaces == (deployment_diff.FAILED_FIELD,) and status not in (None, DeploymentStatus.FAILED):
            # It has recovered since the state was written: a deployment that serves is not replaced because of an old
            # failure.
            connection.run_registry.note_kept(deployed_model, news.nonce or "")
            return DiffResult((), goes_on, False, None)
        connection.run_registry.note_superseded(deployed_model, news.name)
        consequence = replacement(deployed_model, status, change, olds, news)
        return DiffResult(change.replaces, True, change.old_first, consequence)
    _keep(connection, deployed_model, news, unchanged=False)
    if change.adjusts:
        return DiffResult((), True, False, deployment_diff.adjustment(deployed_model, status, change, olds, news))
    return DiffResult((), True, False, deployment_running.resumption(deployed_model, status, news.inputs))


def _keep(connection: Connection, deployed_model: str, news: DeploymentRequest, *, unchanged: bool) -> None:
    connection.run_registry.note_holder(deployed_model, news.name, unchanged=unchanged)
    connection.run_registry.note_kept(deployed_model, news.nonce or "")


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: DeploymentRequest, news: DeploymentRequest
) -> str:
    """Say what happens when Pulumi replaces the deployment although this provider did not ask for it.

    :param known: the deployment's id and recorded status, where a difference was asked for in this run.
    :param olds: the old inputs.
    """
    return unasked(olds, news)


def update(
    connection: Connection, deployed_model: str, olds: DeploymentState, news: DeploymentRequest
) -> DeploymentState:
    """Change capacity and limits in place, wait until it runs with them, and return the state.

    Inputs that only steer this provider need no call.

    :raises ResourceInitFailedError: the changes were accepted, but it does not run (yet).
    """
    adjusts = deployment_diff.compare(deployed_model, olds, news).adjusts
    connection.run_registry.note_kept(deployed_model, news.nonce or "")
    live = adjust(connection, deployed_model, adjusts, news.inputs)
    if live is None and not deployment_running.is_due(olds, news):
        updated = olds.updated(news, keep=ADJUSTABLE).without("is_waiting")
        return updated.showing(teardown=plan(updated.outputs.get("status"), policy_of(updated.outputs)))
    live = deployment_running.awaited(connection, deployed_model, news.inputs, live, _waiting(connection, news))
    return state_of(news, news.inputs, live, connection.key)


def is_local_update(olds: DeploymentState, news: DeploymentRequest) -> bool:
    """Whether `update` makes no call, so that a preview can tell its outcome."""
    adjusts = deployment_diff.compare(str(olds.outputs.get("deployedModel", "")), olds, news).adjusts
    return not (adjusts or deployment_running.is_due(olds, news))


def _waiting(connection: Connection, request: DeploymentRequest) -> Callable[[Deployment], DeploymentState]:
    """Return the function that makes the state to record for a deployment that does not run yet."""
    inputs, waiting = request.inputs, request.knowing(is_waiting=True)
    return lambda live: state_of(waiting, {**inputs, **_drift(inputs, live)}, live, connection.key)


def delete(connection: Connection, deployed_model: str, state: DeploymentState) -> None:
    """Take the deployment down as the policy in its state says (see `deployment.teardown`)."""
    connection.run_registry.note_deployment(connection.client)
    if not is_held_by_another(
        connection, "deployment", deployed_model, state, under_another="it was made anew under the same id"
    ):
        tear_down(connection, deployed_model, policy_of(state.outputs), state.outputs)


def state_of(carrier: Carrier, inputs: Mapping[str, Any], live: Deployment, key: KeySource | None) -> DeploymentState:
    """Return the state to record: inputs as the user wrote them, and what the service chose, without the key.

    :param carrier: the request or the old state.
    """
    given = written(inputs)
    plan_now = live.plan if live.plan is not None else given.get("plan")
    capacity = live.capacity if live.capacity is not None else given.get("capacity")
    chosen = {
        "deployedModel": live.deployed_model,
        "name": live.name,
        "status": live.status,
        "baseModel": live.base_model,
        "plan": live.plan,
        "capacity": live.capacity,
        "baseCapacity": live.base_capacity,
        "readyCapacity": live.ready_capacity,
        "rpmLimit": live.rpm_limit,
        "tpmLimit": live.tpm_limit,
        "chargeType": live.charge_type,
        "createTime": live.create_time,
        "modifyTime": live.modify_time,
        "creator": live.creator,
        "workspaceId": live.workspace_id,
        "billing": billing(live.status, plan_now, capacity),
        "teardown": plan(live.status, policy_of(inputs)),
    }
    return recorded(carrier, given, sanitized_outputs(chosen, key))


def policy_of(properties: Mapping[str, Any]) -> TeardownPolicy:
    """Return the teardown policy of a deployment with these properties."""
    chosen = {**defaults(RESOURCE), **{k: v for k, v in properties.items() if v is not None}}
    return TeardownPolicy(str(chosen["onDestroy"]), parse_duration(chosen["teardownTimeout"]))
