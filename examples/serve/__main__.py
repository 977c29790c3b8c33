"""From data to a model that can be called, and stays so while it is trained anew: upload, train, wait, deploy."""

from pathlib import Path

import pulumi

from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile

config = pulumi.Config()
plan = config.get("plan", "lora")

data = TrainingFile(
    "tickets",
    path="data/train.jsonl",
    description="customer messages of a bicycle shop, sorted",
)

# Money: every new job is a training run, billed by the token. A change of anything below, or of the file, is a new job.
job = FineTuningJob(
    "triage",
    model="qwen3-8b",
    training_type="efficient_sft",  # LoRA: what the plan `lora` can serve
    training_file_ids=[data.file_id],
    hyper_parameters={"n_epochs": 3, "batch_size": 16, "max_length": 2048, "learning_rate": "1e-4"},
    triggers=[config.get("run", "1")],
)

# Money: `lora` is billed by the token, so nothing while nobody calls. Any other plan is billed for its units around the
# clock, called or not, until the deployment is stopped or destroyed.
deployment = ModelDeployment(
    "triage",
    model_name=job.wait_for_model(timeout="12h"),  # the program waits here; the job needs no one to wait for it
    plan=plan,
    deploy_spec="MU1" if plan == "mu" else None,
    capacity=config.get_int("capacity", 1),  # `lora` ignores it
    suffix=config.get("suffix"),  # another suffix with another plan: old and new stand side by side (see README.md)
)

pulumi.export("job_id", job.job_id)


def publish(name: str) -> None:
    """Tell clients the name to call: here in a file, elsewhere in whatever your clients read.

    Pulumi records the stack's outputs only after the old deployment is gone; this runs before that.
    """
    if not pulumi.runtime.is_dry_run():
        Path("current-model.new").write_text(name, encoding="utf-8")
        Path("current-model.new").replace("current-model")


deployment.deployed_model.apply(publish)  # known once the deployment answers
pulumi.export("model", deployment.deployed_model)
pulumi.export("billing", deployment.billing)
pulumi.export("teardown", pulumi.Output.format("deployment: {0}; job: {1}", deployment.teardown, job.teardown))
