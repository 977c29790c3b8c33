"""What is particular to an import among the jobs that make a model (see `base.product`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, final

from pulumi_dashscope_ft.api import Client, Import, ImportStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import on_destroy
from pulumi_dashscope_ft.lifecycle.base.failure import failure
from pulumi_dashscope_ft.lifecycle.base.product.description import Terms
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.imported import request
from pulumi_dashscope_ft.lifecycle.imported.source import IMPORTS
from pulumi_dashscope_ft.lifecycle.imported.teardown import IMPORT_ENDED, KIND, TeardownPolicy, plan, tear_down
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure, Waiter
from pulumi_dashscope_ft.schema import defaults, parse_duration

RESOURCE = "ImportedModel"

_IMPORTED = Waiter(
    success=frozenset({ImportStatus.SUCCEEDED}),
    failure=MappingProxyType({ImportStatus.FAILED: Failure("", "fix the cause, then")}),
    delays=IMPORT_ENDED.delays,
    complete=lambda job: job.model_id is not None,
)
"""Wait, for minutes or longer, for the imported model."""

_WAYS_OUT: Mapping[str, str] = MappingProxyType(
    {
        "AvailableModelFileNotFound": "the folder in the bucket holds no weights that the service can use. Check "
        "bucketName and objectKey, that the weights are of baseModel, and weightType (the rank of LoRA weights must "
        "be 8, 16, 32 or 64); once the files are right,"
    }
)
"""What to do about a failed import, by the service's code."""


def policy_of(properties: Mapping[str, Any]) -> TeardownPolicy:
    """Return the teardown policy of an import with these properties."""
    limit = properties.get("teardownTimeout")
    timeout = parse_duration(defaults(RESOURCE)["teardownTimeout"] if limit is None else limit)
    return TeardownPolicy(on_destroy(RESOURCE, properties), timeout)


@final
class _ImportProduct:
    """An import and its model; `base.product.description.Product` describes the members."""

    resource: ClassVar[str] = RESOURCE
    noun: ClassVar[str] = KIND
    terms: ClassVar[Terms] = Terms(
        job="import job",
        jobs="import jobs",
        work="import",
        model="imported model",
        done="imported",
        stopping="`pulumi destroy` waits for its end, and deletes it.",
    )
    naming: ClassVar[str] = "displayName"
    longest_name: ClassVar[int] = 50  # model-import-api-reference
    names_are_unique: ClassVar[bool] = False
    adopting: ClassVar[str] = "adoptImportId"
    unshown: ClassVar[tuple[str, ...]] = ("weightType",)
    steering: ClassVar[tuple[str, ...]] = ("onDestroy", "teardownTimeout", "waitTimeout", "apiKeyEnv")
    source: ClassVar[Source[Import]] = IMPORTS
    final: ClassVar[frozenset[str]] = ImportStatus.FINAL
    succeeded: ClassVar[str] = ImportStatus.SUCCEEDED
    until_made: ClassVar[Waiter] = _IMPORTED

    body = staticmethod(request.body)
    decisive = staticmethod(request.decisive)
    mismatches = staticmethod(request.mismatches)
    inputs_shown = staticmethod(request.inputs_shown)

    def start(self, client: Client, body: Mapping[str, Any]) -> Import:
        return client.imports.create(body)

    def doubts(self, inputs: Mapping[str, Any], job: Import) -> list[str]:
        return []

    def name_of(self, job: Import) -> str | None:
        return job.display_name

    def shown(self, job: Import) -> str:
        shown = request.inputs_shown(job)
        base, bucket, key = (shown.get(name, "unknown") for name in ("baseModel", "bucketName", "objectKey"))
        return f"base model {base}, bucket {bucket}, folder {key}"

    def failure_of(self, connection: Connection, job: Import) -> dict[str, Any]:
        return failure(connection, {"code": job.error_code})

    def way_out(self, failure: Mapping[str, Any]) -> str:
        return _WAYS_OUT.get(str(failure.get("code")), "")

    def outputs(self, job: Import) -> dict[str, Any]:
        return {
            "jobId": job.job_id,
            "displayName": job.display_name,
            "status": job.status,
            "modelId": job.model_id,
            "createTime": job.create_time,
        }

    def teardown(self, status: str | None, properties: Mapping[str, Any]) -> str:
        return plan(status, on_destroy(RESOURCE, properties))

    def replaced(self, status: str, on_destroy: str, when: str) -> str:
        if status == ImportStatus.FAILED:
            return f"it is deleted {when}; it has no model"
        if status == ImportStatus.SUCCEEDED:
            return f"it is deleted {when}, and the files of its model with it"
        return f"it can't be cancelled, so its end is awaited {when}; then it is deleted, and the files of its model"

    def replaced_unasked(self, on_destroy: str) -> str:
        return "deleted, and the files of its model with it"

    def tear_down(self, connection: Connection, job_id: str, properties: Mapping[str, Any]) -> None:
        tear_down(connection, job_id, policy_of(properties), properties)


IMPORT = _ImportProduct()
