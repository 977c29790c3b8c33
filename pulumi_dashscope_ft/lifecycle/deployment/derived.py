"""Which outputs of a deployment follow from which inputs.

It imports nothing of what a deployment does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType(
        {
            "modelName": ("deployedModel", "baseModel", "estimatedCost"),
            "deploySpec": ("estimatedCost",),
            "suffix": ("deployedModel",),
            "adoptDeployment": ("deployedModel", "name"),
            "plan": ("chargeType", "billing", "estimatedCost"),
            "capacity": ("baseCapacity", "readyCapacity", "billing", "estimatedCost"),
            "onDestroy": ("teardown",),
        }
    )
)
