"""What create, read, diff, update and delete mean for a fine-tuning job, for every front end.

Inputs and outputs have the schema's names (camelCase).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, Job, JobStatus, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import not_read
from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.gone import confirm_gone
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.engine_options import handling, warnings
from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.lifecycle.base.state import recorded
from pulumi_dashscope_ft.lifecycle.base.status_change import report_change
from pulumi_dashscope_ft.lifecycle.job import creation as job_creation
from pulumi_dashscope_ft.lifecycle.job import diff as job_diff
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.job.failure import failure_of
from pulumi_dashscope_ft.lifecycle.job.properties import JobRequest, JobState
from pulumi_dashscope_ft.lifecycle.job.quota.wait import INPUT as WAIT_FOR_QUOTA
from pulumi_dashscope_ft.lifecycle.job.quota.wait import QuotaWait
from pulumi_dashscope_ft.lifecycle.job.teardown import tear_down
from pulumi_dashscope_ft.lifecycle.spend import actual, budget
from pulumi_dashscope_ft.lifecycle.waiting.reader import status_now

RESOURCE = job_diff.RESOURCE


def check(olds: JobRequest, news: JobRequest, run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs, without a call. `UNKNOWN` values are checked later, when they are known."""
    from pulumi_dashscope_ft.lifecycle.training_data.fitting import compare

    report = schema.validate(RESOURCE, news.inputs, news.secrets)
    unfit, odd = compare(news.inputs, news.formats, news.secrets)
    return CheckResult(
        news.continuing(olds, run_registry),
        (*report.violations, *unfit, *budget.problems(news.inputs)),
        (*report.warnings, *odd, *timed.warnings(news.inputs), *warnings(news.options, "job")),
    )


def create(connection: Connection, request: JobRequest) -> tuple[str, JobState]:
    """Submit the job (or find it submitted) and return its id and state at once, without waiting for training."""
    inputs, name = request.inputs, request.name
    connection.run_registry.note_replaced(name)
    now = connection.clock.time()
    expires = expiry.at_creation(inputs, now)
    adopted = connection.run_registry.to_adopt(inputs.get("adoptJobId"), name)
    if adopted is not None:
        job = job_creation.adopt(connection, adopted, inputs, name)
        expires = expiry.since_creation(inputs, job.create_time, now)
    else:
        intent = job_creation.intent_of(request, key=connection.stamp_key.value, expires=expires)
        limit = expiry.length(inputs.get(WAIT_FOR_QUOTA)) or connection.wait_for_quota
        wait = None if limit is None else QuotaWait(connection, intent.name, request.owner, limit)
        job = job_creation.start(connection, intent, wait)
        if wait is not None and wait.has_waited:
            expires = expiry.at_creation(inputs, connection.clock.time())
        found = stamp.parse(job.job_name)
        if intent.stamp is not None and found is not None and not found.same_run(intent.stamp):
            expires = expiry.since_creation(inputs, job.create_time, now)  # left by an `up` that was killed
    connection.run_registry.note_kept(job.job_id, request.nonce or "")
    connection.jobs.forget(job.job_id)
    cost = cost_of(connection, job, {})
    return job.job_id, state_of(request, inputs, job, connection.key, expires=expiry.text(expires), cost=cost)


def read(connection: Connection, job_id: str, state: JobState) -> JobState | None:
    """Return the state as of now; None when the service says that the job is gone."""
    try:
        job = connection.jobs.read(job_id)
        failure = state.outputs.get("failure")
        if job.status == JobStatus.FAILED and not failure:
            failure = failure_of(connection, job)
    except NotFoundError:
        workspace_id = state.outputs.get("workspaceId")
        confirm_gone(connection.jobs.listing, job_id, workspace_id, kind="job", again="pulumi refresh")
        return None
    except ApiError as error:
        raise not_read(error, job_id, state.outputs.get("status", "unknown")) from error
    report_change(connection, job_id, state, job.status, _what_came_of_it(job, failure))
    known = state.known_inputs
    expires = state.outputs.get("expires") or expiry.text(
        expiry.since_creation(known, job.create_time, connection.clock.time())
    )
    cost = cost_of(connection, job, state.outputs)
    return state_of(state, known, job, connection.key, failure=failure, expires=expires, cost=cost)


def _what_came_of_it(job: Job, failure: Any) -> str:
    """Continue the line about a job that has just ended: with its model, or with why it failed."""
    if job.model_id:
        return f", model {job.model_id}"
    reason = failure.get("message") or failure.get("code") if isinstance(failure, Mapping) else None
    return f", {reason}" if job.status == JobStatus.FAILED and reason else ""


def diff(connection: Connection, job_id: str, olds: JobState, news: JobRequest) -> DiffResult:
    """Decide what the change from `olds` to `news` means.

    Asks the service only when the job will be replaced, or when `rerunOn` is set and the state does not know yet how
    the job has ended.
    """
    change = job_diff.compare(job_id, olds, news)
    replaces, fields = change.replaces, change.fields
    status = olds.outputs.get("status")
    rerun_on = job_diff.rerun_wanted(job_id, news.inputs)
    if replaces or (rerun_on and status not in JobStatus.FINAL):
        status = status_now(connection.jobs, job_id, str(olds.outputs.get("status", "PENDING")))
    if not replaces and status in rerun_on:
        replaces = fields = ("rerunOn",)
    if not replaces:
        connection.run_registry.note_holder(job_id, news.name, unchanged=not change.updates)
        connection.run_registry.note_kept(job_id, news.nonce or "")
        now = connection.clock.time()
        expires = expiry.plan(job_id, olds.outputs, news.inputs, now) if change.updates else None
        return DiffResult((), bool(change.updates), False, expires)
    connection.run_registry.note_superseded(job_id, news.name)
    active = status is not None and status not in JobStatus.FINAL
    pulumi = handling(olds.options, news.options, retained=olds.retained)
    unit = timed.unit(olds.outputs.get("trainingType"))
    consequence = job_diff.consequence(job_id, status, policy_of(olds.outputs).on_destroy, pulumi, unit=unit)
    return DiffResult(replaces, True, active, f"{', '.join(fields)}: replaces {consequence}")


def replaced_unasked(connection: Connection, known: tuple[str, str] | None, olds: JobRequest, news: JobRequest) -> str:
    """State what happens when Pulumi replaces the job although this provider did not ask for it.

    :param known: the job's id and recorded status, where a difference was asked for in this run.
    :param olds: the old inputs.
    """
    on_destroy = policy_of(olds.inputs).on_destroy
    pulumi = handling(olds.options, news.options, retained=olds.retained)
    if known is None or news.inputs.get("adoptJobId") is not None:
        return job_diff.unasked(olds.inputs, news.inputs, on_destroy, pulumi)
    status = status_now(connection.jobs, *known)
    unit = timed.unit(olds.inputs.get("trainingType"))
    return f"replaces {job_diff.consequence(known[0], status, on_destroy, pulumi, asked=False, unit=unit)}"


def update(connection: Connection, job_id: str, olds: JobState, news: JobRequest) -> JobState:
    """Return the state after a change of inputs that only steer this provider; no call is made."""
    updated = olds.updated(news).without_output(expiry.EXPIRES)
    expires = expiry.changed(olds.outputs, news.inputs, connection.clock.time())
    if expires:
        updated = updated.showing(expires=expires)
    return updated.showing(teardown=_teardown(updated.outputs.get("status"), updated.outputs, expires))


def delete(connection: Connection, job_id: str, state: JobState) -> None:
    """Tear the job down as the policy in its state says (see `teardown`)."""
    if not is_held_by_another(
        connection, "job", job_id, state, under_another="the resource that replaced this one has it"
    ):
        tear_down(connection, job_id, policy_of(state.outputs), state.outputs)


def state_of(
    carrier: Carrier,
    inputs: Mapping[str, Any],
    job: Job,
    key: KeySource | None,
    failure: Any = None,
    expires: str | None = None,
    cost: Mapping[str, Any] | None = None,
) -> JobState:
    """Return the state to record: inputs as the user wrote them, and what the service chose, without the key.

    :param carrier: the request or the old state.
    :param cost: what the run has cost (see `cost_of`).
    """
    expires = expires if inputs.get(expiry.EXPIRES_IN) is not None else None
    chosen = {
        "jobId": job.job_id,
        "jobName": job.job_name,
        "status": job.status,
        "finetunedOutput": job.model_id,
        "baseModel": job.base_model,
        "createTime": job.create_time,
        "endTime": job.end_time,
        "usage": job.usage,
        "actualCost": cost,
        "creator": job.creator,
        "workspaceId": job.workspace_id,
        "failure": failure if job.status == JobStatus.FAILED else None,
        "expires": expires,
        "teardown": _teardown(job.status, inputs, expires),
    }
    return recorded(carrier, inputs, sanitized_outputs(chosen, key))


def cost_of(connection: Connection, job: Job, before: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what the run has cost, to record; None while it has not ended. No call is made.

    :param before: the outputs that are recorded so far; empty for a new resource.
    """
    return actual.to_record(job, before, *actual.where(connection))


def _teardown(status: Any, properties: Mapping[str, Any], expires: str | None) -> str:
    active = status not in JobStatus.FINAL
    planned = timed.bill(plan(status, policy_of(properties)), properties.get("trainingType"), active=active)
    return expiry.sentence(planned, properties, expires, active=active)


def policy_of(properties: Mapping[str, Any]) -> TeardownPolicy:
    """Return the teardown policy of a job with these properties."""
    return TeardownPolicy.of(RESOURCE, properties)
