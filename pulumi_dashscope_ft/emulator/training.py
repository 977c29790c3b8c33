"""What a training run leaves behind: log lines, checkpoints, validation samples.

Why it exists: tools show progress from the log and pick checkpoints by their state, so both have to grow
while the emulated run goes on, never rewrite what was already shown, and be the same for the same job each
time. All of it is computed from the job and the present moment; nothing is stored.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .errors import invalid_parameter, problem
from .jobs import Export, Job
from .machine import CANCELED, CANCELING, FAILED, SUCCEEDED
from .settings import Settings
from .wire import iso_time, log_time

LOSS_LINES = 40
STEPS_PER_EPOCH = 20
KEPT_SECONDS = 15 * 24 * 3600
"""Checkpoints expire about 15 days after they were written (newer pages)."""

_FAILURE = "the training data could not be used: fewer valid samples than batch_size"


def log_lines(job: Job, now: float) -> list[str]:
    """The log until ``now``, in the service's style (3.8). The loss falls; a failure's reason is in the tail."""
    ended = job.run.ended_at
    horizon = now if ended is None else min(now, ended)
    return [line for at, line in _lines(job) if at <= horizon]


def _lines(job: Job) -> Iterator[tuple[float, str]]:
    run = job.run
    yield run.created_at, _stamped(run.created_at, f"finetune-job {job.job_id} accepted")
    started = run.started_at
    if started is not None:
        yield started, _stamped(started, "data process succeeded, start to fine-tune")
        yield from _progress(job, started)
    for step in run.transitions:
        if step.status == CANCELING:
            yield step.at, _stamped(step.at, "cancel requested, stopping")
        elif step.status == CANCELED:
            yield step.at, _stamped(step.at, "finetune-job canceled")
            yield step.at, _stamped(step.at, f"training usage {job.usage()}")
        elif step.status == FAILED:
            yield step.at, f"{log_time(step.at)} - ERROR - {_FAILURE}"
            yield step.at, _stamped(step.at, "finetune-job failed")
        elif step.status == SUCCEEDED:
            yield from _success(job, step.at, started)
    ended = run.ended_at
    if ended is not None:
        yield ended, _stamped(ended, "##FT_COMPLETE##")


def _progress(job: Job, started: float) -> Iterator[tuple[float, str]]:
    """Loss lines spread over the planned run; cut where training stopped, moved up when it succeeded early."""
    dice = random.Random(job.luck)
    loss = 2.2 + dice.random()
    floor = 0.4 + dice.random() / 2
    stopped = job.run.trained_until
    early = job.run.status == SUCCEEDED
    for number in range(1, LOSS_LINES + 1):
        loss = floor + (loss - floor) * (0.90 + dice.random() * 0.04)
        at = started + job.run.plan.running_seconds * number / (LOSS_LINES + 1)
        if stopped is not None and at > stopped:
            if not early:
                return
            at = stopped
        figures = {
            "loss": round(loss, 4),
            "grad_norm": round(0.5 + dice.random(), 4),
            "epoch": round(job.epochs * number / LOSS_LINES, 4),
        }
        yield at, str(figures)


def _success(job: Job, at: float, started: float | None) -> Iterator[tuple[float, str]]:
    seconds = 0.0 if started is None else (job.run.trained_until or at) - started
    yield at, str({"train_runtime": round(seconds, 4), "epoch": float(job.epochs)})
    yield at, f" Actual number of consumed tokens is {job.usage()}!"
    yield at, " Uploaded checkpoint!"
    yield at, " Fine-tune succeeded!"
    yield at, f" use checkpoint-{job.epochs * STEPS_PER_EPOCH} as final checkpoint"
    yield at, _stamped(at, "fine-tuned output got, start to transfer it for inference")
    yield at, _stamped(at, "transfer for inference succeeded, start to deliver it for inference")
    yield at, _stamped(at, "start to save checkpoint")
    yield at, _stamped(at, "finetune-job succeeded")
    yield at, _stamped(at, f"training usage {job.usage()}")


def _stamped(at: float, text: str) -> str:
    return f"{log_time(at)} - INFO - {text}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One saved state of the model; ``last`` is the one the service publishes by itself."""

    step: int
    at: float
    last: bool

    @property
    def name(self) -> str:
        return f"checkpoint-{self.step}"


def checkpoints(job: Job, now: float) -> list[Checkpoint]:
    """The checkpoints kept at ``now``, newest first: one per epoch, the last ``save_total_limit`` (1) of
    them.

    Only ``sft`` and ``efficient_sft`` jobs keep any (documented).
    """
    started = job.run.started_at
    if started is None or job.training_type not in ("sft", "efficient_sft"):
        return []
    horizon = now if job.run.trained_until is None else min(now, job.run.trained_until)
    succeeded = job.run.status == SUCCEEDED
    found = []
    for epoch in range(1, job.epochs + 1):
        at = started + job.run.plan.running_seconds * epoch / job.epochs
        if succeeded:
            at = min(at, horizon)
        if at <= horizon:
            found.append(Checkpoint(epoch * STEPS_PER_EPOCH, at, succeeded and epoch == job.epochs))
    found.reverse()
    return found[: job.checkpoint_limit or 1]


def shown_checkpoint(job: Job, checkpoint: Checkpoint, now: float, settings: Settings) -> dict[str, Any]:
    """The checkpoint object (3.10): ``model_name`` only once published."""
    export = job.exports.get(checkpoint.name)
    answer: dict[str, Any] = {
        "create_time": iso_time(checkpoint.at),
        "expire_time": iso_time(checkpoint.at + KEPT_SECONDS),
        "job_id": job.job_id,
        "checkpoint": checkpoint.name,
        "full_name": f"{job.job_id}-{checkpoint.name}",
        "status": "PENDING",
    }
    if checkpoint.last or (export and now >= export.asked_at + settings.export_seconds):
        answer["status"] = "SUCCEEDED"
        answer["model_name"] = job.finetuned_output + ("" if checkpoint.last else f"-c{checkpoint.step}")
        display_name = export.display_name if export else job.model_name
        if display_name:
            answer["model_display_name"] = display_name
    elif export:
        answer["status"] = "PROCESSING"
    return answer


def export(job: Job, name: str, display_name: str | None, now: float) -> bool:
    """Publish a checkpoint. Raises 404 for one that is not there, 400 without a name."""
    if all(one.name != name for one in checkpoints(job, now)):
        raise problem("not_found")
    if not display_name:
        raise invalid_parameter("model_name")
    job.exports.setdefault(name, Export(display_name, now))
    return True


def validation_results(job: Job, now: float) -> list[dict[str, str]]:
    """Checkpoints with validation samples (image and video models); empty until the job has finished (documented)."""
    if job.run.status != SUCCEEDED or not is_media(job.model):
        return []
    return [{"checkpoint": one.name} for one in checkpoints(job, now)]


def validation_samples(job: Job, name: str, now: float) -> list[dict[str, str]]:
    """The samples of one checkpoint, with links of the documented shape that lead nowhere."""
    if {"checkpoint": name} not in validation_results(job, now):
        raise problem("not_found")
    place = f"https://emulator.invalid/{job.job_id}/{name}"
    expires = int(now) + 24 * 3600
    if "i2v" in job.model or "kf2v" in job.model:
        return [
            {
                "video_path": f"{place}/0.mp4?Expires={expires}",
                "prompt": "a validation prompt",
                "first_frame_path": f"{place}/0.jpeg?Expires={expires}",
            }
        ]
    return [
        {
            "img_path": f"{place}/0.png?Expires={expires}",
            "prompt": "a validation prompt",
            "input_img": f"{place}/0-input.png?Expires={expires}",
        }
    ]


def is_media(model: str) -> bool:
    """Whether a model makes images or videos: the ones that have validation samples."""
    return model.startswith(("wan", "qwen-image"))
