"""What a change of inputs means for a compressed model.

A compression job has no update operation, so every change of what was submitted is a new job.
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.comparison import equal
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, RETAIN
from pulumi_dashscope_ft.lifecycle.base.engine_options import Handling
from pulumi_dashscope_ft.lifecycle.compression.properties import CompressionRequest, CompressionState
from pulumi_dashscope_ft.schema.properties import CompressedModelInputs

RESOURCE = "CompressedModel"
WAIT_LIMIT, MODEL = "waitTimeout", "modelId"
STEERING = ("onDestroy", "onUndeletable", "teardownTimeout", WAIT_LIMIT, "apiKeyEnv")
"""Inputs that only steer this provider: they change in place, without a call."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change of inputs means.

    :param replaces: properties (camelCase) whose change needs a new job.
    :param updates: properties that change in place.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()


def compare(job_id: str, state: CompressionState, request: CompressionRequest) -> Diff:
    """Say what changing the inputs to those of `request` means. `UNKNOWN` values count as changed."""
    news = request.inputs
    changed = changed_inputs(RESOURCE, state.inputs, news)
    # Naming the job that the resource already has, or no longer naming it, changes nothing.
    adopted = news.get("adoptJobId") in (None, job_id)
    updates = tuple(name for name in changed if name in STEERING or (name == "adoptJobId" and adopted))
    return Diff(tuple(name for name in changed if name not in updates), updates)


def consequence(job_id: str, status: str | None, on_destroy: str, pulumi: Handling) -> str:
    """State in one clause what a replacement does to the job in its present status.

    :param pulumi: what Pulumi's options change about it.
    """
    if status is None:
        return f"{job_id}, which is already gone"
    standing = f"{job_id}, which is {status}"
    if pulumi.protected:
        return f"{standing}: Pulumi refuses that, because the resource is protected; the job stays as it is"
    if on_destroy == RETAIN or pulumi.retained:
        return f"{standing}: it is kept ({'onDestroy: retain' if on_destroy == RETAIN else 'retainOnDelete'})"
    active = status not in JobStatus.FINAL
    when = "first" if pulumi.old_first(active) else "after the new one has its model"
    if not active:
        end = "its record is kept (onDestroy: cancel)" if on_destroy == CANCEL else f"it is deleted {when}"
        return f"{standing}: {end}; the model that it has produced stays{pulumi.reservation}"
    then = "its record is kept" if on_destroy == CANCEL else "then it is deleted"
    return f"{standing}: it is cancelled {when}, {then}{pulumi.reservation}"


def unasked(olds: CompressedModelInputs, news: CompressedModelInputs, on_destroy: str, pulumi: Handling) -> str:
    """State what a replacement does that this provider was not asked about, so that it does not know the job."""
    if news.get("adoptJobId") is not None and equal(olds.get("adoptJobId"), news.get("adoptJobId")):
        return "the job that adoptJobId names is adopted again, and nothing is compressed anew"
    if pulumi.protected:
        return "it refuses that, because the resource is protected; the job stays as it is"
    if on_destroy == RETAIN or pulumi.retained:
        return "the model is compressed anew; the job that it has now is kept"
    then = "keeping its record" if on_destroy == CANCEL else "and deleted"
    return f"the model is compressed anew; the job that it has now is ended {then}{pulumi.reservation}"
