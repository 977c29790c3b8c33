"""What a create sends for an object with a display name, and how the object is recognised later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Intent:
    """One object that a create will make.

    :param inputs: the resource's inputs, by property name.
    :param stamp: None when the user chose the name.
    :param name: the display name to send.
    """

    inputs: Mapping[str, Any]
    stamp: Stamp | None
    name: str
