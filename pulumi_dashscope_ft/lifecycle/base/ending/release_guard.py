"""The guard on a delete: deleting a record does not always end its job, deployment or file.

Another record of the state may hold the same object: after an adoption, a rename that was cut short, or a replacement
that got the same object again.
"""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.hidden import plain_name
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.base.state import AnyState


def is_held_by_another(
    connection: Connection, kind: str, object_id: str, state: AnyState, *, under_another: str
) -> bool:
    """Whether another record holds the object, so that it stays when this record goes; if so, report and record it.

    :param kind: `job`, `deployment` or `file`.
    :param state: the record that goes.
    :param under_another: what to say when the object is kept under another nonce.
    """
    run_registry = connection.run_registry
    if run_registry.give_up_adopted(object_id):
        why = f"its replacement is this very {kind}"
    elif (holder := run_registry.keeper(object_id, state.name)) is not None:
        why = f"it is the {kind} of {plain_name(holder)}"
    elif run_registry.is_kept_under_another(object_id, state.nonce or ""):
        why = under_another
    else:
        return False
    connection.report(f"{subject(kind, object_id)}: left alone, {why}")
    connection.endings.note_released(kind, object_id, why)
    return True
