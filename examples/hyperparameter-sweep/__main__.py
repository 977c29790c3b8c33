"""Train one model for each pair of learning rate and LoRA rank, and deploy the one that does best on unseen rows."""

from __future__ import annotations

import itertools

import pulumi
from losses import Row, ranked

from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile

QUOTA = 20  # jobs that a workspace may have, active and succeeded ones together

config = pulumi.Config()
learning_rates = config.get_object("learningRates", ["5e-5", "2e-4"])
lora_ranks = config.get_object("loraRanks", [16, 64])
grid = list(itertools.product(learning_rates, lora_ranks))
if not 1 <= len(grid) <= QUOTA:  # too many are refused by the service as well, but only after the first 20 are paid for
    raise pulumi.RunError(f"the grid has {len(grid)} pairs; it must have 1 to {QUOTA}, the jobs a workspace may have")

training = TrainingFile("training", path="data/train.jsonl")
validation = TrainingFile("validation", path="data/validation.jsonl")


def trained(learning_rate: str, lora_rank: int) -> pulumi.Output[Row]:
    """A row of the table, once the model of this pair exists."""
    # Money: each job is a training run, billed by the token. The service trains one at a time; the others queue.
    job = FineTuningJob(
        f"lr{learning_rate}-rank{lora_rank}",  # its own, so that a grid that grows buys only what is new
        model="qwen3-8b",
        training_type="efficient_sft",
        training_file_ids=[training.file_id],
        validation_file_ids=[validation.file_id],
        hyper_parameters={
            "n_epochs": 3,
            "batch_size": 16,
            "max_length": 2048,
            "eval_steps": 10,  # the default of 50 is more than the 42 steps of this run
            "learning_rate": learning_rate,
            "lora_rank": lora_rank,
            "lora_alpha": 2 * lora_rank,  # in step with the rank, so that only the rank differs
        },
        rerun_on=["FAILED"],  # a sweep with a gap is no sweep: refresh and up run what failed once more
    )
    return pulumi.Output.all(
        learning_rate=learning_rate,
        lora_rank=lora_rank,
        job_id=job.job_id,
        model=job.wait_for_model(timeout=f"{12 * len(grid)}h"),  # the last in the queue waits for all the others
    )


# All jobs are declared before anything waits for one, and this waits for all of them at once.
results: pulumi.Output[list[Row]] = pulumi.Output.all(*[trained(*pair) for pair in grid]).apply(ranked)
best = results[0]

# Money: the plan `lora` is billed by the token, so nothing while nobody calls.
deployment = ModelDeployment("best", model_name=best["model"], plan="lora")

pulumi.export("results", results)  # best first
pulumi.export("model", deployment.deployed_model)
pulumi.export("billing", deployment.billing)
