"""The fixtures that users of the package get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest

from pulumi_dashscope_ft.testing import plugin

# The entry point brings these in where the package is installed; a plain source tree has them this way.
dashscope_emulator = plugin.dashscope_emulator
dashscope_stack = plugin.dashscope_stack

PROGRAM = """
import os
import pulumi
pulumi.export("base", os.environ["DASHSCOPE_HTTP_BASE_URL"])
pulumi.export("keyed", os.environ["DASHSCOPE_API_KEY"].startswith("sk-"))
"""


def test_emulator_answers(dashscope_emulator: Any) -> None:
    assert dashscope_emulator.base_url.startswith("http://127.0.0.1:")


def test_stack_from_a_file(dashscope_stack: Any, dashscope_emulator: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(PROGRAM)
    stack = dashscope_stack(file)
    assert stack.up().outputs == {"base": dashscope_emulator.base_url, "keyed": True}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "project"]


def test_stack_from_a_project(dashscope_stack: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = tmp_path_factory.mktemp("source")
    (source / "Pulumi.yaml").write_text("name: mine\nruntime: python\nmain: program\n")
    (source / "program").mkdir()
    (source / "program" / "__main__.py").write_text(PROGRAM)
    stack = dashscope_stack(source, stack="other")
    assert stack.up().outputs["keyed"] is True
    assert stack.resources[0]["urn"] == "urn:pulumi:other::mine::pulumi:pulumi:Stack::mine-other"
    assert sorted(path.name for path in source.iterdir()) == ["Pulumi.yaml", "program"]


def test_stack_from_a_function(dashscope_stack: Any) -> None:
    def program() -> None:
        pulumi.export("here", True)

    assert dashscope_stack(program).up().outputs == {"here": True}
    with pytest.raises(ValueError, match="only the local engine"):
        dashscope_stack(program, engine="command")


def test_program_may_be_async(dashscope_stack: Any) -> None:
    async def program() -> None:
        pulumi.export("here", True)

    assert dashscope_stack(program).up().outputs == {"here": True}
