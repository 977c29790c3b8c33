"""The `/fine-tunes/compress` endpoints: templates and compression jobs.

This is the emulator's reading of the API reference, section 11. Its page draws the state machine and says what is
refused; where it is silent the docstring says "inferred".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pulumi_dashscope_ft.emulator.errors import (
    CATALOGUE,
    ApiProblemError,
    Refusal,
    about,
    invalid,
    invalid_parameter,
    problem,
)
from pulumi_dashscope_ft.emulator.model.catalogue import BASE_MODELS
from pulumi_dashscope_ft.emulator.model.custom.compression import CompressionJob
from pulumi_dashscope_ft.emulator.model.custom.product import LORA, Product
from pulumi_dashscope_ft.emulator.model.custom.templates import (
    CALIBRATION_INPUT,
    COMPRESSIBLE,
    KIND,
    LANGUAGES,
    TEMPLATES,
    Template,
)
from pulumi_dashscope_ft.emulator.model.machine import CANCELING, FINAL, STATUSES
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page, whole_number

from .fields import json_object, structure, text
from .listing import in_order
from .operations import JSON_BODY, Endpoint

MOST_NAME = 50
MOST_DESCRIPTION = 200
# Which characters a name may have is checked (documented), but not which ones they are (inferred).
_NAME = re.compile(r"[\w.-]+")
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")
_FILE_ID = re.compile(r"file-[0-9a-f]{32}")
_TIME = "%Y-%m-%d %H:%M:%S"


def templates(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/templates`: the compressible custom models, each with its templates.

    `model` narrows them to one model; `lang` chooses the language of the texts (any other value is read as `en-US`,
    inferred).
    """
    asked = call.query.get("lang") or LANGUAGES[0]
    language = asked if asked in LANGUAGES else LANGUAGES[0]
    wanted = call.query.get("model")
    shown = [template.to_payload(language) for template in TEMPLATES.values()]
    return {
        "output": {
            "base_models": list(COMPRESSIBLE),
            "custom_models": [
                {"model": model, "model_name": model, "base_model": product.base_model, "templates": shown}
                for model, product in call.workspace.products(call.now).items()
                if _is_compressible(product) and wanted in (None, "", model)
            ],
        }
    }


def create(service: Service, call: Call) -> dict[str, Any]:
    """`POST …/jobs`.

    :raises ApiProblemError: 400 `InvalidParameter` for a model that can't be compressed, an unknown template, a bad
        name or suffix, an undeclared or unusable hyper-parameter, and a `job_name` that another job has (names are
        unique per user; the code is inferred); 429 `QuotaExceeded`.
    """
    body = json_object(call.body)
    model, template_id = text(body, "model"), text(body, "template_id")
    if not model:
        raise invalid_parameter("model")
    if not template_id:
        raise invalid_parameter("template_id")
    product = _compressible(call, model)
    template = TEMPLATES.get(template_id)
    if template is None:
        raise invalid_parameter("template_id")
    name, description, suffix = (text(body, field) for field in ("job_name", "job_description", "output_model_suffix"))
    if name and (len(name) > MOST_NAME or not _NAME.fullmatch(name)):
        raise invalid_parameter("job_name")
    if description and len(description) > MOST_DESCRIPTION:
        raise invalid_parameter("job_description")
    if suffix and not _SUFFIX.fullmatch(suffix):
        raise invalid_parameter("output_model_suffix")
    hyper_parameters = _declared(template, structure(body, "hyper_parameters") or {})
    files = _calibration_files(body, hyper_parameters)
    jobs = call.workspace.compressions.jobs.values()
    if name and any(job.job_name == name for job in jobs):
        raise invalid(f"The job_name {name} already exists.")
    if sum(job.run.status not in FINAL for job in jobs) >= call.settings.compression_quota:
        raise problem("compression_quota")
    taken = {*service.compressions.all(), *service.compressions.gone()}
    job_id = service.ids.compression(call.now, taken.__contains__)
    job = CompressionJob(
        job_id=job_id,
        run=call.workspace.compressions.board.add(job_id, call.now, service.compressions.next_plan()),
        workspace_id=call.caller.workspace_id,
        uid=call.caller.uid,
        model=model,
        base_model=product.base_model,
        template_id=template_id,
        hyper_parameters=hyper_parameters,
        job_name=name or None,
        description=description,
        calibration_file_ids=files,
        suffix=suffix or None,
    )
    call.workspace.compressions.jobs[job_id] = job
    return {"output": job.to_payload(in_full=False, zone=call.settings.zone)}


def get(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/jobs/{job_id}`."""
    return {"output": _found(call).to_payload(in_full=True, zone=call.settings.zone)}


def list_jobs(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/jobs`: newest first, or oldest with `sort_order=asc`; 10 to a page, at most 100.

    Filters: `status`, `model`, `template_id`, `quant_spec` and `quant_method` exactly; `job_name` and `job_id` by a
    part; `start_time` and `end_time` by the time of creation (inferred); `search_key` by a part of the id, the name or
    the model, or only of the one that `select_key` names (inferred).
    """
    page = Page.of(call.query, default=10, most=100)
    status = call.query.get("status")
    if status and status not in STATUSES:
        raise invalid_parameter("status")
    since, until = _time(call, "start_time"), _time(call, "end_time")
    jobs = [
        job
        for job in call.workspace.compressions.jobs.values()
        if _matches(job, call.query)
        and (since is None or job.run.created_at >= since)
        and (until is None or job.run.created_at <= until)
        and call.now - job.run.created_at >= call.settings.list_lag_seconds
    ]
    jobs = in_order(jobs, call.settings, lambda job: (job.run.sequence, job.job_id))
    if call.query.get("sort_order", "").lower() == "asc":
        jobs.sort(key=lambda job: job.run.sequence)
    return {
        "output": {
            "total": len(jobs),
            "page_no": page.number,
            "page_size": page.size,
            "jobs": [job.to_payload(in_full=True, zone=call.settings.zone) for job in page.cut(jobs)],
        }
    }


def logs(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/{job_id}/logs`: `offset` lines are skipped, then `line` (100, at most 1000) are answered."""
    job = _found(call)
    offset = whole_number(call.query, "offset", default=0, least=0, most=None)
    count = whole_number(call.query, "line", default=100, least=1, most=1000)
    lines = job.log_lines(call.now, call.settings.zone)
    return {"output": {"total": len(lines), "logs": lines[offset : offset + count]}}


def cancel(service: Service, call: Call) -> dict[str, Any]:
    """`POST …/{job_id}/cancel`: asynchronous, and only from `PENDING`, `QUEUING` and `RUNNING` (documented)."""
    job = _found(call)
    if job.run.status == CANCELING or not call.workspace.compressions.board.cancel(job.job_id, call.now):
        raise problem("compression_not_cancellable")
    return {"output": {"status": "success"}}


def delete(service: Service, call: Call) -> dict[str, Any]:
    """`DELETE …/{job_id}`: only jobs that have ended; the produced model stays (both documented)."""
    job = _found(call)
    if job.run.status not in FINAL:
        raise problem("compression_not_deletable")
    call.workspace.compressions.remove(job.job_id)
    return {"output": {"status": "success"}}


def _found(call: Call) -> CompressionJob:
    """Return the job in the path.

    :raises ApiProblemError: 404; the setting `missing_compression_code` chooses between its two documented codes.
    """
    job = call.workspace.compressions.jobs.get(call.path["job_id"])
    if job is None:
        entry = CATALOGUE["compression_not_found"]
        raise ApiProblemError(Refusal(entry.status, call.settings.missing_compression_code, entry.message))
    return job


def _is_compressible(product: Product) -> bool:
    return product.base_model in COMPRESSIBLE and product.method not in (*LORA, KIND)


def _compressible(call: Call, model: str) -> Product:
    """Return the custom model to compress: full weights, made from a documented base model.

    :raises ApiProblemError: 400 for any other.
    """
    product = call.workspace.products(call.now).get(model)
    if product is None:
        known = model in (*BASE_MODELS, *call.settings.base_models)
        raise about("base_not_compressible", model) if known else problem("no_such_model")
    if product.method in LORA:
        raise about("lora_not_compressible", model)
    if not _is_compressible(product):
        raise about("not_compressible", model)
    return product


def _declared(template: Template, hyper_parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the hyper-parameters; unlike in fine-tuning, undeclared and unusable ones are refused (documented)."""
    for name, value in hyper_parameters.items():
        parameter = template.parameters.get(name)
        if parameter is None or not parameter.takes(value):
            raise invalid_parameter(f"hyper_parameters.{name}")
    return hyper_parameters


def _calibration_files(body: dict[str, Any], hyper_parameters: dict[str, Any]) -> list[str]:
    """Return the calibration files. Only their form is checked: they belong to another file API."""
    files = body.get("custom_calibration_file_ids") or []
    if not isinstance(files, list) or not all(isinstance(item, str) and _FILE_ID.fullmatch(item) for item in files):
        raise invalid_parameter("custom_calibration_file_ids")
    if files and hyper_parameters.get(CALIBRATION_INPUT) not in (True, "true"):
        raise invalid_parameter("custom_calibration_file_ids")
    return files


def _time(call: Call, name: str) -> float | None:
    """Return a time in the query.

    :raises ApiProblemError: 400 if it is not `yyyy-MM-dd HH:mm:ss` (that the format is checked is documented, the
        format itself is inferred).
    """
    value = call.query.get(name)
    if not value:
        return None
    try:
        return datetime.strptime(value, _TIME).replace(tzinfo=call.settings.zone).timestamp()
    except (ValueError, OverflowError):
        raise invalid_parameter(name) from None


def _matches(job: CompressionJob, query: Mapping[str, str]) -> bool:
    template = TEMPLATES.get(job.template_id)
    exact = {
        "status": job.run.status,
        "model": job.model,
        "template_id": job.template_id,
        "quant_spec": template.spec if template else "",
        "quant_method": template.method if template else "",
    }
    texts = {"job_name": job.job_name or job.job_id, "job_id": job.job_id}
    searched = {**texts, "model": job.model}
    key, chosen = query.get("search_key", ""), query.get("select_key", "")
    fields = [searched[chosen]] if chosen in searched else searched.values()
    return (
        all(query.get(name) in (None, "", value) for name, value in exact.items())
        and all(query.get(name, "") in value for name, value in texts.items())
        and any(key in value for value in fields)
    )


_JOB = "/fine-tunes/compress/jobs/{job_id}"

COMPRESSION_OPERATIONS = (
    Endpoint("compression_templates", "GET", "/fine-tunes/compress/templates", templates),
    Endpoint("create_compression", "POST", "/fine-tunes/compress/jobs", create, body=JSON_BODY, changes=True),
    Endpoint("list_compressions", "GET", "/fine-tunes/compress/jobs", list_jobs),
    Endpoint("get_compression", "GET", _JOB, get),
    Endpoint("delete_compression", "DELETE", _JOB, delete, changes=True),
    Endpoint("compression_logs", "GET", f"{_JOB}/logs", logs),
    Endpoint("cancel_compression", "POST", f"{_JOB}/cancel", cancel, changes=True),
)
