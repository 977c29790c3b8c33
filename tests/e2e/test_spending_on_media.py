"""A video job is estimated from the clips in its archive, and a budget refuses it in the plan, before an upload."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed

sys.path.insert(0, str(Path(__file__).parents[1] / "spend"))

from media_files import clip_archive

JOB = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="clips.zip")
job = FineTuningJob(
    "boats", model="wan2.5-i2v-preview", training_type="efficient_sft", training_file_ids=[data.file_id],
    hyper_parameters={
        "n_epochs": 400, "max_pixels": 36864, "batch_size": 2, "learning_rate": 2e-5, "eval_epochs": 50,
    },
    **settings,
)
pulumi.export("cost", job.estimated_cost)
pulumi.export("tokens", job.estimated_tokens)
pulumi.export("data", data.tokens)
"""
LINE = "boats: 60 s of clips × 400 epochs, about 276 CNY (wan2.5-i2v-preview, prices of 2026-08)"


@pytest.fixture
def film(stage: Any) -> Any:
    """The stage with an archive of twelve clips of five seconds."""
    stage.write(JOB)
    clip_archive(stage.directory / "clips.zip", [5.0] * 12)
    stage.program()
    return stage


def test_a_video_job_costs_what_its_clips_do(film: Any) -> None:
    film.lines.clear()
    film.stack.preview()
    assert LINE in "\n".join(film.lines)
    outputs = film.stack.up().outputs
    assert (outputs["cost"]["low"], outputs["cost"]["high"]) == ("276.48", "276.48")
    assert outputs["tokens"]["seconds"] == [60, 60]
    assert outputs["data"]["seconds"]["lengths"] == [[5, 5, 12]]
    film.stack.refresh()
    assert film.stack.up().outputs == outputs
    assert (len(film.emulator.files), len(film.emulator.jobs)) == (1, 1)


def test_a_budget_refuses_it_before_it_starts_and_a_preview_before_the_upload(film: Any) -> None:
    film.program(max_cost="200 CNY")
    for operation in (film.stack.preview, film.stack.up):
        film.lines.clear()
        with pytest.raises(StackOperationFailed) as caught:
            operation()
        text = "\n".join([*film.lines, str(caught.value)])
        assert "the run may cost 276 CNY (60 s of clips × 400 epochs, 0.32 CNY per 1000 tokens as of 2026-08)" in text
        assert "more than 200 CNY: n_epochs 289 or 72 % of the rows would be within it" in text
        assert not film.emulator.jobs
        assert not film.emulator.files or operation == film.stack.up, "a preview uploads nothing"
