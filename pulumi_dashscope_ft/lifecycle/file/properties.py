"""The types of a request for a file, and of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import TrainingFileInputs, TrainingFileOutputs

    FileRequest = Request[TrainingFileInputs]
    FileState = State[TrainingFileInputs, TrainingFileOutputs]
else:  # the types of all kinds' properties take longer to load than the rest of a kind
    FileRequest = Request
    FileState = State
