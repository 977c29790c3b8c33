"""The models of a workspace: base models, and what its jobs have produced.

Deploying, tuning again and listing what can be deployed all ask the same question, and the answer changes as jobs
succeed and checkpoints get published. A model outlives the record of its job. The documentation does not say so (open
question 4), but it describes deleting as deleting the *record*, and the console manages models separately.
"""

from __future__ import annotations

from collections.abc import Iterable

from .checkpoints import published
from .custom.product import Product
from .jobs import EmulatedJob
from .machine import SUCCEEDED

BASE_MODELS = (
    *("qwen3.7-plus-2026-05-26", "qwen3.6-plus-2026-04-02", "qwen3.6-flash-2026-04-16"),
    *("qwen3.5-plus-2026-02-15", "qwen3.5-flash-2026-02-23"),
    *("qwen3.8-27b", "qwen3.6-27b", "qwen3.5-27b", "qwen3.5-9b", "qwen3.5-4b"),
    *("qwen3-vl-8b-instruct", "qwen3-vl-8b-thinking", "qwen3-vl-4b-instruct"),
    *("qwen2.5-vl-72b-instruct", "qwen2.5-vl-32b-instruct", "qwen2.5-vl-7b-instruct"),
    "qwen3-30b-a3b-instruct-2507",
    *("qwen3-14b", "qwen3-8b", "qwen-plus-character-2025-11-06"),
    *("qwen3-32b", "qwen3-4b-instruct-2507", "qwen3-1.7b", "qwen3-0.6b"),
    *("qwen2.5-72b-instruct", "qwen2.5-32b-instruct", "qwen2.5-14b-instruct", "qwen2.5-7b-instruct"),
    *("wan2.5-i2v-preview", "wan2.2-i2v-flash", "wan2.2-kf2v-flash", "wan2.7-i2v", "wan2.7-image-pro"),
    "cosyvoice-v3-flash",
)
"""Documented (model-training-overview, 2026); the list changes every few months."""


def produced(jobs: Iterable[EmulatedJob], now: float) -> dict[str, Product]:
    """Return tuned model → what it is, oldest first: results of succeeded jobs, and every published checkpoint."""
    models: dict[str, Product] = {}
    for job in jobs:
        product = Product(job.base_model, job.training_type if job.training_type_sent else "")
        for name in published(job, now):
            models[name] = product
        if job.run.status == SUCCEEDED:
            models[job.finetuned_output] = product
    return models
