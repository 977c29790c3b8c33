"""The body of the create call for an import (API page model-import-api-reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Import
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

_BUCKET = "oss"
"""The only kind of bucket that the service knows."""
SUBMITTED = ("baseModel", "weightType", "bucketName", "objectKey")
"""Inputs that decide what is imported. (`displayName` is sent as well, but decides nothing.)"""


def body(inputs: Mapping[str, Any], display_name: str) -> dict[str, Any]:
    """Return the JSON body of the create call.

    :raises LifecycleError: there is no `weightType`, because the import that is replaced was taken over without it.
    """
    if inputs.get("weightType") is None:
        raise LifecycleError(
            "weightType: is required to start a new import, which this change of the inputs asks for.",
            done="nothing was started.",
            next_step='add weightType, "full" or "lora", as the weights in the folder are; then run `pulumi up` again.',
        )
    return {
        "model_name": inputs.get("baseModel"),
        "display_name": display_name,
        "source": _BUCKET,
        "weight_type": inputs.get("weightType"),
        "storage_info": {"bucket_name": inputs.get("bucketName"), "object_key": inputs.get("objectKey")},
    }


def decisive(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that decides what is imported, for the stamp's hash."""
    names = (*SUBMITTED, "workspaceId", "triggers")
    return {name: inputs[name] for name in names if inputs.get(name) is not None}


def inputs_shown(live: Import) -> dict[str, Any]:
    """Return the inputs of a live import, as far as the service shows them."""
    shown = {
        "baseModel": base_model(live),
        "weightType": live.weight_type,
        "bucketName": live.storage_info.get("bucket_name"),
        "objectKey": live.storage_info.get("object_key"),
    }
    return {name: value for name, value in shown.items() if value}


def base_model(live: Import) -> str | None:
    """Return the base model, which the id of the imported model begins with: `{base}-offline-20240101-abc1`."""
    base, separator, _ = (live.model_name or "").rpartition("-offline-")
    return base if separator else None


def mismatches(inputs: Mapping[str, Any], live: Import) -> list[str]:
    """Return the inputs that this import was not made with; empty when it fits.

    What the service does not show counts as fitting.
    """
    return [name for name, value in inputs_shown(live).items() if value != inputs.get(name)]
