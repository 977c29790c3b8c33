"""The error for an object that exists on the service but is not yet what the user asked for.

A create that has bought something and then fails must not lose it. This error takes the id and the outputs from the
create to the front end, which passes them to the engine; the engine records them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ResourceInitFailedError(Exception):
    """The object exists on the service, but is not (yet) what the user asked for.

    :param resource_id: its id, which goes into the state.
    :param properties: the outputs known so far.
    :param reason: the message for the user; the next `pulumi up` updates the resource.
    """

    def __init__(self, resource_id: str, properties: Mapping[str, Any], reason: str) -> None:
        super().__init__(resource_id, properties, reason)
        self.resource_id = resource_id
        self.properties = properties
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
