"""Names that users, states and pipelines hold on to. A release may add to them and takes none away."""

from __future__ import annotations

import base64
import inspect
import json
import pickle
import sys
from importlib import import_module
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from golden_files import lost, recorded
from golden_states import GOLDEN
from pulumi.dynamic.dynamic import serialize_provider

sys.path.insert(0, str(Path(__file__).parents[1]))

from pickles import of_any_python

from pulumi_dashscope_ft import schema

PUBLIC = ("", ".native", ".emulator", ".testing")
PROVIDERS = "pulumi_dashscope_ft.dynamic.provider"


def test_public_names_and_their_arguments() -> None:
    found: dict[str, Any] = {}
    for name in PUBLIC:
        module = import_module(f"pulumi_dashscope_ft{name}")
        found[module.__name__] = {one: _arguments(getattr(module, one)) for one in module.__all__}
    assert lost(recorded("pins/public.json", found), found) == []


def _arguments(value: Any) -> list[str]:
    """Names of the arguments of a function or of a class's `__init__`; `*args` and `**arguments` are none."""
    if not callable(value) or (inspect.isclass(value) and issubclass(value, Exception)):
        return []
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [one.name for one in inspect.signature(value).parameters.values() if one.kind not in variadic]


def test_type_tokens_and_properties() -> None:
    package = schema.load()
    found = {
        "config": sorted(package["config"]["variables"]),
        "resources": {
            token: {"inputs": sorted(one["inputProperties"]), "properties": sorted(one["properties"])}
            for token, one in package["resources"].items()
        },
        "functions": {
            token: {"inputs": sorted(one.get("inputs", {}).get("properties", {}))}
            for token, one in package["functions"].items()
        },
        "types": {
            token: [one.get("value") for one in kind.get("enum", [])] for token, kind in package["types"].items()
        },
    }
    assert lost(recorded("pins/schema.json", found), found) == []


def test_pickles_in_old_states_are_todays_providers() -> None:
    pickles = {
        one["inputs"]["__provider"]
        for golden in GOLDEN
        for one in golden.state["deployment"]["resources"]
        if "__provider" in one.get("inputs", {})
    }
    assert len(pickles) == 5
    for text in pickles:
        provider = pickle.loads(base64.b64decode(text))  # noqa: S301 (our own file)
        assert type(provider).__module__ == PROVIDERS
        assert serialize_provider(provider) in of_any_python(text)


def test_entry_points() -> None:
    found = {one.name: one for one in distribution("pulumi-dashscope-ft").entry_points}
    assert {(one.group, name) for name, one in found.items()} >= {
        ("console_scripts", "dashscope-ft"),
        ("console_scripts", "pulumi-resource-dashscope-ft"),
        ("pytest11", "dashscope_ft"),
    }
    for one in found.values():
        assert one.load()


def test_golden_data_is_of_no_machine() -> None:
    for golden in GOLDEN:
        text = json.dumps([golden.state, golden.held])
        for place in ("/tmp", "/home", "/root", "/work", "127.0.0.1", "localhost", "sk-"):
            assert place not in text
