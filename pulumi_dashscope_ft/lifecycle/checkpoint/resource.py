"""What create, read, diff, update and delete mean for a checkpoint that is published as a model.

The service can publish a checkpoint and show it, and nothing else: an exported model can't be renamed, exported under a
second name, or deleted by a call (API pages fine-tuning-api-guide, list-checkpoints-api). So most of this module tells
the user so before he believes otherwise. The Pulumi id is `{job_id}/{checkpoint}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, Checkpoint, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import not_read
from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending import kept_model
from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.lifecycle.base.state import recorded
from pulumi_dashscope_ft.lifecycle.checkpoint.export import Wanted, export
from pulumi_dashscope_ft.lifecycle.checkpoint.properties import CheckpointRequest, CheckpointState
from pulumi_dashscope_ft.schema import defaults, parse_duration, replacing

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import ExportedCheckpointOutputs

RESOURCE = "ExportedCheckpoint"
COMPUTED = ("modelName", "status", "fullName", "createTime", "expireTime")
"""Outputs that the service chooses."""

EXPIRY_NOTICE = 3 * 24 * 3600.0
"""The warning about a checkpoint that expires starts this many seconds before."""


def check(olds: CheckpointRequest, news: CheckpointRequest, run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs, without a call."""
    report = schema.validate(RESOURCE, news.inputs, news.secrets)
    return CheckResult(news, tuple(report.violations), tuple(report.warnings))


def create(connection: Connection, request: CheckpointRequest) -> tuple[str, CheckpointState]:
    """Publish the checkpoint, or find it published; return its id and state once its model can be deployed."""
    inputs = request.inputs
    wanted = Wanted(
        job_id=str(inputs["jobId"]),
        checkpoint=str(inputs["checkpoint"]),
        display_name=str(inputs["modelDisplayName"]),
        timeout=parse_duration(inputs.get("exportTimeout") or defaults(RESOURCE)["exportTimeout"]),
    )
    exported = export(connection, wanted)
    return f"{wanted.job_id}/{wanted.checkpoint}", _state_of(request, inputs, exported, connection.key)


def read(connection: Connection, id_: str, state: CheckpointState) -> CheckpointState | None:
    """Return the state as of now; None when the job is gone, or the checkpoint is no longer listed (it has expired)."""
    job_id, _, name = id_.partition("/")
    try:
        listed = connection.client.fine_tunes.checkpoints(job_id)
    except NotFoundError:
        connection.report(f"{name} of {job_id}: the job is gone, and with it this checkpoint. {_kept(state.outputs)}")
        return None
    except ApiError as error:
        raise not_read(error, f"{name} of {job_id}") from error
    match = next((one for one in listed if one.checkpoint == name), None)
    if match is None:
        connection.report(
            f"{name} of {job_id}: no longer listed; checkpoints are removed about 15 days after they were saved. "
            f"{_kept(state.outputs)}"
        )
        return None
    notice = _expiry_notice(connection, id_, match.expire_time, _model(state.outputs))
    if notice:
        connection.report(f"warning: {notice}")
    inputs = {"jobId": job_id, "checkpoint": name, **state.known_inputs}
    fresh = _state_of(state, inputs, match, connection.key)
    # A model that was published keeps its id, even if the list leaves it out.
    return fresh.showing(**{**_kept_outputs(state), **fresh.outputs})


def diff(connection: Connection, id_: str, olds: CheckpointState, news: CheckpointRequest) -> DiffResult:
    """Decide what a change means.

    Another checkpoint, job or workspace is another export; anything else changes in the state only, without a call.
    That includes a new display name: replacing the resource would not rename the model.
    """
    changed = changed_inputs(RESOURCE, olds.inputs, news.inputs)
    replaces = tuple(name for name in changed if name in replacing(RESOURCE))
    sentences: list[str | None] = []
    if replaces:
        sentences.append(f"{', '.join(replaces)}: exports another checkpoint. {_kept(olds.outputs)}")
    elif "modelDisplayName" in changed:
        sentences.append(
            f"modelDisplayName: {_model(olds.outputs)} keeps the name it was exported with, for the service can rename "
            "no model; the new name is taken over in the state only"
        )
    if not replaces:
        sentences.append(_expiry_notice(connection, id_, olds.outputs.get("expireTime"), _model(olds.outputs)))
    return DiffResult(replaces, bool(changed), False, "; ".join(filter(None, sentences)) or None)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: CheckpointRequest, news: CheckpointRequest
) -> str:
    """Say what happens when Pulumi replaces the resource although this provider did not ask for it."""
    return "the checkpoint is not exported again; its model stays"


def update(connection: Connection, id_: str, olds: CheckpointState, news: CheckpointRequest) -> CheckpointState:
    """Return the state after a change of inputs that changes nothing on the service; no call is made."""
    return recorded(news, _without_computed(news.inputs), {}).showing(**_kept_outputs(olds))


def delete(connection: Connection, id_: str, state: CheckpointState) -> None:
    """Say what stays: there is no call that deletes an exported model."""
    job_id, _, name = id_.partition("/")
    with connection.endings.of("checkpoint", id_) as ending:
        connection.report(f"{name} of {job_id}: {_kept(state.outputs)}")
        ending.kept(_model(state.outputs), "the service has no call that deletes an exported model")


def _model(outputs: ExportedCheckpointOutputs) -> str:
    named = outputs.get("modelName")
    return f"the exported model {named}" if named else "the exported model"


def _kept(outputs: ExportedCheckpointOutputs) -> str:
    return kept_model.stays(_model(outputs))


def _expiry_notice(connection: Connection, id_: str, expire_time: str | None, model: str) -> str | None:
    """Return a warning when the checkpoint is about to expire.

    :param expire_time: as the service writes it.
    :param model: what to call the exported model.
    """
    expires = expiry.moment(expire_time, expiry.BEIJING)
    if expires is None:
        return None
    left = expires - connection.clock.time()
    if left > EXPIRY_NOTICE:
        return None
    job_id, _, name = id_.partition("/")
    when = f"expires at {expire_time}" if left > 0 else f"expired at {expire_time}"
    return (
        f"{name} of {job_id} {when}. The service removes checkpoints then; if this one is no longer listed, the next "
        f"refresh drops it from the state. Whether {model} outlives it is not documented: look under My "
        "models in the console"
    )


def _state_of(carrier: Carrier, inputs: Mapping[str, Any], found: Checkpoint, key: KeySource) -> CheckpointState:
    """Return the state to record: inputs as the user wrote them, and what the service chose, without the key."""
    chosen = {
        "modelName": found.model_name,
        "status": found.status,
        "fullName": found.full_name,
        "createTime": found.create_time,
        "expireTime": found.expire_time,
    }
    return recorded(carrier, _without_computed(inputs), sanitized_outputs(chosen, key))


def _without_computed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name not in COMPUTED}


def _kept_outputs(state: CheckpointState) -> dict[str, Any]:
    return {name: value for name, value in state.outputs.items() if name in COMPUTED and value is not None}
