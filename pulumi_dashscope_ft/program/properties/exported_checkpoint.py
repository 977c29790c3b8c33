"""The properties of a published checkpoint, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


class ExportedCheckpointProperties(Spelled):
    """A checkpoint of a fine-tuning job, published as a model that can be deployed.

    Destroying it deletes nothing: the service has no call for that.
    """

    job_id: pulumi.Output[str]
    checkpoint: pulumi.Output[str]
    model_display_name: pulumi.Output[str]
    workspace_id: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    export_timeout: pulumi.Output[Any]
    model_name: pulumi.Output[str]
    """The id of the exported model, used to deploy and to call it."""
    status: pulumi.Output[str]
    """`SUCCEEDED` once the model can be deployed."""
    full_name: pulumi.Output[str | None]
    create_time: pulumi.Output[str | None]
    expire_time: pulumi.Output[str | None]
    """When the service removes the checkpoint, about 15 days after it was saved."""
