"""The inputs that `pulumi import` fills from a live object.

An import gives an id and nothing else, and the next preview has to be empty. So the inputs are what a user would have
written: what was submitted, and nothing that the service chose.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.property_bag import NONCE, written


def named(inputs: dict[str, Any], field: str, name: str | None, object_id: str) -> dict[str, Any]:
    """Add the object's name to the inputs if a person chose it, or the nonce if the name is a stamp of ours."""
    ours = stamp.parse(name)
    if ours is not None:
        inputs[NONCE] = ours.nonce
    elif name and name != object_id:
        inputs[field] = name
    return written(inputs)
