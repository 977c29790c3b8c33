"""A world with weights in a bucket, and the verbs of an imported model."""

from __future__ import annotations

from typing import Any, ClassVar

from products import OWNER, Products
from verbs import Verbs, imported_model

__all__ = ["BASE", "NEVER", "OWNER", "Bucket"]

BASE = "qwen3-8b"
NEVER = "5f0c3a52-8d41-4a7e-b0c9-2f6d7f0a1b2c"
"""The id of no import."""


class Bucket(Products):
    """What is imported can be deployed."""

    verbs: ClassVar[Verbs] = imported_model
    noun: ClassVar[str] = "import"

    def __init__(self, world: Any) -> None:
        weights = {"baseModel": BASE, "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"}
        super().__init__(world, {**weights, "__name": "brought"})

    def deployed(self, model: str, status: str = "RUNNING") -> str:
        """Deploy the model, and return the deployed model."""
        body = {"model_name": model, "plan": "mu", "deploy_spec": "MU1", "capacity": 1, "suffix": "held"}
        live = self.world.client.deployments.create(body)
        self.emulator.force_deployment(live.deployed_model, status)
        return str(live.deployed_model)
