"""From data to a compressed model that can be called: upload, train, compress, deploy."""

import pulumi

from pulumi_dashscope_ft import CompressedModel, FineTuningJob, ModelDeployment, TrainingFile

config = pulumi.Config()

data = TrainingFile(
    "tickets",
    path="data/train.jsonl",
    description="customer messages of a bicycle shop, sorted",
)

# Money: every new job is a training run, billed by the token. A change of anything below, or of the file, is a new job.
# Only models with all their weights can be compressed, so this is no LoRA training.
job = FineTuningJob(
    "triage",
    model="qwen3.5-flash-2026-02-23",
    training_type="sft",
    training_file_ids=[data.file_id],
    hyper_parameters={"n_epochs": 3, "batch_size": 8, "max_length": 2048, "learning_rate": "1e-5", "split": 0.8},
)

# The service compresses free of charge at present, and in Beijing only.
small = CompressedModel(
    "triage-small",
    model=job.wait_for_model(timeout="12h"),  # the program waits here; the job needs no one to wait for it
    template_id=config.require("template"),
    output_model_suffix="small",
)

# Money: model units are billed around the clock, called or not, until the deployment is stopped or destroyed.
deployment = ModelDeployment("triage", model_name=small.model_id, plan="mu", deploy_spec="MU1", capacity=1)

pulumi.export("job_id", job.job_id)
pulumi.export("compressed", small.model_id)
pulumi.export("model", deployment.deployed_model)
pulumi.export("billing", deployment.billing)
