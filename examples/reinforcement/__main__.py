"""Reinforcement learning: a model learns to count jars, because a function pays it for right answers."""

import pulumi

from pulumi_dashscope_ft import FineTuningJob, TrainingFile

config = pulumi.Config()

tasks = TrainingFile(
    "tasks",
    path="data/tasks.jsonl",
    description="questions about jars, with their solutions for the reward function",
)

# Money: this job is billed for its training units by the minute, until it ends or is cancelled. So it has an end:
# `dashscope-ft sweep --execute`, run every hour, ends it after twelve hours, whatever has happened to this program.
job = FineTuningJob(
    "counting",
    model="qwen3.5-9b",
    training_type="reinforcement",
    training_datasets=[{"type": "training", "data_source_type": "file_id", "file_id": tasks.file_id}],
    rollout={"rollout_id": config.require("rollout"), "name": "ask", "timeout": 600, "concurrency": 30},
    rewards=[{"reward_id": config.require("reward"), "name": "exact", "weight": 1.0, "timeout": 120}],
    hyper_parameters={
        "algorithm": "gspo",
        "n_epochs": 1,
        "batch_size": 64,
        "n_rollouts": 8,
        "ppo_mini_batch_size": 64,
        "learning_rate": 2e-6,
        "lr_scheduler_type": "linear",
        "lr_warmup_steps": -1,
        "kl_loss_coef": 0.002,
        "max_length": 8192,
        "max_prompt_length": 1024,
        "eval_steps": 1,
        "save_strategy": "epoch",
        "save_steps": 100,
        "save_total_limit": 1,
    },
    resource_config={"charge_type": "mtu_postpaid", "mtu_spec_code": "MTU4", "mtu_capacity": 24},
    max_runtime="12h",
)

pulumi.export("job_id", job.job_id)
pulumi.export("status", job.status)
pulumi.export("teardown", job.teardown)
