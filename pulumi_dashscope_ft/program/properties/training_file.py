"""The properties of a training file, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import Any

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
    """The shape of the rows: `chat`, `dpo`, `cpt`, `vl`, `prompt`, `decision` or `media`. Known in a preview."""
    rows: pulumi.Output[int | None]
    """The number of rows. Known in a preview; None for a file that an earlier release has uploaded."""
    longest_row: pulumi.Output[dict[str, int] | None]
    """The longest row: its `line`, and the `tokens` that it has at least. Known in a preview."""
    tokens: pulumi.Output[dict[str, Any] | None]
    """How many tokens the rows have: `total`, whether it is `exact`, and how long they are. Known in a preview."""
