"""What a change of inputs means for a job.

A job has no update operation, so every change of what was submitted is a new, paid run. This module decides what counts
as a change, and in which order the old and the new job follow each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.comparison import differences, equal
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, RETAIN
from pulumi_dashscope_ft.lifecycle.base.engine_options import AS_PROVIDED, Handling
from pulumi_dashscope_ft.lifecycle.job import request as job_request
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.job.properties import JobRequest, JobState
from pulumi_dashscope_ft.schema.marks import below

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import FineTuningJobInputs

RESOURCE = "FineTuningJob"
KEEP_POLICY, KEEP_OPTION = "onDestroy: retain", "retainOnDelete"
_DELETED_LAST = "it will be deleted after the new run was started"
STEERING = (
    *("onDestroy", "onUndeletable", "rerunOn", "teardownTimeout"),
    *("expiresIn", "maxRuntime", "waitForQuota", "apiKeyEnv"),
    *("maxCost", "maxTokens", "allowUnknownCost"),
)
"""Inputs that only steer this provider, or a sweep: they change in place, without a call."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change of inputs means.

    :param replaces: properties (camelCase) whose change needs a new run.
    :param updates: properties that change in place.
    :param fields: what to call the replacing changes: `model`, `hyperParameters.n_epochs`, ….
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def compare(job_id: str, state: JobState, request: JobRequest) -> Diff:
    """Say what changing the inputs to those of `request` means for the job. `UNKNOWN` values count as changed."""
    olds, news = state.inputs, request.inputs
    replaces: list[str] = []
    updates: list[str] = []
    fields: list[str] = []
    secret = request.secrets
    other_data = job_request.changes_data(olds, news)
    for name in changed_inputs(RESOURCE, olds, news):
        in_place = (
            name in STEERING
            # Naming the job that the resource already has, or no longer naming it, changes nothing.
            or (name == "adoptJobId" and news.get(name) in (None, job_id))
            # The same data in another spelling or order is the same run.
            or (name in job_request.DATA and name not in other_data)
        )
        (updates if in_place else replaces).append(name)
        if not in_place:
            fields.extend([name] if below(secret, name) is True else _fields(name, olds.get(name), news.get(name)))
    return Diff(tuple(replaces), tuple(updates), tuple(fields))


def rerun_wanted(job_id: str, news: FineTuningJobInputs) -> frozenset[str]:
    """Return the ends of a run after which the user wants a new one.

    None while `adoptJobId` names this very job: a replacement would only adopt it again.
    """
    wanted = news.get("rerunOn")
    if not isinstance(wanted, (list, tuple)) or news.get("adoptJobId") == job_id:
        return frozenset()
    return frozenset(str(status) for status in wanted) & JobStatus.FINAL


def consequence(
    job_id: str,
    status: str | None,
    on_destroy: str,
    pulumi: Handling = AS_PROVIDED,
    *,
    asked: bool = True,
    unit: str = "tokens",
) -> str:
    """State in one clause what a replacement does to the job in its present status.

    :param pulumi: what Pulumi's options change about it.
    :param asked: whether this provider has asked for the replacement, and so for its order.
    :param unit: what the job is billed for (see `timed.unit`).
    """
    if status is None:
        return f"{job_id}, which is already gone: only the new run is started"
    standing = f"{job_id}, which is {status}"
    active = status not in JobStatus.FINAL
    if pulumi.protected:
        return f"{standing}: Pulumi refuses that, because the resource is protected; the job stays as it is"
    if on_destroy == RETAIN or pulumi.retained:
        kept = "it is left running and billed" if active else "it is kept"
        return f"{standing}: {kept} ({KEEP_POLICY if on_destroy == RETAIN else KEEP_OPTION})"
    end = _end(status, active, on_destroy, pulumi.old_first(active and asked), unit)
    return f"{standing}: {end}{pulumi.reservation}"


def _end(status: str, active: bool, on_destroy: str, first: bool, unit: str) -> str:
    """How the old job ends.

    :param first: whether it ends before the new run is started.
    """
    if not active and on_destroy == CANCEL:
        return "its record is kept (onDestroy: cancel)"
    if not active:
        return "it will be deleted before the new run is started" if first else _DELETED_LAST
    then = "its record is kept" if on_destroy == CANCEL else "then it is deleted"
    if status == JobStatus.CANCELING:
        return f"its end is awaited {'first' if first else 'after the new run was started'} ({unit} so far are billed)"
    if first:
        return f"it will be cancelled first ({unit} so far are billed), {then}"
    return f"it will be cancelled after the new run was started ({unit} until then are billed), {then}"


def unasked(olds: FineTuningJobInputs, news: FineTuningJobInputs, on_destroy: str, pulumi: Handling) -> str:
    """State what a replacement does that this provider was not asked about, so that it does not know the job.

    :param olds: the old inputs.
    """
    if news.get("adoptJobId") is not None and equal(olds.get("adoptJobId"), news.get("adoptJobId")):
        return "the job that adoptJobId names is adopted again, and no new run is bought"
    if pulumi.protected:
        return "it refuses that, because the resource is protected; the job stays as it is"
    if on_destroy == RETAIN or pulumi.retained:
        by = KEEP_POLICY if on_destroy == RETAIN else KEEP_OPTION
        return f"a new run is bought. The job that it has now is kept, and goes on if it is active ({by})"
    unit = timed.unit(olds.get("trainingType"))
    when = "Before the new run is started" if pulumi.old_first(False) else "After the new run was started"
    then = "its record is kept" if on_destroy == CANCEL else "then it is deleted"
    return (
        f"a new run is bought. {when}, the job that it has now is cancelled if it is still active (its {unit} are "
        f"billed), {then}{pulumi.reservation}"
    )


def _fields(name: str, old: Any, new: Any) -> list[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return [f"{name}.{key}" for key in differences(old, new)]
    return [] if equal(old, new) else [name]
