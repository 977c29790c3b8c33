"""What mypy sees in users' programs: `make types` checks this file, and nothing runs it.

A line with an `ignore` is wrong on purpose. Under `strict`, mypy also reports an `ignore` that hides nothing, so each
of these lines proves that mypy reports that mistake.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import pulumi

import pulumi_dashscope_ft as dynamic
from pulumi_dashscope_ft import native


def dynamic_classes() -> None:
    data = dynamic.TrainingFile("data", path=Path("train.jsonl"), description=None)
    job = dynamic.FineTuningJob(
        "job",
        model="qwen3-8b",
        training_file_ids=[data.file_id, "file-1"],
        hyper_parameters={"n_epochs": 3, "learning_rate": "1.6e-5"},
        teardown_timeout=90,
        expires_in="3d",
        opts=pulumi.ResourceOptions(protect=True),
    )
    assert_type(data.file_id, pulumi.Output[str])
    assert_type(job.wait_for_model(), pulumi.Output[str])
    dynamic.ModelDeployment("served", model_name=job.wait_for_model(), plan="lora", wait_until_running=False)
    dynamic.ExportedCheckpoint(
        "early", job_id=job.job_id, checkpoint="checkpoint-1", model_display_name="early", export_timeout=60.5
    )

    small = dynamic.CompressedModel("small", model=job.wait_for_model(), template_id="quant-w8a8", wait_timeout="6h")
    assert_type(small.model_id, pulumi.Output[str])

    dynamic.CompressedModel("small", model="m")  # type: ignore[call-arg]
    dynamic.TrainingFile("data")  # type: ignore[call-arg]
    dynamic.TrainingFile("data", path=3)  # type: ignore[arg-type]
    dynamic.FineTuningJob("job", training_file_ids=["file-1"])  # type: ignore[call-arg]
    dynamic.FineTuningJob("job", model="qwen3-8b", epochs=3)  # type: ignore[call-arg]
    dynamic.FineTuningJob("job", model="qwen3-8b", hyper_parameters=3)  # type: ignore[arg-type]
    dynamic.ModelDeployment("served", model_name="m", capacity="two")  # type: ignore[arg-type]
    dynamic.ExportedCheckpoint("early", job_id="ft-1")  # type: ignore[call-arg]


def native_classes() -> None:
    data = native.TrainingFile("data", path="train.jsonl")
    tuned = native.FineTunedModel("tuned", model="qwen3-8b", training_file_ids=[data.file_id], wait_timeout="6h")
    native.FineTuningJob("job", model=tuned.model_id, training_datasets=[{"data_source_type": "file_id"}])
    native.ModelDeployment("served", model_name=tuned.model_id, triggers=[1, "a"])
    native.ExportedCheckpoint("early", job_id=tuned.job_id, checkpoint="checkpoint-1", model_display_name="early")

    native.CompressedModel(
        "small", model=tuned.model_id, template_id="quant-w8a8", hyper_parameters={"calib_samples": 9}
    )

    native.CompressedModel("small", template_id=3)  # type: ignore[call-arg, arg-type]
    native.TrainingFile("data")  # type: ignore[call-arg]
    native.FineTunedModel("tuned", wait_timeout="6h")  # type: ignore[call-arg]
    native.FineTunedModel("tuned", model="qwen3-8b", waiting="6h")  # type: ignore[call-arg]
    native.FineTuningJob("job", model="qwen3-8b", training_file_ids="file-1", on_destroy=1)  # type: ignore[arg-type]
    native.ModelDeployment("served", model="m")  # type: ignore[call-arg]
    native.ExportedCheckpoint("early", job_id="ft-1")  # type: ignore[call-arg]
