"""Why this exists: some of a deployment can be changed while it runs, and the rest only by deploying anew, during which
nothing is served. Which is which, in which order old and new follow each other, and what the plan says of it, is
decided here (API page model-deployment-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.lifecycle.comparison import equal
from pulumi_dashscope_ft.lifecycle.deployment_request import ADJUSTABLE
from pulumi_dashscope_ft.lifecycle.deployment_status import BECOMES_RUNNING, is_lora, rate
from pulumi_dashscope_ft.lifecycle.engine_options import AS_PROVIDED, Handling
from pulumi_dashscope_ft.lifecycle.property_bag import changed_inputs, user_inputs
from pulumi_dashscope_ft.lifecycle.teardown import RETAIN
from pulumi_dashscope_ft.schema import UNKNOWN

RESOURCE = "ModelDeployment"
STEERING = ("onDestroy", "teardownTimeout", "apiKeyEnv")
"""Inputs that only steer this provider: they change in place, without a call."""

_REFUSED = (
    "it stays as it is, because the new one is made first, and refused while both would have the same id. Give the new "
    "one a suffix of its own, or set deleteBeforeReplace"
)

FAILED_FIELD = "status"
"""What is named as the reason to replace a deployment that has failed, though no input has changed."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change of inputs means.

    :param replaces: properties (camelCase) whose change needs a new deployment.
    :param updates: properties that change in place.
    :param old_first: whether the old one has to go before the new one can be made.
    :param undecided: whether all that replaces is not known yet, so that it may turn out to be what it was.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    old_first: bool = False
    undecided: bool = False

    @property
    def adjusts(self) -> tuple[str, ...]:
        """The properties that are changed by a call to the running deployment."""
        return tuple(name for name in self.updates if name in ADJUSTABLE)


def compare(deployed_model: str, old_outputs: Mapping[str, Any], news: Mapping[str, Any]) -> Diff:
    """What changing the inputs to `news` means. `UNKNOWN` values count as changed."""
    olds = user_inputs(old_outputs)
    changed = changed_inputs(RESOURCE, olds, news)
    updates = tuple(name for name in changed if _in_place(name, news.get(name), deployed_model))
    replaces = tuple(name for name in changed if name not in updates)
    if not replaces and old_outputs.get("status") == DeploymentStatus.FAILED:
        replaces = (FAILED_FIELD,)
    undecided = bool(replaces) and all(news.get(name) is UNKNOWN for name in replaces)
    return Diff(replaces, updates, bool(replaces) and not _side_by_side(deployed_model, olds, news), undecided)


def _in_place(name: str, new: Any, deployed_model: str) -> bool:
    # Naming the deployment one already has, or no longer naming it, changes nothing.
    return name in STEERING or name in ADJUSTABLE or (name == "adoptDeployment" and new in (None, deployed_model))


def _side_by_side(deployed_model: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether old and new can exist at the same time: they must differ in the id that the service makes of the model
    and the suffix, and the suffix is unique. Then the old one goes last, and stays if the new one is refused.
    """
    adopted = news.get("adoptDeployment")
    if adopted not in (None, deployed_model):
        return True
    suffix, model = news.get("suffix"), news.get("modelName")
    if suffix is UNKNOWN or model is UNKNOWN:
        return False
    if suffix is not None:
        return not equal(suffix, olds.get("suffix"))
    return not equal(model, olds.get("modelName"))


def replacement(
    deployed_model: str, status: str | None, diff: Diff, on_destroy: str, pulumi: Handling = AS_PROVIDED
) -> str:
    """What a replacement does to the deployment as it stands, for the plan.

    :param pulumi: what Pulumi's options make of it.
    """
    what = f"{', '.join(diff.replaces)}: {'not known yet; if it changes, ' if diff.undecided else ''}"
    if status is None:
        return f"{what}replaces {deployed_model}, which is already gone"
    standing = f"{what}replaces {deployed_model}, which is {status}"
    kept = _kept(on_destroy, pulumi, diff.old_first)
    if kept:
        return f"{standing}: {kept}"
    if status == DeploymentStatus.FAILED:
        return f"{standing} and serves nothing: it is deleted, and the model deployed anew{pulumi.reservation}"
    if pulumi.old_first(diff.old_first):
        return f"{standing}: it goes offline first, and {BECOMES_RUNNING}{pulumi.reservation}"
    if diff.old_first:
        return f"{standing}: {_REFUSED}{pulumi.reservation}"
    return f"{standing}: it is deleted once the new one is accepted, and {BECOMES_RUNNING}{pulumi.reservation}"


def unasked(olds: Mapping[str, Any], news: Mapping[str, Any], on_destroy: str, pulumi: Handling) -> str:
    """What a replacement does that this provider was not asked about, so that it does not know the deployment.

    :param olds: the old inputs.
    """
    if news.get("adoptDeployment") is not None and equal(olds.get("adoptDeployment"), news.get("adoptDeployment")):
        return "the deployment that adoptDeployment names is adopted again"
    together = _side_by_side("", olds, news)
    kept = _kept(on_destroy, pulumi, not together)
    if kept:
        return f"of the deployment that it has now: {kept}"
    if pulumi.old_first(False):
        return f"the deployment that it has now goes offline first, and {BECOMES_RUNNING}{pulumi.reservation}"
    if not together:
        return f"of the deployment that it has now: {_REFUSED}{pulumi.reservation}"
    return (
        f"the deployment that it has now is deleted once the new one is accepted, and {BECOMES_RUNNING}"
        f"{pulumi.reservation}"
    )


def _kept(on_destroy: str, pulumi: Handling, collides: bool) -> str:
    """Why the old deployment stays, and what follows; empty when it goes.

    :param collides: whether the new one can't exist beside it.
    """
    if pulumi.protected:
        return "Pulumi refuses that, because the resource is protected; it stays as it is"
    if on_destroy != RETAIN and not pulumi.retained:
        return ""
    left = f"it is kept, and billed as before ({'onDestroy: retain' if on_destroy == RETAIN else 'retainOnDelete'})"
    return f"{left}; the new one is refused unless it has a suffix of its own" if collides else left


def adjustment(
    deployed_model: str, status: str | None, diff: Diff, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    """What changes in place do, for the plan."""
    told = [_adjusted(name, olds.get(name), news.get(name), news.get("plan")) for name in diff.adjusts]
    standing = f"{deployed_model}, which is {status}" if status else f"{deployed_model}, which is already gone"
    return f"{standing}: {'; '.join(told)}"


def _adjusted(name: str, old: Any, new: Any, plan: Any) -> str:
    arrow = f"{name} {_shown(old)} → {_shown(new)}"
    if new is None:
        return f"{arrow}: the service keeps what it has"
    if name == "capacity" and is_lora(plan):
        return f"{arrow}: nothing is done, the service ignores it for the plan lora"
    if name == "capacity":
        return f"{arrow}: scaled in place, and billed {rate(plan, new)} from then on"
    return f"{arrow}: changed in place"


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    if value is UNKNOWN:
        return "not known yet"
    return f"{value:g}" if isinstance(value, float) else str(value)
