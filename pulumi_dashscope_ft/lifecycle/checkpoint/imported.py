"""The request for a checkpoint that was exported elsewhere."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.checkpoint.properties import CheckpointRequest
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError


def import_request(connection: Connection, id_: str) -> CheckpointRequest | None:
    """Return the request for the checkpoint with this id, `{job_id}/{checkpoint}`; None when it is not listed."""
    job_id, _, name = id_.partition("/")
    if not name:
        raise LifecycleError(
            f"{id_} is not the id of an exported checkpoint.",
            done="nothing was changed.",
            next_step='write JOB/CHECKPOINT, such as "ft-202410291653-1c7f/checkpoint-180", and run `pulumi import` '
            "again.",
        )
    listed = connection.client.fine_tunes.checkpoints(job_id)
    match = next((one for one in listed if one.checkpoint == name), None)
    if match is None:
        return None
    # The service may show no name for it. Then the id takes its place, because a name is never sent again.
    display_name = match.model_display_name or match.model_name or name
    return Request.of({"jobId": job_id, "checkpoint": name, "modelDisplayName": display_name})
