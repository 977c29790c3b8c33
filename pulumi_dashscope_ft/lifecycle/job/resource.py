"""What create, read, diff, update and delete mean for a fine-tuning job, for every front end.

Property bags use the schema's names (camelCase); hidden inputs travel with them (see `base.property_bag`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, Job, JobStatus, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.gone import confirm_gone
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.engine_options import handling, warnings
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    FORMATS,
    INPUT_NAMES,
    NAME,
    NONCE,
    hidden_inputs,
    input_names,
    known_inputs,
    lasting_nonce,
    public,
    secret_marks,
    updated,
    written,
)
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.shown_outputs import shown_outputs
from pulumi_dashscope_ft.lifecycle.base.status_change import report_change
from pulumi_dashscope_ft.lifecycle.job import creation as job_creation
from pulumi_dashscope_ft.lifecycle.job import diff as job_diff
from pulumi_dashscope_ft.lifecycle.job.failure import failure_of
from pulumi_dashscope_ft.lifecycle.job.teardown import TeardownPolicy, plan, tear_down
from pulumi_dashscope_ft.lifecycle.waiting.reader import status_now
from pulumi_dashscope_ft.schema import defaults, parse_duration

RESOURCE = job_diff.RESOURCE


def check(olds: Mapping[str, Any], news: Mapping[str, Any], run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs, without a call. `UNKNOWN` values are checked later, when they are known."""
    report = schema.validate(RESOURCE, public(news), secret_marks(news))
    inputs = {**news, NONCE: lasting_nonce(olds, run_registry)}
    from pulumi_dashscope_ft.lifecycle.training_data.fitting import compare

    known = news.get(FORMATS)
    unfit, odd = compare(public(news), known if isinstance(known, list) else (), secret_marks(news))
    return CheckResult(inputs, (*report.violations, *unfit), (*report.warnings, *odd, *warnings(news, "job")))


def create(connection: Connection, request: Request) -> tuple[str, dict[str, Any]]:
    """Submit the job (or find it submitted) and return its id and outputs at once, without waiting for training."""
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
        job = job_creation.start(connection, intent)
        found = stamp.parse(job.job_name)
        if intent.stamp is not None and found is not None and not found.same_run(intent.stamp):
            expires = expiry.since_creation(inputs, job.create_time, now)  # left by an `up` that was killed
    connection.run_registry.note_kept(job.job_id, request.nonce or "")
    connection.jobs.forget(job.job_id)
    return job.job_id, outputs(request.properties, job, connection.key, expires=expiry.text(expires))


def read(connection: Connection, job_id: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """Fresh outputs; None when the service says that the job is gone."""
    try:
        job = connection.jobs.read(job_id)
        failure = properties.get("failure")
        if job.status == JobStatus.FAILED and not failure:
            failure = failure_of(connection, job)
    except NotFoundError:
        recorded = properties.get("workspaceId")
        confirm_gone(connection.jobs.listing, job_id, recorded, kind="job", again="pulumi refresh")
        return None
    except ApiError as error:
        raise with_advice(
            error,
            job_id,
            "read",
            state=f"{properties.get('status', 'unknown')} when it was last read.",
            done="nothing was changed; it stays in the state.",
            again="pulumi refresh",
        ) from error
    report_change(connection, job_id, properties, job.status, _what_came_of_it(job, failure))
    known = known_inputs(properties)
    expires = properties.get(expiry.EXPIRES) or expiry.text(
        expiry.since_creation(known, job.create_time, connection.clock.time())
    )
    return outputs({**known, **hidden_inputs(properties)}, job, connection.key, failure=failure, expires=expires)


def _what_came_of_it(job: Job, failure: Any) -> str:
    """Continue the line about a job that has just ended: with its model, or with why it failed."""
    if job.model_id:
        return f", model {job.model_id}"
    reason = failure.get("message") or failure.get("code") if isinstance(failure, Mapping) else None
    return f", {reason}" if job.status == JobStatus.FAILED and reason else ""


def diff(connection: Connection, job_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
    """Decide what the change from `olds` (old outputs) to `news` means.

    Asks the service only when the job will be replaced, or when `rerunOn` is set and the state does not know yet how
    the job has ended.
    """
    found = job_diff.compare(job_id, olds, news)
    replaces, fields = found.replaces, found.fields
    status = olds.get("status")
    rerun_on = job_diff.rerun_wanted(job_id, news)
    if replaces or (rerun_on and status not in JobStatus.FINAL):
        status = status_now(connection.jobs, job_id, str(olds.get("status", "PENDING")))
    if not replaces and status in rerun_on:
        replaces = fields = ("rerunOn",)
    if not replaces:
        connection.run_registry.note_holder(job_id, str(news.get(NAME, "")), unchanged=not found.updates)
        connection.run_registry.note_kept(job_id, str(news.get(NONCE, "")))
        told = expiry.plan(job_id, olds, news, connection.clock.time()) if found.updates else None
        return DiffResult((), bool(found.updates), False, told)
    connection.run_registry.note_superseded(job_id, str(news.get(NAME, "")))
    active = status is not None and status not in JobStatus.FINAL
    told = job_diff.consequence(job_id, status, policy_of(olds).on_destroy, handling(olds, news))
    return DiffResult(replaces, True, active, f"{', '.join(fields)}: replaces {told}")


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    """State what happens when Pulumi replaces the job although this provider did not ask for it.

    :param known: the job's id and recorded status, where a difference was asked for in this run.
    :param olds: the old inputs.
    """
    on_destroy, pulumi = policy_of(olds).on_destroy, handling(olds, news)
    if known is None or news.get("adoptJobId") is not None:
        return job_diff.unasked(olds, news, on_destroy, pulumi)
    status = status_now(connection.jobs, *known)
    return f"replaces {job_diff.consequence(known[0], status, on_destroy, pulumi, asked=False)}"


def update(connection: Connection, job_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs after a change of inputs that only steer this provider; no call is made."""
    merged = updated(olds, news)
    expires = expiry.changed(olds, written(news), connection.clock.time())
    merged.pop(expiry.EXPIRES, None)
    told = {expiry.EXPIRES: expires} if expires else {}
    return {**merged, **told, "teardown": _teardown(merged.get("status"), merged, expires)}


def delete(connection: Connection, job_id: str, properties: Mapping[str, Any]) -> None:
    """Tear the job down as the policy in its properties says (see `teardown`)."""
    name, nonce = str(properties.get(NAME, "")), str(properties.get(NONCE, ""))
    if not is_held_by_another(
        connection, "job", job_id, name, nonce, under_another="the resource that replaced this one has it"
    ):
        tear_down(connection, job_id, policy_of(properties), properties)


def outputs(
    inputs: Mapping[str, Any], job: Job, key: KeySource | None, failure: Any = None, expires: str | None = None
) -> dict[str, Any]:
    """The complete property bag: inputs as the user wrote them, and what the service chose, without the key."""
    expires = expires if inputs.get(expiry.EXPIRES_IN) is not None else None
    given = written(inputs)
    chosen = {
        "jobId": job.job_id,
        "jobName": job.job_name,
        "status": job.status,
        "finetunedOutput": job.model_id,
        "baseModel": job.base_model,
        "createTime": job.create_time,
        "endTime": job.end_time,
        "usage": job.usage,
        "creator": job.creator,
        "workspaceId": job.workspace_id,
        "failure": failure if job.status == JobStatus.FAILED else None,
        "expires": expires,
        "teardown": _teardown(job.status, inputs, expires),
    }
    return {**shown_outputs(chosen, key), **given, INPUT_NAMES: input_names(given)}


def _teardown(status: Any, properties: Mapping[str, Any], expires: str | None) -> str:
    planned = plan(status, policy_of(properties))
    return expiry.sentence(planned, properties, expires, active=status not in JobStatus.FINAL)


def policy_of(properties: Mapping[str, Any]) -> TeardownPolicy:
    """The teardown policy of a job with these properties; the schema's defaults where they say nothing."""
    chosen = {**defaults(RESOURCE), **{k: v for k, v in properties.items() if v is not None}}
    return TeardownPolicy(
        on_destroy=str(chosen["onDestroy"]),
        on_undeletable=str(chosen["onUndeletable"]),
        timeout=parse_duration(chosen["teardownTimeout"]),
    )
