"""A job and its model in one resource, for programs that can't wait for the model by themselves.

A Python program waits for a job's model by itself (`job.wait_for_model()`); a YAML or TypeScript program can't. This
resource starts the job as `FineTuningJob` does, and is created once there is a model.

Hours pass in between, so nothing may be lost when the wait ends early, for any reason: the job's id is recorded (see
`base.creating.init_failed`), the job goes on, and the next `pulumi up` waits for that same job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, DashScopeError, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    INPUT_NAMES,
    changed_inputs,
    hidden_inputs,
    secret_marks,
    user_inputs,
)
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model
from pulumi_dashscope_ft.schema import defaults, parse_duration

RESOURCE = "FineTunedModel"
WAIT, MODEL = "waitTimeout", "modelId"

_LONGER = f"with a longer {WAIT} (or customTimeouts.update, which comes first)"
"""The next wait belongs to an update, even if this one did not."""


def check(olds: Mapping[str, Any], news: Mapping[str, Any], run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs as for a job, and the time limit."""
    checked = fine_tuning_job.check(olds, _job_part(news), run_registry)
    given = {WAIT: news[WAIT]} if news.get(WAIT) is not None else {}
    wrong = [
        found for found in schema.validate(RESOURCE, given, secret_marks(news)).violations if found.property == WAIT
    ]
    return CheckResult({**checked.inputs, **given}, (*checked.violations, *wrong), checked.warnings)


def create(connection: Connection, request: Request) -> tuple[str, dict[str, Any]]:
    """Start the job (or find it started), and wait for its model.

    :raises ResourceInitFailedError: the job exists, but its model does not: it has failed, or the wait has ended.
    """
    job_id, outputs = fine_tuning_job.create(connection, Request.of(_job_part(request.properties)))
    return job_id, _awaited(connection, job_id, request.inputs, outputs)


def read(connection: Connection, job_id: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return fresh outputs; None when the job is gone.

    Only `modelId` shows whether there is a model. A model that existed stays, whatever status its job has now: it is a
    result.
    """
    outputs = fine_tuning_job.read(connection, job_id, _job_part(properties))
    if outputs is None:
        return None
    known = {MODEL: properties[MODEL]} if properties.get(MODEL) else {}
    return {**known, **_whole(outputs, properties)}


def diff(connection: Connection, job_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
    """Decide what a change means, as for a job. Without a model there is always something to do: go on waiting."""
    planned = fine_tuning_job.diff(connection, job_id, _job_part(olds), _job_part(news))
    if planned.replaces:
        return planned
    if olds.get(MODEL):
        limits = ({WAIT: given.get(WAIT)} for given in (user_inputs(olds), news))
        changed = changed_inputs(RESOURCE, *limits)
        return DiffResult((), planned.changes or bool(changed), False, planned.consequence)
    status = olds.get("status")
    if status in JobStatus.FINAL and status != JobStatus.SUCCEEDED:
        told = f"{job_id} is {status} and has no model, so this fails; {_new_run(status)}"
    else:
        told = f"{job_id} is {status or 'under way'}: goes on waiting for its model, no new run is bought"
    return DiffResult((), True, False, told)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    """Say the same as for a job."""
    return fine_tuning_job.replaced_unasked(connection, known, _job_part(olds), _job_part(news))


def failure_foreseen(job_id: str, olds: Mapping[str, Any]) -> LifecycleError | None:
    """Why an update is known to fail: the job has ended without a model. None when it is not."""
    status = str(olds.get("status"))
    if olds.get(MODEL) or status == JobStatus.SUCCEEDED or status not in JobStatus.FINAL:
        return None
    return LifecycleError(
        f"{job_id} is {status} and has no model.",
        done="nothing was changed; its record stays in the state.",
        next_step=f"{_new_run(status)}; then run `pulumi up`.",
    )


def _new_run(status: str) -> str:
    return f'for a new run change an input, add a value to `triggers`, or set rerunOn to ["{status}"]'


def update(connection: Connection, job_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs after a change of inputs that only steer this provider; wait for the model if it is missing.

    :raises ResourceInitFailedError: there is still none.
    """
    outputs = fine_tuning_job.update(connection, job_id, _job_part(olds), _job_part(news))
    if olds.get(MODEL):
        return {**_whole(outputs, news), MODEL: olds[MODEL]}
    return _awaited(connection, job_id, news, outputs)


def delete(connection: Connection, job_id: str, properties: Mapping[str, Any]) -> None:
    """Tear down as for a job: the model that it has produced stays in the account."""
    fine_tuning_job.delete(connection, job_id, _job_part(properties))


def _awaited(
    connection: Connection, job_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
) -> dict[str, Any]:
    limit = parse_duration(inputs.get(WAIT) or defaults(RESOURCE)[WAIT])
    try:
        job = wait_for_model(connection, job_id, limit, connection.report, longer=_LONGER)
    except (LifecycleError, DashScopeError) as error:
        could_look = not isinstance(error.__cause__, ApiError)
        known = _whole(_looked_at(connection, job_id, outputs) if could_look else outputs, inputs)
        raise ResourceInitFailedError(
            job_id, known, f"{job_id}: {error}" if job_id not in str(error) else str(error)
        ) from error
    given = {**user_inputs(outputs), **hidden_inputs(outputs)}
    return _whole(fine_tuning_job.outputs(given, job, connection.key, expires=outputs.get("expires")), inputs)


def _looked_at(connection: Connection, job_id: str, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the outputs as of now, or unchanged when the job can't be read."""
    try:
        # Without the recorded status: the error that ended the wait already names the job's status.
        return fine_tuning_job.read(connection, job_id, {**outputs, "status": None}) or outputs
    except (LifecycleError, DashScopeError):
        return outputs


def _job_part(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that belong to the job."""
    part = {name: value for name, value in properties.items() if name not in (WAIT, MODEL)}
    if INPUT_NAMES in part:
        part[INPUT_NAMES] = [name for name in part[INPUT_NAMES] if name != WAIT]
    return part


def _whole(outputs: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A job's outputs, with what this resource adds to them."""
    whole = dict(outputs)
    if given.get(WAIT) is not None and WAIT in (given.get(INPUT_NAMES) or given):
        whole[WAIT] = given[WAIT]
        whole[INPUT_NAMES] = sorted({*whole.get(INPUT_NAMES, ()), WAIT})
    if outputs.get("status") == JobStatus.SUCCEEDED and outputs.get("finetunedOutput"):
        whole[MODEL] = outputs["finetunedOutput"]
    return whole
