"""Checks the body of a `POST /fine-tunes`.

One path takes jobs of every kind, with different required fields (API reference 3.1 and 13). What is refused here is
documented unless the docstring says "inferred". Values of hyper-parameters are not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.emulator.errors import (
    invalid,
    invalid_parameter,
    problem,
    unsupported_training_type,
)
from pulumi_dashscope_ft.emulator.model.catalogue import BASE_MODELS
from pulumi_dashscope_ft.emulator.model.facts.support import (
    DISTILLATION,
    is_decision,
    is_media,
    is_supported,
    is_voice,
)
from pulumi_dashscope_ft.emulator.model.service import Call

from .fields import json_object, structure, text

DEFAULT_TRAINING_TYPE = "sft"
MOST_SUFFIX = 8
_SOURCES = ("file_id", "oss_mount", "download_url")
_TEXTS = ("training_type", "job_name", "model_name", "finetuned_output_suffix", "teacher_model", "priority")


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A request that can become a job, if the quota has room. `size` is the bytes of its files."""

    model: str
    base_model: str
    training_type: str
    training_type_sent: bool
    supported: bool
    """Whether the model can be trained so; if not, the job fails at once."""
    hyper_parameters: dict[str, Any]
    training_file_ids: list[str]
    validation_file_ids: list[str]
    training_datasets: list[dict[str, Any]] | None
    validation_datasets: list[dict[str, Any]] | None
    job_name: str | None
    model_name: str | None
    suffix: str | None
    teacher_model: str | None
    rollout: dict[str, Any] | None
    rewards: list[dict[str, Any]] | None
    resource_config: dict[str, Any] | None
    size: int


def read_request(call: Call) -> JobRequest:
    """Return the request.

    :raises ApiProblemError: 400 for the first field that is missing or unusable; the wording is partly inferred.
    """
    body = json_object(call.body)
    if not body.get("model"):
        raise problem("empty_model")
    model = str(text(body, "model"))
    texts = {name: text(body, name) for name in _TEXTS}
    hyper_parameters = structure(body, "hyper_parameters") or {}
    base_model = _base_model(call, model)
    training_type = texts["training_type"] or DEFAULT_TRAINING_TYPE
    training_files, training_sets = _data(body, "training")
    validation_files, validation_sets = _data(body, "validation")
    if not training_files and not training_sets:
        raise problem("missing_files")
    if is_voice(base_model) and len(training_files) + len(training_sets or ()) != 1:
        raise invalid("CosyVoice models take exactly one training file.")  # the wording is inferred
    supported = is_supported(base_model, training_type)
    if not supported and (_is_strict(base_model) or call.settings.unsupported_training_type == "refused"):
        raise unsupported_training_type(model, training_type)
    if training_type == DISTILLATION and not _is_model(call, texts["teacher_model"]):
        raise problem("bad_teacher")
    suffix = texts["finetuned_output_suffix"]
    if is_decision(base_model) and suffix and len(suffix) > MOST_SUFFIX:
        raise invalid_parameter("finetuned_output_suffix")
    return JobRequest(
        model=model,
        base_model=base_model,
        training_type=training_type,
        training_type_sent=bool(texts["training_type"]),
        supported=supported,
        hyper_parameters=hyper_parameters,
        training_file_ids=training_files,
        validation_file_ids=validation_files,
        training_datasets=training_sets,
        validation_datasets=validation_sets,
        job_name=texts["job_name"],
        model_name=texts["model_name"],
        suffix=suffix,
        teacher_model=texts["teacher_model"],
        rollout=structure(body, "rollout"),
        rewards=_rewards(body),
        resource_config=structure(body, "resource_config"),
        size=_size(call, "training_file_ids", [*training_files, *_file_ids(training_sets)])
        + _size(call, "validation_file_ids", [*validation_files, *_file_ids(validation_sets)]),
    )


def _is_strict(base_model: str) -> bool:
    """Whether the pages of a kind of model document the refusal of a training type; for text models it is inferred."""
    return is_media(base_model) or is_voice(base_model)


def _is_model(call: Call, name: str | None) -> bool:
    known = (*BASE_MODELS, *call.settings.base_models)
    return name is not None and (name in known or name in call.workspace.tuned_models(call.now))


def _rewards(body: dict[str, Any]) -> list[dict[str, Any]] | None:
    rewards = body.get("rewards")
    if rewards is not None and not (isinstance(rewards, list) and all(isinstance(item, dict) for item in rewards)):
        raise invalid_parameter("rewards")
    return rewards


def _data(body: dict[str, Any], kind: str) -> tuple[list[str], list[dict[str, Any]] | None]:
    """Return file ids and data-set objects of one kind; both forms at once are refused (inferred)."""
    files = body.get(f"{kind}_file_ids") or []
    if not isinstance(files, list) or not all(isinstance(item, str) and item for item in files):
        raise invalid_parameter(f"{kind}_file_ids")
    name = f"{kind}_datasets"
    sets = body.get(name) or None
    if sets is None:
        return files, None
    if not isinstance(sets, list) or not all(
        isinstance(dataset, dict) and dataset.get("data_source_type") in _SOURCES for dataset in sets
    ):
        raise invalid_parameter(name)
    if files:
        raise invalid(f"{kind}_file_ids and {name} can not be given together.")
    return files, sets


def _file_ids(sets: Sequence[dict[str, Any]] | None) -> list[str]:
    return [str(item.get("file_id")) for item in sets or () if item["data_source_type"] == "file_id"]


def _size(call: Call, field: str, file_ids: Sequence[str]) -> int:
    """Return the size of files in bytes.

    :raises ApiProblemError: 400 naming the first unknown file (inferred: no page says what happens).
    """
    size = 0
    for file_id in file_ids:
        file = call.workspace.files.get(file_id)
        if file is None and call.settings.check_file_ids:
            raise invalid(f"Required parameter({field}) invalid: file {file_id} not found.")
        size += 0 if file is None else file.size
    return size


def _base_model(call: Call, model: str) -> str:
    """Return the root of a model that an earlier job of the workspace produced; any other model is its own root."""
    for job in call.workspace.jobs.values():
        output = job.finetuned_output
        if model == output or model.startswith(f"{output}-c"):  # the latter are exported checkpoints
            return job.base_model
    return call.workspace.tuned_models(call.now).get(model, model)
