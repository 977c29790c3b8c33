"""What create, read, diff, update and delete mean for a checkpoint that is published as a model.

The service can publish a checkpoint and show it, and nothing else: an exported model can't be renamed, exported under a
second name, or deleted by a call (API pages fine-tuning-api-guide, list-checkpoints-api). So most of this module tells
the user so before he believes otherwise. The Pulumi id is `{job_id}/{checkpoint}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, Checkpoint, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending import kept_model
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    INPUT_NAMES,
    changed_inputs,
    hidden_inputs,
    input_names,
    known_inputs,
    public,
    secret_marks,
    user_inputs,
    written,
)
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.shown_outputs import shown_outputs
from pulumi_dashscope_ft.lifecycle.checkpoint.export import Wanted, export
from pulumi_dashscope_ft.schema import defaults, parse_duration, replacing

RESOURCE = "ExportedCheckpoint"
COMPUTED = ("modelName", "status", "fullName", "createTime", "expireTime")
"""Outputs that the service chooses."""

EXPIRY_NOTICE = 3 * 24 * 3600.0
"""The warning about a checkpoint that expires starts this many seconds before."""


def check(olds: Mapping[str, Any], news: Mapping[str, Any], run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs, without a call."""
    report = schema.validate(RESOURCE, public(news), secret_marks(news))
    return CheckResult(dict(news), tuple(report.violations), tuple(report.warnings))


def create(connection: Connection, request: Request) -> tuple[str, dict[str, Any]]:
    """Publish the checkpoint, or find it published; return its id and outputs once its model can be deployed."""
    inputs = request.inputs
    wanted = Wanted(
        job_id=str(inputs["jobId"]),
        checkpoint=str(inputs["checkpoint"]),
        display_name=str(inputs["modelDisplayName"]),
        timeout=parse_duration(inputs.get("exportTimeout") or defaults(RESOURCE)["exportTimeout"]),
    )
    found = export(connection, wanted)
    return f"{wanted.job_id}/{wanted.checkpoint}", _outputs(request.properties, found, connection.key)


def read(connection: Connection, id_: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return fresh outputs; None when the job is gone, or the checkpoint is no longer listed (it has expired)."""
    job_id, _, name = id_.partition("/")
    try:
        listed = connection.client.fine_tunes.checkpoints(job_id)
    except NotFoundError:
        connection.report(f"{name} of {job_id}: the job is gone, and with it this checkpoint. {_kept(properties)}")
        return None
    except ApiError as error:
        raise with_advice(
            error,
            f"{name} of {job_id}",
            "read",
            done="nothing was changed; it stays in the state.",
            again="pulumi refresh",
        ) from error
    found = next((one for one in listed if one.checkpoint == name), None)
    if found is None:
        connection.report(
            f"{name} of {job_id}: no longer listed; checkpoints are removed about 15 days after they were saved. "
            f"{_kept(properties)}"
        )
        return None
    notice = _expiry_notice(connection, id_, {**properties, "expireTime": found.expire_time})
    if notice:
        connection.report(f"warning: {notice}")
    given = {"jobId": job_id, "checkpoint": name, **known_inputs(properties), **hidden_inputs(properties)}
    # A model that was published keeps its id, even if the list leaves it out.
    return {**_kept_outputs(properties), **_outputs(given, found, connection.key)}


def diff(connection: Connection, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
    """Decide what a change means.

    Another checkpoint, job or workspace is another export; anything else changes in the state only, without a call.
    That includes a new display name: replacing the resource would not rename the model.
    """
    changed = changed_inputs(RESOURCE, user_inputs(olds), news)
    replaces = tuple(name for name in changed if name in replacing(RESOURCE))
    told: list[str | None] = []
    if replaces:
        told.append(f"{', '.join(replaces)}: exports another checkpoint. {_kept(olds)}")
    elif "modelDisplayName" in changed:
        told.append(
            f"modelDisplayName: {_model(olds)} keeps the name it was exported with, for the service can rename "
            "no model; the new name is taken over in the state only"
        )
    if not replaces:
        told.append(_expiry_notice(connection, id_, olds))
    return DiffResult(replaces, bool(changed), False, "; ".join(filter(None, told)) or None)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    """Say what happens when Pulumi replaces the resource although this provider did not ask for it."""
    return "the checkpoint is not exported again; its model stays"


def update(connection: Connection, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs after a change of inputs that changes nothing on the service; no call is made."""
    return {**_written(news), **_kept_outputs(olds)}


def delete(connection: Connection, id_: str, properties: Mapping[str, Any]) -> None:
    """Say what stays: there is no call that deletes an exported model."""
    job_id, _, name = id_.partition("/")
    with connection.endings.of("checkpoint", id_) as ending:
        connection.report(f"{name} of {job_id}: {_kept(properties)}")
        ending.kept(_model(properties), "the service has no call that deletes an exported model")


def _model(properties: Mapping[str, Any]) -> str:
    named = properties.get("modelName")
    return f"the exported model {named}" if named else "the exported model"


def _kept(properties: Mapping[str, Any]) -> str:
    return kept_model.stays(_model(properties))


def _expiry_notice(connection: Connection, id_: str, properties: Mapping[str, Any]) -> str | None:
    """A warning when the checkpoint is about to expire."""
    expires = expiry.moment(properties.get("expireTime"), expiry.BEIJING)
    if expires is None:
        return None
    left = expires - connection.clock.time()
    if left > EXPIRY_NOTICE:
        return None
    job_id, _, name = id_.partition("/")
    when = f"expires at {properties['expireTime']}" if left > 0 else f"expired at {properties['expireTime']}"
    return (
        f"{name} of {job_id} {when}. The service removes checkpoints then; if this one is no longer listed, the next "
        f"refresh drops it from the state. Whether {_model(properties)} outlives it is not documented: look under My "
        "models in the console"
    )


def _outputs(inputs: Mapping[str, Any], found: Checkpoint, key: KeySource) -> dict[str, Any]:
    """The complete property bag: inputs as the user wrote them, and what the service chose, without the key."""
    chosen = {
        "modelName": found.model_name,
        "status": found.status,
        "fullName": found.full_name,
        "createTime": found.create_time,
        "expireTime": found.expire_time,
    }
    return {**shown_outputs(chosen, key), **_written(inputs)}


def _written(inputs: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in written(inputs).items() if name not in COMPUTED}
    return {**given, INPUT_NAMES: input_names(given)}


def _kept_outputs(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in COMPUTED if properties.get(name) is not None}
