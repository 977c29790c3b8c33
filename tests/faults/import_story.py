"""Why this exists: an import can't be cancelled, and to delete it is to delete its model. So its story is that of any
model which is waited for, but that a teardown waits for its end, and that nothing of it ever stays.
"""

from __future__ import annotations

from typing import Any

from front_ends import DYNAMIC
from product_story import ProductStory
from records import IMPORTED, Record
from simulation import Cloud

from pulumi_dashscope_ft.emulator.api import imports as import_operations

_STATUSES = {"SUCCEEDED": "SUCCESSED", "CANCELED": "FAILED", "QUEUING": "PENDING", "CANCELING": "RUNNING"}
"""The status of a job → that of an import."""


class ImportCloud(Cloud):
    """What is bought here are imports; their statuses are shown as those of jobs."""

    def status(self, job_id: str) -> str | None:
        job = self.emulator.imports.get(job_id)
        status = job.status if job is not None else None
        return "SUCCEEDED" if status == "SUCCESSED" else status

    def force(self, job_id: str, status: str) -> None:
        self.emulator.force_import(job_id, _STATUSES.get(status, status))

    def remove(self, job_id: str) -> None:
        self.emulator.remove_import(job_id)

    def bought(self) -> dict[str, str | None]:
        everything = {**self.emulator.gone_imports, **self.emulator.imports}
        return {job_id: job.display_name for job_id, job in everything.items() if job_id not in self.foreign}

    def name_of(self, job_id: str) -> str | None:
        return self.emulator.imports[job_id].display_name

    def submitted_past_the_faults(self, body: dict[str, Any]) -> str:
        with self._past_the_faults(body) as call:
            return str(import_operations.create(self.emulator.service, call)["output"]["job_id"])

    def touched(self) -> set[str]:
        return {str(one.job_id) for one in self.emulator.requests if one.operation == "delete_import"}


class ImportStory(ProductStory):
    """One account, one stack with imported models."""

    cloud: ImportCloud
    cloud_of = ImportCloud
    operations = {name: f"{name}_import" for name in ("create", "get", "delete")} | {
        "cancel": "delete_import",
        "list": "list_imports",
    }
    kind, succeeded = IMPORTED, "SUCCESSED"
    naming, adopting = "displayName", "adoptImportId"

    def __init__(self, front: str = DYNAMIC, **more: Any) -> None:
        # The service shows the names of all imports, and refuses no delete of one that has ended.
        always = {"echo": True, "literal": False}
        super().__init__(front, **{"pending_seconds": 1.0, "importing_seconds": 60.0, **more, **always})

    # What the user does

    def edit(self, name: str, /, **changes: Any) -> None:
        """As for any resource; there is no policy that only cancels."""
        if changes.get("onDestroy") == "cancel":
            changes["onDestroy"] = "delete"
        super().edit(name, **changes)

    def vary(self, name: str, variant: int) -> None:
        self.edit(name, objectKey=f"v{variant}/")

    # What other people do

    def somebody_elses(self, twin: bool, named: bool) -> None:
        """A colleague's import in the same account; a twin is of our folder."""
        name = {"display_name": "somebody"} if named else {}
        self.cloud.foreign.add(self.cloud.submitted_past_the_faults({**self._body("v1/" if twin else "v9/"), **name}))

    def repeated(self) -> None:
        """A colleague sends the request of our newest active import once more, its name included."""
        ours = sorted(self.cloud.active())
        if ours:
            job = self.cloud.emulator.imports[ours[-1]]
            body = {**self._body(str(job.storage_info["object_key"])), "display_name": job.display_name}
            copy_id = self.cloud.submitted_past_the_faults(body)
            self.cloud.foreign.add(copy_id)
            self.copies.add(copy_id)

    # Invariants

    def deleted(self, record: Record) -> None:
        self._refuses_deletes = False  # a refused delete is tried again, or told; it never leaves the import behind
        super().deleted(record)

    def _is_its_model(self, job_id: str, model: str) -> bool:
        emulator = self.cloud.emulator
        return {**emulator.gone_imports, **emulator.imports}[job_id].model_name == model

    def _job(self, variant: int) -> dict[str, Any]:
        weights = {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights"}
        return {**weights, "objectKey": f"v{variant + 1}/", "waitTimeout": "10m", "teardownTimeout": "10m"}

    def _body(self, folder: str) -> dict[str, Any]:
        storage = {"bucket_name": "weights", "object_key": folder}
        return {"model_name": "qwen3-8b", "source": "oss", "weight_type": "lora", "storage_info": storage}
