"""What a plan says about a deployment that is replaced: whether requests fail, for how long, and how to avoid that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.comparison import equal
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.engine_options import ORDER, Handling, handling
from pulumi_dashscope_ft.lifecycle.deployment.diff import WAIT, Diff, collide
from pulumi_dashscope_ft.lifecycle.deployment.properties import DeploymentRequest, DeploymentState
from pulumi_dashscope_ft.lifecycle.deployment.running import waits
from pulumi_dashscope_ft.lifecycle.deployment.status import NOT_SERVING, is_lora
from pulumi_dashscope_ft.schema import defaults

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import ModelDeploymentInputs

OUTAGE = "5 to 10 minutes (5 on the emulator)"
"""How long requests fail when the old deployment goes first.

About as long as deploying takes, which is documented (API page model-deployment-quick-start). A test checks the
emulator's figure.
"""

_REFUSED = (
    "it stays as it is, because the new one is made first, and refused while both would have the same id. Give the new "
    "one a suffix of its own, or set deleteBeforeReplace"
)

_NO_REQUESTS = frozenset({*NOT_SERVING, DeploymentStatus.PENDING, DeploymentStatus.DEPLOYING}) - {
    DeploymentStatus.UPDATING_FAILED
}
"""Statuses in which it serves nobody, so that nobody notices when it goes."""


def replacement(
    deployed_model: str, status: str | None, diff: Diff, state: DeploymentState, request: DeploymentRequest
) -> str:
    """Say what a replacement does to the deployment in its present status, as far as Pulumi's options are known.

    :param status: its status now; None when it is gone.
    """
    what = f"{', '.join(diff.replaces)}: {'not known yet; if it changes, ' if diff.undecided else ''}"
    if status is None:
        return f"{what}replaces {deployed_model}, which is already gone: only the new one is deployed"
    standing = f"{what}replaces {deployed_model}, which is {status}"
    news, pulumi = request.inputs, handling(state.options, request.options, retained=state.retained)
    kept = _kept(state.known_inputs, pulumi, diff.old_first)
    if kept:
        return f"{standing}: {kept}"
    if status == DeploymentStatus.FAILED:
        return f"{standing} and serves nothing: it is deleted, and the model deployed anew{pulumi.reservation}"
    if diff.depends_on and pulumi.order is None:
        return (
            f"{standing}: if {diff.depends_on} changes as well (it is not known yet), {_new_first(news, status)}; "
            f"otherwise {_old_first(news, status, collides=True)}{pulumi.reservation}"
        )
    return f"{standing}: {_in_order(diff.old_first, pulumi, news, status)}"


def unasked(before: DeploymentRequest, after: DeploymentRequest) -> str:
    """Say what a replacement does that this provider was not asked about, so that it does not know the deployment.

    :param before: the old inputs.
    """
    olds, news = before.inputs, after.inputs
    if news.get("adoptDeployment") is not None and equal(olds.get("adoptDeployment"), news.get("adoptDeployment")):
        return "the deployment that adoptDeployment names is adopted again"
    pulumi = handling(before.options, after.options, retained=before.retained)
    collides = collide("", olds, news)
    order = _in_order(collides, pulumi, news, asked=False)
    return f"of the deployment that it has now: {_kept(olds, pulumi, collides) or order}"


def _in_order(
    collides: bool,
    pulumi: Handling,
    news: ModelDeploymentInputs,
    status: str = DeploymentStatus.RUNNING,
    *,
    asked: bool = True,
) -> str:
    """Say which of the two goes first, and what that means.

    :param collides: whether both would have the same id. Then this provider asks for the old one to go first.
    :param asked: whether Pulumi has asked this provider.
    """
    if pulumi.old_first(collides and asked):
        return f"{_old_first(news, status, collides=collides)}{pulumi.reservation}"
    return f"{_REFUSED if collides else _new_first(news, status)}{pulumi.reservation}"


def _old_first(news: ModelDeploymentInputs, status: str, *, collides: bool) -> str:
    if status in _NO_REQUESTS:
        return "it serves nobody now, and is deleted before the new one is made"
    other = "another `suffix`" if news.get("suffix") is not None else "a `suffix`"
    why, without = (
        ("because both would have the same id", f"with {other}") if collides else (f"as {ORDER} says", "without that")
    )
    return (
        f"it goes offline first, {why}, and requests fail for about {OUTAGE}; {without} the new one runs before the "
        "old one goes"
    )


def _new_first(news: ModelDeploymentInputs, status: str) -> str:
    if not waits(news):
        return (
            "it is deleted once the new one is accepted, and requests fail until the new one runs (deploying takes "
            f"5 to 10 minutes); without {WAIT}: false the new one runs before the old one goes"
        )
    billed = "" if is_lora(news.get("plan")) else "; until then both are billed"
    goes = "it is deleted once the new one runs" if status in _NO_REQUESTS else "it serves until the new one runs"
    return f"{goes}{billed}"


def _kept(olds: ModelDeploymentInputs, pulumi: Handling, collides: bool) -> str:
    """Say why the old deployment stays, and what follows; empty when it goes.

    :param collides: whether the new one can't exist beside it.
    """
    if pulumi.protected:
        return "Pulumi refuses that, because the resource is protected; it stays as it is"
    by_policy = (olds.get("onDestroy") or defaults("ModelDeployment")["onDestroy"]) == RETAIN
    if not by_policy and not pulumi.retained:
        return ""
    left = f"it is kept, and billed as before ({'onDestroy: retain' if by_policy else 'retainOnDelete'})"
    return f"{left}; the new one is refused unless it has a suffix of its own" if collides else left
