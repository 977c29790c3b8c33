"""The emulator, and the unmodified official SDK beside it in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from sdk_clients import CLIENTS, SdkClient
from sdk_process import Sdk

KEY = "sk-compat-0123456789"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the SDK: skip, and say what to install."""
    if importlib.util.find_spec("dashscope") is not None:
        return
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.skip(reason="the official SDK is not installed; pip install '.[compat]'"))


@pytest.fixture(scope="session")
def _shared_emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as server:
        yield server


@pytest.fixture(scope="session")
def _shared_sdk(_shared_emulator: EmulatorServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    folder = tmp_path_factory.mktemp("sdk")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("DASHSCOPE_") and not name.upper().endswith("_PROXY")
    }
    sdk = Sdk(
        {
            **kept,
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "COLUMNS": "400",  # rich must not break the lines the tests look for
            "TERM": "dumb",
            "NO_PROXY": "127.0.0.1",
            "DASHSCOPE_HTTP_BASE_URL": _shared_emulator.base_url,
            "DASHSCOPE_API_KEY": KEY,
        },
        folder,
    )
    yield sdk
    sdk.close()


@pytest.fixture
def emulator(_shared_emulator: EmulatorServer) -> EmulatorServer:
    """Empty, on its default settings, with a clock that stands still."""
    _shared_emulator.reset()
    _shared_emulator.configure(**asdict(Settings()))
    return _shared_emulator


@pytest.fixture
def sdk(_shared_sdk: Sdk, emulator: EmulatorServer) -> Sdk:
    """The SDK, pointed at the emulator by environment variables."""
    return _shared_sdk


@pytest.fixture(params=list(CLIENTS))
def client(request: pytest.FixtureRequest, sdk: Sdk) -> SdkClient:
    """Each of the SDK's clients in turn."""
    return CLIENTS[request.param](sdk)
