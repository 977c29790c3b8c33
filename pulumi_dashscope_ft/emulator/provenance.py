"""The source of each shape: documented, seen in the official SDK or the vendor's own tool, or inferred.

An emulator that agrees with its author's guesses proves nothing about the real service. So every operation, every field
of an answer and every refusal has its source here, and a test checks in both directions that the record is complete.
:mod:`.choices` lists what the emulator *does* where the documentation is silent. Names such as `list-checkpoints-api`
are pages of the service's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DOCUMENTED = "documented"
SDK = "sdk"
INFERRED = "inferred"
STANDINGS = (DOCUMENTED, SDK, INFERRED)


@dataclass(frozen=True, slots=True)
class Source:
    """`standing` is one of :data:`STANDINGS`; `where` names the page or file, or gives the reason."""

    standing: str
    where: str


def documented(page: str) -> Source:
    """Return a source in the public documentation. `page`: the last part of the page's address."""
    return Source(DOCUMENTED, page)


def seen(where: str) -> Source:
    """Return a source in the official Python SDK, its test data, or the vendor's Node command line."""
    return Source(SDK, where)


def inferred(why: str) -> Source:
    """Return a source that is a conclusion of ours. `why`: what it was drawn from."""
    return Source(INFERRED, why)


def _all(source: Source, *fields: str) -> dict[str, Source]:
    return dict.fromkeys(fields, source)


_GUIDE = documented("fine-tuning-api-guide")
_WAN = documented("wan-video-generation-finetune-api-reference")
_FILES = documented("model-customization-file-management-service")
_SERVING = documented("model-deployment-api")
_STARTED = documented("model-deployment-quick-start")
_PAGES = documented("list-fine-tuning-jobs-api")
_COMPRESSION = documented("model-compression-api-reference")
_IMPORT = documented("model-import-api-reference")

OPERATIONS: Mapping[str, Source] = {
    "create": documented("create-fine-tuning-job-api"),
    "list": _PAGES,
    "get": documented("get-fine-tuning-job-api"),
    "delete": documented("delete-fine-tuning-job-api"),
    "cancel": documented("cancel-fine-tuning-job-api"),
    "logs": documented("get-fine-tuning-job-logs-api"),
    "stream": seen("SDK client/base_api.py: it reads data: lines; no page describes the endpoint"),
    "checkpoints": documented("list-checkpoints-api"),
    "export": _GUIDE,
    "validation_results": _WAN,
    "validation_details": _WAN,
    "upload": documented("upload-file-api"),
    "list_files": _FILES,
    "get_file": _FILES,
    "delete_file": _FILES,
    "deployable_models": documented("list-deployable-models-api"),
    "create_deployment": documented("create-deployment-api"),
    "list_deployments": _SERVING,
    "get_deployment": documented("get-deployment-api"),
    "scale_deployment": _SERVING,
    "update_deployment": _SERVING,
    "delete_deployment": _SERVING,
    "chat_completions": inferred("OpenAI's own shape; the reference names the host's error shape only"),
    "text_generation": seen("SDK aigc/generation.py and its answer object"),
    **_all(_COMPRESSION, "compression_templates", "create_compression", "list_compressions", "get_compression"),
    **_all(_COMPRESSION, "compression_logs", "cancel_compression", "delete_compression"),
    **_all(_IMPORT, "create_import", "list_imports", "get_import"),
    "delete_import": documented("custom-models-api"),
    "models": seen("SDK models.py and cli/auth.py; no page of this API describes it"),
}
"""Sources of the verb, the path and the envelope."""

_JOB = documented("fine-tuning-job-object-api")
_CHAT = inferred("OpenAI's own shape")
_GENERATION = seen("SDK api_entities/dashscope_response.py")
_PAGED = _all(_PAGES, "page_no", "page_size", "total")

FIELDS: Mapping[str, Mapping[str, Source]] = {
    "job": {
        **_all(_JOB, "job_id", "status", "model", "base_model", "finetuned_output", "hyper_parameters"),
        **_all(_JOB, "training_file_ids", "validation_file_ids", "training_type", "create_time", "end_time"),
        **_all(_JOB, "workspace_id", "user_identity", "creator", "modifier", "group", "usage"),
        "job_name": inferred("every example shows it, with the job id; that a name sent comes back is a guess"),
        **_all(seen("SDK v2/resources/fine_tunes.py: it reads both of a failed job"), "code", "message"),
        **_all(_GUIDE, "training_datasets", "validation_datasets", "max_output_cnt", "output_cnt"),
        **_all(documented("voice-synthesis-create-fine-tuning-job-api"), "model_name", "charge_type"),
        **_all(inferred("no page has a job of this type"), "teacher_model", "rollout", "rewards", "resource_config"),
    },
    "job list": {**_PAGED, "jobs": _PAGES},
    "outcome": _all(documented("cancel-fine-tuning-job-api"), "status"),
    "log": _all(documented("get-fine-tuning-job-logs-api"), "total", "logs"),
    "checkpoint": {
        **_all(documented("list-checkpoints-api"), "create_time", "job_id", "checkpoint", "full_name", "status"),
        **_all(documented("list-checkpoints-api"), "model_name", "model_display_name", "expire_time"),
        **_all(documented("list-checkpoints-api (CosyVoice)"), "step", "checkpoint_id"),
    },
    "validation result": _all(_WAN, "checkpoint"),
    "validation details": {**_all(_WAN, "page_no", "page_size", "total"), "list": _WAN},
    "validation sample": {
        **_all(_WAN, "video_path", "prompt", "first_frame_path"),
        **_all(documented("wan-generation-finetune-api-reference"), "img_path", "input_img"),
    },
    "upload": _all(_FILES, "uploaded_files", "failed_uploads"),
    "uploaded file": _all(_FILES, "file_id", "name"),
    "failed upload": _all(_FILES, "name", "code", "message"),
    "file list": _all(_FILES, "total", "page_size", "page_no", "files"),
    "file": {
        **_all(_FILES, "id", "file_id", "name", "description", "size", "md5", "gmt_create", "url"),
        **_all(_FILES, "region", "user_id", "purpose"),
    },
    "deployable list": _all(documented("list-deployable-models-api"), "models", "page_no", "page_size", "total"),
    "deployable model": {
        **_all(documented("list-deployable-models-api"), "model_name", "base_capacity"),
        "plans": documented("list-deployable-models-api, version v1.0"),
    },
    "model list": {
        **_all(seen("SDK models.py"), "models"),
        **_all(inferred("as in the other lists"), "page_no", "page_size", "total"),
    },
    "model": {"model": inferred("the SDK does not look inside")},
    "deployment": {
        **_all(_STARTED, "deployed_model", "gmt_create", "gmt_modified", "status", "model_name", "base_model"),
        **_all(_STARTED, "workspace_id", "charge_type", "creator", "modifier", "plan"),
        **_all(_STARTED, "base_capacity", "capacity", "ready_capacity"),  # not in lora answers; the SDK needs them
        **_all(_SERVING, "model_unit_spec", "enable_thinking", "max_context_length", "rpm_limit", "tpm_limit"),
        **_all(inferred("no answer with a separated template is shown"), "prefill_capacity", "decode_capacity"),
        **_all(documented("throughput-reservation-api"), "ptu_capacity", "ptu_service_tier"),
        "name": inferred("sent in examples, never shown in an answer"),
    },
    "compression templates": _all(_COMPRESSION, "base_models", "custom_models"),
    "compressible model": _all(_COMPRESSION, "model", "model_name", "base_model", "templates"),
    "compression template": _all(
        _COMPRESSION, "template_id", "template_name", "description", "compress_type", "hyper_parameters"
    ),
    "compression parameter": {
        **_all(_COMPRESSION, "name", "type", "display_name", "description", "support_values", "data_range", "step"),
        **_all(_COMPRESSION, "defaultValue", "recommend_value", "required", "advancedParameter"),
        **_all(_COMPRESSION, "is_advanced_parameter"),
    },
    "compression": {
        **_all(_COMPRESSION, "job_id", "job_name", "status", "model", "base_model", "template_id", "template_name"),
        **_all(_COMPRESSION, "training_type", "compress_type", "hyper_parameters", "custom_calibration_file_ids"),
        **_all(_COMPRESSION, "quantized_output", "create_time", "start_time", "end_time", "error", "group"),
        **_all(_COMPRESSION, "job_description", "template_description", "usage"),
    },
    "compression list": _all(_COMPRESSION, "total", "page_no", "page_size", "jobs"),
    "compression error": _all(_COMPRESSION, "code", "message"),
    "import": {
        **_all(_IMPORT, "job_id", "model_name", "display_name", "source", "weight_type", "storage_info", "status"),
        **_all(_IMPORT, "gmt_create", "error_code"),
    },
    "import list": _all(_IMPORT, "total", "page_no", "page_size", "list"),
    "deployment list": _all(_SERVING, "page_no", "page_size", "total", "deployments"),
    "error": _all(documented("error-code"), "code", "message", "request_id"),
    "chat completion": _all(_CHAT, "id", "object", "created", "model", "choices", "usage"),
    "chat choice": _all(_CHAT, "index", "message", "finish_reason", "logprobs"),
    "chat chunk": _all(_CHAT, "id", "object", "created", "model", "choices", "usage"),
    "chat chunk choice": _all(_CHAT, "index", "delta", "finish_reason"),
    "chat usage": _all(_CHAT, "prompt_tokens", "completion_tokens", "total_tokens"),
    "chat refusal": {
        **_all(documented("error-code"), "error"),
        "request_id": inferred("as in every other answer"),
    },
    "chat error": {
        **_all(documented("error-code"), "message", "type", "code"),
        "param": inferred("OpenAI's own shape"),
    },
    "message": _all(_CHAT, "role", "content"),
    "generation": _all(_GENERATION, "text", "finish_reason", "choices"),
    "generation choice": _all(_GENERATION, "finish_reason", "message"),
    "generation usage": _all(_GENERATION, "input_tokens", "output_tokens", "total_tokens"),
}
"""Every field of every answer, by the kind of object that has it."""

_TABLE = documented("error-code")
_GATEWAY = inferred("no page says how what is no request is refused; the code of a slow one is in the error table")
_COMPRESSION_TABLE = documented("model-compression-api-reference; the message is inferred")
_GENERAL = documented("error-code; that it reaches this API is inferred")

REFUSALS: Mapping[str, Source] = {
    **_all(documented("create-fine-tuning-job-api"), "missing_files", "busy", "quota", "conflict"),
    **_all(_GENERAL, "empty_model", "illegal_input", "invalid_body", "too_large", "no_such_path", "unsupported"),
    **_all(_TABLE, "not_found", "invalid_key", "access_denied", "workspace_denied", "internal", "unavailable"),
    **_all(_TABLE, "rate", "burst", "throttled", "arrears", "allocation_quota"),
    "unsupported_training_type": documented("video-generation-create-fine-tuning-job-api; for text models inferred"),
    "bad_teacher": documented("error-code; that a missing one gets the same is inferred"),
    "not_cancellable": documented("cancel-fine-tuning-job-api, the English page"),
    "not_deletable_final": documented("delete-fine-tuning-job-api, the Traditional Chinese page"),
    "not_deletable_active": inferred("the guide says in words that it is refused; the message is not known"),
    "file_not_found": seen("SDK test data: 404; the message is from the files page"),
    "file_not_found_400": documented("model-customization-file-management-service, without an HTTP status"),
    "model_not_found": documented("model-deployment-api, without an HTTP status"),
    **_all(documented("error-code, for model calls"), "model_not_callable", "empty_input"),
    "not_deployable": documented("create-deployment-api; that a plan the model does not have gets it is inferred"),
    "deployment_gone": documented("model-deployment-api, the example of a deleted deployment"),
    "instance_exists": _TABLE,
    "suffix_taken": documented("model-deployment-api, without an HTTP status"),
    "bad_capacity": documented("model-deployment-api, without an HTTP status"),
    "no_ptu_capacity": documented("model-deployment-api; neither code nor HTTP status is given"),
    "no_deployment_privilege": documented("model-deployment-api; neither code nor HTTP status is given"),
    "deployment_not_deletable": inferred("the vendor's command line says that STOPPED or FAILED is wanted first"),
    **_all(_COMPRESSION_TABLE, "compression_not_found", "compression_not_cancellable", "compression_not_deletable"),
    **_all(_COMPRESSION_TABLE, "compression_quota", "base_not_compressible", "missing_parameter"),
    "lora_not_compressible": _COMPRESSION,
    "not_compressible": inferred("the page names the base model that it takes, and no error for another one"),
    "no_such_model": _TABLE,
    "import_running": documented("model-import-api-reference, without an HTTP status"),
    "import_deployed": inferred("my-model-center: a deployed model has to go offline before it can be deleted"),
    **_all(_GATEWAY, "bad_request", "bad_host", "head_too_large", "too_slow"),
    "gateway": documented("error-code: a code inside HTTP 200; the message is inferred"),
    "timeout": inferred("no page quotes a 504 of the service itself"),
}
"""Every entry of :data:`.errors.CATALOGUE`."""
