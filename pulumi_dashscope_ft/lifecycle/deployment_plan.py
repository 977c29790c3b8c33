"""What a plan says of a deployment that is replaced: whether requests fail, for how long, and what avoids that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.lifecycle.deployment_diff import WAIT, Diff
from pulumi_dashscope_ft.lifecycle.deployment_running import waits
from pulumi_dashscope_ft.lifecycle.deployment_status import NOT_SERVING, is_lora
from pulumi_dashscope_ft.lifecycle.teardown import RETAIN
from pulumi_dashscope_ft.schema import defaults

OUTAGE = "5 to 10 minutes (5 on the emulator)"
"""How long requests fail when the old deployment goes first: about as long as deploying takes, which is documented (API
page model-deployment-quick-start). A test holds the emulator's figure.
"""

_NO_REQUESTS = frozenset({*NOT_SERVING, DeploymentStatus.PENDING, DeploymentStatus.DEPLOYING}) - {
    DeploymentStatus.UPDATING_FAILED
}
"""Statuses in which it serves nobody, so that nobody notices when it goes."""


def replacement(
    deployed_model: str, status: str | None, diff: Diff, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    """What a replacement does to the deployment as it stands.

    :param status: its status now; None when it is gone.
    """
    what = f"{', '.join(diff.replaces)}: {'not known yet; if it changes, ' if diff.undecided else ''}"
    if status is None:
        return f"{what}replaces {deployed_model}, which is already gone"
    standing = f"{what}replaces {deployed_model}, which is {status}"
    if _on_destroy(olds) == RETAIN:
        left = f"{standing}: it is kept, and billed as before (onDestroy: retain)"
        return f"{left}; the new one is refused unless it has a suffix of its own" if diff.old_first else left
    if status == DeploymentStatus.FAILED:
        return f"{standing} and serves nothing: it is deleted, and the model deployed anew"
    if diff.depends_on:
        return (
            f"{standing}: if {diff.depends_on} changes as well (it is not known yet), {_new_first(news, status)}; "
            f"otherwise {_old_first(news, status)}"
        )
    return f"{standing}: {_old_first(news, status) if diff.old_first else _new_first(news, status)}"


def _old_first(news: Mapping[str, Any], status: str) -> str:
    other = "another `suffix`" if news.get("suffix") is not None else "a `suffix`"
    if status in _NO_REQUESTS:
        return "it serves nobody now, and is deleted before the new one is made"
    return (
        f"it goes offline first, because both would have the same id, and requests fail for about {OUTAGE}; "
        f"with {other} the new one runs before the old one goes"
    )


def _new_first(news: Mapping[str, Any], status: str) -> str:
    if not waits(news):
        return (
            "it is deleted once the new one is accepted, and requests fail until the new one runs (deploying takes "
            f"5 to 10 minutes); without {WAIT}: false the new one runs before the old one goes"
        )
    billed = "" if is_lora(news.get("plan")) else "; until then both are billed"
    goes = "it is deleted once the new one runs" if status in _NO_REQUESTS else "it serves until the new one runs"
    return f"{goes}{billed}"


def _on_destroy(properties: Mapping[str, Any]) -> str:
    return str(properties.get("onDestroy") or defaults("ModelDeployment")["onDestroy"])
