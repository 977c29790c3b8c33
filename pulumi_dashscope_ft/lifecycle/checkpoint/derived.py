"""Which outputs of an exported checkpoint follow from which inputs.

It imports nothing of what an export does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType(
        {
            "jobId": ("modelName", "fullName"),
            "checkpoint": ("modelName", "fullName"),
            "modelDisplayName": ("modelName", "fullName"),
        }
    )
)
