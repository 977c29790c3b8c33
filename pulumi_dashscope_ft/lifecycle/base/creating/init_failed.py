"""The error for an object that exists on the service but is not yet what the user asked for.

A create that has bought something and then fails must not lose it. This error takes the id and the outputs from the
create to the front end, which passes them to the engine; the engine records them.
"""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.state import AnyState


class ResourceInitFailedError(Exception):
    """The object exists on the service, but is not (yet) what the user asked for.

    :param resource_id: its id, which goes into the state.
    :param state: what is known so far, to record.
    :param reason: the message for the user; the next `pulumi up` updates the resource.
    """

    def __init__(self, resource_id: str, state: AnyState, reason: str) -> None:
        super().__init__(resource_id, state, reason)
        self.resource_id = resource_id
        self.state = state
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
