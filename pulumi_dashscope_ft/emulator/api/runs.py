"""Endpoints for the results of a run: log, stream, checkpoints, export, validation samples.

They belong to a job's path but not to its life; they read what :mod:`..model.training`, :mod:`..model.checkpoints` and
:mod:`..model.validation` compute (API reference 3.8 to 3.12). The only one that changes something, the export, is a
GET.
"""

from __future__ import annotations

import json
from typing import Any

from pulumi_dashscope_ft.emulator.errors import problem
from pulumi_dashscope_ft.emulator.model import checkpoints, training, validation
from pulumi_dashscope_ft.emulator.model.facts.answers import OTHER, REFUSED
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page, whole_number

from .operations import Endpoint
from .stream import followed, stream


def logs(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/logs`: `offset` lines are skipped, then `line` (100, at most 1000) are answered.

    Under `logs_form` the mark of the end is missing, or the lines are one text.
    """
    job = call.job
    offset = whole_number(call.query, "offset", default=0, least=0, most=None)
    count = whole_number(call.query, "line", default=100, least=1, most=1000)
    lines = training.log_lines(job, call.now, call.settings.zone)
    form = call.settings.logs_form
    if form == "lines":
        lines = [line for line in lines if training.END not in line]
    page = lines[offset : offset + count]
    return {"output": {"total": len(lines), "logs": "\n".join(page) if form == OTHER else page}}


def list_checkpoints(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/checkpoints`: the output is a bare array, newest first; another shape under `checkpoints_form`."""
    job = call.job
    shown = [
        checkpoints.to_payload(job, checkpoint, call.now, call.settings.zone)
        for checkpoint in checkpoints.checkpoints(job, call.now)
    ]
    form = call.settings.checkpoints_form
    if form == OTHER:
        return {"output": json.dumps(shown)}
    return {"output": {"checkpoints": shown, "total": len(shown)} if form == "object" else shown}


def export(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/export/{checkpoint}?model_name=…`: the output is a boolean.

    Under `export_form` an object with a status, or the call is refused with 400 `UnsupportedOperation`.
    """
    job = call.job
    name = call.query.get("model_name")
    if call.settings.export_form == REFUSED:
        raise problem("unsupported")
    accepted = checkpoints.export(job, call.path["checkpoint"], name, call.now, call.settings)
    return {"output": {"status": "success"} if call.settings.export_form == "object" else accepted}


def validation_results(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/validation-results` of image and video models."""
    return {"output": validation.validation_results(call.job, call.now)}


def validation_details(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/validation-details/{checkpoint}`: 10 samples to a page."""
    page = Page.of(call.query, default=10, most=100)
    job = call.job
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
