"""A world for lifecycle tests: the real client, over a real socket, against the emulator, on one simulated clock.

`clock.sleep` moves both the client's time and the service's, so a test of a ten-minute teardown takes milliseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.lifecycle import fine_tuning_job, stamp
from pulumi_dashscope_ft.lifecycle.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.ledger import Ledger

OWNER = "0wner0wner"


class SimulatedClock:
    """Time that passes only when somebody sleeps; it takes the emulator's clock along."""

    def __init__(self, on_advance: Callable[[float], Any] = lambda seconds: None) -> None:
        self._now = 1000.0
        self._lock = threading.Lock()
        self._on_advance = on_advance

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return 1_800_000_000.0 + self._now

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            with self._lock:
                self._now += seconds
                self._on_advance(seconds)


class World:
    """One account, one emulator, one provider process; `restart()` makes a new process that remembers nothing."""

    def __init__(self, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        self.clock = SimulatedClock(emulator.clock.advance)
        self.lines: list[str] = []
        self.restart()

    def restart(self) -> None:
        settings = resolve_settings(base_url=self.emulator.base_url, api_key="sk-test-key", environ={})
        self.client = Client(settings, clock=self.clock)
        self.ledger = Ledger()
        self.connection: Connection = connect(
            self.client, clock=self.clock, ledger=self.ledger, report=self.lines.append
        )

    def inputs(self, **changes: Any) -> dict[str, Any]:
        """Checked inputs of a job, with a fresh nonce."""
        given = {
            "model": "qwen3-8b",
            "trainingFileIds": ["file-1"],
            "hyperParameters": {"n_epochs": 3.0, "learning_rate": "1e-4"},
            "__name": "job",
            "__owner": OWNER,
            "__nonce": stamp.new_nonce(),
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return fine_tuning_job.create(self.connection, self.inputs(**changes))

    def delete(self, job_id: str, outputs: dict[str, Any]) -> None:
        fine_tuning_job.delete(self.connection, job_id, outputs)

    def counts(self) -> dict[str, int]:
        return {name: n for name, n in self.emulator.count().items() if n}

    @property
    def told(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as emulator:
        yield emulator


@pytest.fixture
def world(shared_emulator: EmulatorServer) -> World:
    shared_emulator.reset()
    defaults = Settings(check_file_ids=False, canceling_seconds=4)
    shared_emulator.configure(
        **{name: getattr(defaults, name) for name in Settings.__dataclass_fields__ if name not in ("keys", "seed")}
    )
    return World(shared_emulator)
