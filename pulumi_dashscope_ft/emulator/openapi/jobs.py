"""The job endpoints in words and shapes, for `/openapi.json`.

The inputs and answers of the handlers in :mod:`..api.jobs` are described a second time here, on purpose and in a
different form: the fuzz test compares the two.
"""

from __future__ import annotations

from pulumi_dashscope_ft.emulator.model.machine import STATUSES

from .shapes import (
    ISO_TIME,
    PLAIN_TIME,
    Description,
    Parameter,
    Schema,
    choice,
    named,
    open_record,
    or_null,
    paged,
    pages,
    record,
    several,
    text,
    truth,
    whole,
)

_IDS = several(text(filled=True), "file ids")
_SETS = several(named("DataSet"), "data-set objects, instead of file ids")
_DIGITS = text("an account's number; digits, too many for a float", pattern=r"^\d+$")

SCHEMAS: dict[str, Schema] = {
    "DataSet": {
        **open_record(
            "Where data comes from: file_id, mount_storage (region, bucket, file_path) or download_url, by its type; "
            "download_url is only seen in the SDK. The emulator looks at nothing but the type.",
            data_source_type=choice(("file_id", "oss_mount", "download_url")),
        ),
        "required": ["data_source_type"],
    },
    "NewJob": {
        **open_record(
            "Exactly one of training_file_ids and training_datasets. Unknown fields are ignored (inferred).",
            model=text("a base model, or the model of an earlier job", filled=True),
            training_file_ids=or_null(_IDS),
            training_datasets=or_null(_SETS),
            validation_file_ids=or_null(_IDS),
            validation_datasets=or_null(_SETS),
            training_type=or_null(
                text("sft when left out; cpt, sft, efficient_sft, dpo_full, dpo_lora, reinforcement (or rl), pg_opd")
            ),
            teacher_model=or_null(text("of pg_opd jobs, which can't be without")),
            rollout=or_null(open_record("of reinforcement jobs: rollout_id, name, weight, timeout, …")),
            rewards=or_null(several(open_record("reward_id, name, weight, timeout, …"))),
            resource_config=or_null(open_record("charge_type, mtu_spec_code, mtu_capacity")),
            priority=or_null(text("a wish: L0 to L3")),
            hyper_parameters=or_null(open_record("any; echoed with the type they came in")),
            job_name=or_null(text("display name")),
            model_name=or_null(text("display name of the model, not its id")),
            finetuned_output_suffix=or_null(text("becomes part of the model's id")),
        ),
        "required": ["model"],
        "oneOf": [
            {
                "required": ["training_file_ids"],
                "properties": {
                    "training_file_ids": {"type": "array", "minItems": 1},
                    "training_datasets": {"type": ["array", "null"], "maxItems": 0},
                },
            },
            {
                "required": ["training_datasets"],
                "properties": {
                    "training_datasets": {"type": "array", "minItems": 1},
                    "training_file_ids": {"type": ["array", "null"], "maxItems": 0},
                },
            },
        ],
    },
    "Job": record(
        {
            "job_id": text("ft-{minute}-{4 characters}", pattern=r"^ft-\d{12}-[0-9a-f]{4}$"),
            "job_name": text("the name asked for, else the id (that it is echoed is inferred)"),
            "status": choice(STATUSES, "SUCCEEDED, FAILED and CANCELED are final"),
            "model": text("as requested"),
            "base_model": text("the root of model"),
            "training_file_ids": several(text()),
            "validation_file_ids": several(text()),
            "hyper_parameters": open_record("what was submitted"),
            "training_type": text(),
            "create_time": text("Beijing time (inferred)", pattern=PLAIN_TIME),
            "workspace_id": text(filled=True),
            "user_identity": _DIGITS,
            "modifier": _DIGITS,
            "creator": _DIGITS,
            "group": {"const": "llm"},
        },
        {
            "finetuned_output": text("id of the produced model; to be trusted once SUCCEEDED"),
            "training_datasets": several(named("DataSet")),
            "validation_datasets": several(named("DataSet")),
            "end_time": text("of final jobs", pattern=PLAIN_TIME),
            "usage": whole("tokens; unit minutes of reinforcement and pg_opd; of SUCCEEDED and CANCELED jobs"),
            "max_output_cnt": whole("save_total_limit, where it was given", least=1),
            "output_cnt": whole("checkpoints really kept", least=1),
            "model_name": text("display name of the product; of voice models"),
            "charge_type": text("of voice models"),
            "teacher_model": text("as sent (inferred)"),
            "rollout": open_record("as sent (inferred)"),
            "rewards": several(open_record("as sent (inferred)")),
            "resource_config": open_record("as sent (inferred)"),
        },
        "fine-tuning-job-object-api. The service's objects are open; these are the fields the emulator knows.",
    ),
    "Jobs": paged("jobs", named("Job")),
    "Done": record({"status": {"const": "success"}}, None, "of the call, not of the job"),
    "Logs": record({"total": whole("lines there are"), "logs": several(text())}),
    "Event": record(
        {"id": text("the line's number", pattern=r"^\d+$"), "event": {"const": "log"}, "data": text("the line")},
        None,
        "One event of the stream, which ends with the job.",
    ),
    "Checkpoint": record(
        {
            "create_time": text(pattern=ISO_TIME),
            "expire_time": text("about 15 days later (newer pages)", pattern=ISO_TIME),
            "job_id": text(),
            "checkpoint": text("what export takes", pattern=r"^checkpoint-\d+$"),
            "full_name": text("{job_id}-{checkpoint}; with a colon for voice models"),
            "status": choice(("PENDING", "PROCESSING", "SUCCEEDED", "FAILED", "UNSUPPORTED"), "of its publication"),
        },
        {
            "model_name": text("deployable; once published"),
            "model_display_name": text("given at export"),
            "step": whole("of voice models"),
            "checkpoint_id": text("of voice models: {job_id}:{checkpoint}"),
        },
        "list-checkpoints-api",
    ),
    "Sample": record(
        {"prompt": text()},
        {"video_path": text(), "first_frame_path": text(), "img_path": text(), "input_img": text()},
        "video_path or img_path by the kind of model; links live 24 hours",
    ),
}

_PAGES = pages(default=10, most=100)

DESCRIPTIONS: dict[str, Description] = {
    "create": Description(
        "Submit a job: a new one each time",
        {"output": named("Job")},
        body=named("NewJob"),
        refusals=(429,),
        follow={name: {"job_id": "$response.body#/output/job_id"} for name in ("get", "cancel", "logs", "checkpoints")},
    ),
    "list": Description(
        "Jobs, newest first",
        {"output": named("Jobs")},
        query=(*_PAGES, Parameter("model", text()), Parameter("status", choice(STATUSES))),
    ),
    "get": Description(
        "One job",
        {"output": named("Job")},
        refusals=(404,),
    ),
    "delete": Description(
        "Delete the record of a job that has ended",
        {"output": named("Done")},
        refusals=(404,),
    ),
    "cancel": Description(
        "End a job that has not ended; asynchronous",
        {"output": named("Done")},
        refusals=(404,),
        follow={"delete": {"job_id": "$request.path.job_id"}},
    ),
    "logs": Description(
        "Lines of the log: offset of them skipped, then line of them",
        {"output": named("Logs")},
        query=(
            Parameter("offset", {**whole(least=0, most=999_999_999), "default": 0}),
            Parameter("line", {**whole(least=1, most=1000), "default": 100}),
        ),
        refusals=(404,),
    ),
    "stream": Description(
        "The log as server-sent events",
        refusals=(404,),
        events=True,
    ),
    "checkpoints": Description(
        "Saved states, newest first; of sft and efficient_sft jobs",
        {"output": several(named("Checkpoint"))},
        refusals=(404,),
    ),
    "export": Description(
        "Publish a checkpoint: a GET that changes state; asynchronous",
        {"output": truth("whether the request was taken")},
        query=(Parameter("model_name", text("display name", filled=True), required=True),),
        refusals=(404,),
    ),
    "validation_results": Description(
        "Checkpoints that have validation samples; of image and video models",
        {"output": several(record({"checkpoint": text()}))},
        refusals=(404,),
    ),
    "validation_details": Description(
        "The validation samples of a checkpoint",
        {"output": paged("list", named("Sample"))},
        query=_PAGES,
        refusals=(404,),
    ),
}
