"""Import jobs: weights from the caller's storage bucket become a custom model.

Import has statuses of its own (API reference 12), one of them misspelled: `SUCCESSED`. There is no queue and no cancel,
and deleting a job removes the model's files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.limits import keep_gone
from pulumi_dashscope_ft.emulator.model.board import History, Transition
from pulumi_dashscope_ft.emulator.wire import zoned_time

from .product import Product

PENDING = "PENDING"
RUNNING = "RUNNING"
SUCCESSED = "SUCCESSED"
"""The service's spelling."""
FAILED = "FAILED"
STATUSES = (PENDING, RUNNING, SUCCESSED, FAILED)
FINAL = frozenset({SUCCESSED, FAILED})
SOURCE = "OSS"
"""As it is answered; it is sent as `oss`."""
WEIGHTS = ("full", "lora")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """How long an import stays in each status (seconds of service time) and how it ends."""

    pending_seconds: float = 5.0
    importing_seconds: float = 300.0
    """In `RUNNING`."""
    import_outcome: str = SUCCESSED
    """`SUCCESSED` or `FAILED`."""
    import_error: str = "AvailableModelFileNotFound"
    """The `error_code` of a failed import (documented)."""

    def __post_init__(self) -> None:
        for name in ("pending_seconds", "importing_seconds"):
            checks.seconds(name, getattr(self, name))
        checks.choice("import_outcome", self.import_outcome, (SUCCESSED, FAILED))
        checks.text("import_error", self.import_error)

    def override(self, changes: Mapping[str, object]) -> ImportPlan:
        """Return this plan with some fields replaced.

        :raises ValueError: names an unknown field or a bad value.
        """
        return checks.overridden("an import plan", self, changes)


IMPORT_PLAN_FIELDS = tuple(ImportPlan.__dataclass_fields__)


@dataclass(slots=True)
class ImportJob(History):
    """A request for an import, and its history. Times are service seconds."""

    job_id: str
    sequence: int
    model_name: str
    """The id of the imported model."""
    base_model: str
    weight_type: str
    storage_info: dict[str, Any]
    workspace_id: str
    uid: str
    display_name: str | None = None
    error_code: str | None = None
    overrides: dict[str, object] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)

    @property
    def history(self) -> list[Transition]:
        """The steps so far."""
        return self.transitions

    def enter(self, status: str, at: float, cause: str, error_code: str | None = None) -> None:
        """Add a step to the history."""
        self.transitions.append(Transition(at, status, cause))
        self.error_code = error_code

    def to_payload(self, *, created: bool = False) -> dict[str, Any]:
        """Return the job object; only the answer of the create has `weight_type` (documented)."""
        answer: dict[str, Any] = {
            "job_id": self.job_id,
            "model_name": self.model_name,
            "display_name": self.display_name,
            "source": SOURCE,
            **({"weight_type": self.weight_type} if created else {}),
            "storage_info": self.storage_info,
            "status": self.status,
            "gmt_create": zoned_time(self.created_at),
        }
        if self.status == FAILED and self.error_code:
            answer["error_code"] = self.error_code
        return answer


# Status → how long it lasts, and the next one. A status that is missing is final.
_STEPS: Mapping[str, tuple[Callable[[ImportPlan], float], Callable[[ImportPlan], str]]] = {
    PENDING: (lambda plan: plan.pending_seconds, lambda plan: RUNNING),
    RUNNING: (lambda plan: plan.importing_seconds, lambda plan: plan.import_outcome),
}


class Imports:
    """The import jobs of one workspace. Times must not go backwards."""

    def __init__(self, plan: ImportPlan, *, time: float) -> None:
        self.jobs: dict[str, ImportJob] = {}
        self.gone: dict[str, ImportJob] = {}
        self.time = time
        self._plan = plan

    def configure(self, plan: ImportPlan) -> None:
        """Set new defaults, also for imports under way. What an import overrides stays."""
        self._plan = plan

    def add(self, job: ImportJob, at: float) -> None:
        """Add an import, which is `PENDING` at `at`.

        :raises ValueError: its overrides are no valid plan.
        """
        self._plan.override(job.overrides)
        job.enter(PENDING, at, "created")
        self.jobs[job.job_id] = job

    def restore(self, job: ImportJob, *, gone: bool) -> None:
        """Put back a saved import with its history."""
        self.time = max(self.time, job.since)
        (self.gone if gone else self.jobs)[job.job_id] = job

    def advance(self, to: float) -> None:
        """Play every step that is due until `to`, each at its own time."""
        for job in self.jobs.values():
            self._play(job, to)
        self.time = max(self.time, to)

    def force(self, job_id: str, status: str, at: float) -> None:
        """Put an import into any status by hand.

        :raises ValueError: the status is unknown.
        """
        if status not in STATUSES:
            raise ValueError(f"an import can be forced to {', '.join(STATUSES)}, not {checks.quoted(status)}")
        job = self.jobs[job_id]
        if job.status != status:
            job.enter(status, at, "forced", self._error(job, status))

    def replan(self, job_id: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one import. Steps that are overdue by the new plan happen now, not in the past.

        :raises ValueError: the changes are no valid plan.
        """
        job = self.jobs[job_id]
        overrides = {**job.overrides, **changes}
        self._plan.override(overrides)
        job.overrides = overrides

    def remove(self, job_id: str) -> None:
        """Remove an import in any status, and its model with it.

        :raises KeyError: there is no such import.
        """
        keep_gone(self.gone, job_id, self.jobs.pop(job_id))

    def products(self) -> dict[str, Product]:
        """Return the imported models, oldest first."""
        return {
            job.model_name: Product(job.base_model, job.weight_type)
            for job in self.jobs.values()
            if job.status == SUCCESSED
        }

    def _error(self, job: ImportJob, status: str) -> str | None:
        return self._plan.override(job.overrides).import_error if status == FAILED else None

    def _play(self, job: ImportJob, to: float) -> None:
        plan = self._plan.override(job.overrides)
        while job.status in _STEPS:
            seconds, target = _STEPS[job.status]
            # A step is overdue only if the plan changed: then it happens now.
            at = max(job.since + seconds(plan), self.time)
            if at > to:
                return
            status = target(plan)
            job.enter(status, at, "elapsed", self._error(job, status))
