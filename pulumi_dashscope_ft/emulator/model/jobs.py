"""A fine-tuning job as the service keeps and shows it.

The job object has fields that depend on the status and on the reading of the documentation (API reference 3.6). The
submitted facts are kept apart from the course of the run (:mod:`.board`), and the object is computed from both on
request, so that no stored copy can be stale.
"""

from __future__ import annotations

import json
import math
import zlib
from dataclasses import dataclass, field
from typing import Any

from pulumi_dashscope_ft.emulator.wire import plain_time

from .board import Run
from .facts.answers import ABSENT, AS_SENT, SENT_BACK
from .facts.support import METERED, is_decision, is_media, is_voice
from .facts.usage import unit_minutes
from .machine import CANCELED, FAILED, FINAL, SUCCEEDED
from .schedule import MOST_VOICE_SAVES, Schedule, epochs_of, positive, schedule_of
from .settings import Settings

_UNREADABLE_DATA = "data process failed: no line of the training data could be read as a sample"
_TOO_FEW_SAMPLES = "the training data could not be used: fewer valid samples than batch_size"

_NOT_SHOWN = ("gradient_clip", "weight_decay", "save_total_limit")
"""Hyper-parameters that the samples of the newest pages leave out of an answer."""


@dataclass(slots=True)
class Export:
    """A request to publish a checkpoint (3.11)."""

    display_name: str
    asked_at: float
    done_at: float = 0.0
    outcome: str = SUCCEEDED
    """The checkpoint's status from then on: `SUCCEEDED` or `FAILED`."""


@dataclass(slots=True)
class EmulatedJob:
    """A submitted job, and the run it started. Times are service seconds."""

    job_id: str
    run: Run
    workspace_id: str
    uid: str
    model: str
    base_model: str
    training_type: str
    hyper_parameters: dict[str, Any]
    training_file_ids: list[str]
    validation_file_ids: list[str]
    training_datasets: list[dict[str, Any]] | None = None
    validation_datasets: list[dict[str, Any]] | None = None
    job_name: str | None = None
    model_name: str | None = None
    suffix: str | None = None
    tokens: int = 0
    """Training tokens of a full run."""
    training_type_sent: bool = True
    """Whether the request named the training type."""
    teacher_model: str | None = None
    rollout: dict[str, Any] | None = None
    rewards: list[dict[str, Any]] | None = None
    resource_config: dict[str, Any] | None = None
    unknown: dict[str, Any] = field(default_factory=dict)
    """What the request had besides the fields that the API knows."""
    exports: dict[str, Export] = field(default_factory=dict)
    export_calls: dict[str, int] = field(default_factory=dict)
    """Accepted calls to export each checkpoint."""

    @property
    def finetuned_output(self) -> str:
        """The id of the produced model: `{model}[-{suffix}]-{job_id}`.

        For the decision model `{model}-ft-{suffix}`, as its own page shows it.
        """
        if is_decision(self.model) and self.suffix:
            return f"{self.model}-ft-{self.suffix}"
        return "-".join(part for part in (self.model, self.suffix, self.job_id) if part)

    def usage(self) -> int:
        """Return the tokens consumed: all if the run succeeded, a share if it was cancelled, 0 before it ran.

        A run that is billed by the minute counts training units × minutes instead.
        """
        if self.is_metered:
            started = self.run.started_at
            stopped = self.run.trained_until or self.run.since
            return 0 if started is None else unit_minutes(self.resource_config, stopped - started)
        if self.run.status == SUCCEEDED:
            return self.tokens
        return int(self.tokens * self.trained_share(self.run.trained_until or self.run.since))

    @property
    def failure_reason(self) -> str:
        """The reason of a failed job: from the plan, or one that fits the progress. One line."""
        usual = _UNREADABLE_DATA if self.run.started_at is None else _TOO_FEW_SAMPLES
        return " ".join(self.run.plan.failure_reason.split()) or usual

    @property
    def is_metered(self) -> bool:
        """Whether it is billed by the minute."""
        return self.training_type in METERED

    def trained_share(self, until: float) -> float:
        """Return the share of the training done at `until`, from 0 to 1."""
        started = self.run.started_at
        if started is None:
            return 0.0
        stopped = self.run.trained_until
        until = until if stopped is None else min(until, stopped)
        planned = self.run.plan.running_seconds
        return 1.0 if planned <= 0 else max(0.0, min(1.0, (until - started) / planned))

    def to_payload(self, settings: Settings, *, listed: bool = False) -> dict[str, Any]:
        """Return the job object of the API (3.6).

        No `code` field unless the settings say so: the official command line takes it for an error.

        :param listed: whether it is an entry of a list.
        """
        run = self.run
        answer: dict[str, Any] = {"job_id": self.job_id}
        form = settings.job_name_list if listed else settings.job_name_get
        if form != ABSENT:
            as_sent = settings.echo_job_name and form == AS_SENT
            answer["job_name"] = (as_sent and self.job_name) or self.job_id
        answer["status"] = run.status
        early = settings.early_finetuned_output or is_media(self.base_model) or is_decision(self.base_model)
        if (run.status == SUCCEEDED and settings.output_shown) or early:
            answer["finetuned_output"] = self.finetuned_output
        answer |= {"model": self.model, "base_model": self.base_model}
        answer |= _data("training", self.training_file_ids, self.training_datasets, settings.data_form)
        answer |= _data("validation", self.validation_file_ids, self.validation_datasets, settings.data_form)
        answer |= {
            "hyper_parameters": _shown(self, settings.hyper_parameters_form),
            "training_type": self.training_type,
            "create_time": plain_time(run.created_at, settings.zone),
            "workspace_id": self.workspace_id,
            "user_identity": self.uid,
            "modifier": self.uid,
            "creator": self.uid,
            "group": "llm",
        }
        if run.status in FINAL:
            answer["end_time"] = plain_time(run.since, settings.zone)
        if run.status == SUCCEEDED or (run.status == CANCELED and settings.usage_after_cancel != ABSENT):
            answer["usage"] = 0 if run.status == CANCELED and settings.usage_after_cancel == "zero" else self.usage()
        if run.status == FAILED and settings.failure_shown:
            answer |= {"code": "InvalidTrainingData", "message": self.failure_reason}
        if is_voice(self.base_model):
            answer |= {"charge_type": "token", **({"model_name": self.model_name} if self.model_name else {})}
        if settings.echo_learning_fields:
            fields = ("teacher_model", "rollout", "rewards", "resource_config")
            answer |= {name: value for name in fields if (value := getattr(self, name)) is not None}
        if settings.unknown_fields == SENT_BACK:
            answer = {**self.unknown, **answer}
        limit = self.checkpoint_limit
        if limit is not None:
            answer["max_output_cnt"] = limit
            if run.status == SUCCEEDED:
                answer["output_cnt"] = min(limit, len(self.schedule.saves))
        return answer

    @property
    def checkpoint_limit(self) -> int | None:
        """`save_total_limit` if the request has one that is a number of 1 or more; always 10 for CosyVoice."""
        if is_voice(self.base_model):
            return MOST_VOICE_SAVES
        return positive(self.hyper_parameters.get("save_total_limit"))

    @property
    def epochs(self) -> int:
        """`n_epochs`, within reasonable limits."""
        return epochs_of(self.hyper_parameters)

    @property
    def schedule(self) -> Schedule:
        """The steps of the run, and after which of them it saves."""
        return schedule_of(self.base_model, self.training_type, self.hyper_parameters)

    @property
    def luck(self) -> int:
        """A number derived from the job, for figures that look random but never change."""
        return zlib.crc32(self.job_id.encode())


def _shown(job: EmulatedJob, form: str) -> dict[str, Any] | str:
    """Return the hyper-parameters of an answer (3.6): neither what was sent nor what was used is promised.

    :param form: `sent`; `subset`, with fewer keys and numbers for numeric strings; `filled`, with a `split` that nobody
        sent; `other`, a JSON text.
    """
    if form == "other":
        return json.dumps(job.hyper_parameters)
    if form == "subset":
        return {name: _as_number(value) for name, value in job.hyper_parameters.items() if name not in _NOT_SHOWN}
    if form == "filled" and not (job.validation_file_ids or job.validation_datasets):
        return {"split": 0.9, **job.hyper_parameters}
    return job.hyper_parameters


def _as_number(value: object) -> object:
    try:
        number = float(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return value if number is None or not math.isfinite(number) else number


def _data(purpose: str, file_ids: list[str], datasets: list[dict[str, Any]] | None, form: str) -> dict[str, Any]:
    """Return the two fields that show the data of one purpose (3.1.1), whichever form the request had."""
    ids_field, datasets_field = f"{purpose}_file_ids", f"{purpose}_datasets"
    sent = datasets or []
    if form == "neither":
        return {}
    as_datasets = [{"data_source_type": "file_id", "file_id": file_id} for file_id in file_ids]
    if form == "datasets":
        return {ids_field: [], datasets_field: [*as_datasets, *sent]}
    ids = [*file_ids, *(dataset["file_id"] for dataset in sent if dataset.get("data_source_type") == "file_id")]
    if form == "both":
        return {ids_field: ids, datasets_field: [*as_datasets, *sent]}
    others = [dataset for dataset in sent if dataset.get("data_source_type") != "file_id"]
    return {ids_field: ids, **({datasets_field: others} if others else {})}
