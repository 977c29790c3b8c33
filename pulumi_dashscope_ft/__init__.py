"""A Pulumi provider for fine-tuning jobs on Alibaba Cloud Model Studio (DashScope).

    from pulumi_dashscope_ft import FineTuningJob, TrainingFile

    data = TrainingFile("data", path="data/train.jsonl")
    job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id])

The classes load on first use, so that the emulator and the command line start without Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft._version import __version__

if TYPE_CHECKING:
    from pulumi_dashscope_ft.dynamic.resources import FineTuningJob, TrainingFile

__all__ = ["FineTuningJob", "TrainingFile", "__version__"]


def __getattr__(name: str) -> Any:
    if name in ("FineTuningJob", "TrainingFile"):
        from pulumi_dashscope_ft.dynamic import resources

        return getattr(resources, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
