"""Endpoints for the results of a run: log, stream, checkpoints, export, validation samples.

They belong to a job's path but not to its life; they read what :mod:`..model.training`, :mod:`..model.checkpoints` and
:mod:`..model.validation` compute (API reference 3.8 to 3.12). The only one that changes something, the export, is a
GET.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.model import checkpoints, training, validation
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page, whole_number

from .operations import Endpoint
from .stream import followed, stream


def logs(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/logs`: `offset` lines are skipped, then `line` (100, at most 1000) are answered."""
    job = call.workspace.job(call.path["job_id"])
    offset = whole_number(call.query, "offset", default=0, least=0, most=None)
    count = whole_number(call.query, "line", default=100, least=1, most=1000)
    lines = training.log_lines(job, call.now)
    return {"output": {"total": len(lines), "logs": lines[offset : offset + count]}}


def list_checkpoints(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/checkpoints`: the output is a bare array, newest first."""
    job = call.workspace.job(call.path["job_id"])
    return {
        "output": [
            checkpoints.to_payload(job, checkpoint, call.now) for checkpoint in checkpoints.checkpoints(job, call.now)
        ]
    }


def export(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/export/{checkpoint}?model_name=…`: the output is a boolean."""
    job = call.workspace.job(call.path["job_id"])
    name = call.query.get("model_name")
    return {"output": checkpoints.export(job, call.path["checkpoint"], name, call.now, call.settings)}


def validation_results(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/validation-results` of image and video models."""
    return {"output": validation.validation_results(call.workspace.job(call.path["job_id"]), call.now)}


def validation_details(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/validation-details/{checkpoint}`: 10 samples to a page."""
    page = Page.of(call.query, default=10, most=100)
    job = call.workspace.job(call.path["job_id"])
    samples = validation.validation_samples(job, call.path["checkpoint"], call.now)
    return {
        "output": {
            "page_no": page.number,
            "page_size": page.size,
            "total": len(samples),
            "list": list(page.cut(samples)),
        }
    }


RUN_OPERATIONS = (
    Endpoint("logs", "GET", "/fine-tunes/{job_id}/logs", logs),
    Endpoint("stream", "GET", "/fine-tunes/{job_id}/stream", stream, respond=followed),
    Endpoint("checkpoints", "GET", "/fine-tunes/{job_id}/checkpoints", list_checkpoints),
    Endpoint("export", "GET", "/fine-tunes/{job_id}/export/{checkpoint}", export, changes=True),
    Endpoint("validation_results", "GET", "/fine-tunes/{job_id}/validation-results", validation_results),
    Endpoint(
        "validation_details",
        "GET",
        "/fine-tunes/{job_id}/validation-details/{checkpoint}",
        validation_details,
    ),
)
