"""A world with a model that can be compressed, and the verbs of a compressed model."""

from __future__ import annotations

from typing import Any, ClassVar

from products import OWNER, Products
from verbs import Verbs, compressed_model

__all__ = ["BASE", "MADE_ALL_THE_SAME", "OWNER", "Press"]

BASE = "qwen3.5-flash-2026-02-23"
MADE_ALL_THE_SAME = ["lost", "effect_then_status", "malformed", "no_output"]
"""Faults after which the request has taken effect all the same."""


class Press(Products):
    """The model that can be compressed is `model`."""

    verbs: ClassVar[Verbs] = compressed_model
    noun: ClassVar[str] = "compression"

    def __init__(self, world: Any) -> None:
        job_id, _ = world.create(model=BASE, trainingType="sft")
        world.emulator.force(job_id, "SUCCEEDED")
        self.model = str(world.client.fine_tunes.get(job_id).model_id)
        super().__init__(world, {"model": self.model, "templateId": "quant-w8a8", "__name": "smaller"})
