"""A world with a model that can be compressed, and the verbs of a compressed model."""

from __future__ import annotations

from typing import Any

import pytest
from verbs import compressed_model

from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

OWNER = "0wner0wner"
BASE = "qwen3.5-flash-2026-02-23"
MADE_ALL_THE_SAME = ["lost", "effect_then_status", "malformed", "no_output"]
"""Faults after which the request has taken effect all the same."""


class Press:
    """A world with a model that can be compressed, and the verbs of the resource."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.emulator = world.emulator
        job_id, _ = world.create(model=BASE, trainingType="sft")
        world.emulator.force(job_id, "SUCCEEDED")
        self.model = str(world.client.fine_tunes.get(job_id).model_id)
        self.begin()

    def begin(self) -> None:
        self._before = len(self.emulator.requests)

    @property
    def calls(self) -> list[str]:
        """The changing calls since `begin`."""
        made = [record.operation for record in self.emulator.requests[self._before :]]
        return [name for name in made if name in ("create_compression", "cancel_compression", "delete_compression")]

    @property
    def made(self) -> int:
        return len(self.emulator.compressions) + len(self.emulator.gone_compressions)

    def inputs(self, **changes: Any) -> dict[str, Any]:
        given = {
            "model": self.model,
            "templateId": "quant-w8a8",
            "__name": "smaller",
            "__owner": OWNER,
            "__nonce": stamp.new_nonce(),
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return compressed_model.create(self.world.connection, self.inputs(**changes))

    def refused(self, **changes: Any) -> ResourceInitFailedError:
        with pytest.raises(ResourceInitFailedError) as caught:
            self.create(**changes)
        return caught.value

    def under_way(self, status: str = "RUNNING", **changes: Any) -> tuple[str, dict[str, Any]]:
        """A job in this status, and its state."""
        error = self.refused(waitTimeout="1s", **changes)
        self.emulator.force_compression(error.resource_id, status)
        self.world.clock.sleep(3)
        self.begin()
        return error.resource_id, error.state.properties()

    def read(self, job_id: str, outputs: dict[str, Any]) -> Any:
        return compressed_model.read(self.world.connection, job_id, outputs)

    def delete(self, job_id: str, outputs: dict[str, Any]) -> None:
        compressed_model.delete(self.world.connection, job_id, outputs)

    def diff(self, job_id: str, outputs: dict[str, Any], **changes: Any) -> Any:
        return compressed_model.diff(self.world.connection, job_id, outputs, self.inputs(**changes))
