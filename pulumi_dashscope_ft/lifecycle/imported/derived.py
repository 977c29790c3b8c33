"""Which outputs of an imported model follow from which inputs.

It imports nothing of what an import does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType({"baseModel": ("modelId",), "adoptImportId": ("jobId",), "onDestroy": ("teardown",)})
)
