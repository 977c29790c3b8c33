"""Why this exists: a resource that waits for hours has a life that others don't: its wait ends early for many reasons,
and each time it is recorded half made, goes on as if nothing had been, and must never buy anything for that. It is the
plugin's alone.
"""

from __future__ import annotations

from typing import Any

from front_ends import PLUGIN
from records import KIND, MODEL, TIMEOUTS, Record
from serving_story import ServingStory
from story import Story


class WaitingStory(ServingStory):
    """One account, one stack with a model that is waited for, and what is deployed of it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(PLUGIN, **more)
        self.program = {"m": self._model(0)}

    # What the user does

    def up(self, *forced: str) -> None:
        super().up(*forced)
        if self.told is None and not self.cut_short:
            for record in self._models():
                if record.name in self.program:
                    self._check_model(record)

    def serve_it(self) -> None:
        """Deploy the model, whatever it comes to be called."""
        if "m" in self.program:
            self.program.setdefault("s", {"modelName": "@m.modelId", "plan": "lora"})

    def drop(self, name: str) -> None:
        super().drop(name)
        if name == "m":  # nobody may refer to what is not in the program
            super().drop("s")

    def add_model(self, name: str, variant: int = 0) -> None:
        self.program.setdefault(name, self._model(variant))

    def limit(self, name: str, **seconds: float) -> None:
        """Custom timeouts (`create`, `update`, `delete`)."""
        self.edit(name, **{TIMEOUTS: seconds or None})

    # What other people do

    def remove_elsewhere(self) -> None:
        """Somebody deletes one of our jobs in the console."""
        Story.remove_elsewhere(self)

    # Invariants

    def _check_model(self, record: Record) -> None:
        job = self.cloud.emulator.service.jobs().get(record.id)
        assert record.outputs.get("modelId"), "created without a model"
        assert not record.unfinished
        if job is not None:  # what has a model is not looked at again
            assert record.outputs["modelId"] == self.cloud.emulator.jobs[record.id].finetuned_output

    def _check(self, took: float, steps: int) -> None:
        super()._check(took, steps)
        for record in self._models():
            known = record.outputs.get("modelId") is not None
            assert known or record.outputs["status"] != "SUCCEEDED", f"without its model: {record}"
            assert not known or self.cloud.status(record.id) in ("SUCCEEDED", None), f"a model of no success: {record}"

    def _models(self) -> list[Record]:
        return [record for record in self.state.records if record.kind == MODEL]

    def _model(self, variant: int) -> dict[str, Any]:
        return {**self._job(variant), KIND: MODEL, "waitTimeout": "10m"}
