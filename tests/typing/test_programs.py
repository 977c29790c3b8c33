"""The typing test (`programs.py`, which mypy reads) uses every public name of both front ends."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

import pytest

import pulumi_dashscope_ft as dynamic
from pulumi_dashscope_ft import native

PROGRAMS = ast.parse(Path(__file__).with_name("programs.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "front_end"), [("dynamic", dynamic), ("native", native)])
def test_every_public_name_is_used(name: str, front_end: ModuleType) -> None:
    used = {
        node.attr
        for node in ast.walk(PROGRAMS)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }
    assert set(front_end.__all__) - used == set()
