"""Which outputs of a file follow from which inputs.

It imports nothing of what a file does, because a program loads this module alone.
"""

from __future__ import annotations

from types import MappingProxyType

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation(
    MappingProxyType(
        {
            "path": ("name", "sha256", "size", "format", "rows", "longestRow", "tokens"),
            "adoptFileId": ("fileId", "name"),
        }
    ),
    paths=("path",),
)
