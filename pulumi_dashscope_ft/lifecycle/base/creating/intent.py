"""What is to be made of a kind that has a display name: what to send, and how it is recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Intent:
    """One object that is to be made.

    :param inputs: the resource's inputs, by property name.
    :param stamp: None where the user has chosen the name.
    :param name: the display name to send.
    """

    inputs: Mapping[str, Any]
    stamp: Stamp | None
    name: str
