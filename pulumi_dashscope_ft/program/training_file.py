"""The properties of a training file, as programs of both front ends write and read them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


class TrainingFileProperties(Spelled):
    """A data file on Alibaba Cloud Model Studio for fine-tuning. It is checked before it is uploaded."""

    path: pulumi.Output[str]
    description: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    adopt_file_id: pulumi.Output[str | None]
    file_id: pulumi.Output[str]
    """The service's id of the file, for `training_file_ids` and `validation_file_ids`."""
    sha256: pulumi.Output[str]
    """SHA-256 of the content, 64 hex digits. Known in a preview."""
    size: pulumi.Output[int]
    """Size in bytes. Known in a preview."""
    name: pulumi.Output[str]
    """The file name as uploaded."""
    format: pulumi.Output[str]
    """The shape of the rows: `chat`, `dpo`, `cpt`, `vl` or `media`. Known in a preview."""

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            path: pulumi.Input[str | os.PathLike[str]],
            description: pulumi.Input[str] | None = None,
            workspace_id: pulumi.Input[str] | None = None,
            api_key_env: pulumi.Input[str] | None = None,
            adopt_file_id: pulumi.Input[str] | None = None,
            opts: pulumi.ResourceOptions | None = None,
        ) -> None:
            """Upload the file at `path`; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param path: path of the data file, relative to the program; text or a `pathlib.Path`.
            :param description: words for people, shown by the service.
            :param workspace_id: the workspace, when the key may use several.
            :param api_key_env: name of the variable that holds the key, when there are several accounts.
            :param adopt_file_id: a file that is on the service already, to take over instead of uploading it again.
            """
