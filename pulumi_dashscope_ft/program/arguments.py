"""The arguments of the resource classes of both front ends. Generated from schema.json: `make arguments`.

`help` shows the whole descriptions, which it reads from the schema (see `describing`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

import pulumi


class FineTuningJobArguments(TypedDict, total=False):
    """Arguments of `FineTuningJob`."""

    model: Required[pulumi.Input[str]]
    """Base model to tune, such as `qwen3-14b`, or the `finetuned_output` of an earlier job to tune that one further."""

    training_file_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Ids of uploaded training files, such as the `file_id` of a `TrainingFile`."""

    training_datasets: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None
    """Training data in the newer form: a list of objects whose keys are spelled as the API spells them,
    `{data_source_type: "file_id", file_id}`, `{data_source_type: "oss_mount", mount_storage: {region, bucket,
    file_path}}` or `{data_source_type: "download_url", download_url}`."""

    validation_file_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Ids of uploaded validation files."""

    validation_datasets: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None
    """Validation data in the newer form, shaped as in `training_datasets`."""

    training_type: pulumi.Input[str] | None
    """Kind of training: `sft`, `efficient_sft` (LoRA), `dpo_full`, `dpo_lora`, `cpt`, `reinforcement` or `pg_opd`
    (distillation); other values are sent as they are."""

    hyper_parameters: pulumi.Input[Mapping[str, Any]] | None
    """Hyper-parameters, keys spelled as the API spells them: `{n_epochs: 3, batch_size: 16, max_length: 8192,
    learning_rate: "1.6e-5"}`."""

    job_name: pulumi.Input[str] | None
    """Display name of the job, sent exactly as given."""

    model_name: pulumi.Input[str] | None
    """Display name of the produced model in the console."""

    finetuned_output_suffix: pulumi.Input[str] | None
    """Becomes part of the id of the produced model: `{model}-{suffix}-{job id}`."""

    teacher_model: pulumi.Input[str] | None
    """The model to distil from, such as `qwen3.5-122b-a10b`: only with, and needed by, the training type `pg_opd`."""

    rollout: pulumi.Input[Mapping[str, Any]] | None
    """The function that plays the episodes of a `reinforcement` job, keys spelled as the API spells them: `{rollout_id:
    "ro-…", name: "solve", timeout: 600, concurrency: 30}`."""

    rewards: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None
    """The functions that judge the episodes of a `reinforcement` job, shaped as `rollout`: `[{reward_id: "rw-…", name:
    "exact", weight: 1.0, timeout: 120}]`."""

    resource_config: pulumi.Input[Mapping[str, Any]] | None
    """What a `reinforcement` or `pg_opd` job runs on, keys spelled as the API spells them: `{charge_type:
    "mtu_postpaid", mtu_spec_code: "MTU4", mtu_capacity: 24}`."""

    priority: pulumi.Input[str] | None
    """A wish where to stand in the queue, such as `L0` (first) to `L3`."""

    extra: pulumi.Input[Mapping[str, Any]] | None
    """More fields of the request's body, keys spelled as the API spells them, sent as they are: for a field of the API
    that this release does not know yet."""

    workspace_id: pulumi.Input[str] | None
    """Workspace to create the job in, such as `llm-v71tlv3dexample`."""

    api_key_env: pulumi.Input[str] | None
    """Name of the environment variable that holds the API key for this resource, for programs that work with several
    accounts."""

    triggers: pulumi.Input[Sequence[Any]] | None
    """Values of any kind that stand for the run: a change of any of them replaces the job and buys a new run, though
    nothing that is sent has changed."""

    adopt_job_id: pulumi.Input[str] | None
    """Id of an existing job (`ft-…`) to take over instead of buying a new run."""

    on_destroy: pulumi.Input[str] | None
    """What destroying the resource does to the job: `delete` (cancel if active, wait, delete the record), `cancel` (end
    it, keep the record) or `retain` (leave it alone, even if it runs and costs)."""

    on_undeletable: pulumi.Input[str] | None
    """What to do when the service refuses to delete a job that has already ended: `warn` and forget it, or `error`."""

    rerun_on: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Ends of a run after which the next `pulumi up` plans a new one: `FAILED`, `CANCELED` or both."""

    teardown_timeout: pulumi.Input[str | float] | None
    """Longest time that ending the job may take: `"90s"`, `"10m"`, `"1h30m"`, or a number of seconds."""

    expires_in: pulumi.Input[str | float] | None
    """How long after its creation the job expires: `"3d"`, `"1d12h"`, `"90m"`, or a number of seconds."""

    max_runtime: pulumi.Input[str | float] | None
    """How long after its creation the job may be active, queueing included: `"12h"`, `"1d12h"`, or a number of
    seconds."""

    wait_for_quota: pulumi.Input[str | float] | None
    """How long to wait for a place when the quota of 20 jobs is used up: `"2h"`, `"1d"`, or a number of seconds."""

    max_cost: pulumi.Input[str] | None
    """The most that a run may cost: `"30 CNY"`."""

    max_tokens: pulumi.Input[int] | None
    """The most tokens that a run may train on, all epochs together."""

    allow_unknown_cost: pulumi.Input[bool] | None
    """Whether a run may be started although its cost is not known and a budget is set."""


class ModelDeploymentArguments(TypedDict, total=False):
    """Arguments of `ModelDeployment`."""

    model_name: Required[pulumi.Input[str]]
    """Model to serve: the `finetuned_output` of a job that has succeeded, the `model_name` of an exported checkpoint,
    or a base model that can be deployed."""

    plan: pulumi.Input[str] | None
    """How it is billed: `lora` (by token), `mu` (model units), `ptu` (reserved throughput) or `cu` (compute units);
    other values are sent as they are."""

    capacity: pulumi.Input[int] | None
    """How many units of the plan: a multiple of the model's `base_capacity`, 0 to 999. 0 is meant to stop it
    (inferred)."""

    prefill_capacity: pulumi.Input[int] | None
    """Model units that read the prompts, for a template that separates reading from writing (`MU1-PD` and the like):
    with `decode_capacity`, in place of `capacity`."""

    decode_capacity: pulumi.Input[int] | None
    """Model units that write the answers, for a template that separates reading from writing: with `prefill_capacity`,
    in place of `capacity`."""

    suffix: pulumi.Input[str] | None
    """Becomes the end of the deployment's id."""

    name: pulumi.Input[str] | None
    """Display name, sent exactly as given."""

    deploy_spec: pulumi.Input[str] | None
    """Kind of model unit for the plan `mu`: `MU1` to `MU9`, or the id of a deployment template as the list of
    deployable models shows it, such as `MU1-PD` or `dps-20260521172224-1vabse`."""

    ptu_capacity: pulumi.Input[Mapping[str, Any]] | None
    """Reserved throughput for the plan `ptu`, keys as the API spells them: `{input_tpm, output_tpm,
    thinking_output_tpm}`."""

    billing_method: pulumi.Input[str] | None
    """How the account pays, such as `POST_PAY`."""

    template_id: pulumi.Input[str] | None
    """Id of a deployment template, as the list of deployable models shows them."""

    enable_thinking: pulumi.Input[bool] | None
    """Whether the model thinks before it answers; for the plan `mu` and some models."""

    max_context_length: pulumi.Input[int] | None
    """Longest context in tokens; for the plan `mu` and some models."""

    rpm_limit: pulumi.Input[int] | None
    """Most requests in a minute; for the plan `mu` and some models."""

    tpm_limit: pulumi.Input[int] | None
    """Most tokens in a minute; for the plan `mu` and some models."""

    aigc_config: pulumi.Input[Mapping[str, Any]] | None
    """Prompt settings of a tuned video model, keys as the API spells them: `{use_input_prompt, prompt,
    lora_prompt_default}`."""

    model_version: pulumi.Input[str] | None
    """Version of the model, where it has several."""

    extra: pulumi.Input[Mapping[str, Any]] | None
    """More fields of the request's body, keys spelled as the API spells them, sent as they are: for reserved throughput
    `{charge_type, service_tier, pre_paid_info}`, and for a field of the API that this release does not know yet."""

    workspace_id: pulumi.Input[str] | None
    """Workspace to deploy in, such as `llm-v71tlv3dexample`; the one that the model was trained in."""

    api_key_env: pulumi.Input[str] | None
    """Name of the environment variable that holds the API key for this resource, for programs that work with several
    accounts."""

    triggers: pulumi.Input[Sequence[Any]] | None
    """Values of any kind that stand for the deployment: a change of any of them replaces it, though nothing that is
    sent has changed."""

    adopt_deployment: pulumi.Input[str] | None
    """Id of an existing deployment to take over instead of making a new one."""

    on_destroy: pulumi.Input[str] | None
    """What destroying the resource does to the deployment: `delete` (take it offline and wait until it is gone) or
    `retain` (leave it alone, serving and billed)."""

    teardown_timeout: pulumi.Input[str | float] | None
    """Longest time that taking it down may take: `"90s"`, `"10m"`, `"1h30m"`, or a number of seconds."""

    wait_until_running: pulumi.Input[bool] | None
    """Whether creating the deployment, and changing `capacity` or a limit of it, waits until it is `RUNNING` (deploying
    takes 5 to 10 minutes)."""

    wait_timeout: pulumi.Input[str | float] | None
    """Longest time that one `pulumi up` waits until it is `RUNNING`: `"90s"`, `"10m"`, `"1h30m"`, or a number of
    seconds."""


class TrainingFileArguments(TypedDict, total=False):
    """Arguments of `TrainingFile`."""

    path: Required[pulumi.Input[str | os.PathLike[str]]]
    """Path of the data file on this machine, relative to the Pulumi project's folder: `.jsonl`, or `.zip` with a
    `data.jsonl` in its root."""

    description: pulumi.Input[str] | None
    """A remark stored with the upload."""

    workspace_id: pulumi.Input[str] | None
    """Workspace to upload to."""

    api_key_env: pulumi.Input[str] | None
    """Name of the environment variable that holds the API key for this file, for programs that work with several
    accounts."""

    adopt_file_id: pulumi.Input[str] | None
    """Id of a file that is on the service already, to take over instead of uploading it once more; jobs that use that
    id go on unchanged."""


class ExportedCheckpointArguments(TypedDict, total=False):
    """Arguments of `ExportedCheckpoint`."""

    job_id: Required[pulumi.Input[str]]
    """Id of the job whose checkpoint it is, such as `ft-202410291653-1c7f`: a job's `job_id`."""

    checkpoint: Required[pulumi.Input[str]]
    """Name of the checkpoint, such as `checkpoint-180`: one of those that the function `get_checkpoints` lists."""

    model_display_name: Required[pulumi.Input[str]]
    """Name under which the console shows the exported model."""

    workspace_id: pulumi.Input[str] | None
    """Workspace that the job is in."""

    api_key_env: pulumi.Input[str] | None
    """Name of the environment variable that holds the API key for this export, for programs that work with several
    accounts."""

    export_timeout: pulumi.Input[str | float] | None
    """Longest time to wait until the model is published: `"90s"`, `"30m"`, `"1h30m"`, or a number of seconds."""


class CompressedModelArguments(TypedDict, total=False):
    """Arguments of `CompressedModel`."""

    model: Required[pulumi.Input[str]]
    """The model to compress: a custom model with all its weights, such as the `finetuned_output` of a full-parameter
    job on `qwen3.5-flash-2026-02-23`."""

    template_id: Required[pulumi.Input[str]]
    """How to compress: a template of the service, which lists those of each model (`GET /fine-
    tunes/compress/templates`)."""

    job_name: pulumi.Input[str] | None
    """Display name of the job, sent exactly as given."""

    job_description: pulumi.Input[str] | None
    """Description of the job, at most 200 characters."""

    hyper_parameters: pulumi.Input[Mapping[str, Any]] | None
    """Hyper-parameters that the template declares, keys spelled as the API spells them, such as `{calib_input: "true",
    calib_samples: 64}`."""

    custom_calibration_file_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Ids of calibration files, `file-` and 32 hexadecimal digits; only with the hyper-parameter `calib_input` true."""

    output_model_suffix: pulumi.Input[str] | None
    """Becomes part of the compressed model's id, `{base model}-{suffix}-{job id}`: 1 to 8 lower-case letters and
    digits."""

    workspace_id: pulumi.Input[str] | None
    """Workspace to start the job in, such as `llm-v71tlv3dexample`."""

    api_key_env: pulumi.Input[str] | None
    """Name of the environment variable that holds the API key for this resource, for programs that work with several
    accounts."""

    triggers: pulumi.Input[Sequence[Any]] | None
    """Values of any kind that stand for the run: a change of any of them starts a new job, though nothing that is sent
    has changed."""

    adopt_job_id: pulumi.Input[str] | None
    """Id of an existing compression job (`quant-…`) to take over instead of starting one."""

    on_destroy: pulumi.Input[str] | None
    """What destroying the resource does to the job: `delete` (cancel if active, wait, delete the record), `cancel` (end
    it, keep the record) or `retain` (leave it alone, even if it is under way)."""

    on_undeletable: pulumi.Input[str] | None
    """What to do when the service refuses to delete a job that has already ended: `warn` and forget it, or `error`."""

    teardown_timeout: pulumi.Input[str | float] | None
    """Longest time that ending the job may take: `"90s"`, `"10m"`, `"1h30m"`, or a number of seconds."""

    wait_timeout: pulumi.Input[str | float] | None
    """Longest time that one `pulumi up` waits for the compressed model: `"90m"`, `"6h"`, or a number of seconds."""


class ImportedModelArguments(TypedDict, total=False):
    """Arguments of `ImportedModel`."""

    base_model: Required[pulumi.Input[str]]
    """The base model that the weights belong to, such as `qwen3-8b`."""

    weight_type: pulumi.Input[str] | None
    """What the weights are: `full`, or `lora` (an adapter of rank 8, 16, 32 or 64)."""

    bucket_name: Required[pulumi.Input[str]]
    """Name of the OSS bucket that the weights are in."""

    object_key: Required[pulumi.Input[str]]
    """The folder in the bucket with the weights, ending in `/`, such as `models/triage/`."""

    display_name: pulumi.Input[str] | None
    """Display name of the imported model, at most 50 characters, sent exactly as given."""

    workspace_id: pulumi.Input[str] | None
    """Workspace to import into, such as `llm-v71tlv3dexample`."""

    api_key_env: pulumi.Input[str] | None
    """Name of the environment variable that holds the API key for this resource, for programs that work with several
    accounts."""

    triggers: pulumi.Input[Sequence[Any]] | None
    """Values of any kind that stand for the import: a change of any of them starts a new one, though nothing that is
    sent has changed."""

    adopt_import_id: pulumi.Input[str] | None
    """Id of an existing import to take over instead of starting one."""

    on_destroy: pulumi.Input[str] | None
    """What destroying the resource does: `delete` (wait for the end of an import that is under way, then delete it,
    **and the files of the imported model with it**) or `retain` (leave the import and its model alone)."""

    teardown_timeout: pulumi.Input[str | float] | None
    """Longest time that deleting the import may take, the wait for its end included: `"90s"`, `"30m"`, `"1h30m"`, or a
    number of seconds."""

    wait_timeout: pulumi.Input[str | float] | None
    """Longest time that one `pulumi up` waits for the imported model: `"90m"`, `"6h"`, or a number of seconds."""


class FineTunedModelArguments(FineTuningJobArguments, total=False):
    """Arguments of `FineTunedModel`."""

    wait_timeout: pulumi.Input[str | float] | None
    """Longest time that one `pulumi up` waits for the model: `"90m"`, `"12h"`, `"2d"`, or a number of seconds."""
