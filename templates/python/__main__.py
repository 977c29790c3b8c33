"""Fine-tune a small model that sorts the customer messages of an online bicycle shop, and wait for it."""

import pulumi

from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("tickets", path="data/train.jsonl")

# Money: every new job is a training run, billed by the token. A change of anything below, or of the file, is a new run.
job = FineTuningJob(
    "triage",
    model="qwen3-8b",
    training_type="efficient_sft",
    training_file_ids=[data.file_id],
    hyper_parameters={"n_epochs": 3, "batch_size": 8, "max_length": 2048, "split": 0.8, "learning_rate": "1e-4"},
)

pulumi.export("jobId", job.job_id)
pulumi.export("model", job.wait_for_model(timeout="6h"))
