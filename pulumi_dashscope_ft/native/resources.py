"""The plugin's resources as Python classes. They only name and carry values; the plugin does everything else."""

from __future__ import annotations

from pulumi_dashscope_ft.native.declaring import Declared
from pulumi_dashscope_ft.program.exported_checkpoint import ExportedCheckpointProperties
from pulumi_dashscope_ft.program.fine_tuning_job import FineTuningJobProperties
from pulumi_dashscope_ft.program.model_deployment import ModelDeploymentProperties
from pulumi_dashscope_ft.program.training_file import TrainingFileProperties


class TrainingFile(TrainingFileProperties, Declared):
    __doc__ = TrainingFileProperties.__doc__
    kind = "TrainingFile"


class FineTuningJob(FineTuningJobProperties, Declared):
    __doc__ = FineTuningJobProperties.__doc__
    kind = "FineTuningJob"


class ModelDeployment(ModelDeploymentProperties, Declared):
    __doc__ = ModelDeploymentProperties.__doc__
    kind = "ModelDeployment"


class ExportedCheckpoint(ExportedCheckpointProperties, Declared):
    __doc__ = ExportedCheckpointProperties.__doc__
    kind = "ExportedCheckpoint"
