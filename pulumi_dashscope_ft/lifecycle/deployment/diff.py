"""What a change of inputs means for a deployment.

Which changes are made while it runs, which need a new deployment, and in which order old and new follow each other (API
page model-deployment-api). What the plan says about a new one is in `deployment.plan`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.comparison import equal
from pulumi_dashscope_ft.lifecycle.deployment.properties import DeploymentRequest, DeploymentState
from pulumi_dashscope_ft.lifecycle.deployment.request import ADJUSTABLE
from pulumi_dashscope_ft.lifecycle.deployment.status import is_lora, rate, throughput_text
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.marks import is_secret

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import ModelDeploymentInputs

RESOURCE = "ModelDeployment"
WAIT, WAIT_LIMIT = "waitUntilRunning", "waitTimeout"
STEERING = ("onDestroy", "teardownTimeout", WAIT, WAIT_LIMIT, "apiKeyEnv")
"""Inputs that only steer this provider: they change in place, without a call that changes anything."""

STOPPING = 0
"""The capacity that stops a deployment (inferred)."""

FAILED_FIELD = "status"
"""The reason that is named for replacing a failed deployment although no input has changed."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change of inputs means.

    :param replaces: properties (camelCase) whose change needs a new deployment.
    :param updates: properties that change in place.
    :param old_first: whether the old deployment has to go before the new one can be made.
    :param undecided: whether all inputs that cause the replacement are still unknown, so that they may turn out
        unchanged.
    :param depends_on: the input, still unknown, that must change for old and new to exist side by side; None when the
        order is certain.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    old_first: bool = False
    undecided: bool = False
    depends_on: str | None = None

    @property
    def adjusts(self) -> tuple[str, ...]:
        """The properties that are changed by a call to the running deployment."""
        return tuple(name for name in self.updates if name in ADJUSTABLE)


def compare(deployed_model: str, state: DeploymentState, request: DeploymentRequest) -> Diff:
    """Decide what changing the inputs to those of `request` means. `UNKNOWN` values count as changed."""
    olds, news = state.inputs, request.inputs
    changed = changed_inputs(RESOURCE, olds, news)
    updates = tuple(name for name in changed if _in_place(name, news.get(name), deployed_model))
    replaces = tuple(name for name in changed if name not in updates)
    if not replaces and state.outputs.get("status") == DeploymentStatus.FAILED:
        replaces = (FAILED_FIELD,)
    if not replaces:
        return Diff(updates=updates)
    undecided = all(news.get(name) is UNKNOWN for name in replaces)
    deciding = _deciding(deployed_model, news)
    if deciding is None:
        return Diff(replaces, updates, undecided=undecided)
    if news.get(deciding) is UNKNOWN:
        # If this input turns out unchanged, and nothing else has changed, there is no replacement at all.
        alone = replaces == (deciding,)
        return Diff(replaces, updates, undecided=undecided, depends_on=None if alone else deciding)
    return Diff(replaces, updates, collide(deployed_model, olds, news), undecided)


def _in_place(name: str, new: Any, deployed_model: str) -> bool:
    # Naming the deployment that the resource already has, or no longer naming it, changes nothing.
    return name in STEERING or name in ADJUSTABLE or (name == "adoptDeployment" and new in (None, deployed_model))


def collide(deployed_model: str, olds: ModelDeploymentInputs, news: ModelDeploymentInputs) -> bool:
    """Whether the old and the new deployment would have the same id, as far as known."""
    deciding = _deciding(deployed_model, news)
    return deciding is not None and equal(news.get(deciding), olds.get(deciding))


def _deciding(deployed_model: str, news: ModelDeploymentInputs) -> str | None:
    """Return the input that has to change so that old and new can exist at the same time; None when they can anyway.

    They must differ in the id that the service makes from the model and the suffix, and a suffix is unique. Then the
    old deployment goes last, and stays if the new one is refused.
    """
    if news.get("adoptDeployment") not in (None, deployed_model):
        return None
    return "suffix" if news.get("suffix") is not None else "modelName"


def adjustment(
    deployed_model: str, status: str | None, diff: Diff, state: DeploymentState, request: DeploymentRequest
) -> str:
    """Say in the plan what changes in place do."""
    olds, news, secret = state.outputs, request.inputs, request.secrets
    changes = [
        _adjusted_secret(name, news.get(name), news.get("plan"))
        if is_secret(secret, name) or (name == "capacity" and is_secret(secret, "plan"))
        else _adjusted(name, olds.get(name), news.get(name), news.get("plan"))
        for name in diff.adjusts
    ]
    standing = f"{deployed_model}, which is {status}" if status else f"{deployed_model}, which is already gone"
    return f"{standing}: {'; '.join(changes)}"


def _adjusted(name: str, old: Any, new: Any, plan: Any) -> str:
    arrow = f"{name} {_text(old)} → {_text(new)}"
    if new is None:
        return f"{arrow}: the service keeps what it has"
    if name == "capacity" and is_lora(plan):
        return f"{arrow}: nothing is done, the service ignores it for the plan lora"
    if name == "capacity":
        return f"{arrow}: scaled in place, and billed {rate(plan, new)} from then on"
    if name == "ptuCapacity":
        return f"{arrow}: scaled in place, and billed as the new throughput is from then on"
    return f"{arrow}: changed in place"


def _adjusted_secret(name: str, new: Any, plan: Any) -> str:
    """Return the same, without the value."""
    if new is None:
        return f"{name} is no longer set: the service keeps what it has"
    ignored = name == "capacity" and is_lora(plan)
    return f"{name} changes: {'nothing is done, the service ignores it' if ignored else 'it is changed in place'}"


def _text(value: Any) -> str:
    if value is None:
        return "not set"
    if value is UNKNOWN:
        return "not known yet"
    if isinstance(value, Mapping):
        return throughput_text(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
