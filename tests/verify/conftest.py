"""Verifications in process: see `verify_stage`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from verify_stage import Stage


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as emulator:
        yield emulator


@pytest.fixture
def stage(shared_emulator: EmulatorServer) -> Stage:
    shared_emulator.reset()
    defaults: Any = Settings()
    names = [name for name in Settings.__dataclass_fields__ if name not in ("keys", "seed")]
    shared_emulator.configure(**{name: getattr(defaults, name) for name in names})
    return Stage(shared_emulator)
