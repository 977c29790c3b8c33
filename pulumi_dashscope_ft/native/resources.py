"""The plugin's resources as Python classes. They only name and carry values; the plugin does everything else."""

from __future__ import annotations

from typing import Unpack

import pulumi

from pulumi_dashscope_ft.native.declaring import Declared
from pulumi_dashscope_ft.program import known_files
from pulumi_dashscope_ft.program.arguments import (
    CompressedModelArguments,
    ExportedCheckpointArguments,
    FineTuningJobArguments,
    ImportedModelArguments,
    ModelDeploymentArguments,
    TrainingFileArguments,
)
from pulumi_dashscope_ft.program.describing import shows
from pulumi_dashscope_ft.program.properties.compressed_model import CompressedModelProperties
from pulumi_dashscope_ft.program.properties.exported_checkpoint import ExportedCheckpointProperties
from pulumi_dashscope_ft.program.properties.fine_tuning_job import FineTuningJobProperties
from pulumi_dashscope_ft.program.properties.imported_model import ImportedModelProperties
from pulumi_dashscope_ft.program.properties.model_deployment import ModelDeploymentProperties
from pulumi_dashscope_ft.program.properties.training_file import TrainingFileProperties


class TrainingFile(TrainingFileProperties, Declared):
    kind = "TrainingFile"

    @shows(TrainingFileArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[TrainingFileArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts)
        known_files.note(self)


class FineTuningJob(FineTuningJobProperties, Declared):
    kind = "FineTuningJob"

    @shows(FineTuningJobArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[FineTuningJobArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts, {known_files.HIDDEN_INPUT: known_files.of_job(arguments)})


class ModelDeployment(ModelDeploymentProperties, Declared):
    kind = "ModelDeployment"

    @shows(ModelDeploymentArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[ModelDeploymentArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts)


class ExportedCheckpoint(ExportedCheckpointProperties, Declared):
    kind = "ExportedCheckpoint"

    @shows(ExportedCheckpointArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[ExportedCheckpointArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts)


class CompressedModel(CompressedModelProperties, Declared):
    kind = "CompressedModel"

    @shows(CompressedModelArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[CompressedModelArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts)


class ImportedModel(ImportedModelProperties, Declared):
    kind = "ImportedModel"

    @shows(ImportedModelArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[ImportedModelArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts)
