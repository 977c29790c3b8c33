"""A compression job for others: for a sweep, for the command, and as inputs that a user would have written."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import Compression
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.facts import age_seconds, name_of, stamp_facts
from pulumi_dashscope_ft.lifecycle.base.kind.imported import named
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject, called, times
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.product.wait import ModelWait
from pulumi_dashscope_ft.lifecycle.compression.product import COMPRESSION
from pulumi_dashscope_ft.lifecycle.compression.properties import CompressionRequest
from pulumi_dashscope_ft.lifecycle.compression.request import inputs_shown
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND


def live_object(job: Compression) -> LiveObject:
    """Describe a compression job, whose stamp is its name, for a sweep."""
    found = stamp.parse(job.job_name)
    return LiveObject(
        KIND,
        job.job_id,
        called(found, job.job_name),
        found,
        status=job.status,
        create_time=job.create_time,
        touched=times(job.start_time, job.end_time),
        active=not job.is_final,
        needs=frozenset([job.model] if job.model and not job.is_final else []),
        usage=job.usage,
    )


def facts(job: Compression, now: float) -> dict[str, Any]:
    """Describe a compression job for the command; `now` is in seconds since 1970."""
    return {
        "jobId": job.job_id,
        "name": name_of(job.job_name, job.job_id),
        "jobName": job.job_name,
        "status": job.status,
        "active": not job.is_final,
        "model": job.model,
        "templateId": job.template_id,
        "modelId": job.model_id,
        **stamp_facts(stamp.parse(job.job_name)),
        "createTime": job.create_time,
        "endTime": job.end_time,
        "ageSeconds": age_seconds(job.create_time, now),
        "usage": job.usage,
    }


def all_facts(connection: Connection, job: Compression, now: float) -> dict[str, Any]:
    """Describe a compression job in full: also its inputs, why it failed, and how it would be torn down."""
    return {
        **facts(job, now),
        "baseModel": job.base_model,
        "templateName": job.template_name,
        "jobDescription": job.job_description,
        "hyperParameters": dict(job.hyper_parameters),
        "customCalibrationFileIds": list(job.calibration_file_ids),
        "startTime": job.start_time,
        "failure": COMPRESSION.failure_of(connection, job) if job.status == "FAILED" else None,
        "teardown": COMPRESSION.teardown(job.status, {}),
    }


def wait_for_model(connection: Connection, job_id: str, timeout: float) -> Compression:
    """Block until the job has made its model, and return the job (see `base.product.wait`)."""
    return ModelWait(COMPRESSION, connection, connection.client.compressions.get(job_id), timeout).run()


def import_request(connection: Connection, job_id: str) -> CompressionRequest:
    """Return the request for the live job. The service does not show its `outputModelSuffix` and `triggers`."""
    job: Compression = connection.readers.reader(COMPRESSIONS).read(job_id)
    return named(inputs_shown(job), "jobName", job.job_name, job_id)
