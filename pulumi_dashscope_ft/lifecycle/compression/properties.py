"""The type of a request for a compressed model."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pulumi_dashscope_ft.lifecycle.base.request import Request

if TYPE_CHECKING:  # the types of all kinds' properties take longer to load than the rest of a kind
    from pulumi_dashscope_ft.schema.properties import CompressedModelInputs

CompressionRequest: TypeAlias = Request["CompressedModelInputs"]
