"""Which outputs of a compressed model follow from which inputs.

It imports nothing of what a compression does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType(
        {
            "model": ("baseModel", "modelId"),
            "templateId": ("templateName",),
            "outputModelSuffix": ("modelId",),
            "adoptJobId": ("jobId",),
            "onDestroy": ("teardown",),
        }
    )
)
