"""The types of a request for an exported checkpoint, and of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State

if TYPE_CHECKING:  # the types of all kinds' properties take longer to load than the rest of a kind
    from pulumi_dashscope_ft.schema.properties import ExportedCheckpointInputs, ExportedCheckpointOutputs

CheckpointRequest: TypeAlias = Request["ExportedCheckpointInputs"]
CheckpointState: TypeAlias = State["ExportedCheckpointInputs", "ExportedCheckpointOutputs"]
