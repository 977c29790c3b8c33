"""What is particular to a compression among the jobs that make a model (see `base.product`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, final

from pulumi_dashscope_ft.api import Client, Compression, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.failure import failure
from pulumi_dashscope_ft.lifecycle.base.product.description import Terms
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.compression import request
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND, tear_down
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure, Waiter, growing

RESOURCE = "CompressedModel"

_COMPRESSED = Waiter(
    success=frozenset({JobStatus.SUCCEEDED}),
    failure=MappingProxyType(
        {
            JobStatus.FAILED: Failure("", "fix the cause, then"),
            JobStatus.CANCELED: Failure("it was cancelled, by a person or by another program", "to start anew,"),
        }
    ),
    delays=growing(2.0, 0.1, 15.0),
    complete=lambda job: job.model_id is not None,
)
"""Wait, for minutes or hours, for the compressed model."""


@final
class _CompressionProduct:
    """A compression and its model; `base.product.description.Product` describes the members."""

    resource: ClassVar[str] = RESOURCE
    noun: ClassVar[str] = KIND
    terms: ClassVar[Terms] = Terms(
        job="compression job",
        jobs="compression jobs",
        work="compression",
        model="compressed model",
        done="compressed",
        stopping="`pulumi destroy` ends it.",
    )
    naming: ClassVar[str] = "jobName"
    longest_name: ClassVar[int] = 50  # model-compression-api-reference
    names_are_unique: ClassVar[bool] = True
    adopting: ClassVar[str] = "adoptJobId"
    unshown: ClassVar[tuple[str, ...]] = ()
    steering: ClassVar[tuple[str, ...]] = (
        *("onDestroy", "onUndeletable", "teardownTimeout"),
        *("waitTimeout", "apiKeyEnv"),
    )
    source: ClassVar[Source[Compression]] = COMPRESSIONS
    final: ClassVar[frozenset[str]] = JobStatus.FINAL
    succeeded: ClassVar[str] = JobStatus.SUCCEEDED
    until_made: ClassVar[Waiter] = _COMPRESSED

    body = staticmethod(request.body)
    decisive = staticmethod(request.decisive)
    mismatches = staticmethod(request.mismatches)
    doubts = staticmethod(request.doubts)
    inputs_shown = staticmethod(request.inputs_shown)

    def start(self, client: Client, body: Mapping[str, Any]) -> Compression:
        return client.compressions.create(body)

    def name_of(self, job: Compression) -> str | None:
        return job.shown_name

    def shown(self, job: Compression) -> str:
        return f"model {job.model or 'unknown'}, template {job.template_id or 'unknown'}"

    def failure_of(self, connection: Connection, job: Compression) -> dict[str, Any]:
        return failure(
            connection, job.error, lambda lines: connection.client.compressions.tail(job.job_id, lines=lines)
        )

    def way_out(self, failure: Mapping[str, Any]) -> str:
        return ""

    def outputs(self, job: Compression) -> dict[str, Any]:
        return {
            "jobId": job.job_id,
            "jobName": job.job_name,
            "status": job.status,
            "modelId": job.model_id,
            "baseModel": job.base_model,
            "templateName": job.template_name,
            "createTime": job.create_time,
            "startTime": job.start_time,
            "endTime": job.end_time,
            "usage": job.usage,
        }

    def teardown(self, status: str | None, properties: Mapping[str, Any]) -> str:
        return plan(status, TeardownPolicy.of(RESOURCE, properties))

    def replaced(self, status: str, on_destroy: str, when: str) -> str:
        if status in JobStatus.FINAL:
            end = "its record is kept (onDestroy: cancel)" if on_destroy == CANCEL else f"it is deleted {when}"
            return f"{end}; the model that it has produced stays"
        then = "its record is kept" if on_destroy == CANCEL else "then it is deleted"
        return f"it is cancelled {when}, {then}"

    def replaced_unasked(self, on_destroy: str) -> str:
        return f"ended {'keeping its record' if on_destroy == CANCEL else 'and deleted'}"

    def tear_down(self, connection: Connection, job_id: str, properties: Mapping[str, Any]) -> None:
        tear_down(connection, job_id, TeardownPolicy.of(RESOURCE, properties), properties)


COMPRESSION = _CompressionProduct()
