"""The compression and import endpoints in words and shapes, for `/openapi.json`.

As in :mod:`.jobs`. Both kinds of jobs make a custom model without training.
"""

from __future__ import annotations

from pulumi_dashscope_ft.emulator.api.compressions import MOST_DESCRIPTION, MOST_NAME
from pulumi_dashscope_ft.emulator.model.custom.importing import STATUSES as IMPORT_STATUSES
from pulumi_dashscope_ft.emulator.model.custom.importing import WEIGHTS
from pulumi_dashscope_ft.emulator.model.custom.templates import KIND, TEMPLATES
from pulumi_dashscope_ft.emulator.model.machine import STATUSES

from .shapes import (
    PLAIN_TIME,
    ZONED_TIME,
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
    whole,
)

_JOB_NAME = {**text("unique among the jobs of a user; letters, digits, _, - and ."), "maxLength": MOST_NAME}
_CALIBRATED = {"properties": {"calib_input": {"enum": [True, "true"]}}, "required": ["calib_input"]}
_STORAGE: Schema = {
    **open_record(
        "where the weights are", bucket_name=text(filled=True), object_key=text("ends in a slash", pattern="/$")
    ),
    "required": ["bucket_name", "object_key"],
}

SCHEMAS: dict[str, Schema] = {
    "CompressionParameter": record(
        {
            "name": text(filled=True),
            "type": choice(("number", "string")),
            "display_name": text(),
            "description": text(),
            "support_values": several(text()),
            "data_range": text(),
            "step": {"type": ["integer", "null"]},
            "defaultValue": {"type": ["integer", "string"]},
            "recommend_value": {"type": ["integer", "string"]},
            "required": {"type": "boolean"},
            "advancedParameter": {"type": "boolean"},
            "is_advanced_parameter": {"type": "boolean"},
        },
        None,
        "The mixed styles of the keys are the service's.",
    ),
    "CompressionTemplate": record(
        {
            "template_id": text(filled=True),
            "template_name": text(),
            "description": text(),
            "compress_type": {"const": KIND},
            "hyper_parameters": several(named("CompressionParameter")),
        }
    ),
    "CompressionTemplates": record(
        {
            "base_models": several(text(), "whose custom models can be compressed"),
            "custom_models": several(
                record(
                    {
                        "model": text(filled=True),
                        "model_name": text(),
                        "base_model": text(),
                        "templates": several(named("CompressionTemplate")),
                    }
                )
            ),
        }
    ),
    "NewCompression": {
        **open_record(
            "Unknown fields are ignored (inferred), undeclared hyper-parameters are refused.",
            model=text("a custom model with full weights", filled=True),
            template_id=choice(tuple(TEMPLATES)),
            job_name=or_null(_JOB_NAME),
            job_description=or_null({**text(), "maxLength": MOST_DESCRIPTION}),
            hyper_parameters=or_null(
                {
                    "type": "object",
                    "properties": {
                        "calib_input": {"enum": ["true", "false", True, False]},
                        "calib_samples": whole(least=1, most=4096),
                    },
                    "additionalProperties": False,
                }
            ),
            custom_calibration_file_ids=or_null(several(text(pattern="^file-[0-9a-f]{32}$"))),
            output_model_suffix=or_null(text(pattern="^[a-z0-9]{0,8}$")),
        ),
        "required": ["model", "template_id"],
        "anyOf": [
            {"properties": {"custom_calibration_file_ids": {"type": ["array", "null"], "maxItems": 0}}},
            {"properties": {"hyper_parameters": _CALIBRATED}, "required": ["hyper_parameters"]},
        ],
    },
    "Compression": record(
        {
            "job_id": text("quant-{minute}-{4 characters}", pattern=r"^quant-\d{12}-[0-9a-f]{4}$"),
            "job_name": text("the name asked for, else the id"),
            "status": choice(STATUSES, "SUCCEEDED, FAILED and CANCELED are final"),
            "model": text(),
            "base_model": text(),
            "template_id": text(),
            "template_name": text(),
            "training_type": {"const": KIND},
            "compress_type": {"const": KIND},
            "hyper_parameters": open_record(),
            "custom_calibration_file_ids": several(text()),
            "quantized_output": or_null(text("the produced model; of SUCCEEDED jobs")),
            "create_time": text("Beijing time (inferred)", pattern=PLAIN_TIME),
            "start_time": or_null(text(pattern=PLAIN_TIME)),
            "end_time": or_null(text(pattern=PLAIN_TIME)),
            "error": or_null(record({"code": text(filled=True), "message": text()})),
            "group": {"const": KIND},
        },
        {
            "job_description": or_null(text("not in the answer of the create")),
            "template_description": text("not in the answer of the create"),
            "usage": whole("GPU seconds; of SUCCEEDED and CANCELED jobs"),
        },
        "model-compression-api-reference",
    ),
    "Compressions": paged("jobs", named("Compression")),
    "NewImport": {
        **open_record(
            "Unknown fields are ignored (inferred).",
            model_name=text("the base model", filled=True),
            display_name=or_null({**text(), "maxLength": MOST_NAME}),
            source=text("oss, in any case", pattern="^[Oo][Ss][Ss]$"),
            weight_type=choice(WEIGHTS),
            storage_info=_STORAGE,
        ),
        "required": ["model_name", "source", "weight_type", "storage_info"],
    },
    "Import": record(
        {
            "job_id": text(filled=True),
            "model_name": text("the id of the imported model", pattern=r"-offline-\d{8}-[0-9a-f]{4}$"),
            "display_name": or_null(text()),
            "source": {"const": "OSS"},
            "storage_info": _STORAGE,
            "status": choice(IMPORT_STATUSES, "SUCCESSED is the service's spelling; it and FAILED are final"),
            "gmt_create": text(pattern=ZONED_TIME),
        },
        {
            "weight_type": text("only in the answer of the create"),
            "error_code": text("of FAILED imports"),
        },
        "model-import-api-reference",
    ),
    "Imports": paged("list", named("Import")),
}

_PAGES = pages(default=10, most=100)
_COMPRESSION = {"job_id": "$response.body#/output/job_id"}
_MOMENT = text("of the creation, yyyy-MM-dd HH:mm:ss")

DESCRIPTIONS: dict[str, Description] = {
    "compression_templates": Description(
        "Custom models that can be compressed, and how",
        {"output": named("CompressionTemplates")},
        query=(Parameter("model", text("only this one")), Parameter("lang", text("zh-CN or en-US"))),
    ),
    "create_compression": Description(
        "Compress a custom model; asynchronous",
        {"output": named("Compression")},
        body=named("NewCompression"),
        refusals=(429,),
        follow=dict.fromkeys(("get_compression", "cancel_compression", "compression_logs"), _COMPRESSION),
    ),
    "list_compressions": Description(
        "Compression jobs, newest first",
        {"output": named("Compressions")},
        query=(
            *_PAGES,
            Parameter("status", choice(STATUSES)),
            *(Parameter(name, text("exactly")) for name in ("model", "template_id", "quant_spec", "quant_method")),
            *(Parameter(name, text("a part of it")) for name in ("job_name", "job_id", "search_key")),
            Parameter("select_key", text("what search_key looks at: job_id, job_name or model; all of them without")),
            *(Parameter(name, _MOMENT) for name in ("start_time", "end_time")),
            Parameter("sort_by", text("create_time")),
            Parameter("sort_order", text("desc or asc")),
        ),
    ),
    "get_compression": Description("One compression job", {"output": named("Compression")}, refusals=(404,)),
    "compression_logs": Description(
        "Lines of the log: offset of them skipped, then line of them",
        {"output": named("Logs")},
        query=(
            Parameter("offset", {**whole(least=0, most=999_999_999), "default": 0}),
            Parameter("line", {**whole(least=1, most=1000), "default": 100}),
        ),
        refusals=(404,),
    ),
    "cancel_compression": Description(
        "End a compression job that has not ended; asynchronous",
        {"output": named("Done")},
        refusals=(404,),
        follow={"delete_compression": {"job_id": "$request.path.job_id"}},
    ),
    "delete_compression": Description(
        "Delete the record of a compression job that has ended; its model stays",
        {"output": named("Done")},
        refusals=(404,),
    ),
    "create_import": Description(
        "Import weights from a bucket; asynchronous",
        {"output": named("Import")},
        body=named("NewImport"),
        follow=dict.fromkeys(("get_import", "delete_import"), _COMPRESSION),
    ),
    "list_imports": Description(
        "Imports, newest first",
        {"output": named("Imports")},
        query=(
            *_PAGES,
            Parameter("status", choice(IMPORT_STATUSES)),
            Parameter("model_name", text("exactly, of the imported model")),
        ),
    ),
    "get_import": Description("One import", {"output": named("Import")}, refusals=(404,)),
    "delete_import": Description(
        "Delete an import that has ended, and the files of its model",
        {"output": named("Import")},
        refusals=(404,),
    ),
}
