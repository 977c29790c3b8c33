"""What is known of a custom model: where it comes from, and by which method.

Deploying and compressing ask whether a model has full weights or is an adapter.
"""

from __future__ import annotations

from typing import NamedTuple

FULL = ("cpt", "sft", "dpo_full", "reinforcement", "rl", "pg_opd", "full", "quantization")
"""Methods that lead to full weights (of reinforcement learning and distillation: inferred)."""
LORA = ("efficient_sft", "dpo_lora", "lora")
"""Methods that lead to an adapter."""


class Product(NamedTuple):
    """A custom model: its base model, and the method that made it.

    The method is the training type that a job was sent with (empty if it was sent with none: the default `sft` is
    stated in one old page only), the weight type of an import, or `quantization`.
    """

    base_model: str
    method: str
