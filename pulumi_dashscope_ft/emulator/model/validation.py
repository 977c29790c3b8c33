"""Validation samples of image and video models.

With such models a person picks the checkpoint by looking at its results, so the API lists samples per checkpoint
(3.12). The links here have the documented shape and lead nowhere.
"""

from __future__ import annotations

from pulumi_dashscope_ft.emulator.errors import problem

from .checkpoints import checkpoints
from .facts.support import is_media, is_video
from .jobs import EmulatedJob
from .machine import SUCCEEDED
from .schedule import positive

LINK_SECONDS = 24 * 3600
MOST_SAMPLES = 100


def validation_results(job: EmulatedJob, now: float) -> list[dict[str, str]]:
    """Return checkpoints with samples, newest first.

    Empty before the job has finished (documented), and for other models.
    """
    if job.run.status != SUCCEEDED or not is_media(job.base_model):
        return []
    return [{"checkpoint": checkpoint.name} for checkpoint in checkpoints(job, now)]


def validation_samples(job: EmulatedJob, name: str, now: float) -> list[dict[str, str]]:
    """Return the samples of one checkpoint: `max_split_val_dataset_sample` (5) of them.

    :raises ApiProblemError: 404 if there are none.
    """
    if {"checkpoint": name} not in validation_results(job, now):
        raise problem("not_found")
    number = min(positive(job.hyper_parameters.get("max_split_val_dataset_sample")) or 5, MOST_SAMPLES)
    place = f"https://emulator.invalid/{job.job_id}/{name}"
    ending = f"?Expires={int(now) + LINK_SECONDS}"
    video = is_video(job.base_model)
    samples = []
    for sample in range(number):
        prompt = f"validation prompt {sample + 1}"
        if video:
            samples.append(
                {
                    "video_path": f"{place}/{sample}.mp4{ending}",
                    "prompt": prompt,
                    "first_frame_path": f"{place}/{sample}.jpeg{ending}",
                }
            )
        else:
            samples.append(
                {
                    "img_path": f"{place}/{sample}.png{ending}",
                    "prompt": prompt,
                    "input_img": f"{place}/{sample}-input.png{ending}",
                }
            )
    return samples
