"""Steps of the engine's that take a while: begun by one thread, looked at by another."""

from __future__ import annotations

import threading
import time
from typing import Any


def job_inputs(plugin: Any, **more: Any) -> dict[str, Any]:
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    return {"model": "qwen3-8b", "trainingFileIds": [data.id], "hyperParameters": {"n_epochs": 3}, **more}


class Step(threading.Thread):
    """A step of the engine's, under way."""

    def __init__(self, step: Any) -> None:
        super().__init__(daemon=True)
        self._step = step
        self.outcome: Any = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self._step()
        except Exception as error:
            self.outcome = error

    def ended(self, seconds: float = 60) -> Any:
        self.join(seconds)
        assert not self.is_alive()
        return self.outcome


def until(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
