"""What these tests share: a service on a clock that many threads go by, and the two front ends on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from counted_front_ends import FRONT_ENDS, FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Waiter


@pytest.fixture(scope="session")
def _emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as emulator:
        yield emulator


@pytest.fixture
def emulator(_emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> EmulatorServer:
    _emulator.reset()
    _emulator.configure(
        check_file_ids=False,
        quota=10_000,
        runners=1000,
        running_seconds=1e6,
        canceling_seconds=4.0,
        list_lag_seconds=0.0,
    )
    monkeypatch.setattr(Waiter.delay, "__defaults__", (1, lambda: 0.5))  # no jitter: what is counted is exact
    return _emulator


@pytest.fixture
def clock(emulator: EmulatorServer) -> Lockstep:
    return Lockstep(emulator.clock.advance)


@pytest.fixture(params=FRONT_ENDS)
def front_end(
    request: pytest.FixtureRequest, emulator: EmulatorServer, clock: Lockstep, monkeypatch: pytest.MonkeyPatch
) -> FrontEnd:
    kind: type[FrontEnd] = FRONT_ENDS[request.param]
    return kind(emulator.base_url, clock, monkeypatch)


@pytest.fixture(autouse=True)
def simulated_clocks(long_slices: None) -> None:
    """All time here is simulated."""
