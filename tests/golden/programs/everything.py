"""Every kind of resource, jobs in every status and under every policy, and every input that matters.

`settings` (a JSON object in the stack's configuration) steers it: `served` adds what needs a trained model, `change`
holds arguments for all jobs of the table, `changes` arguments by resource name, `without` names that are left out.
"""

import json

import pulumi

from pulumi_dashscope_ft import ExportedCheckpoint, FineTuningJob, ModelDeployment, TrainingFile

STATUSES = ("PENDING", "QUEUING", "RUNNING", "CANCELING", "SUCCEEDED", "FAILED", "CANCELED")
POLICIES = {"delete": STATUSES, "cancel": STATUSES[2:5], "retain": STATUSES[2:5]}
TUNING = {
    "model": "qwen3-8b",
    "hyper_parameters": {
        "n_epochs": 3,
        "learning_rate": "1.6e-5",
        "batch_size": 16,
        "max_length": 2048,
        "save_total_limit": 3,
    },
}

settings = json.loads(pulumi.Config().get("settings") or "{}")
changes = settings.get("changes", {})
without = settings.get("without", [])


def declare(kind, name, opts=None, **arguments):
    """A resource with the arguments of today's settings; None for one that they leave out."""
    if name in without:
        return None
    wanted = {**arguments, **changes.get(name, {})}
    return kind(name, opts=opts, **{key: value for key, value in wanted.items() if value is not None})


data = declare(TrainingFile, "data", path="train.jsonl", description="questions to a shop")
valid = declare(TrainingFile, "valid", path="valid.jsonl")
on_data = {**TUNING, "training_file_ids": [data.file_id]}

table = {}
for policy, statuses in POLICIES.items():
    for status in statuses:
        job = f"{status.lower()}-{policy}"
        steering = {} if policy == "delete" else {"on_destroy": policy}
        table[job] = declare(FineTuningJob, job, **{**on_data, **steering, **settings.get("change", {})})

source = [{"data_source_type": "file_id", "file_id": data.file_id}]
declare(FineTuningJob, "datasets", **TUNING, training_datasets=source, validation_datasets=source)
declare(
    FineTuningJob,
    "whole",
    model="qwen3-14b",
    training_file_ids=[data.file_id, valid.file_id],
    validation_file_ids=[valid.file_id],
    training_type="efficient_sft",
    hyper_parameters={
        "n_epochs": "3",
        "learning_rate": 0.0001,
        "batch_size": 16.0,
        "split": 0.9,
        "max_length": 2048,
        "lora_rank": 8,
        "freeze_vit": True,
        "note": pulumi.Output.secret("golden-secret-value"),
    },
    model_name="shop questions",
    finetuned_output_suffix="shop",
)
declare(FineTuningJob, "named", **on_data, job_name="my own name")
declare(FineTuningJob, "adopted", **TUNING, training_file_ids=["file-of-another"], adopt_job_id=settings["adopt"])
declare(
    FineTuningJob,
    "steered",
    **on_data,
    on_undeletable="error",
    teardown_timeout="30m",
    max_runtime="12h",
    rerun_on=["CANCELED"],
    api_key_env="DASHSCOPE_API_KEY",
)
declare(FineTuningJob, "expiring", **on_data, expires_in="9000d")
declare(FineTuningJob, "triggered", **on_data, triggers=["1", 2, {"again": True}])
declare(FineTuningJob, "optional", **on_data, opts=pulumi.ResourceOptions(retain_on_delete=True))
part = pulumi.ComponentResource("shop:index:Part", "part")
declare(FineTuningJob, "inside", **on_data, opts=pulumi.ResourceOptions(parent=part))

if settings.get("served"):
    model = table["succeeded-delete"].finetuned_output
    declare(ModelDeployment, "tuned", model_name=model, plan="lora")
    declare(ModelDeployment, "units", model_name="qwen3-8b", plan="mu", capacity=2, deploy_spec="MU1", rpm_limit=600)
    declare(ModelDeployment, "starting", model_name=model, plan="mu", capacity=1, deploy_spec="MU1", suffix="start")
    declare(ModelDeployment, "stopped", model_name=model, plan="mu", capacity=0, deploy_spec="MU1", suffix="stop")
    declare(ModelDeployment, "stays", model_name="qwen3-14b", plan="lora", suffix="stays", on_destroy="retain")
    declare(
        ExportedCheckpoint,
        "early",
        job_id=table["succeeded-delete"].job_id,
        checkpoint="checkpoint-40",
        model_display_name="shop early",
    )
    if "native" in settings:
        from pulumi_dashscope_ft.native import FineTunedModel

        declare(FineTunedModel, "model", **on_data, wait_timeout="2h")

pulumi.export("file_id", data.file_id)
