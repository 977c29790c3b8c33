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
from pulumi_dashscope_ft.api import Checkpoint, Job


def dynamic_classes() -> None:
    data = dynamic.TrainingFile("data", path=Path("train.jsonl"), description=None)
    job = dynamic.FineTuningJob(
        "job",
        model="qwen3-8b",
        training_file_ids=[data.file_id, "file-1"],
        hyper_parameters={"n_epochs": 3, "learning_rate": "1.6e-5"},
        teardown_timeout=90,
        expires_in="3d",
        wait_for_quota="2h",
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

    brought = dynamic.ImportedModel(
        "brought", base_model="qwen3-8b", weight_type="lora", bucket_name="weights", object_key="triage/"
    )
    assert_type(brought.model_id, pulumi.Output[str])
    dynamic.ImportedModel("brought", base_model="qwen3-8b", bucket_name="weights")  # type: ignore[call-arg]
    early = dynamic.ExportedCheckpoint("last", job_id="ft-1", checkpoint="c", model_display_name="last")
    served = dynamic.ModelDeployment("early", model_name=early.model_name)
    assert_type(early.model_name, pulumi.Output[str])
    assert_type(served.deployed_model, pulumi.Output[str])

    dynamic.TrainingFile("data")  # type: ignore[call-arg]
    dynamic.TrainingFile("data", path=3)  # type: ignore[arg-type]
    dynamic.FineTuningJob("job", training_file_ids=["file-1"])  # type: ignore[call-arg]
    dynamic.FineTuningJob("job", model="qwen3-8b", epochs=3)  # type: ignore[call-arg]
    dynamic.FineTuningJob("job", model="qwen3-8b", hyper_parameters=3)  # type: ignore[arg-type]
    dynamic.ModelDeployment("served", model_name="m", capacity="two")  # type: ignore[arg-type]
    dynamic.ExportedCheckpoint("early", job_id="ft-1")  # type: ignore[call-arg]


def dynamic_functions() -> None:
    job_id = pulumi.Output.from_input("ft-1")
    assert_type(dynamic.get_logs("ft-1", lines=20), list[str])
    assert_type(dynamic.get_logs_output(job_id), pulumi.Output[list[str]])
    assert_type(dynamic.get_checkpoints("ft-1", workspace_id="llm-1"), list[dynamic.Checkpoint])
    assert_type(dynamic.get_checkpoints_output(job_id), pulumi.Output[list[dynamic.Checkpoint]])
    assert_type(dynamic.wait_for_model("ft-1", timeout="6h", report=print), str)
    assert_type(dynamic.__version__, str)

    dynamic.get_logs(job_id)  # type: ignore[arg-type]
    dynamic.get_checkpoints()  # type: ignore[call-arg]
    dynamic.wait_for_model("ft-1", timeout=[])  # type: ignore[arg-type]


def native_functions() -> None:
    job_id = pulumi.Output.from_input("ft-1")
    assert_type(native.get_job("ft-1"), Job)
    assert_type(native.get_job_output(job_id), pulumi.Output[Job])
    assert_type(native.list_jobs(status="RUNNING", opts=pulumi.InvokeOptions()), list[Job])
    assert_type(native.list_jobs_output(model="qwen3-8b"), pulumi.Output[list[Job]])
    assert_type(native.get_logs("ft-1"), list[str])
    assert_type(native.get_logs_output(job_id, lines=20), pulumi.Output[list[str]])
    assert_type(native.get_checkpoints("ft-1"), list[Checkpoint])
    assert_type(native.get_checkpoints_output(job_id), pulumi.Output[list[Checkpoint]])

    native.get_job(job_id)  # type: ignore[arg-type]
    native.list_jobs("RUNNING")  # type: ignore[call-arg]


def native_classes() -> None:
    team = native.Provider("team", api_key=pulumi.Output.secret("sk-1"), api_key_envs=["DASHSCOPE_TEAM_KEY"])
    assert_type(team.api_key_envs, pulumi.Output[list[str] | None])
    data = native.TrainingFile("data", path="train.jsonl")
    tuned = native.FineTunedModel("tuned", model="qwen3-8b", training_file_ids=[data.file_id], wait_timeout="6h")
    native.FineTuningJob("job", model=tuned.model_id, training_datasets=[{"data_source_type": "file_id"}])
    native.ModelDeployment("served", model_name=tuned.model_id, triggers=[1, "a"])
    native.ExportedCheckpoint("early", job_id=tuned.job_id, checkpoint="checkpoint-1", model_display_name="early")
    assert_type(tuned.model_id, pulumi.Output[str])
    assert_type(tuned.status, pulumi.Output[str])

    native.CompressedModel(
        "small", model=tuned.model_id, template_id="quant-w8a8", hyper_parameters={"calib_samples": 9}
    )

    native.ImportedModel(
        "brought", base_model="qwen3-8b", bucket_name="weights", object_key="triage/", adopt_import_id="5f0c3a52-…"
    )
    native.ImportedModel("brought", weight_type=3)  # type: ignore[call-arg, arg-type]
    native.CompressedModel("small", template_id=3)  # type: ignore[call-arg, arg-type]
    native.Provider("team", key="sk-1")  # type: ignore[call-arg]
    native.Provider("team", api_key_envs=7)  # type: ignore[arg-type]
    native.Provider("team", wait_for_quota=7)  # type: ignore[arg-type]
    native.TrainingFile("data")  # type: ignore[call-arg]
    native.FineTunedModel("tuned", wait_timeout="6h")  # type: ignore[call-arg]
    native.FineTunedModel("tuned", model="qwen3-8b", waiting="6h")  # type: ignore[call-arg]
    native.FineTuningJob("job", model="qwen3-8b", training_file_ids="file-1", on_destroy=1)  # type: ignore[arg-type]
    native.ModelDeployment("served", model="m")  # type: ignore[call-arg]
    native.ExportedCheckpoint("early", job_id="ft-1")  # type: ignore[call-arg]


def native_enumerations() -> None:
    """As `pulumi import` writes them."""
    native.FineTuningJob(
        "job",
        model="qwen3-8b",
        training_file_ids=["file-1"],
        training_type=native.TrainingType.EFFICIENT_SFT,
        rerun_on=[native.RerunOn.FAILED],
        on_destroy=native.OnDestroy.RETAIN,
        on_undeletable=native.OnUndeletable.ERROR,
    )
    native.ModelDeployment(
        "served",
        model_name="qwen3-8b-ft-1",
        plan=native.DeploymentPlan.LORA,
        on_destroy=native.DeploymentOnDestroy.RETAIN,
    )
    native.ImportedModel(
        "brought",
        base_model="qwen3-8b",
        weight_type=native.WeightType.LORA,
        bucket_name="weights",
        object_key="triage/",
        on_destroy=native.ImportOnDestroy.RETAIN,
    )
    assert native.JobStatus.SUCCEEDED == "SUCCEEDED"
    assert native.DeploymentStatus.RUNNING == "RUNNING"
    assert native.CheckpointStatus.SUCCEEDED == "SUCCEEDED"
    assert native.ImportStatus.FAILED == "FAILED"

    native.FineTuningJob("job", model="qwen3-8b", training_file_ids=["f"], on_destroy=native.RerunOn)  # type: ignore[arg-type]
