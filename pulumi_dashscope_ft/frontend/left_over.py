"""Explains what an interrupted replacement has left over.

Where the successor is made first, a replacement that is cut short leaves both objects: the successor in the state, and
its predecessor marked there for deletion. The next plan is the rest of the work, the deletion alone; but Pulumi shows
it as a replacement, without a reason, and a user fears a third purchase. Pulumi asks the provider nothing about the
predecessor in a plan. So the successor's state remembers it, and for a day a plan that changes nothing looks whether it
is still there: one read for each such resource, and one listing for many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.state import AnyState

_REMEMBERED_SECONDS = 86_400.0


def remembering(kind: Kind, state: AnyState, predecessor: str | None, connection: Connection) -> AnyState:
    """Return the successor's state with its predecessor, which is deleted later; unchanged if there is none.

    Nobody fears to buy a file twice, so files remember none.
    """
    if predecessor is None or kind.objects is None or kind.is_data:
        return state
    return state.knowing(replaced={"id": predecessor, "at": connection.clock.time()})


def failed_remembering(
    kind: Kind, failed: ResourceInitFailedError, predecessor: str | None, connection: Connection
) -> ResourceInitFailedError:
    """Return the same failure, with the predecessor in the state to record."""
    state = remembering(kind, failed.state, predecessor, connection)
    return ResourceInitFailedError(failed.resource_id, state, failed.reason)


def explained(planned: DiffResult, connection: Connection, kind: Kind, object_id: str, state: AnyState) -> str | None:
    """Say why Pulumi may show a replacement in a plan that replaces nothing; None when it will not.

    Pulumi's options may have kept the predecessor on purpose, so the sentence holds either way.
    """
    predecessor = _predecessor(state.replaced, connection.clock.time())
    if planned.replaces or predecessor in (None, object_id) or kind.objects is None:
        return None
    try:
        status = kind.objects.status(connection, str(predecessor))
    except ApiError:
        return None  # gone, or it can't be asked: no plan fails for that reason
    return (
        f"if this plan shows a replacement, it only deletes {predecessor} ({status}), which an interrupted one has "
        f"left. {object_id} has replaced it and stays; nothing new is started or bought"
    )


def _predecessor(replaced: Mapping[str, Any], now: float) -> str | None:
    then, predecessor = replaced.get("at"), replaced.get("id")
    is_recent = isinstance(then, (int, float)) and 0 <= now - then <= _REMEMBERED_SECONDS
    return predecessor if is_recent and isinstance(predecessor, str) and predecessor else None
