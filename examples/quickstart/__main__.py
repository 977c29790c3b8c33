"""Fine-tune a small model that sorts the customer messages of an online bicycle shop."""

import pulumi

from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile(
    "tickets",
    path="data/train.jsonl",
    description="customer messages of a bicycle shop, sorted",
)

job = FineTuningJob(
    "triage",
    model="qwen3-8b",
    training_type="efficient_sft",
    training_file_ids=[data.file_id],
    hyper_parameters={"n_epochs": 3, "batch_size": 16, "max_length": 2048, "learning_rate": "1e-4"},
)

pulumi.export("job_id", job.job_id)
pulumi.export("status", job.status)
pulumi.export("teardown", job.teardown)
pulumi.export("finetuned_output", job.finetuned_output)
