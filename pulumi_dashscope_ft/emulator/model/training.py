"""The log of a training run.

People and tools see progress in the log, and it is the documented place to learn why a run failed. So it has to grow
while the emulated run goes on, never change a line that was already shown, and be the same for the same job each time.
It is computed from the job and the present time; nothing is stored.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import tzinfo
from operator import itemgetter

from pulumi_dashscope_ft.emulator.wire import BEIJING, log_time

from .jobs import EmulatedJob
from .machine import CANCELED, CANCELING, FAILED, SUCCEEDED

LOSS_LINES = 40
END = "##FT_COMPLETE##"


def log_lines(job: EmulatedJob, now: float, zone: tzinfo = BEIJING) -> list[str]:
    """Return the log until `now`, in the service's style (3.8). The loss falls; a failure's reason is at the end."""
    ended = job.run.ended_at
    horizon = now if ended is None else min(now, ended)
    return [line for at, line in _lines(job, zone) if at <= horizon]


def _lines(job: EmulatedJob, zone: tzinfo) -> Iterator[tuple[float, str]]:
    run = job.run
    yield run.created_at, _stamped(run.created_at, zone, f"finetune-job {job.job_id} accepted")
    started = run.started_at
    if started is not None:
        yield started, _stamped(started, zone, "data process succeeded, start to fine-tune")
        yield from _training(job, started)
    for step in run.transitions:
        if step.status == CANCELING:
            yield step.at, _stamped(step.at, zone, "cancel requested, stopping")
        elif step.status == CANCELED:
            yield step.at, _stamped(step.at, zone, "finetune-job canceled")
            yield step.at, _stamped(step.at, zone, f"training usage {job.usage()}")
        elif step.status == FAILED:
            yield step.at, _stamped(step.at, zone, job.failure_reason, "ERROR")
            yield step.at, _stamped(step.at, zone, "finetune-job failed")
        elif step.status == SUCCEEDED:
            yield from _success(job, step.at, started, zone)
    ended = run.ended_at
    if ended is not None:
        yield ended, _stamped(ended, zone, END)


def _training(job: EmulatedJob, started: float) -> Iterator[tuple[float, str]]:
    """Yield lines spread over the planned run, cut where training stopped, earlier if it succeeded early.

    They are always in the order of the plan, so that a line that was shown keeps its place.
    """
    seconds = job.run.plan.running_seconds
    stopped = job.run.trained_until
    early = job.run.status == SUCCEEDED
    for share, text in sorted((*_progress(job, seconds), *_saving(job)), key=itemgetter(0)):
        at = started + seconds * share
        if stopped is not None and at > stopped:
            if not early:
                return
            at = stopped
        yield at, text


def _progress(job: EmulatedJob, seconds: float) -> Iterator[tuple[float, str]]:
    """Yield the share of the run and a line with a progress bar and the figures of a step, many times over."""
    schedule = job.schedule
    for number, loss in enumerate(_losses(job), start=1):
        share = number / (LOSS_LINES + 1)
        done = number / LOSS_LINES
        step = max(1, int(schedule.steps * done))
        yield share, _bar(step, schedule.steps, seconds * share)
        figures = {
            "loss": round(loss, 4),
            "grad_norm": round(0.4 + loss / 4, 4),
            "learning_rate": _learning_rate(job, done),
            "epoch": round(schedule.epochs * done, 4),
        }
        yield share, str(figures)


def _losses(job: EmulatedJob) -> Iterator[float]:
    dice = random.Random(job.luck)
    loss = 2.2 + dice.random()
    floor = 0.4 + dice.random() / 2
    for _ in range(LOSS_LINES):
        loss = floor + (loss - floor) * (0.90 + dice.random() * 0.04)
        yield loss


def _saving(job: EmulatedJob) -> Iterator[tuple[float, str]]:
    """Yield evaluation figures and a line for each checkpoint."""
    losses = list(_losses(job))
    schedule = job.schedule
    for save in schedule.saves:
        loss = losses[min(int(save.share * LOSS_LINES), LOSS_LINES - 1)]
        yield save.share, str({"eval_loss": round(loss * 1.04, 4), "epoch": round(schedule.epochs * save.share, 4)})
        yield save.share, f" Saving model checkpoint to {save.name}"


def _bar(step: int, steps: int, elapsed: float) -> str:
    """` 50%|#####     | 30/60 [05:00<05:00, 10.00s/it]`."""
    pace = elapsed / step
    filled = "#" * (10 * step // steps)
    return (
        f"{100 * step // steps:3d}%|{filled:<10}| {step}/{steps} "
        f"[{_span(elapsed)}<{_span(pace * (steps - step))}, {pace:.2f}s/it]"
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _learning_rate(job: EmulatedJob, done: float) -> float:
    """Return the rate after that share of the run, for the schedulers that are easy to draw; linear for the others."""
    usual = 1e-4 if job.training_type in ("efficient_sft", "dpo_lora") else 1e-5
    try:
        rate = float(str(job.hyper_parameters.get("learning_rate", usual)))
    except ValueError:
        rate = usual
    if not math.isfinite(rate):
        rate = usual
    shape = str(job.hyper_parameters.get("lr_scheduler_type", "cosine")).lower()
    if shape.startswith("constant"):
        factor = 1.0
    elif shape.startswith("cosine"):
        factor = (1 + math.cos(math.pi * done)) / 2
    else:
        factor = 1 - done
    return float(f"{rate * factor:.4g}")


def _success(job: EmulatedJob, at: float, started: float | None, zone: tzinfo) -> Iterator[tuple[float, str]]:
    seconds = 0.0 if started is None else (job.run.trained_until or at) - started
    losses = list(_losses(job))
    steps = job.schedule.steps
    summary = {
        "train_runtime": round(seconds, 4),
        "train_steps_per_second": round(steps / seconds, 3) if seconds else 0.0,
        "train_loss": sum(losses) / len(losses),
        "epoch": float(job.schedule.epochs),
    }
    yield at, str(summary)
    if not job.is_metered:
        yield at, f" Actual number of consumed tokens is {job.usage()}!"
    yield at, " Uploaded checkpoint!"
    yield at, " Fine-tune succeeded!"
    yield at, f" use {job.schedule.last_name} as final checkpoint"
    yield at, _stamped(at, zone, "fine-tuned output got, start to transfer it for inference")
    yield at, _stamped(at, zone, "transfer for inference succeeded, start to deliver it for inference")
    yield at, _stamped(at, zone, "start to save checkpoint")
    yield at, _stamped(at, zone, "finetune-job succeeded")
    yield at, _stamped(at, zone, f"training usage {job.usage()}")


def _stamped(at: float, zone: tzinfo, text: str, level: str = "INFO") -> str:
    return f"{log_time(at, zone)} - {level} - {text}"
