"""A world for lifecycle tests: the real client, over a real socket, against the emulator, on one simulated clock.

`clock.sleep` moves both the client's time and the service's, so a test of a ten-minute teardown takes milliseconds.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from verbs import fine_tuning_job, model_deployment

from pulumi_dashscope_ft.api import Checkpoint, Client, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from trained import Trained, shown

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

    def restart(self, api_key: str = "sk-test-key") -> None:
        settings = resolve_settings(base_url=self.emulator.base_url, api_key=api_key, environ={})
        self.client = Client(settings, clock=self.clock)
        self.run_registry = RunRegistry()
        self.connection: Connection = connect(
            self.client, clock=self.clock, run_registry=self.run_registry, report=self.lines.append
        )

    def inputs(self, **changes: Any) -> dict[str, Any]:
        """CheckResult inputs of a job, with a fresh nonce."""
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


class Fleet:
    """Deployments in a world: a tuned model to serve, and the verbs of the resource."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.emulator = world.emulator
        job_id, _ = world.create()
        world.emulator.force(job_id, "SUCCEEDED")
        self.model = str(world.client.fine_tunes.get(job_id).model_id)
        self.begin()

    def begin(self) -> None:
        """What is counted is counted from here on."""
        self._before = len(self.emulator.requests)

    @property
    def calls(self) -> list[str]:
        """The calls about deployments since `begin`, reads left out."""
        made = [record.operation for record in self.emulator.requests[self._before :]]
        return [name.removesuffix("_deployment") for name in made if name in CHANGING]

    @property
    def all_calls(self) -> list[str]:
        return [record.operation for record in self.emulator.requests[self._before :]]

    def inputs(self, **changes: Any) -> dict[str, Any]:
        given = {
            "modelName": self.model,
            "plan": "mu",
            "capacity": 1.0,
            "deploySpec": "MU1",
            # The steps themselves; the wait that follows them has tests of its own.
            "waitUntilRunning": False,
            "__name": "served",
            "__owner": OWNER,
            "__nonce": stamp.new_nonce(),
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return model_deployment.create(self.world.connection, self.inputs(**changes))

    def running(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        """A deployment that runs, and the state after a refresh."""
        deployed_model, outputs = self.create(**changes)
        return deployed_model, self.forced(deployed_model, outputs, "RUNNING")

    def forced(self, deployed_model: str, outputs: dict[str, Any], status: str) -> dict[str, Any]:
        self.emulator.force_deployment(deployed_model, status)
        self.world.clock.sleep(3)
        fresh = model_deployment.read(self.world.connection, deployed_model, outputs)
        assert fresh is not None
        self.world.clock.sleep(3)
        self.begin()
        return fresh

    def diff(self, deployed_model: str, outputs: dict[str, Any], **changes: Any) -> Any:
        news = self.inputs(**changes)
        return model_deployment.diff(self.world.connection, deployed_model, outputs, news)

    def update(self, deployed_model: str, outputs: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return model_deployment.update(self.world.connection, deployed_model, outputs, self.inputs(**changes))

    def read(self, deployed_model: str, outputs: dict[str, Any]) -> dict[str, Any] | None:
        return model_deployment.read(self.world.connection, deployed_model, outputs)

    def delete(self, deployed_model: str, outputs: dict[str, Any]) -> None:
        model_deployment.delete(self.world.connection, deployed_model, outputs)


CHANGING = ("create_deployment", "scale_deployment", "update_deployment", "delete_deployment")


@pytest.fixture
def fleet(world: World) -> Fleet:
    return Fleet(world)


@pytest.fixture
def trained(world: Any, monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setattr(world.clock, "time", world.emulator.clock.now)  # so that nothing has expired
    return Trained(world)


@pytest.fixture
def script(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the list of checkpoints follow a script; the last status stays."""

    def play(*statuses: str, **more: Any) -> None:
        left = list(statuses)

        def checkpoints(job_id: str) -> tuple[Checkpoint, ...]:
            status = left.pop(0) if len(left) > 1 else left[0]
            name = {"model_name": "m-c9"} if status == "SUCCEEDED" else {}
            return (shown(job_id, status, trained.inner, **{**name, **more}),)

        monkeypatch.setattr(trained.world.client.fine_tunes, "checkpoints", checkpoints)

    return play


@pytest.fixture(autouse=True)
def simulated_clocks(long_slices: None) -> None:
    """All time here is simulated."""
