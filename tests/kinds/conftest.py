"""A stage with a kind of its own: the toy kind `Note` is registered, and the emulator keeps its objects."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.kinds.registry import Registered

HERE = Path(__file__).parent

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

KEY = "sk-kinds-0123456789abcdef"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line that makes the package know the toy kind; and its part of the schema, which Pulumi needs."""
    monkeypatch.setattr(registry, "REGISTERED", (*registry.REGISTERED, Registered("Note", "note", "note")))
    resources = schema.load()["resources"]
    fragment = json.loads((HERE / "note" / "schema.json").read_text())
    monkeypatch.setitem(resources, "dashscope-ft:index:Note", fragment)


@pytest.fixture(scope="session")
def _emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as server:
        yield server


@pytest.fixture
def emulator(_emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> EmulatorServer:
    _emulator.reset()
    for name in (
        "DASHSCOPE_API_KEY_FILE_PATH",
        "DASHSCOPE_API_REGION",
        "DASHSCOPE_WORKSPACE_ID",
        "DASHSCOPE_FT_REPORT",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", _emulator.base_url)
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("HOME", str(tmp_path))
    return _emulator
