"""The body of the create call for a compression job: what the user wrote, and nothing else.

Property names here are the schema's (camelCase); the API's are snake_case (API page model-compression-api-reference).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Compression
from pulumi_dashscope_ft.lifecycle.base.comparison import agree, integral

SUBMITTED = {
    "model": "model",
    "templateId": "template_id",
    "jobDescription": "job_description",
    "hyperParameters": "hyper_parameters",
    "customCalibrationFileIds": "custom_calibration_file_ids",
    "outputModelSuffix": "output_model_suffix",
}
"""Inputs that are sent as they are: property name → API field. (`jobName` is sent as well.)"""


def body(inputs: Mapping[str, Any], job_name: str) -> dict[str, Any]:
    """Return the JSON body of the create call."""
    sent = {field: integral(inputs[name]) for name, field in SUBMITTED.items() if inputs.get(name) is not None}
    return {**sent, "job_name": job_name}


def decisive(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that decides what is made, for the stamp's hash."""
    names = (*SUBMITTED, "workspaceId", "triggers")
    return {name: inputs[name] for name in names if inputs.get(name) is not None}


def inputs_shown(job: Compression) -> dict[str, Any]:
    """Return the inputs of a live job as a person would have written them. The service does not show the suffix."""
    shown = {
        "model": job.model,
        "templateId": job.template_id,
        "jobDescription": job.job_description,
        "hyperParameters": integral(dict(job.hyper_parameters)),
        "customCalibrationFileIds": list(job.calibration_file_ids),
    }
    return {name: value for name, value in shown.items() if value}


def mismatches(inputs: Mapping[str, Any], job: Compression) -> list[str]:
    """Return the inputs among model and template that this job was not made with; empty when it fits.

    What the service does not show counts as fitting.
    """
    shown = {"model": job.model, "templateId": job.template_id}
    return [name for name, value in shown.items() if value is not None and value != inputs.get(name)]


def doubts(inputs: Mapping[str, Any], job: Compression) -> list[str]:
    """Return the other inputs in which a job that fits differs from what was sent."""
    shown = inputs_shown(job)
    names = ("jobDescription", "hyperParameters", "customCalibrationFileIds")
    return [name for name in names if not agree(inputs.get(name), shown.get(name))]
