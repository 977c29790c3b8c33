"""The types of inputs and outputs are the schema's, and every kind uses its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_type_hints

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import property_types

from pulumi_dashscope_ft.lifecycle.base.request import Inputs
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.schema import input_names, output_names, properties


def test_the_module_is_generated_from_the_schema() -> None:
    assert property_types.FILE.read_text(encoding="utf-8") == property_types.module(), "run `make arguments`"


@pytest.mark.parametrize("kind", registry.type_names())
def test_a_kind_has_types_with_the_schemas_names(kind: str) -> None:
    inputs = get_type_hints(getattr(properties, f"{kind}Inputs"))
    outputs = get_type_hints(getattr(properties, f"{kind}Outputs"))
    assert set(inputs) == {*input_names(kind), *registry.of_type(kind).computed}
    assert set(outputs) == {*input_names(kind), *output_names(kind)}


@pytest.mark.parametrize("kind", registry.type_names())
@pytest.mark.parametrize("verb", ["create", "read", "diff", "update", "delete"])
def test_a_verb_takes_and_returns_its_kinds_types(kind: str, verb: str) -> None:
    lifecycle = registry.of_type(kind).lifecycle
    hints = get_type_hints(getattr(lifecycle, verb), localns=vars(properties))  # a kind only names them
    carried = {
        name: str(hint) for name, hint in hints.items() if "base.state" in str(hint) or "base.request" in str(hint)
    }
    assert carried
    # Verbs that several kinds share have a parameter in place of the kind's type.
    shared = getattr(lifecycle, "__orig_class__", None)
    assert shared is None or getattr(properties, f"{kind}Inputs") in shared.__args__
    inputs = f"{kind}Inputs" if shared is None else str(Inputs)
    assert [name for name, hint in carried.items() if inputs not in hint] == []
