"""Why this exists: a create that has bought something and then fails must not lose it. This is how the part that knows
the id tells the part that speaks to the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HalfDone(Exception):
    """There is an object on the service, and it is not (yet) what was asked for.

    :param resource_id: its id, which goes into the state.
    :param properties: the outputs known so far.
    :param reason: what the user is told; the next `pulumi up` updates the resource.
    """

    def __init__(self, resource_id: str, properties: Mapping[str, Any], reason: str) -> None:
        super().__init__(resource_id, properties, reason)
        self.resource_id = resource_id
        self.properties = properties
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
