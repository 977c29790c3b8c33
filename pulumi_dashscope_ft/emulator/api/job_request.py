"""Checks the body of a `POST /fine-tunes`.

One path takes jobs of every kind, with different required fields (API reference 3.1 and 13). What is refused here is
documented unless the docstring says "inferred". Values of hyper-parameters are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.emulator.errors import (
    ApiProblemError,
    invalid,
    invalid_parameter,
    problem,
    problem_called,
    recoded,
    unsupported_training_type,
)
from pulumi_dashscope_ft.emulator.model.catalogue import BASE_MODELS
from pulumi_dashscope_ft.emulator.model.facts.answers import FAILS, REFUSED
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

_STRUCTURES = ("hyper_parameters", "rollout", "rewards", "resource_config")
_DATA = ("training_file_ids", "validation_file_ids", "training_datasets", "validation_datasets")
_KNOWN = frozenset({"model", "finetuned_output", *_TEXTS, *_STRUCTURES, *_DATA})
"""All fields of a request; `finetuned_output` is passed on by the official SDK (1.x)."""
_SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A request that can become a job, if the quota has room. `size` is the bytes of its files."""

    model: str
    base_model: str
    training_type: str
    training_type_sent: bool
    trouble: str
    """The reason for which the job fails at once; empty: it does not."""
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
    unknown: dict[str, Any]
    """What the body has besides the fields that the API knows."""
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
    trouble = _Trouble(call, model)
    trouble.model(base_model)
    trouble.training_type(base_model, training_type)
    if training_type == DISTILLATION and not _is_model(call, texts["teacher_model"]):
        raise problem("bad_teacher")
    suffix = texts["finetuned_output_suffix"]
    if is_decision(base_model) and suffix and len(suffix) > MOST_SUFFIX:
        raise invalid_parameter("finetuned_output_suffix")
    trouble.suffix(suffix)
    size = sum(
        trouble.size(field, [*files, *_file_ids(sets)])
        for field, files, sets in (
            ("training_file_ids", training_files, training_sets),
            ("validation_file_ids", validation_files, validation_sets),
        )
    )
    return JobRequest(
        model=model,
        base_model=base_model,
        training_type=training_type,
        training_type_sent=bool(texts["training_type"]),
        trouble=trouble.reason,
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
        unknown=_unknown(call, body),
        size=size,
    )


class _Trouble:
    """What is wrong with a request in a way that the service may refuse, take, or let the job fail for.

    Each check follows its setting; `reason` is why the job fails at once.
    """

    def __init__(self, call: Call, model: str) -> None:
        self.reason = ""
        self._call, self._model = call, model

    def model(self, base_model: str) -> None:
        """Check that the model exists; one that an earlier job makes has another base model."""
        if base_model == self._model and not _is_model(self._call, self._model):
            settings = self._call.settings
            refusal = problem_called("no_such_model", settings.wrong_model_code)
            self._judge(settings.wrong_model, refusal, f"the model {self._model} does not exist")

    def training_type(self, base_model: str, training_type: str) -> None:
        """Check that the model can be trained so. Models other than text models always refuse (documented)."""
        if not is_supported(base_model, training_type):
            settings = self._call.settings
            answer = REFUSED if _is_strict(base_model) else settings.unsupported_training_type
            refusal = recoded(unsupported_training_type(self._model, training_type), settings.wrong_training_type_code)
            self._judge(answer, refusal, f"the model {base_model} does not support training_type {training_type}")

    def suffix(self, suffix: str | None) -> None:
        """Check the length and the characters of the suffix (inferred for all models but the decision model)."""
        if suffix is not None and not _SUFFIX.fullmatch(suffix):
            settings = self._call.settings
            refusal = recoded(invalid_parameter("finetuned_output_suffix"), settings.wrong_suffix_code)
            self._judge(settings.wrong_suffix, refusal, "finetuned_output_suffix can not be used")

    def size(self, field: str, file_ids: Sequence[str]) -> int:
        """Return the size of files in bytes, and check that they exist (inferred: no page says what happens)."""
        settings, size = self._call.settings, 0
        for file_id in file_ids:
            file = self._call.workspace.files.get(file_id)
            size += 0 if file is None else file.size
            if file is None and settings.check_file_ids:
                refusal = invalid(f"Required parameter({field}) invalid: file {file_id} not found.")
                self._judge(settings.wrong_file, recoded(refusal, settings.wrong_file_code), f"no file {file_id}")
        return size

    def _judge(self, answer: str, refusal: ApiProblemError, reason: str) -> None:
        if answer == REFUSED:
            raise refusal
        if answer == FAILS:
            self.reason = self.reason or reason


def _unknown(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that no page and no tool of the vendor knows.

    :raises ApiProblemError: 400 naming the first, under `unknown_fields: refused` (inferred wording).
    """
    unknown = {name: value for name, value in body.items() if name not in _KNOWN}
    if unknown and call.settings.unknown_fields == REFUSED:
        raise invalid_parameter(next(iter(unknown)))
    return unknown


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


def _base_model(call: Call, model: str) -> str:
    """Return the root of a model that an earlier job of the workspace produced; any other model is its own root."""
    for job in call.workspace.jobs.values():
        output = job.finetuned_output
        if model == output or model.startswith(f"{output}-c"):  # the latter are exported checkpoints
            return job.base_model
    return call.workspace.tuned_models(call.now).get(model, model)
