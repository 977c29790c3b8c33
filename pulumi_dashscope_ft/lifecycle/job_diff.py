"""Why this exists: a job has no update operation, so every change of what was submitted is a new, paid run. What
counts as a change, and in which order old and new follow each other, is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.lifecycle import job_request
from pulumi_dashscope_ft.lifecycle.comparison import differences, equal
from pulumi_dashscope_ft.lifecycle.property_bag import changed_inputs, user_inputs
from pulumi_dashscope_ft.lifecycle.teardown import CANCEL, RETAIN

RESOURCE = "FineTuningJob"
STEERING = ("onDestroy", "onUndeletable", "rerunOn", "teardownTimeout", "expiresIn", "maxRuntime", "apiKeyEnv")
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


def compare(job_id: str, old_outputs: Mapping[str, Any], news: Mapping[str, Any]) -> Diff:
    """What changing the inputs to `news` means for the job. `UNKNOWN` values count as changed."""
    olds = user_inputs(old_outputs)
    replaces: list[str] = []
    updates: list[str] = []
    fields: list[str] = []
    other_data = job_request.changes_data(olds, news)
    for name in changed_inputs(RESOURCE, olds, news):
        in_place = (
            name in STEERING
            # Naming the job one already has, or no longer naming it, changes nothing.
            or (name == "adoptJobId" and news.get(name) in (None, job_id))
            # The same data in another spelling or order is no other run.
            or (name in job_request.DATA and name not in other_data)
        )
        (updates if in_place else replaces).append(name)
        if not in_place:
            fields.extend(_fields(name, olds.get(name), news.get(name)))
    return Diff(tuple(replaces), tuple(updates), tuple(fields))


def rerun_wanted(job_id: str, news: Mapping[str, Any]) -> frozenset[str]:
    """The ends of a run after which the user wants a new one. None while `adoptJobId` names this very job: a
    replacement would only adopt it again.
    """
    wanted = news.get("rerunOn")
    if not isinstance(wanted, (list, tuple)) or news.get("adoptJobId") == job_id:
        return frozenset()
    return frozenset(str(status) for status in wanted) & JobStatus.FINAL


def consequence(job_id: str, status: str | None, on_destroy: str) -> str:
    """What a replacement does to the job as it stands, in one clause."""
    if status is None:
        return f"{job_id}, which is already gone"
    active = status not in JobStatus.FINAL
    if on_destroy == RETAIN:
        kept = "it is left running and billed" if active else "it is kept"
        return f"{job_id}, which is {status}: {kept} (onDestroy: retain)"
    if status == JobStatus.CANCELING:
        return f"{job_id}, which is CANCELING: its end is awaited first (tokens so far are billed)"
    if active:
        then = "its record is kept" if on_destroy == CANCEL else "then it is deleted"
        return f"{job_id}, which is {status}: it will be cancelled first (tokens so far are billed), {then}"
    if on_destroy == CANCEL:
        return f"{job_id}, which is {status}: its record is kept (onDestroy: cancel)"
    return f"{job_id}, which is {status}: it will be deleted after the new run was started"


def _fields(name: str, old: Any, new: Any) -> list[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return [f"{name}.{key}" for key in differences(old, new)]
    return [] if equal(old, new) else [name]
