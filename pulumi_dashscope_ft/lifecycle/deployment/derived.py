"""Which outputs of a deployment follow from which inputs.

It imports nothing of what a deployment does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType(
        {
            "modelName": ("deployedModel", "baseModel"),
            "suffix": ("deployedModel",),
            "adoptDeployment": ("deployedModel", "name"),
            "plan": ("chargeType", "billing"),
            "capacity": ("baseCapacity", "readyCapacity", "billing"),
            "onDestroy": ("teardown",),
        }
    )
)
