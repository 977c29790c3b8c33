"""A job and its model in one resource, for programs that can't wait for the model by themselves.

A Python program waits for a job's model by itself (`job.wait_for_model()`); a YAML or TypeScript program can't. This
resource starts the job as `FineTuningJob` does, and is created once there is a model.

Hours pass in between, so nothing may be lost when the wait ends early, for any reason: the job's id is recorded (see
`base.creating.init_failed`), the job goes on, and the next `pulumi up` waits for that same job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, DashScopeError, JobStatus
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model
from pulumi_dashscope_ft.lifecycle.job.properties import JobRequest, JobState
from pulumi_dashscope_ft.lifecycle.tuned_model.properties import TunedModelRequest, TunedModelState
from pulumi_dashscope_ft.schema import defaults, parse_duration

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import FineTunedModelOutputs

RESOURCE = "FineTunedModel"
WAIT, MODEL = "waitTimeout", "modelId"

_LONGER = f"with a longer {WAIT} (or customTimeouts.update, which comes first)"
"""The next wait belongs to an update, even if this one did not."""


def check(olds: TunedModelRequest, news: TunedModelRequest, run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs as for a job, and the time limit."""
    checked = fine_tuning_job.check(olds, _wanted_job(news), run_registry)
    limit = news.inputs.get(WAIT)
    given = {} if limit is None else {WAIT: limit}
    report = schema.validate(RESOURCE, given, news.secrets)
    wrong = [violation for violation in report.violations if violation.property == WAIT]
    request = checked.request.with_inputs({**checked.request.inputs, **given})
    return CheckResult(request, (*checked.violations, *wrong), checked.warnings)


def create(connection: Connection, request: TunedModelRequest) -> tuple[str, TunedModelState]:
    """Start the job (or find it started), and wait for its model.

    :raises ResourceInitFailedError: the job exists, but its model does not: it has failed, or the wait has ended.
    """
    job_id, job = fine_tuning_job.create(connection, _wanted_job(request))
    return job_id, _awaited(connection, job_id, job, _limit_in(request))


def read(connection: Connection, job_id: str, state: TunedModelState) -> TunedModelState | None:
    """Return the state as of now; None when the job is gone.

    Only `modelId` shows whether there is a model. A model that existed stays, whatever status its job has now: it is a
    result.
    """
    job = fine_tuning_job.read(connection, job_id, _recorded_job(state))
    if job is None:
        return None
    whole, model = _whole(job, _limit_in(state)), state.outputs.get("modelId")
    return whole.showing(modelId=model) if model and not whole.outputs.get("modelId") else whole


def diff(connection: Connection, job_id: str, olds: TunedModelState, news: TunedModelRequest) -> DiffResult:
    """Decide what a change means, as for a job. Without a model there is always something to do: go on waiting."""
    planned = fine_tuning_job.diff(connection, job_id, _recorded_job(olds), _wanted_job(news))
    if planned.replaces:
        return planned
    if olds.outputs.get("modelId"):
        limits = ({WAIT: given.get(WAIT)} for given in (olds.inputs, news.inputs))
        changed = changed_inputs(RESOURCE, *limits)
        return DiffResult((), planned.changes or bool(changed), False, planned.consequence)
    status = olds.outputs.get("status")
    if status in JobStatus.FINAL and status != JobStatus.SUCCEEDED:
        sentence = f"{job_id} is {status} and has no model, so this fails; {_new_run(status)}"
    else:
        sentence = f"{job_id} is {status or 'under way'}: goes on waiting for its model, no new run is bought"
    return DiffResult((), True, False, sentence)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: TunedModelRequest, news: TunedModelRequest
) -> str:
    """Say the same as for a job."""
    return fine_tuning_job.replaced_unasked(connection, known, _wanted_job(olds), _wanted_job(news))


def failure_foreseen(job_id: str, olds: TunedModelState) -> LifecycleError | None:
    """Why an update is known to fail: the job has ended without a model. None when it is not."""
    status = str(olds.outputs.get("status"))
    if olds.outputs.get("modelId") or status == JobStatus.SUCCEEDED or status not in JobStatus.FINAL:
        return None
    return LifecycleError(
        f"{job_id} is {status} and has no model.",
        done="nothing was changed; its record stays in the state.",
        next_step=f"{_new_run(status)}; then run `pulumi up`.",
    )


def _new_run(status: str) -> str:
    return f'for a new run change an input, add a value to `triggers`, or set rerunOn to ["{status}"]'


def update(connection: Connection, job_id: str, olds: TunedModelState, news: TunedModelRequest) -> TunedModelState:
    """Return the state after a change of inputs that only steer this provider; wait for the model if it is missing.

    :raises ResourceInitFailedError: there is still none.
    """
    job = fine_tuning_job.update(connection, job_id, _recorded_job(olds), _wanted_job(news))
    if olds.outputs.get("modelId"):
        return _whole(job, _limit_in(news)).showing(modelId=olds.outputs.get("modelId"))
    return _awaited(connection, job_id, job, _limit_in(news))


def delete(connection: Connection, job_id: str, state: TunedModelState) -> None:
    """Tear down as for a job: the model that it has produced stays in the account."""
    fine_tuning_job.delete(connection, job_id, _recorded_job(state))


def _awaited(connection: Connection, job_id: str, known: JobState, limit: Any) -> TunedModelState:
    """Return the state once there is a model.

    :param known: the job's state before the wait.
    :param limit: `waitTimeout` as the user wrote it; None for the default.
    """
    seconds = parse_duration(limit or defaults(RESOURCE)[WAIT])
    try:
        job = wait_for_model(connection, job_id, seconds, connection.report, longer=_LONGER)
    except (LifecycleError, DashScopeError) as error:
        could_look = not isinstance(error.__cause__, ApiError)
        state = _whole(_looked_at(connection, job_id, known) if could_look else known, limit)
        raise ResourceInitFailedError(
            job_id, state, f"{job_id}: {error}" if job_id not in str(error) else str(error)
        ) from error
    expires = known.outputs.get("expires")
    cost = fine_tuning_job.cost_of(connection, job, known.outputs)
    ended = fine_tuning_job.state_of(known, known.inputs, job, connection.key, expires=expires, cost=cost)
    return _whole(ended, limit)


def _looked_at(connection: Connection, job_id: str, known: JobState) -> JobState:
    """Return the state as of now, or unchanged when the job can't be read."""
    try:
        # Without the recorded status: the error that ended the wait already names the job's status.
        return fine_tuning_job.read(connection, job_id, known.showing(status=None)) or known
    except (LifecycleError, DashScopeError):
        return known


def _wanted_job(request: TunedModelRequest) -> JobRequest:
    """Return the part of a request that is about the job."""
    return request.with_inputs({name: value for name, value in request.inputs.items() if name != WAIT})


def _recorded_job(state: TunedModelState) -> JobState:
    """Return the part of a state that is about the job."""
    part, names = state.without_output(WAIT).without_output(MODEL), state.input_names
    return part if names is None else part.knowing(input_names=[name for name in names if name != WAIT])


def _limit_in(given: TunedModelRequest | TunedModelState) -> Any:
    """Return the user's `waitTimeout`; None when it is not set."""
    return (given.inputs if isinstance(given, Request) else given.known_inputs).get("waitTimeout")


def _whole(job: JobState, limit: Any) -> TunedModelState:
    """Return a job's state, with what this resource adds to it."""
    whole: TunedModelState = State(job.hidden, cast("FineTunedModelOutputs", job.outputs))
    if limit is not None:
        names = sorted({*(job.input_names or ()), WAIT})
        whole = whole.showing(waitTimeout=limit).knowing(input_names=names)
    if job.outputs.get("status") == JobStatus.SUCCEEDED and job.outputs.get("finetunedOutput"):
        whole = whole.showing(modelId=job.outputs.get("finetunedOutput"))
    return whole
