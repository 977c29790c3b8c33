"""A stage for the examples that use the plugin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    # A minute a second: whatever is waited for has come by the first look.
    settings = Settings(pending_seconds=1, queuing_seconds=1, running_seconds=20)
    with EmulatorServer(settings=settings, speed=60.0) as server:
        yield server
