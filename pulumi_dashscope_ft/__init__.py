"""A Pulumi provider for fine-tuning jobs on Alibaba Cloud Model Studio (DashScope).

from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="data/train.jsonl")
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id])
"""

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.dynamic.resources import FineTuningJob, TrainingFile

__all__ = ["FineTuningJob", "TrainingFile", "__version__"]
