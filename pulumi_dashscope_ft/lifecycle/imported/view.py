"""An import for others: for a sweep, for the command, and as inputs that a user would have written."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import Import, ImportStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.facts import age_seconds, name_of, stamp_facts
from pulumi_dashscope_ft.lifecycle.base.kind.imported import named
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject, called
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.product.wait import ModelWait
from pulumi_dashscope_ft.lifecycle.imported.product import IMPORT
from pulumi_dashscope_ft.lifecycle.imported.properties import ImportedRequest
from pulumi_dashscope_ft.lifecycle.imported.request import base_model, inputs_shown
from pulumi_dashscope_ft.lifecycle.imported.source import IMPORTS
from pulumi_dashscope_ft.lifecycle.imported.teardown import KIND


def live_object(job: Import) -> LiveObject:
    """Describe an import, whose stamp is its display name, for a sweep."""
    found = stamp.parse(job.display_name)
    return LiveObject(
        KIND,
        job.job_id,
        called(found, job.display_name),
        found,
        status=job.status,
        create_time=job.create_time,
        active=not job.is_final,
        model=job.model_id,
    )


def facts(job: Import, now: float) -> dict[str, Any]:
    """Describe an import for the command; `now` is in seconds since 1970."""
    return {
        "jobId": job.job_id,
        "name": name_of(job.display_name, job.job_id),
        "displayName": job.display_name,
        "status": job.status,
        "active": not job.is_final,
        "baseModel": base_model(job),
        "modelId": job.model_id,
        "bucketName": inputs_shown(job).get("bucketName"),
        "objectKey": inputs_shown(job).get("objectKey"),
        "errorCode": job.error_code,
        **stamp_facts(stamp.parse(job.display_name)),
        "createTime": job.create_time,
        "ageSeconds": age_seconds(job.create_time, now),
    }


def all_facts(connection: Connection, job: Import, now: float) -> dict[str, Any]:
    """Describe an import in full: also why it failed, and how it would be torn down."""
    return {
        **facts(job, now),
        "failure": IMPORT.failure_of(connection, job) if job.status == ImportStatus.FAILED else None,
        "teardown": IMPORT.teardown(job.status, {}),
    }


def wait_for_model(connection: Connection, job_id: str, timeout: float) -> Import:
    """Block until the import has made its model, and return it (see `base.product.wait`)."""
    return ModelWait(IMPORT, connection, connection.client.imports.get(job_id), timeout).run()


def import_request(connection: Connection, job_id: str) -> ImportedRequest:
    """Return the request for the live import.

    The service does not show the `weightType`, which can be left out only where `adoptImportId` is given: so it is.
    """
    job: Import = connection.readers.reader(IMPORTS).read(job_id)
    return named({"adoptImportId": job_id, **inputs_shown(job)}, "displayName", job.display_name, job_id)
