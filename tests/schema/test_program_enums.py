"""Programs that Pulumi writes for Python find what they name in `pulumi_dashscope_ft.native`."""

from __future__ import annotations

import inspect
import json
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import enum_types

from pulumi_dashscope_ft import native
from pulumi_dashscope_ft.plugin.package_schema import served_schema
from pulumi_dashscope_ft.schema import load, to_snake_case


def test_the_module_is_generated_from_the_schema() -> None:
    assert enum_types.FILE.read_text(encoding="utf-8") == enum_types.module(), "run `make arguments`"


def test_pulumi_is_told_of_a_module_that_is_installed() -> None:
    named = json.loads(served_schema())["language"]["python"]["packageName"]
    assert import_module(named) is native


def test_the_module_has_every_class_value_and_function_of_the_schema() -> None:
    package = load()
    for token in package["resources"]:
        assert inspect.isclass(getattr(native, token.rpartition(":")[2]))
    for token in package["functions"]:
        name = to_snake_case(token.rpartition(":")[2])
        assert {name, f"{name}_output"} <= set(native.__all__)
    for name, values in enum_types.enums().items():
        enum = getattr(native, name)
        assert name in native.__all__
        assert issubclass(enum, StrEnum)
        assert {enum[enum_types.member(one)] for one in values} == {one["value"] for one in values} == set(enum)
