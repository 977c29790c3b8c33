"""The body of the create call for a job: what the user wrote, and nothing else.

Property names here are the schema's (camelCase); the API's are snake_case and otherwise the same (API page
create-fine-tuning-job-api).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.comparison import agree, integral
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.lifecycle.training_data.sources import PURPOSES, TRAINING, VALIDATION

SUBMITTED = {
    "model": "model",
    "trainingFileIds": "training_file_ids",
    "trainingDatasets": "training_datasets",
    "validationFileIds": "validation_file_ids",
    "validationDatasets": "validation_datasets",
    "trainingType": "training_type",
    "hyperParameters": "hyper_parameters",
    "modelName": "model_name",
    "finetunedOutputSuffix": "finetuned_output_suffix",
    "teacherModel": "teacher_model",
    "rollout": "rollout",
    "rewards": "rewards",
    "resourceConfig": "resource_config",
    "priority": "priority",
}
"""Inputs that decide what is trained: property name → API field. (`jobName` is sent as well, but decides nothing.)"""

EXTRA = "extra"
"""The input whose keys are fields of the body themselves. The schema refuses those that have an input of their own."""

DATA = frozenset(name for purpose in PURPOSES for name in data_sources.property_names(purpose))
"""The inputs that give data."""


def body(inputs: Mapping[str, Any], job_name: str) -> dict[str, Any]:
    """Return the JSON body of the create call."""
    sent = {field: integral(inputs[name]) for name, field in SUBMITTED.items() if inputs.get(name) is not None}
    sent["job_name"] = job_name
    return {**integral(inputs.get(EXTRA) or {}), **sent}


def decisive(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that decides what is trained, as the user has written it, for the stamp's hash."""
    names = (*SUBMITTED, EXTRA, "workspaceId", "triggers")
    return {name: inputs[name] for name in names if inputs.get(name) is not None}


def meaning(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same as `decisive`, with data and training type in the one spelling that stands for all others."""
    meant = _without_data(inputs)
    if "trainingType" in meant:
        meant["trainingType"] = timed.canonical(meant["trainingType"])
    for purpose in PURPOSES:
        sources = data_sources.in_properties(inputs, purpose)
        if sources:
            meant[purpose] = data_sources.normalised(sources)
    return meant


def respelled(inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the same as `decisive`, with the data in each spelling that it could have been written in."""
    for spelled in product(*(_spellings(inputs, purpose) for purpose in PURPOSES)):
        yield {**_without_data(inputs), **{name: value for one in spelled for name, value in one.items()}}


def inputs_shown(job: Job) -> dict[str, Any]:
    """Return the inputs of a live job as a person would have written them: data as file ids if there are only files."""
    shown: dict[str, Any] = {name: _shown(job, name) for name in SUBMITTED if name not in DATA}
    shown["hyperParameters"] = dict(job.hyper_parameters)
    for purpose in PURPOSES:
        shown |= data_sources.as_properties(data_sources.of_job(job, purpose), purpose)
    return {name: value for name, value in shown.items() if value not in (None, {}, "")}


def changes_data(olds: Mapping[str, Any], news: Mapping[str, Any]) -> frozenset[str]:
    """Return the properties for training or validation data, if the data itself has changed."""
    other = (one for one in PURPOSES if not data_sources.same_request(olds, news, one))
    return frozenset(name for purpose in other for name in data_sources.property_names(purpose))


def mismatches(inputs: Mapping[str, Any], job: Job) -> list[str]:
    """Return the inputs among model and data that this job was not made with; empty when it fits.

    A person who names a job has to get these right. Names are those of the inputs as written. Validation data counts
    only when the inputs name some.
    """
    wrong = [] if job.model and job.model == inputs.get("model") else ["model"]
    purposes = [one for one in PURPOSES if one == TRAINING or data_sources.in_properties(inputs, one)]
    return wrong + [name for purpose in purposes for name in _other_data(inputs, job, purpose)]


def fits(inputs: Mapping[str, Any], job: Job) -> bool:
    """Whether this job may be the wanted one: it has the same model and the same data, in any spelling."""
    return not mismatches(inputs, job) and not _other_data(inputs, job, VALIDATION)


def doubts(inputs: Mapping[str, Any], job: Job) -> list[str]:
    """Return the inputs other than model and data in which a job that fits differs.

    A number as text is no difference, nor is a value that only one side has: the service leaves hyper-parameters out
    and adds some (API page get-fine-tuning-job-api). It is not documented whether the service also changes some, so a
    difference found here is a reason to ask the user, not a reason to buy again.
    """
    names = ("trainingType", "hyperParameters", "modelName", "teacherModel", "rollout", "rewards", "resourceConfig")
    wanted = {**inputs, "trainingType": timed.canonical(inputs.get("trainingType"))}
    shown = {name: _shown(job, name) or None for name in names}
    shown["trainingType"] = timed.canonical(shown["trainingType"])
    return [name for name in names if not agree(wanted.get(name), shown[name])]


def _shown(job: Job, name: str) -> Any:
    """Return what a live job shows of an input; None where it leaves it out, as it may for the newer kinds."""
    field = SUBMITTED[name]
    return getattr(job, field) if hasattr(job, field) else job.raw.get(field)


def _without_data(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decisive(inputs).items() if name not in DATA}


def _spellings(inputs: Mapping[str, Any], purpose: str) -> list[dict[str, Any]]:
    names = data_sources.property_names(purpose)
    written = {name: inputs[name] for name in names if inputs.get(name) is not None}
    sources = data_sources.in_properties(inputs, purpose)
    as_datasets = {names[1]: [dict(source) for source in sources]} if sources else {}
    return [written, data_sources.as_properties(sources, purpose), as_datasets]


def shows_data(job: Job) -> bool:
    """Whether the service shows what this job trains on. Every job has data, so one without hides it."""
    return bool(data_sources.of_job(job, TRAINING))


def _other_data(inputs: Mapping[str, Any], job: Job, purpose: str) -> list[str]:
    if not shows_data(job):
        return []  # what the service leaves out is no difference
    wanted, shown = data_sources.in_properties(inputs, purpose), data_sources.of_job(job, purpose)
    if data_sources.is_shown(wanted, shown):
        return []
    names = data_sources.property_names(purpose)
    return [next((name for name in names if inputs.get(name)), names[0])]
