"""What create, read, diff, update and delete mean for a compressed model, for every front end.

Inputs and outputs have the schema's names (camelCase). A create returns once there is a model. If the wait ends
early, for any reason, the job's id is recorded (`base.creating.init_failed`), the job goes on, and the next `pulumi up`
waits for that same job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, Compression, DashScopeError, JobStatus, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import not_read, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.ending.gone import confirm_gone
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.engine_options import handling, warnings
from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.lifecycle.base.state import recorded
from pulumi_dashscope_ft.lifecycle.base.status_change import report_change
from pulumi_dashscope_ft.lifecycle.compression import creation as compression_creation
from pulumi_dashscope_ft.lifecycle.compression import diff as compression_diff
from pulumi_dashscope_ft.lifecycle.compression.diff import MODEL, RESOURCE, WAIT_LIMIT
from pulumi_dashscope_ft.lifecycle.compression.properties import CompressionRequest, CompressionState
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND, tear_down
from pulumi_dashscope_ft.lifecycle.compression.wait import NEW_JOB, ModelWait, failure_of
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.reader import status_now
from pulumi_dashscope_ft.schema import defaults, parse_duration

__all__ = ["RESOURCE", "check", "create", "delete", "diff", "read", "replaced_unasked", "update"]


def check(olds: CompressionRequest, news: CompressionRequest, run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs, without a call. `UNKNOWN` values are checked later, when they are known."""
    report = schema.validate(RESOURCE, news.inputs, news.secrets)
    return CheckResult(
        news.continuing(olds, run_registry), report.violations, (*report.warnings, *warnings(news.options, KIND))
    )


def create(connection: Connection, request: CompressionRequest) -> tuple[str, CompressionState]:
    """Start the compression (or find it started), and wait for its model.

    :raises ResourceInitFailedError: the job exists, but its model does not: it has failed, or the wait has ended.
    """
    inputs, name = request.inputs, request.name
    connection.run_registry.note_replaced(name)
    adopted = connection.run_registry.to_adopt(inputs.get("adoptJobId"), name)
    if adopted is not None:
        job = compression_creation.adopt(connection, adopted, inputs, name)
    else:
        intent = compression_creation.intent_of(request, key=connection.stamp_key.value)
        job = compression_creation.start(connection, intent)
    connection.run_registry.note_kept(job.job_id, request.nonce or "")
    connection.readers.reader(COMPRESSIONS).forget(job.job_id)
    return job.job_id, _awaited(connection, request, job)


def _awaited(connection: Connection, request: CompressionRequest, job: Compression) -> CompressionState:
    """Return the state once there is a model.

    :param job: the job as an answer has just shown it.
    """
    limit = request.inputs.get("waitTimeout")
    wait = ModelWait(connection, job, parse_duration(defaults(RESOURCE)[WAIT_LIMIT] if limit is None else limit))
    try:
        done = wait.run()
    except (LifecycleError, DashScopeError) as error:
        reason = str(error) if job.job_id in str(error) else f"{job.job_id}: {error}"
        state = state_of(request, request.inputs, wait.last, connection.key)
        raise ResourceInitFailedError(job.job_id, state, reason) from error
    return state_of(request, request.inputs, done, connection.key)


def read(connection: Connection, job_id: str, state: CompressionState) -> CompressionState | None:
    """Return the state as of now; None when the service says that the job is gone."""
    reader = connection.readers.reader(COMPRESSIONS)
    try:
        job = reader.read(job_id)
        failure = state.outputs.get("failure")
        if job.status == JobStatus.FAILED and not failure:
            failure = failure_of(connection, job)
    except NotFoundError:
        confirm_gone(reader.listing, job_id, state.outputs.get("workspaceId"), kind=KIND, again="pulumi refresh")
        return None
    except ApiError as error:
        raise not_read(error, job_id, state.outputs.get("status", "unknown")) from error
    report_change(connection, job_id, state, job.status, f", model {job.model_id}" if job.model_id else "")
    return state_of(state, state.known_inputs, job, connection.key, failure=failure)


def diff(connection: Connection, job_id: str, olds: CompressionState, news: CompressionRequest) -> DiffResult:
    """Decide what the change from `olds` to `news` means. Without a model there is always something to do.

    Asks the service for the status only when the job will be replaced.
    """
    change = compression_diff.compare(job_id, olds, news)
    status = olds.outputs.get("status")
    if change.replaces:
        connection.run_registry.note_superseded(job_id, news.name)
        status = status_now(connection.readers.reader(COMPRESSIONS), job_id, str(status or "PENDING"))
        pulumi = handling(olds.options, news.options, retained=olds.retained)
        end = compression_diff.consequence(job_id, status, policy_of(olds.outputs).on_destroy, pulumi)
        active = status is not None and status not in JobStatus.FINAL
        return DiffResult(change.replaces, True, active, f"{', '.join(change.replaces)}: replaces {end}")
    has_model = bool(olds.outputs.get("modelId"))
    connection.run_registry.note_holder(job_id, news.name, unchanged=has_model and not change.updates)
    connection.run_registry.note_kept(job_id, news.nonce or "")
    if has_model:
        return DiffResult((), bool(change.updates), False, None)
    if _is_hopeless(status):
        return DiffResult((), True, False, f"{job_id} is {status} and has no model, so this fails; {_TO_START_ANEW}")
    goes_on = f"{job_id} is {status or 'under way'}: goes on waiting for its model, nothing is compressed twice"
    return DiffResult((), True, False, goes_on)


_TO_START_ANEW = f"to start anew, {NEW_JOB}"


def _is_hopeless(status: Any) -> bool:
    return status in JobStatus.FINAL and status != JobStatus.SUCCEEDED


def failure_foreseen(job_id: str, olds: CompressionState) -> LifecycleError | None:
    """Why an update is known to fail: the job has ended without a model. None when it is not."""
    status = olds.outputs.get("status")
    if olds.outputs.get("modelId") or not _is_hopeless(status):
        return None
    return LifecycleError(
        f"{job_id} is {status} and has no compressed model.",
        done="nothing was changed; its record stays in the state.",
        next_step=f"{_TO_START_ANEW}; then run `pulumi up`.",
    )


def is_local_update(olds: CompressionState, news: CompressionRequest) -> bool:
    """Whether `update` makes no call, so that a preview can tell its outcome."""
    return bool(olds.outputs.get("modelId"))


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: CompressionRequest, news: CompressionRequest
) -> str:
    """State what happens when Pulumi replaces the job although this provider did not ask for it."""
    pulumi = handling(olds.options, news.options, retained=olds.retained)
    return compression_diff.unasked(olds.inputs, news.inputs, policy_of(olds.inputs).on_destroy, pulumi)


def update(connection: Connection, job_id: str, olds: CompressionState, news: CompressionRequest) -> CompressionState:
    """Take over inputs that only steer this provider, without a call; wait for the model if it is missing.

    :raises ResourceInitFailedError: there is still none.
    """
    updated = olds.updated(news)
    updated = updated.showing(teardown=plan(updated.outputs.get("status"), policy_of(updated.outputs)))
    connection.run_registry.note_kept(job_id, news.nonce or "")
    if updated.outputs.get(MODEL):
        return updated
    try:
        job = connection.client.compressions.get(job_id)
    except DashScopeError as error:
        reason = (
            str(with_advice(error, job_id, "wait for", done="nothing was changed.", again="pulumi up"))
            if isinstance(error, ApiError)
            else f"{job_id}: {error}"
        )
        raise ResourceInitFailedError(job_id, updated, reason) from error
    return _awaited(connection, news, job)


def delete(connection: Connection, job_id: str, state: CompressionState) -> None:
    """Tear the job down as the policy in its state says (see `compression.teardown`)."""
    under_another = "the resource that replaced this one has it"
    if not is_held_by_another(connection, KIND, job_id, state, under_another=under_another):
        tear_down(connection, job_id, policy_of(state.outputs), state.outputs)


def state_of(
    carrier: Carrier, inputs: Mapping[str, Any], job: Compression, key: KeySource | None, failure: Any = None
) -> CompressionState:
    """Return the state to record: inputs as the user wrote them, and what the service chose, without the key.

    :param carrier: the request or the old state.
    """
    chosen = {
        "jobId": job.job_id,
        "jobName": job.job_name,
        "status": job.status,
        "modelId": job.model_id,
        "baseModel": job.base_model,
        "templateName": job.template_name,
        "createTime": job.create_time,
        "startTime": job.start_time,
        "endTime": job.end_time,
        "usage": job.usage,
        "failure": failure if job.status == JobStatus.FAILED else None,
        "teardown": plan(job.status, policy_of(inputs)),
    }
    return recorded(carrier, inputs, sanitized_outputs(chosen, key))


def policy_of(properties: Mapping[str, Any]) -> TeardownPolicy:
    """Return the teardown policy of a compression with these properties."""
    return TeardownPolicy.of(RESOURCE, properties)
