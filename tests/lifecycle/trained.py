"""A trained job whose checkpoints can be exported."""

from __future__ import annotations

from typing import Any

from verbs import exported_checkpoint

from pulumi_dashscope_ft.api import Checkpoint
from pulumi_dashscope_ft.emulator import FaultRule


class Trained:
    """A job that has succeeded and kept three checkpoints, the first two of them not published."""

    def __init__(self, world: Any) -> None:
        self.world = world
        world.emulator.configure(export_seconds=20)
        body = {
            "model": "qwen3-8b",
            "training_file_ids": ["file-1"],
            "training_type": "sft",
            "hyper_parameters": {"n_epochs": 3, "save_total_limit": 3},
        }
        self.job_id: str = world.client.fine_tunes.create(body).job_id
        world.emulator.force(self.job_id, "SUCCEEDED")
        listed = self.listed
        self.last, self.inner, self.first = (one.checkpoint for one in listed)
        assert [one.status for one in listed] == ["SUCCEEDED", "PENDING", "PENDING"]
        world.lines.clear()

    @property
    def listed(self) -> tuple[Checkpoint, ...]:
        found: tuple[Checkpoint, ...] = self.world.client.fine_tunes.checkpoints(self.job_id)
        return found

    def inputs(self, **changes: Any) -> dict[str, Any]:
        given = {"jobId": self.job_id, "checkpoint": self.inner, "modelDisplayName": "tickets", "__name": "ckpt"}
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return exported_checkpoint.create(self.world.connection, self.inputs(**changes))

    def diff(self, outputs: dict[str, Any], **changes: Any) -> Any:
        id_ = f"{self.job_id}/{self.inner}"
        return exported_checkpoint.diff(self.world.connection, id_, outputs, self.inputs(**changes))

    def fault(self, kind: str, operation: str = "export", **more: Any) -> None:
        self.world.emulator.add_fault(FaultRule(operation=operation, kind=kind, **more))

    @property
    def asked(self) -> int:
        """How many requests for an export have reached the service."""
        return int(self.world.emulator.count("export"))


def shown(job_id: str, status: str, name: str = "checkpoint-9", **more: Any) -> Checkpoint:
    return Checkpoint.from_json({"job_id": job_id, "checkpoint": name, "status": status, **more})
