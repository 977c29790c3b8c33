"""Checkpoints of a run: which exist, and how one gets published.

Only a published checkpoint can be deployed, and publishing is a GET with a side effect that takes time (3.10, 3.11): a
client that asks twice, or loses the answer, must be able to see the result. The existing checkpoints are computed from
the job and the present time; only requested exports are stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from pulumi_dashscope_ft.emulator.errors import invalid_parameter, problem
from pulumi_dashscope_ft.emulator.wire import BEIJING, iso_time

from .facts.support import is_voice
from .jobs import EmulatedJob, Export
from .machine import FAILED, PENDING, SUCCEEDED
from .settings import Settings

PROCESSING = "PROCESSING"
KEPT_SECONDS = 15 * 24 * 3600
"""Checkpoints expire about 15 days after they were written (newer pages)."""


@dataclass(frozen=True, slots=True)
class EmulatedCheckpoint:
    """One saved state of the model; `last` is the one the service publishes by itself."""

    name: str
    step: int
    at: float
    last: bool


def checkpoints(job: EmulatedJob, now: float) -> list[EmulatedCheckpoint]:
    """Return the checkpoints kept at `now`, newest first.

    They appear as the run goes on. The latest `save_total_limit` are kept, and every exported one (inferred: publishing
    would otherwise be in vain). Those that expired unpublished are removed.
    """
    run = job.run
    succeeded = run.status == SUCCEEDED
    started = run.ended_at if run.started_at is None and succeeded else run.started_at
    if started is None:
        return []
    horizon = now if run.trained_until is None else min(now, run.trained_until)
    schedule = job.schedule
    reached = []
    for number, save in enumerate(schedule.saves, start=1):
        at = started + run.plan.running_seconds * save.share
        if succeeded:
            at = min(at, horizon)
        if at <= horizon:
            reached.append(EmulatedCheckpoint(save.name, save.step, at, succeeded and number == len(schedule.saves)))
    oldest_kept = len(reached) - schedule.limit
    kept = [
        checkpoint
        for number, checkpoint in enumerate(reached)
        if (number >= oldest_kept or checkpoint.name in job.exports)
        and (now < checkpoint.at + KEPT_SECONDS or status(job, checkpoint, now) == SUCCEEDED)
    ]
    kept.reverse()
    return kept


def status(job: EmulatedJob, checkpoint: EmulatedCheckpoint, now: float) -> str:
    """Return `PENDING` (not published), `PROCESSING`, `SUCCEEDED` (deployable) or `FAILED`: not a job status."""
    export = job.exports.get(checkpoint.name)
    if checkpoint.last:
        return SUCCEEDED
    if export is None:
        return PENDING
    return PROCESSING if now < export.done_at else export.outcome


def model_name(job: EmulatedJob, checkpoint: EmulatedCheckpoint) -> str:
    """Return the id of the published model: the job's own output, or the output and the step."""
    return job.finetuned_output if checkpoint.last else f"{job.finetuned_output}-c{checkpoint.step}"


def published(job: EmulatedJob, now: float) -> Iterator[str]:
    """Yield the models that the checkpoints of a job can be deployed as, oldest first."""
    for checkpoint in reversed(checkpoints(job, now)):
        if status(job, checkpoint, now) == SUCCEEDED:
            yield model_name(job, checkpoint)


def to_payload(job: EmulatedJob, checkpoint: EmulatedCheckpoint, now: float, zone: tzinfo = BEIJING) -> dict[str, Any]:
    """Return the checkpoint object (3.10): `model_name` only once published; CosyVoice has fields of its own."""
    voice = is_voice(job.base_model)
    state = status(job, checkpoint, now)
    answer: dict[str, Any] = {
        "create_time": iso_time(checkpoint.at, zone),
        "expire_time": iso_time(checkpoint.at + KEPT_SECONDS, zone),
        "job_id": job.job_id,
        "checkpoint": checkpoint.name,
        "full_name": f"{job.job_id}{':' if voice else '-'}{checkpoint.name}",
        "status": state,
    }
    if voice:
        answer |= {"step": checkpoint.step, "checkpoint_id": answer["full_name"]}
    if state == SUCCEEDED:
        answer["model_name"] = model_name(job, checkpoint)
        display_name = job.model_name if checkpoint.last else job.exports[checkpoint.name].display_name
        if display_name:
            answer["model_display_name"] = display_name
    return answer


def export(job: EmulatedJob, name: str, display_name: str | None, now: float, settings: Settings) -> bool:
    """Publish a checkpoint.

    During and after publishing, another call answers `True` and changes nothing, not even the display name (inferred:
    no page says). If publishing failed, another call tries again. Every accepted call is counted, so that a test can
    distinguish one export from two.

    :raises ApiProblemError: 404 if there is no such checkpoint, 400 without a name.
    """
    match = next((checkpoint for checkpoint in checkpoints(job, now) if checkpoint.name == name), None)
    if match is None:
        raise problem("not_found")
    if not display_name:
        raise invalid_parameter("model_name")
    job.export_calls[name] = job.export_calls.get(name, 0) + 1
    if status(job, match, now) in (PENDING, FAILED):
        job.exports[name] = Export(display_name, now, now + settings.export_seconds, settings.export_outcome)
    return True
