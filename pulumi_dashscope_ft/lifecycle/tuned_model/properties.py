"""The types of a request for a tuned model, and of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.properties import FineTunedModelInputs, FineTunedModelOutputs

    TunedModelRequest = Request[FineTunedModelInputs]
    TunedModelState = State[FineTunedModelInputs, FineTunedModelOutputs]
else:  # the types of all kinds' properties take longer to load than the rest of a kind
    TunedModelRequest = Request
    TunedModelState = State
