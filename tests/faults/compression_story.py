"""Why this exists: a compressed model is made by a job whose name the service takes once, and it is waited for. So it
has a story of its own: that of jobs, on other calls, and with the promises of a wait.
"""

from __future__ import annotations

from typing import Any

from faulty_stack import LONGEST_WAIT
from front_ends import DYNAMIC
from promises import LONGEST_STEP, STEERING
from records import COMPRESSED, Properties, Record
from simulation import Cloud
from story import Story

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


class CompressionStory(Story):
    """One account, one stack with compressed models."""

    cloud: CompressionCloud
    cloud_of = CompressionCloud
    operations = {name: f"{name}_compression" for name in ("create", "get", "cancel", "delete")} | {
        "list": "list_compressions"
    }
    longest_step = LONGEST_STEP + LONGEST_WAIT

    def __init__(self, front: str = DYNAMIC, **more: Any) -> None:
        self._model: str | None = None
        super().__init__(front, **{"compressing_seconds": 60.0, "compression_quota": 1000, **more})

    # What the user does

    def up(self, *replace: str) -> None:
        super().up(*replace)
        if self.told is None and not self.cut_short:
            for name in self.program:
                record = self.state.live(name)
                assert record is not None, f"up succeeded without {name}"
                assert record.outputs.get("modelId"), "created without a model"
                assert not record.unfinished

    def edit(self, name: str, /, **changes: Any) -> None:
        """As for any resource; names of compression jobs have no spaces."""
        if changes.get("jobName"):
            changes["jobName"] = changes["jobName"].replace(" ", "-")
        super().edit(name, **changes)

    def vary(self, name: str, variant: int) -> None:
        self.edit(name, hyperParameters={"calib_samples": 64 * variant})

    def respell(self, name: str) -> None:
        """There is one spelling."""

    # What other people do

    def somebody_elses(self, twin: bool, named: bool) -> None:
        """A colleague's compression in the same account; a twin has our model and template."""
        body = {"model": self.model, "template_id": "quant-w8a8" if twin else "quant-w4a16"}
        name = {"job_name": f"somebody-{len(self.cloud.foreign)}"} if named else {}
        self.cloud.foreign.add(self.cloud.submitted_past_the_faults({**body, **name}))

    def repeated(self) -> None:
        """The service takes no name twice."""

    # Invariants

    def owner_gone(self) -> None:
        """Nobody looks for lost jobs when the stack ends: they end by themselves, and are not billed."""
        forgotten = self.cloud.active() - self.let_go
        assert forgotten <= self.unrecorded, f"was in the state, and is forgotten: {forgotten - self.unrecorded}"
        self.let_go |= forgotten

    def _check(self, took: float, steps: int) -> None:
        super()._check(took, steps)
        for record in self._models():
            model = record.outputs.get("modelId")
            assert model or record.outputs["status"] != "SUCCEEDED", f"without its model: {record}"
            assert not model or str(model).endswith(record.id), f"another job's model: {record}"

    def _models(self) -> list[Record]:
        return [record for record in self.state.records if record.kind == COMPRESSED]

    def _work(self, name: str, inputs: Properties) -> str:
        kept = {key: value for key, value in inputs.items() if key not in STEERING and key != "jobName"}
        return super()._work(name, kept)

    @property
    def model(self) -> str:
        if self._model is None:
            self._model = self.cloud.trained()
        return self._model

    def _job(self, variant: int) -> dict[str, Any]:
        given = {"model": self.model, "templateId": "quant-w8a8", "waitTimeout": "10m"}
        return {**given, "hyperParameters": {"calib_samples": 64 * (variant + 1)}}
