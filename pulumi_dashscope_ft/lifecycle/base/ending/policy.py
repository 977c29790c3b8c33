"""What `destroy` does to a job or a deployment: the values of `onDestroy`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.state import AnyState
from pulumi_dashscope_ft.schema import defaults

DELETE, CANCEL, RETAIN = "delete", "cancel", "retain"


def is_retained(state: AnyState) -> bool:
    """Whether a job or deployment is meant to outlive its stack, by its policy or by Pulumi's option."""
    return outlives_stack(state.outputs, retained=state.retained)


def outlives_stack(inputs: Mapping[str, Any], *, retained: bool) -> bool:
    """As `is_retained`, where Pulumi's option is known: `retained`."""
    return inputs.get("onDestroy") == RETAIN or retained


def on_destroy(resource: str, properties: Mapping[str, Any]) -> str:
    """Return what `destroy` does to the object of a resource with these properties; the default if they say nothing."""
    said = properties.get("onDestroy")
    return str(defaults(resource)["onDestroy"] if said is None else said)
