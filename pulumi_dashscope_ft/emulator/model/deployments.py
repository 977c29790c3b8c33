"""The life of a deployment: its statuses, the steps between them, and the object the API shows.

The service documents the statuses of a deployment (5.6), but no state machine. The deduced one is written down here
once, as data, free of HTTP, clocks and threads. Deployments do not wait for each other as jobs do, so there is no
queue: :mod:`.fleet` plays each on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.wire import BEIJING, exact_time

from .board import History, Transition
from .facts.support import is_voice

PENDING = "PENDING"
RUNNING = "RUNNING"
UPDATING = "UPDATING"
UPDATING_FAILED = "UPDATING_FAILED"
STOPPED = "STOPPED"
DELETING = "DELETING"
FAILED = "FAILED"
DELETED = "DELETED"
"""Gone, but still readable: a forced status, or what `show_deleted_deployments` shows of one that is gone."""
STATUSES = (
    *(PENDING, RUNNING, UPDATING, UPDATING_FAILED, STOPPED, DELETING, FAILED),
    *("ARREARS_DOWN", "ARREARS_RECOVERING", "OFFLINING", "DEPLOYING", DELETED),
)
"""All statuses but those that only reserved throughput has. The last line is entered only by force."""
GONE = "GONE"
"""Not a status of the API: the emulator's own word for "answers 404 from here on" in a history."""

CHANGEABLE = frozenset({RUNNING, STOPPED, UPDATING_FAILED})
"""Statuses in which it can be scaled (inferred: the pages show it for `RUNNING` only)."""
BUSY = frozenset({RUNNING, UPDATING})
"""Statuses in which it can't be deleted under `running_deployment_undeletable`."""


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    """How long a deployment stays in each passing status (seconds of service time) and which status follows."""

    deploying_seconds: float = 300.0
    """In `PENDING`. Documented: 5 to 10 minutes."""
    updating_seconds: float = 60.0
    deleting_seconds: float = 10.0
    idle_seconds: float = 2_592_000.0
    """How long a `lora` deployment that nobody calls stays: after a month the service releases it (documented)."""
    deployment_outcome: str = RUNNING
    """The status after `PENDING`: `RUNNING` or `FAILED`."""
    update_outcome: str = RUNNING
    """The status after `UPDATING`: `RUNNING` or `UPDATING_FAILED`."""

    def __post_init__(self) -> None:
        for name in ("deploying_seconds", "updating_seconds", "deleting_seconds", "idle_seconds"):
            checks.seconds(name, getattr(self, name))
        checks.choice("deployment_outcome", self.deployment_outcome, (RUNNING, FAILED))
        checks.choice("update_outcome", self.update_outcome, (RUNNING, UPDATING_FAILED))

    def override(self, changes: Mapping[str, object]) -> DeploymentPlan:
        """Return this plan with some fields replaced.

        :raises ValueError: names an unknown field or a bad value.
        """
        return checks.overridden("a deployment plan", self, changes)


DEPLOYMENT_PLAN_FIELDS = tuple(DeploymentPlan.__dataclass_fields__)


@dataclass(slots=True)
class EmulatedDeployment(History):
    """The request for a deployment, and its history. Times are service seconds."""

    deployed_model: str
    sequence: int
    model_name: str
    base_model: str
    base_capacity: int
    capacity: int
    workspace_id: str
    uid: str
    plan: str | None = None
    name: str | None = None
    suffix: str | None = None
    charge_type: str = "post_paid"
    units: dict[str, Any] = field(default_factory=dict)
    """Further fields in the answers: unit, context length, rate limits and the capacities of roles of a `mu`
    deployment, the throughput of a `ptu` one.
    """
    called_at: float = 0.0
    """When the model was last called."""
    ready_capacity: int = 0
    modified_at: float = 0.0
    overrides: dict[str, object] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)

    def enter(self, status: str, at: float, cause: str) -> None:
        """Add a step to the history. The callable capacity changes with it: to all, to none, or not at all."""
        self.transitions.append(Transition(at, status, cause))
        self.modified_at = at
        if status == RUNNING:
            self.ready_capacity = self.capacity
        elif status not in (UPDATING, UPDATING_FAILED):
            self.ready_capacity = 0

    @property
    def answers(self) -> bool:
        """Whether it can be called: while it is `RUNNING`, and with the earlier capacity during a change (inferred)."""
        return self.status == RUNNING or (self.status in (UPDATING, UPDATING_FAILED) and self.ready_capacity > 0)

    def to_payload(self, *, with_name: bool, with_capacities: bool = True, zone: tzinfo = BEIJING) -> dict[str, Any]:
        """Return the deployment object (5.2). One that is gone has the status `DELETED`.

        :param with_name: whether to include the `name` that was sent, if any (inferred).
        :param with_capacities: whether to include the three capacities, without which the official SDK fails. A speech
            model never has them (documented).
        """
        answer: dict[str, Any] = {
            "deployed_model": self.deployed_model,
            "gmt_create": exact_time(self.created_at, zone),
            "gmt_modified": exact_time(self.modified_at, zone),
            "status": DELETED if self.status == GONE else self.status,
            "model_name": self.model_name,
            "base_model": self.base_model,
            "workspace_id": self.workspace_id,
            "charge_type": self.charge_type,
            "creator": self.uid,
            "modifier": self.uid,
        }
        if with_capacities and not is_voice(self.base_model):
            answer |= {
                "base_capacity": self.base_capacity,
                "capacity": self.capacity,
                "ready_capacity": self.ready_capacity,
            }
        if self.plan is not None:
            answer["plan"] = self.plan
        if with_name and self.name is not None:
            answer["name"] = self.name
        return {**answer, **self.units}


def _when_up(deployment: EmulatedDeployment, outcome: str) -> str:
    """Return the next status: a deployment of capacity 0 is stopped (inferred: there is no other plausible meaning)."""
    return STOPPED if outcome == RUNNING and deployment.capacity == 0 else outcome


Step = tuple[Callable[[DeploymentPlan], float], Callable[[EmulatedDeployment, DeploymentPlan], str]]

# Status → how long it lasts, and the next one. A status that is missing stays until somebody acts.
STEPS: Mapping[str, Step] = {
    PENDING: (
        lambda plan: plan.deploying_seconds,
        lambda deployment, plan: _when_up(deployment, plan.deployment_outcome),
    ),
    UPDATING: (
        lambda plan: plan.updating_seconds,
        lambda deployment, plan: _when_up(deployment, plan.update_outcome),
    ),
    DELETING: (lambda plan: plan.deleting_seconds, lambda deployment, plan: GONE),
}


def next_step(deployment: EmulatedDeployment, plan: DeploymentPlan) -> tuple[float, str, str] | None:
    """Return when the next step is due, the status that follows and the cause; `None` if somebody has to act.

    A running `lora` deployment is released when nobody has called it for `idle_seconds`.
    """
    if deployment.status in STEPS:
        seconds, target = STEPS[deployment.status]
        return deployment.since + seconds(plan), target(deployment, plan), "elapsed"
    if deployment.status == RUNNING and deployment.plan == "lora":
        return max(deployment.since, deployment.called_at) + plan.idle_seconds, GONE, "released"
    return None
