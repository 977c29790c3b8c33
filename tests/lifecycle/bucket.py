"""A world with weights in a bucket, and the verbs of an imported model."""

from __future__ import annotations

from typing import Any

import pytest
from verbs import imported_model

from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

OWNER = "0wner0wner"
BASE = "qwen3-8b"
NEVER = "5f0c3a52-8d41-4a7e-b0c9-2f6d7f0a1b2c"
"""The id of no import."""
CHANGING = ("create_import", "delete_import")


class Bucket:
    """A world, and the verbs of the resource."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.emulator = world.emulator
        self.begin()

    def begin(self) -> None:
        self._before = len(self.emulator.requests)

    @property
    def calls(self) -> list[str]:
        """The changing calls since `begin`."""
        made = [record.operation for record in self.emulator.requests[self._before :]]
        return [name for name in made if name in CHANGING]

    @property
    def made(self) -> int:
        return len(self.emulator.imports) + len(self.emulator.gone_imports)

    def inputs(self, **changes: Any) -> dict[str, Any]:
        given = {
            "baseModel": BASE,
            "weightType": "lora",
            "bucketName": "weights",
            "objectKey": "triage/",
            "__name": "brought",
            "__owner": OWNER,
            "__nonce": stamp.new_nonce(),
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return imported_model.create(self.world.connection, self.inputs(**changes))

    def refused(self, **changes: Any) -> ResourceInitFailedError:
        with pytest.raises(ResourceInitFailedError) as caught:
            self.create(**changes)
        return caught.value

    def under_way(self, status: str = "RUNNING", **changes: Any) -> tuple[str, dict[str, Any]]:
        """An import in this status, and its state."""
        error = self.refused(waitTimeout="1s", **changes)
        self.emulator.force_import(error.resource_id, status)
        self.world.clock.sleep(3)
        self.begin()
        return error.resource_id, error.state.properties()

    def deployed(self, model: str, status: str = "RUNNING") -> str:
        """Deploy the model, and return the deployed model."""
        body = {"model_name": model, "plan": "mu", "deploy_spec": "MU1", "capacity": 1, "suffix": "held"}
        live = self.world.client.deployments.create(body)
        self.emulator.force_deployment(live.deployed_model, status)
        return str(live.deployed_model)

    def read(self, job_id: str, outputs: dict[str, Any]) -> Any:
        return imported_model.read(self.world.connection, job_id, outputs)

    def delete(self, job_id: str, outputs: dict[str, Any]) -> None:
        imported_model.delete(self.world.connection, job_id, outputs)

    def diff(self, job_id: str, outputs: dict[str, Any], **changes: Any) -> Any:
        return imported_model.diff(self.world.connection, job_id, outputs, self.inputs(**changes))
