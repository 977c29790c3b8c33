"""The models of a workspace: base models, and what its jobs have produced.

Deploying, tuning again and listing what can be deployed all ask the same question, and the answer changes as jobs
succeed and checkpoints get published. A model outlives the record of its job. The documentation does not say so (open
question 4), but it describes deleting as deleting the *record*, and the console manages models separately.
"""

from __future__ import annotations

from collections.abc import Iterable

from .checkpoints import published
from .custom.product import Product
from .facts.support import SUPPORT, TEACHERS
from .jobs import EmulatedJob
from .machine import SUCCEEDED

BASE_MODELS = (*SUPPORT, *(model for model in TEACHERS if model not in SUPPORT))
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
