"""Compression jobs: quantized models of custom models, on a queue of their own.

Their page draws the state machine (API reference 11), and it is the one of fine-tuning jobs. So they are played by the
same board, with a plan of their own; whether they share the runner of the fine-tuning jobs is not documented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from pulumi_dashscope_ft.emulator.limits import keep_gone
from pulumi_dashscope_ft.emulator.model.board import Board, Run, Transition
from pulumi_dashscope_ft.emulator.model.machine import CANCELED, CANCELING, FAILED, FINAL, SUCCEEDED, Plan
from pulumi_dashscope_ft.emulator.wire import BEIJING, log_time, plain_time

from .product import Product
from .templates import KIND, TEMPLATES


@dataclass(slots=True)
class CompressionJob:
    """A submitted compression job, and the run it started. Times are service seconds."""

    job_id: str
    run: Run
    workspace_id: str
    uid: str
    model: str
    base_model: str
    template_id: str
    hyper_parameters: dict[str, Any]
    job_name: str | None = None
    description: str | None = None
    calibration_file_ids: list[str] = field(default_factory=list)
    suffix: str | None = None

    @property
    def history(self) -> list[Transition]:
        """The steps of its run so far."""
        return self.run.transitions

    @property
    def quantized_output(self) -> str:
        """The id of the produced model: `{base_model}[-{suffix}]-{job_id}`."""
        return "-".join(part for part in (self.base_model, self.suffix, self.job_id) if part)

    @property
    def failure_reason(self) -> str:
        """The reason of a failed job: from the plan, or a usual one. One line."""
        return " ".join(self.run.plan.failure_reason.split()) or "the calibration of the quantized model diverged"

    def usage(self) -> int:
        """Return the GPU seconds consumed; one GPU (inferred)."""
        started, stopped = self.run.started_at, self.run.trained_until
        return 0 if started is None or stopped is None else int(stopped - started)

    def to_payload(self, *, in_full: bool, zone: tzinfo = BEIJING) -> dict[str, Any]:
        """Return the job object (11.2).

        :param in_full: whether to add what only the get shows (11.3).
        """
        run = self.run
        template = TEMPLATES.get(self.template_id)
        failed = run.status == FAILED
        answer: dict[str, Any] = {
            "job_id": self.job_id,
            "job_name": self.job_name or self.job_id,
            "status": run.status,
            "model": self.model,
            "base_model": self.base_model,
            "template_id": self.template_id,
            "template_name": template.name() if template else self.template_id,
            "training_type": KIND,
            "compress_type": KIND,
            "hyper_parameters": self.hyper_parameters,
            "custom_calibration_file_ids": self.calibration_file_ids,
            "quantized_output": self.quantized_output if run.status == SUCCEEDED else None,
            "create_time": plain_time(run.created_at, zone),
            "start_time": None if run.started_at is None else plain_time(run.started_at, zone),
            "end_time": None if run.ended_at is None else plain_time(run.ended_at, zone),
            "error": {"code": "InternalError", "message": self.failure_reason} if failed else None,
            "group": KIND,
        }
        if in_full:
            answer["job_description"] = self.description
            answer["template_description"] = template.description() if template else ""
            if run.status in (SUCCEEDED, CANCELED):
                answer["usage"] = self.usage()
        return answer

    def log_lines(self, now: float, zone: tzinfo = BEIJING) -> list[str]:
        """Return the log until `now`. Only longer, never rewritten."""
        return [f"{log_time(at, zone)} - {text}" for at, text in self._lines() if at <= now]

    def _lines(self) -> Iterator[tuple[float, str]]:
        yield self.run.created_at, f"INFO - quantization job {self.job_id} accepted"
        started = self.run.started_at
        if started is not None:
            stopped, seconds = self.run.trained_until, self.run.plan.running_seconds
            for percent in range(0, 100, 10):
                at = started + seconds * percent / 100
                if stopped is not None and at > stopped:
                    break
                yield at, f"INFO - quantizing layers: {percent}%"
        for step in self.run.transitions:
            if step.status == CANCELING:
                yield step.at, "INFO - cancel requested, stopping"
            elif step.status == FAILED:
                yield step.at, f"ERROR - {self.failure_reason}"
            elif step.status == SUCCEEDED:
                yield step.at, f"INFO - quantized model saved as {self.quantized_output}"
            if step.status in FINAL:
                yield step.at, f"INFO - quantization job {step.status.lower()}, {self.usage()} GPU seconds"


class Compressions:
    """The compression jobs of one workspace."""

    def __init__(self, plan: Plan, *, runners: int, time: float) -> None:
        self.jobs: dict[str, CompressionJob] = {}
        self.gone: dict[str, CompressionJob] = {}
        self.board = Board(plan, runners=runners, time=time)
        self.orphans: dict[str, Product] = {}
        """Products of deleted jobs: the product outlives the record (documented)."""

    def remove(self, job_id: str) -> None:
        """Remove a job in any status; what it has produced stays.

        :raises KeyError: there is no such job.
        """
        job = self.jobs.pop(job_id)
        self.orphans |= _produced(job)
        self.board.remove(job_id)
        keep_gone(self.gone, job_id, job)

    def restore(self, job: CompressionJob, *, gone: bool) -> None:
        """Put back a saved job with its history."""
        if gone:
            self.gone[job.job_id] = job
            return
        self.board.restore(job.run)
        self.jobs[job.job_id] = job

    def force(self, job_id: str, status: str, at: float) -> None:
        """Put a job into any status by hand.

        :raises ValueError: the status is unknown.
        """
        self.board.force(job_id, status, at)

    def replan(self, job_id: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one job.

        :raises ValueError: the changes are no valid plan.
        """
        self.board.replan(job_id, changes)

    def products(self) -> dict[str, Product]:
        """Return the produced models, oldest first."""
        models = dict(self.orphans)
        for job in self.jobs.values():
            models |= _produced(job)
        return models


def _produced(job: CompressionJob) -> dict[str, Product]:
    return {job.quantized_output: Product(job.base_model, KIND)} if job.run.status == SUCCEEDED else {}
