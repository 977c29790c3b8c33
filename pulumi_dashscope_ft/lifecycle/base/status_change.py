"""The line that a read shows when the status is no longer the one in the state.

Pulumi shows a resource whose outputs alone have changed as "unchanged", and a plain `pulumi refresh` leaves the stack's
outputs as the last `pulumi up` made them. Without this line, a refresh that finds a finished job would say nothing
about it.
"""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.state import AnyState


def report_change(connection: Connection, resource_id: str, recorded: AnyState, status: str, then: str = "") -> None:
    """Show `ft-…: RUNNING → SUCCEEDED` if the state has another status.

    Without a status in the state (an import, a lookup) nothing has changed.

        :param status: the service's latest answer.
    :param then: what to say after the new status.
    """
    before = recorded.outputs.get("status")
    if isinstance(before, str) and before and before != status:
        connection.report(connection.key.redact(f"{resource_id}: {before} → {status}{then}"))
