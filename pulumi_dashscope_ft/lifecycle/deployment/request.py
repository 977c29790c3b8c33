"""The body of the create call for a deployment: what the user wrote, and one field that the service wants but ignores.

Property names here are the schema's (camelCase); the API's are snake_case and otherwise the same (API page
create-deployment-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Deployment
from pulumi_dashscope_ft.lifecycle.base.comparison import integral
from pulumi_dashscope_ft.lifecycle.deployment.status import is_lora

SUBMITTED = {
    "modelName": "model_name",
    "plan": "plan",
    "capacity": "capacity",
    "prefillCapacity": "prefill_capacity",
    "decodeCapacity": "decode_capacity",
    "suffix": "suffix",
    "deploySpec": "deploy_spec",
    "ptuCapacity": "ptu_capacity",
    "billingMethod": "billing_method",
    "templateId": "template_id",
    "enableThinking": "enable_thinking",
    "maxContextLength": "max_context_length",
    "rpmLimit": "rpm_limit",
    "tpmLimit": "tpm_limit",
    "aigcConfig": "aigc_config",
    "modelVersion": "model_version",
}
"""Inputs that are sent as they are: property name → API field. (The display name is sent as well.)"""

EXTRA = "extra"
"""The input whose keys are fields of the body themselves. The schema refuses those that have an input of their own."""

ADJUSTABLE = ("capacity", "ptuCapacity", "rpmLimit", "tpmLimit")
"""Inputs that can be changed while it runs, so they don't distinguish one deployment from another."""


def body(inputs: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the JSON body of the create call."""
    sent = {field: integral(inputs[key]) for key, field in SUBMITTED.items() if inputs.get(key) is not None}
    if is_lora(inputs.get("plan")):
        sent.setdefault("capacity", 1)
    return {**integral(inputs.get(EXTRA) or {}), **sent, "name": name}


def decisive(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that decides what is deployed, for the stamp's hash."""
    names = (*(name for name in SUBMITTED if name not in ADJUSTABLE), EXTRA, "workspaceId", "triggers")
    return {name: inputs[name] for name in names if inputs.get(name) is not None}


def mismatches(inputs: Mapping[str, Any], live: Deployment) -> list[str]:
    """Return the inputs that identify a deployment and that this one does not have; empty when it fits.

    What the service does not show counts as fitting.
    """
    wrong = []
    if live.model_name is not None and live.model_name != inputs.get("modelName"):
        wrong.append("modelName")
    plan = inputs.get("plan")
    if plan is not None and live.plan is not None and str(plan).lower() != live.plan.lower():
        wrong.append("plan")
    return wrong
