"""Why this exists: the engine names resources by type token; this is what the plugin has to know of each type beyond
what its lifecycle module does by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from pulumi_dashscope_ft.api import DeploymentStatus, JobStatus
from pulumi_dashscope_ft.frontend.lifecycle import Lifecycle
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import input_names

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource.

    :param module: where its lifecycle is.
    :param waits: the input that limits how long creating and updating it may take; custom timeouts override it.
    :param settled: statuses in which it changes no more by itself; None when it never does.
    :param local_update: whether an update from old outputs to new inputs makes no call, so that a preview can tell its
        outcome.
    :param doomed: why an update of the object with this id, from old outputs to new inputs, is known to fail; None
        when it is not.
    """

    name: str
    module: str
    waits: str | None = None
    settled: frozenset[str] | None = None
    local_update: Callable[[Properties, Properties], bool] = lambda olds, news: True
    doomed: Callable[[str, Properties, Properties], LifecycleError | None] = lambda id_, olds, news: None

    @property
    def lifecycle(self) -> Lifecycle:
        return _loaded(self.module)

    @property
    def tears_down(self) -> str | None:
        """The input that limits how long deleting it may take; custom timeouts override it."""
        return "teardownTimeout" if "teardownTimeout" in input_names(self.name) else None

    def is_under_way(self, outputs: Mapping[str, Any]) -> bool:
        """Whether it may have changed by the next operation. The engine is then asked to read it before it plans
        anything: so a program that uses a job's model finds it without a `pulumi refresh`.
        """
        return self.settled is not None and outputs.get("status") not in self.settled


@cache
def _loaded(module: str) -> Lifecycle:
    found: Any = import_module(module)
    loaded: Lifecycle = found
    return loaded


def _deployment_stays(olds: Properties, news: Properties) -> bool:
    from pulumi_dashscope_ft.lifecycle.deployment.resource import is_local_update

    return is_local_update(olds, news)


def _deployment_never_runs(id_: str, olds: Properties, news: Properties) -> LifecycleError | None:
    from pulumi_dashscope_ft.lifecycle.deployment.running import failure_foreseen

    return failure_foreseen(id_, olds, news)


def _model_never_comes(id_: str, olds: Properties, news: Properties) -> LifecycleError | None:
    from pulumi_dashscope_ft.plugin.resources.fine_tuned_model import failure_foreseen

    return failure_foreseen(id_, olds)


_LIFECYCLE = "pulumi_dashscope_ft.lifecycle"

KINDS = {
    kind.name: kind
    for kind in (
        Kind("FineTuningJob", f"{_LIFECYCLE}.job.resource", settled=JobStatus.FINAL),
        Kind(
            "FineTunedModel",
            "pulumi_dashscope_ft.plugin.resources.fine_tuned_model",
            waits="waitTimeout",
            settled=JobStatus.FINAL,
            local_update=lambda olds, news: bool(olds.get("modelId")),
            doomed=_model_never_comes,
        ),
        Kind("TrainingFile", f"{_LIFECYCLE}.file.resource"),
        Kind("ExportedCheckpoint", f"{_LIFECYCLE}.checkpoint.resource", waits="exportTimeout"),
        Kind(
            "ModelDeployment",
            f"{_LIFECYCLE}.deployment.resource",
            waits="waitTimeout",
            settled=DeploymentStatus.SETTLED,
            local_update=_deployment_stays,
            doomed=_deployment_never_runs,
        ),
    )
}
"""By short name."""


def kind_of(token: str) -> Kind:
    """The type with this token (`dashscope-ft:index:FineTuningJob`).

    :raises LookupError: there is none; the message lists those there are.
    """
    package, _, name = token.partition(":")
    found = KINDS.get(name.rpartition(":")[2]) if package == "dashscope-ft" else None
    if found is None:
        raise LookupError(f"there is no resource {token!r} in this package; it has {', '.join(sorted(KINDS))}.")
    return found
