"""What the fault tests share. Their modules (`inprocess`, `simulation`, …) import each other by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# pytest's importlib mode puts no test directory on the path; the machinery here is too large for fixtures alone.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(params=["dynamic", "plugin"])
def front(request: pytest.FixtureRequest) -> str:
    """The front end that a test runs on: each promise is kept by both (see `front_ends`)."""
    return str(request.param)


@pytest.fixture(autouse=True)
def simulated_clocks(long_slices: None) -> None:
    """All time here is simulated."""
