"""docs/emulator.md knows every setting, operation, fault kind, control path and member."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.http.control import ACTIONS
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES
from pulumi_dashscope_ft.emulator.model.faults import KINDS, OPERATIONS

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "names",
    [
        [one.name for one in fields(Settings)],
        OPERATIONS,
        KINDS,
        STATUSES,
        [name for name in vars(EmulatorServer) if not name.startswith("_")],
    ],
    ids=["settings", "operations", "kinds", "deployment statuses", "members"],
)
def test_everything_is_on_the_page(names: Any) -> None:
    assert [name for name in names if not re.search(rf"\b{name}\b", PAGE)] == []


def test_every_control_path_is_on_the_page() -> None:
    assert [path for _, path, _ in ACTIONS if path not in PAGE] == []
