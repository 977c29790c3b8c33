"""Base models, and the training types that each supports.

Source: the table of model-training-overview (API reference 6.7), and the model lists of reinforcement learning and
distillation (13). The lists change every few months, so nothing is known of a model that is not in them.
"""

from __future__ import annotations

from collections.abc import Mapping

METERED = ("reinforcement", "rl", "pg_opd")
"""Training types that are billed by the minute until the job ends: reinforcement learning, in both spellings that the
sources show, and distillation.
"""
DISTILLATION = "pg_opd"

_LORA = frozenset({"efficient_sft"})
_TUNED = _LORA | {"sft"}
_PREFERENCE = frozenset({"dpo_full", "dpo_lora"})
_LEARNING = frozenset({"reinforcement", "rl"})
_DISTILLED = frozenset({DISTILLATION})


def _rows(types: frozenset[str], *models: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(models, types)


SUPPORT: Mapping[str, frozenset[str]] = {
    **_rows(frozenset({"sft"}), "qwen3.7-plus-2026-05-26", "qwen3.6-plus-2026-04-02", "qwen3.5-plus-2026-02-15"),
    **_rows(_LEARNING | {"sft"}, "qwen3.6-flash-2026-04-16", "qwen3.5-flash-2026-02-23"),
    **_rows(_TUNED, "qwen3.8-27b", "qwen3.6-27b"),
    **_rows(_TUNED | _DISTILLED, "qwen3.5-27b", "qwen3.5-4b"),
    **_rows(_TUNED | _DISTILLED | _LEARNING, "qwen3.5-9b"),
    **_rows(_DISTILLED, "qwen3.5-2b", "qwen3.5-35b-a3b"),
    **_rows(_TUNED, "qwen3-vl-8b-instruct", "qwen3-vl-8b-thinking", "qwen3-vl-4b-instruct"),
    **_rows(_TUNED, "qwen2.5-vl-72b-instruct", "qwen2.5-vl-32b-instruct", "qwen2.5-vl-7b-instruct"),
    **_rows(_TUNED | {"cpt"}, "qwen3-30b-a3b-instruct-2507"),
    **_rows(_TUNED | _PREFERENCE, "qwen3-14b", "qwen3-8b", "qwen-plus-character-2025-11-06"),
    **_rows(_TUNED | _PREFERENCE | {"cpt"}, "qwen3-32b", "qwen3-4b-instruct-2507", "qwen3-1.7b", "qwen3-0.6b"),
    **_rows(_TUNED | _PREFERENCE | {"cpt"}, "qwen2.5-72b-instruct", "qwen2.5-32b-instruct", "qwen2.5-14b-instruct"),
    **_rows(_TUNED | _PREFERENCE | {"cpt"}, "qwen2.5-7b-instruct"),
    **_rows(_LORA, "wan2.5-i2v-preview", "wan2.2-i2v-flash", "wan2.2-kf2v-flash", "wan2.7-i2v", "wan2.6-i2v"),
    **_rows(_LORA, "wan2.7-image-pro", "wan2.7-image", "qwen-image-2.0", "qwen-image-2.0-pro", "cosyvoice-v3-flash"),
    **_rows(_LORA, "decision-model-preview-2026-09-24"),
}
"""Base model → its training types."""

TEACHERS = ("qwen3.5-27b", "qwen3.5-35b-a3b", "qwen3.5-122b-a10b", "qwen3.5-397b-a17b")
"""Models that a distillation job can learn from (documented)."""


def is_supported(base_model: str, training_type: str) -> bool:
    """Whether a model can be trained so, as far as that is known."""
    return training_type in SUPPORT.get(base_model, (training_type,))


def is_video(model: str) -> bool:
    """Whether a model makes videos."""
    return model.startswith("wan") and ("i2v" in model or "kf2v" in model)


def is_media(model: str) -> bool:
    """Whether a model makes images or videos. These have validation samples."""
    return model.startswith(("wan", "qwen-image"))


def is_voice(model: str) -> bool:
    """Whether it is CosyVoice, whose checkpoints have other names."""
    return model.startswith("cosyvoice")


def is_decision(model: str) -> bool:
    """Whether it is the decision model, whose products have other names."""
    return model.startswith("decision-model")
