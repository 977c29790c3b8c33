"""A Pulumi provider for fine-tuning jobs on Alibaba Cloud Model Studio (DashScope).

    from pulumi_dashscope_ft import FineTuningJob, TrainingFile

    data = TrainingFile("data", path="data/train.jsonl")
    job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id])

The classes load on first use, so that the emulator and the command line start without Pulumi.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft._version import __version__

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Checkpoint
    from pulumi_dashscope_ft.dynamic.resources import (
        CompressedModel,
        ExportedCheckpoint,
        FineTuningJob,
        ImportedModel,
        ModelDeployment,
        TrainingFile,
    )
    from pulumi_dashscope_ft.program.functions import (
        get_checkpoints,
        get_checkpoints_output,
        get_logs,
        get_logs_output,
    )
    from pulumi_dashscope_ft.program.waiting import wait_for_model

__all__ = [
    "Checkpoint",
    "CompressedModel",
    "ExportedCheckpoint",
    "FineTuningJob",
    "ImportedModel",
    "ModelDeployment",
    "TrainingFile",
    "__version__",
    "get_checkpoints",
    "get_checkpoints_output",
    "get_logs",
    "get_logs_output",
    "wait_for_model",
]

_HOMES = {
    "Checkpoint": "api",
    "CompressedModel": "dynamic.resources",
    "ExportedCheckpoint": "dynamic.resources",
    "FineTuningJob": "dynamic.resources",
    "ImportedModel": "dynamic.resources",
    "ModelDeployment": "dynamic.resources",
    "TrainingFile": "dynamic.resources",
    "get_checkpoints": "program.functions",
    "get_checkpoints_output": "program.functions",
    "get_logs": "program.functions",
    "get_logs_output": "program.functions",
    "wait_for_model": "program.waiting",
}
"""The module below this package that defines each name."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
