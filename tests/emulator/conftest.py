"""An emulator on a manual clock, and a small caller that speaks plain HTTP to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from caller import Caller


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as server:
        yield server


@pytest.fixture
def call(emulator: EmulatorServer) -> Iterator[Caller]:
    caller = Caller(emulator)
    yield caller
    caller.session.close()


@pytest.fixture
def caller_of() -> type[Caller]:
    return Caller
