"""The properties of a published checkpoint, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            job_id: pulumi.Input[str],
            checkpoint: pulumi.Input[str],
            model_display_name: pulumi.Input[str],
            workspace_id: pulumi.Input[str] | None = None,
            api_key_env: pulumi.Input[str] | None = None,
            export_timeout: pulumi.Input[str | float] | None = None,
            opts: pulumi.ResourceOptions | None = None,
        ) -> None:
            """Publish a checkpoint; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param job_id: the job that saved it; the checkpoint must be there already.
            :param checkpoint: its name, such as `checkpoint-180`; `get_checkpoints` lists them.
            :param model_display_name: the name of the model in the console; it can never be changed.
            :param export_timeout: longest time to wait until it is published.
            """
