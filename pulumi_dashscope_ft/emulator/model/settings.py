"""The settings of an emulator.

The documentation leaves questions open (can a finished job be deleted? is `job_name` echoed?), and a client has to
survive every answer. Each open question is a switch here, next to the times and limits of the service. Settings are one
frozen record, so that a change is checked as a whole and takes effect at once or not at all.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta, timezone

from pulumi_dashscope_ft.emulator import checks

from .custom.importing import IMPORT_PLAN_FIELDS, ImportPlan
from .deployments import DEPLOYMENT_PLAN_FIELDS, DeploymentPlan
from .facts.answers import FAILS, REFUSED, TAKEN, Answers
from .machine import PLAN_FIELDS, Plan


@dataclass(frozen=True, slots=True)
class Settings(Answers):
    """All settings. Times are seconds of service time unless stated otherwise.

    :raises ValueError: names a field with an unusable value.
    """

    # The course of jobs (see machine.Plan for each).
    pending_seconds: float = 5.0
    queuing_seconds: float = 5.0
    running_seconds: float = 600.0
    canceling_seconds: float = 8.0
    outcome: str = "SUCCEEDED"
    fails_in: str = "RUNNING"
    cancel_outcome: str = "CANCELED"
    ends_before_cancel: bool = False
    failure_reason: str = ""

    metered_seconds: float = 259_200.0
    """How long a job of reinforcement learning or distillation is `RUNNING`, in place of `running_seconds`.

    It is billed by the minute until somebody cancels it. A third party says that the platform ends it after 72 hours.
    """

    # The course of deployments (see deployments.DeploymentPlan for each).
    deploying_seconds: float = 300.0
    updating_seconds: float = 60.0
    deleting_seconds: float = 10.0
    idle_seconds: float = 2_592_000.0
    deployment_outcome: str = "RUNNING"
    update_outcome: str = "RUNNING"
    failing_models: list[str] = field(default_factory=list)
    """Models, tuned or base, whose deployments end `FAILED` instead of `RUNNING`."""

    # The course of compression jobs, which share everything else with jobs, and of imports (see importing.ImportPlan).
    compressing_seconds: float = 900.0
    """How long a compression job is `RUNNING`."""
    compression_outcome: str = "SUCCEEDED"
    """The end of an undisturbed compression: `SUCCEEDED` or `FAILED`."""
    importing_seconds: float = 300.0
    import_outcome: str = "SUCCESSED"
    import_error: str = "AvailableModelFileNotFound"

    # Limits.
    runners: int = 1
    """Jobs trained at once in a workspace. Documented: one."""
    quota: int = 20
    """Active or succeeded jobs a workspace may have. Documented: 20."""
    compression_quota: int = 20
    """Compression jobs a workspace may have under way. That there is a quota is documented, the number is not."""
    rate_limit: int = 0
    """Calls of an account that are accepted in any second; 0: any number. No page documents one for these calls."""
    max_files: int = 10_000
    max_file_bytes: int = 1_000_000_000
    max_total_bytes: int = 100_000_000_000
    base_capacity: int = 1
    """The capacity of a deployment must be a multiple of this."""
    base_models: list[str] = field(default_factory=list)
    """Base models that can be deployed, in addition to the documented ones."""

    # Readings of the documentation.
    literal_reading: bool = False
    """Refuse to delete a finished job, as the error table literally says."""
    refuse_cancel_while_canceling: bool = False
    early_finetuned_output: bool = False
    """Show `finetuned_output` from the start, as one page does, rather than only once `SUCCEEDED`."""
    echo_job_name: bool = True
    """Off: `job_name` is always the job id, whatever name was sent, and no deployment shows a `name`."""
    data_form: str = "datasets"
    """How a job shows its data, whatever form the request had: `datasets`, as in the newest pages (ids in
    `training_datasets`, empty id lists); `file_ids`, as in older pages; `both`; or `neither`.
    """
    hyper_parameters_form: str = "sent"
    """How a job shows its hyper-parameters: as they were `sent`; a `subset` of them, with numbers for numeric strings,
    as on the newest pages; `filled` with a `split` that nobody sent, as on older ones; or `other`, a JSON text.
    """
    echo_learning_fields: bool = True
    """Whether a job shows `teacher_model`, `rollout`, `rewards` and `resource_config` as sent. No page has a sample."""
    unsupported_training_type: str = "refused"
    """What becomes of a job with a training type that its text model does not support: `refused`, as documented for
    image, video and speech models; `fails`, as an older page says; or `taken`. Other models always refuse.
    """
    check_file_ids: bool = True
    """Refuse a job whose files do not exist."""
    missing_file_status: int = 404
    """404 answers `NotFound` for an unknown file, 400 the documented `InvalidParameter`."""
    missing_compression_code: str = "ResourceNotFound"
    """The code of the 404 for an unknown compression job: two tables have two names, this one and `NotFound`."""
    list_lag_seconds: float = 0.0
    """How long a new job, deployment, compression or import stays invisible in the list."""
    running_deployment_undeletable: bool = False
    """A `RUNNING` or `UPDATING` deployment can't be deleted, as in the vendor's own tool."""
    show_deleted_deployments: bool = False
    """A deployment that is gone still answers a get, with HTTP 200 and the status `DELETED`, as on a newer page."""
    lora_capacities: bool = True
    """Off: `lora` deployments show no capacities, as on the pages. The official SDK (1.x) fails without them."""
    export_seconds: float = 30.0
    """How long publishing a checkpoint takes."""
    export_outcome: str = "SUCCEEDED"
    """The result of publishing: `SUCCEEDED` or `FAILED`."""

    # Callers.
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    """Key → workspace id ("" = unspecified). Empty: any `sk-…` key is accepted, each in a workspace of its own."""

    # Answers.
    latency_seconds: float = 0.0
    """Real seconds added to every answer."""
    seed: int = 0
    """Fixes ids, losses and other made-up figures."""

    def __post_init__(self) -> None:
        self.check_answers()
        _ = self.plan, self.deployment_plan, self.import_plan  # they check their own fields
        checks.choice("unsupported_training_type", self.unsupported_training_type, (REFUSED, FAILS, TAKEN))
        checks.choice("compression_outcome", self.compression_outcome, ("SUCCEEDED", "FAILED"))
        checks.choice("missing_compression_code", self.missing_compression_code, ("ResourceNotFound", "NotFound"))
        for name in ("list_lag_seconds", "export_seconds", "metered_seconds", "compressing_seconds"):
            checks.seconds(name, getattr(self, name))
        checks.wait("latency_seconds", self.latency_seconds)
        checks.whole("runners", self.runners, least=1)
        checks.whole("base_capacity", self.base_capacity, least=1, most=999)
        for name in ("failing_models", "base_models"):
            checks.names(name, getattr(self, name))
        for name in ("quota", "compression_quota", "rate_limit", "max_files", "max_file_bytes", "max_total_bytes"):
            checks.whole(name, getattr(self, name))
        for name in SWITCHES:
            checks.switch(name, getattr(self, name))
        checks.choice("data_form", self.data_form, (*DATA_FORMS, "both", "neither"))
        checks.choice("hyper_parameters_form", self.hyper_parameters_form, (*HYPER_PARAMETERS_FORMS, "other"))
        checks.choice("export_outcome", self.export_outcome, ("SUCCEEDED", "FAILED"))
        checks.choice("missing_file_status", self.missing_file_status, (404, 400))
        checks.whole("seed", self.seed)
        checks.texts("keys", self.keys)

    @property
    def zone(self) -> timezone:
        """The zone of all times that name none."""
        return timezone(timedelta(hours=self.utc_offset))

    @property
    def plan(self) -> Plan:
        """The default plan of a job."""
        return Plan(**{name: getattr(self, name) for name in PLAN_FIELDS})

    @property
    def deployment_plan(self) -> DeploymentPlan:
        """The default plan of a deployment."""
        return DeploymentPlan(**{name: getattr(self, name) for name in DEPLOYMENT_PLAN_FIELDS})

    @property
    def compression_plan(self) -> Plan:
        """The default plan of a compression job."""
        return self.plan.override({"running_seconds": self.compressing_seconds, "outcome": self.compression_outcome})

    @property
    def import_plan(self) -> ImportPlan:
        """The default plan of an import."""
        return ImportPlan(**{name: getattr(self, name) for name in IMPORT_PLAN_FIELDS})

    def changed(self, changes: Mapping[str, object]) -> Settings:
        """Return these settings with some replaced.

        :raises ValueError: a name is unknown or a value can't be used.
        """
        names = [setting.name for setting in fields(self)]
        for name in changes:
            if name not in names:
                near = difflib.get_close_matches(name[:_LONGEST_NAME], names, n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
                raise ValueError(f"no setting is called {checks.quoted(name)}{hint}")
        return replace(self, **changes)  # type: ignore[arg-type]  # __post_init__ checks every value

    def to_json(self) -> dict[str, object]:
        """Return all settings for display. Keys are secrets: only their number is shown."""
        values: dict[str, object] = {setting.name: getattr(self, setting.name) for setting in fields(self)}
        values["keys"] = f"{len(self.keys)} configured" if self.keys else "any"
        return values


HYPER_PARAMETERS_FORMS = ("sent", "subset", "filled")
DATA_FORMS = ("datasets", "file_ids")
"""The forms that some page shows."""

_LONGEST_NAME = 100
"""Longest part of an unknown name that is compared with the known ones: the comparison is slow."""

SWITCHES = (
    "literal_reading",
    "refuse_cancel_while_canceling",
    "early_finetuned_output",
    "echo_job_name",
    "echo_learning_fields",
    "check_file_ids",
    "running_deployment_undeletable",
    "show_deleted_deployments",
    "lora_capacities",
)
