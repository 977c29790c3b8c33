"""Front end: Python classes over the provider plugin `pulumi-resource-dashscope-ft`.

    from pulumi_dashscope_ft.native import FineTunedModel, ModelDeployment, TrainingFile

    data = TrainingFile("data", path="data/train.jsonl")
    tuned = FineTunedModel("triage", model="qwen3-8b", training_file_ids=[data.file_id])
    served = ModelDeployment("triage", model_name=tuned.model_id, plan="lora")

The names and arguments are those of the default classes (`pulumi_dashscope_ft`), which need no plugin. A plugin adds
`pulumi import`, custom timeouts, Ctrl-C that ends a teardown's wait at once, provider instances, functions, and
`FineTunedModel`. Pulumi finds the plugin on PATH or through `plugins.providers[].path` in Pulumi.yaml. The programs
that `pulumi import` writes use these classes, too, and name values (`TrainingType.SFT`). More:
https://pulumi-dashscope-ft.github.io/pulumi-dashscope-ft/plugin.html
"""

from __future__ import annotations

from pulumi_dashscope_ft.native.enums import (
    CheckpointStatus,
    DeploymentOnDestroy,
    DeploymentPlan,
    DeploymentStatus,
    ImportOnDestroy,
    ImportStatus,
    JobStatus,
    OnDestroy,
    OnUndeletable,
    RerunOn,
    TrainingType,
    WeightType,
)
from pulumi_dashscope_ft.native.fine_tuned_model import FineTunedModel
from pulumi_dashscope_ft.native.functions import (
    get_checkpoints,
    get_checkpoints_output,
    get_job,
    get_job_output,
    get_logs,
    get_logs_output,
    list_jobs,
    list_jobs_output,
)
from pulumi_dashscope_ft.native.provider import Provider
from pulumi_dashscope_ft.native.resources import (
    CompressedModel,
    ExportedCheckpoint,
    FineTuningJob,
    ImportedModel,
    ModelDeployment,
    TrainingFile,
)

__all__ = [
    "CheckpointStatus",
    "CompressedModel",
    "DeploymentOnDestroy",
    "DeploymentPlan",
    "DeploymentStatus",
    "ExportedCheckpoint",
    "FineTunedModel",
    "FineTuningJob",
    "ImportOnDestroy",
    "ImportStatus",
    "ImportedModel",
    "JobStatus",
    "ModelDeployment",
    "OnDestroy",
    "OnUndeletable",
    "Provider",
    "RerunOn",
    "TrainingFile",
    "TrainingType",
    "WeightType",
    "get_checkpoints",
    "get_checkpoints_output",
    "get_job",
    "get_job_output",
    "get_logs",
    "get_logs_output",
    "list_jobs",
    "list_jobs_output",
]
