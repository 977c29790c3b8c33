"""What every change gets: a small training run of its own, which does not outlive it."""

import pulumi

from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("tickets", path="data/train.jsonl", description=f"preview {pulumi.get_stack()}")

# Money: every new job is a training run, billed by the token. A change of anything below, or of the file, is a new job;
# a push that changes neither buys nothing.
job = FineTuningJob(
    "triage",
    model="qwen3-8b",
    training_type="efficient_sft",
    training_file_ids=[data.file_id],
    hyper_parameters={"n_epochs": 1, "batch_size": 8, "max_length": 2048, "split": 0.8, "learning_rate": "1e-4"},
    expires_in="3d",  # the nightly sweep ends what is older, whatever became of its pull request
    max_runtime="4h",  # and what takes longer than a preview ever should
)

pulumi.export("job_id", job.job_id)
pulumi.export("status", job.status)
pulumi.export("expires", job.expires)
pulumi.export("teardown", job.teardown)
