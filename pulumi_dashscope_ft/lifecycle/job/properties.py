"""The types of a request for a job, and of its state."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.schema.properties import FineTuningJobInputs, FineTuningJobOutputs

JobRequest = Request[FineTuningJobInputs]
JobState = State[FineTuningJobInputs, FineTuningJobOutputs]
