"""The descriptor of the kind `deployment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import (
    MODEL,
    OrphanSearch,
    SweepRules,
    Teardown,
    TeardownOptions,
    Use,
)
from pulumi_dashscope_ft.lifecycle.base.sources import DEPLOYMENTS
from pulumi_dashscope_ft.lifecycle.deployment import resource
from pulumi_dashscope_ft.lifecycle.deployment.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.deployment.running import failure_foreseen
from pulumi_dashscope_ft.lifecycle.deployment.status import SERVES_NOTHING
from pulumi_dashscope_ft.lifecycle.deployment.takeover import takeover
from pulumi_dashscope_ft.lifecycle.deployment.teardown import TeardownPolicy, tear_down
from pulumi_dashscope_ft.lifecycle.deployment.view import facts, import_request, live_object


def _name(live: Deployment) -> str | None:
    return live.name


def _tear_down(connection: Connection, deployed_model: str, name: str, options: TeardownOptions) -> None:
    # A deployment has no record that could be kept, so ending it always means deleting it.
    tear_down(connection, deployed_model, TeardownPolicy(DELETE, options.timeout))


def _options(properties: Mapping[str, Any]) -> TeardownOptions:
    return TeardownOptions(timeout=resource.policy_of(properties).timeout)


KIND = Kind(
    resource.RESOURCE,
    "deployment",
    resource,
    import_request,
    derivation=DERIVATION,
    id_property="deployedModel",
    waits="waitTimeout",
    settled=DeploymentStatus.SETTLED,
    # A deployment serves its model even if the job is deleted. It is replaced later, once its own successor runs.
    stays_meanwhile=True,
    updates=Updates(
        are_local=resource.is_local_update,
        failure=failure_foreseen,
        lasting=("deployedModel", "baseModel", "createTime", "creator"),
    ),
    objects=Listed(DEPLOYMENTS, live_object, _name, facts, takeover),
    teardown=Teardown(_tear_down, options_of=_options, is_going=lambda one: one.status == DeploymentStatus.DELETING),
    use=Use((MODEL,), "serves", "{it} may be served"),
    # The first deployment of a model has the model's id.
    sweep=SweepRules(has_model_id=True),
    orphans=OrphanSearch(
        goes_on=lambda one: one.status not in SERVES_NOTHING,
        ending="delete it",
        list_name="list of deployments",
        prefix="the deployment ",
        had_any=lambda connection: connection.run_registry.has_deployments(connection.client),
    ),
)
