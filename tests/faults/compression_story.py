"""Why this exists: a compressed model is made by a job whose name the service takes once. So it has a story of its own:
that of any model which is waited for, on its calls.
"""

from __future__ import annotations

from typing import Any

from front_ends import DYNAMIC
from product_story import ProductStory
from records import COMPRESSED
from simulation import Cloud

from pulumi_dashscope_ft.emulator.api import compressions as compression_operations

BASE = "qwen3.5-flash-2026-02-23"


class CompressionCloud(Cloud):
    """What is bought here are compression jobs."""

    def trained(self) -> str:
        """The id of a model that can be compressed."""
        body = {"model": BASE, "training_file_ids": ["file-1"], "training_type": "sft"}
        job_id = super().submitted_past_the_faults(body)
        self.emulator.force(job_id, "SUCCEEDED")
        return str(self.emulator.jobs[job_id].finetuned_output)

    def status(self, job_id: str) -> str | None:
        job = self.emulator.compressions.get(job_id)
        return job.status if job is not None else None

    def force(self, job_id: str, status: str) -> None:
        self.emulator.force_compression(job_id, status)

    def remove(self, job_id: str) -> None:
        self.emulator.remove_compression(job_id)

    def bought(self) -> dict[str, str | None]:
        everything = {**self.emulator.gone_compressions, **self.emulator.compressions}
        return {job_id: job.job_name for job_id, job in everything.items() if job_id not in self.foreign}

    def submitted_past_the_faults(self, body: dict[str, Any]) -> str:
        with self._past_the_faults(body) as call:
            return str(compression_operations.create(self.emulator.service, call)["output"]["job_id"])

    def touched(self) -> set[str]:
        records = self.emulator.requests
        return {str(one.job_id) for one in records if one.operation in ("cancel_compression", "delete_compression")}


class CompressionStory(ProductStory):
    """One account, one stack with compressed models."""

    cloud: CompressionCloud
    cloud_of = CompressionCloud
    operations = {name: f"{name}_compression" for name in ("create", "get", "cancel", "delete")} | {
        "list": "list_compressions"
    }
    kind, succeeded = COMPRESSED, "SUCCEEDED"

    def __init__(self, front: str = DYNAMIC, **more: Any) -> None:
        self._model: str | None = None
        super().__init__(front, **{"compressing_seconds": 60.0, "compression_quota": 1000, **more})

    # What the user does

    def edit(self, name: str, /, **changes: Any) -> None:
        """As for any resource; names of compression jobs have no spaces."""
        if changes.get("jobName"):
            changes["jobName"] = changes["jobName"].replace(" ", "-")
        super().edit(name, **changes)

    def vary(self, name: str, variant: int) -> None:
        self.edit(name, hyperParameters={"calib_samples": 64 * variant})

    # What other people do

    def somebody_elses(self, twin: bool, named: bool) -> None:
        """A colleague's compression in the same account; a twin has our model and template."""
        body = {"model": self.model, "template_id": "quant-w8a8" if twin else "quant-w4a16"}
        name = {"job_name": f"somebody-{len(self.cloud.foreign)}"} if named else {}
        self.cloud.foreign.add(self.cloud.submitted_past_the_faults({**body, **name}))

    def repeated(self) -> None:
        """The service takes no name twice."""

    # Invariants

    def _is_its_model(self, job_id: str, model: str) -> bool:
        return model.endswith(job_id)

    @property
    def model(self) -> str:
        if self._model is None:
            self._model = self.cloud.trained()
        return self._model

    def _job(self, variant: int) -> dict[str, Any]:
        given = {"model": self.model, "templateId": "quant-w8a8", "waitTimeout": "10m"}
        return {**given, "hyperParameters": {"calib_samples": 64 * (variant + 1)}}
