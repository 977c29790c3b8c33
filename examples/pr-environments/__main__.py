"""What every change gets: a small training run of its own, which does not outlive it."""

import json
from pathlib import Path

import pulumi

from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("tickets", path="data/train.jsonl", description=f"preview {pulumi.get_stack()}")

# Model and hyper-parameters; ci/estimate.sh reads them, too.
run = json.loads(Path("run.json").read_text(encoding="utf-8"))

# Money: every new job is a training run, billed by the token. A change of run.json, of the job below, or of the data is
# a new job; a push that changes none of them buys nothing.
job = FineTuningJob(
    "triage",
    model=run["model"],
    training_type=run["training_type"],
    training_file_ids=[data.file_id],
    hyper_parameters=run["hyper_parameters"],
    expires_in="3d",  # the nightly sweep ends what is older, whatever became of its pull request
    max_runtime="4h",  # and what takes longer than a preview ever should
)

pulumi.export("job_id", job.job_id)
pulumi.export("status", job.status)
pulumi.export("expires", job.expires)
pulumi.export("teardown", job.teardown)
