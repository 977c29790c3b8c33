"""A resource between two calls: what the engine keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.plugin.wire import decode


@dataclass
class Recorded:
    """A resource as the engine keeps it: both bags as they travel."""

    kind: str
    name: str
    id: str
    inputs: Any
    outputs: Any
    refresh: bool = False

    @property
    def seen(self) -> dict[str, Any]:
        return decode(self.outputs).values
