"""The type of a request for an imported model."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.schema.properties import ImportedModelInputs

ImportedRequest = Request[ImportedModelInputs]
