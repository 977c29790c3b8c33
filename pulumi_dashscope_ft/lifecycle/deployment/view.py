"""A deployment for others: for a sweep, for the command, and as inputs that a user would have written."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.facts import age_seconds, name_of, stamp_facts
from pulumi_dashscope_ft.lifecycle.base.kind.imported import named
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject, called, times
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.deployment.properties import DeploymentRequest
from pulumi_dashscope_ft.lifecycle.deployment.status import billing, is_lora


def live_object(live: Deployment) -> LiveObject:
    """Describe a deployment, whose stamp is its display name, for a sweep."""
    found = stamp.parse(live.name)
    return LiveObject(
        "deployment",
        live.deployed_model,
        called(found, live.name),
        found,
        status=live.status,
        create_time=live.create_time,
        touched=times(live.modify_time),
        active=live.status != DeploymentStatus.DELETING,
        needs=frozenset([live.model_name] if live.model_name else []),
    )


def facts(live: Deployment, now: float) -> dict[str, Any]:
    """Describe a deployment for the command; `now` is in seconds since 1970."""
    return {
        "deployedModel": live.deployed_model,
        "name": name_of(live.name, live.deployed_model),
        "displayName": live.name,
        "status": live.status,
        "modelName": live.model_name,
        "plan": live.plan,
        "capacity": live.capacity,
        "billing": billing(live.status, live.plan, live.capacity),
        **stamp_facts(stamp.parse(live.name)),
        "createTime": live.create_time,
        "ageSeconds": age_seconds(live.create_time, now),
        "workspaceId": live.workspace_id,
    }


def import_request(connection: Connection, deployed_model: str) -> DeploymentRequest:
    """Return the request for the live deployment. The service shows neither `suffix` nor most settings of the plan."""
    live: Deployment = connection.deployments.read(deployed_model)
    inputs: dict[str, Any] = {
        "modelName": live.model_name,
        "plan": live.plan,
        "capacity": None if is_lora(live.plan) else live.capacity,
        "deploySpec": live.model_unit_spec,
        "rpmLimit": live.rpm_limit,
        "tpmLimit": live.tpm_limit,
    }
    return named(inputs, "name", live.name, deployed_model)
