"""The request that `pulumi import` fills from a live object.

An import gives an id and nothing else, and the next preview has to be empty. So the inputs are what a user would have
written: what was submitted, and nothing that the service chose.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest, Request
from pulumi_dashscope_ft.lifecycle.base.state import written


def named(inputs: dict[str, Any], field: str, name: str | None, object_id: str) -> AnyRequest:
    """Return a request with these inputs and the object's name.

    The name is an input if a person chose it. If it is a stamp of ours, its nonce is kept.
    """
    ours = stamp.parse(name)
    if ours is not None:
        return Request.of(written(inputs)).knowing(nonce=ours.nonce)
    chosen = {field: name} if name and name != object_id else {}
    return Request.of(written({**inputs, **chosen}))
