"""Which outputs of a job follow from which inputs.

It imports nothing of what a job does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType(
        {
            "model": ("baseModel", "finetunedOutput", "modelId", "estimatedTokens", "estimatedCost", "actualCost"),
            "trainingType": ("estimatedTokens", "estimatedCost", "actualCost"),
            "hyperParameters": ("estimatedTokens", "estimatedCost"),
            "modelName": ("finetunedOutput", "modelId"),
            "finetunedOutputSuffix": ("finetunedOutput", "modelId"),
            "adoptJobId": ("jobId",),
            "expiresIn": ("expires", "teardown"),
            "maxRuntime": ("teardown",),
            "onDestroy": ("teardown",),
        }
    )
)
