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


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "portion(most): of the rows of this test, a normal run takes so many")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the rest to `make soak`, evenly spread; a test that is named by its id is run in any case."""
    if config.getoption("--breadth") == "whole" or any("[" in name for name in config.args):
        return
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("portion") is not None:
            groups.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out: set[pytest.Item] = set()
    for tests in groups.values():
        most = tests[0].get_closest_marker("portion").kwargs["most"]  # type: ignore[union-attr]
        taken = {round(number * (len(tests) - 1) / max(most - 1, 1)) for number in range(most)}
        left_out.update(test for number, test in enumerate(tests) if number not in taken)
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


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
