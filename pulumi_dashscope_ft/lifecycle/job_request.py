"""Why this exists: what the user wrote becomes the body of one create call, and nothing is added that the user did
not write.

Property names here are the schema's (camelCase); the API's are snake_case and otherwise the same (API page
create-fine-tuning-job-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.comparison import differences, integral

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
}
"""Inputs that decide what is trained: property name → API field. (`jobName` is sent as well, but decides nothing.)"""

IDENTIFYING = ("model", "trainingFileIds", "trainingDatasets")
"""Inputs by which a job can be recognised on the service when its name says nothing."""


def body(inputs: Mapping[str, Any], job_name: str) -> dict[str, Any]:
    """The JSON body of the create call."""
    sent = {field: integral(inputs[name]) for name, field in SUBMITTED.items() if inputs.get(name) is not None}
    sent["job_name"] = job_name
    return sent


def decisive(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that decides what is trained, for the stamp's hash."""
    names = (*SUBMITTED, "workspaceId", "triggers")
    return {name: inputs[name] for name in names if inputs.get(name) is not None}


def mismatches(inputs: Mapping[str, Any], job: Job, names: tuple[str, ...] = IDENTIFYING) -> list[str]:
    """The inputs, of those named, that this job was not made with; empty when it fits."""
    live = {name: _live(job, SUBMITTED[name]) for name in names}
    wanted = {name: inputs.get(name) or None for name in names}
    return list(differences(live, wanted))


def data_files(job: Job) -> frozenset[str]:
    """The files that the job has been given. In the other form of the data (`training_datasets`, API page
    fine-tuning-api-guide) every text counts, whatever its field is called: it does no harm to take one for a file's id.
    """
    rows = (*job.training_datasets, *job.validation_datasets)
    named = (value for row in rows for value in row.values() if isinstance(value, str))
    return frozenset((*job.training_file_ids, *job.validation_file_ids, *named))


def named_files(properties: Mapping[str, Any]) -> frozenset[str]:
    """The same, of a job as the state has it."""
    rows = [row for name in ("trainingDatasets", "validationDatasets") for row in properties.get(name) or ()]
    given = [text for name in ("trainingFileIds", "validationFileIds") for text in properties.get(name) or ()]
    named = (*given, *(value for row in rows for value in row.values()))
    return frozenset(text for text in named if isinstance(text, str))


def _live(job: Job, field: str) -> Any:
    value = getattr(job, field)
    if isinstance(value, tuple):
        value = list(value)
    return value or None
