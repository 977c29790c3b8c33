"""The typed arguments of the resource classes are the schema's, and `help` shows them with their descriptions."""

from __future__ import annotations

import inspect
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import argument_types

import pulumi_dashscope_ft
from pulumi_dashscope_ft import native
from pulumi_dashscope_ft.schema import input_names, load, to_snake_case

_PLAIN: Any = vars(pydoc)["plaintext"]

CLASSES = [
    pytest.param(getattr(flavour, kind), id=f"{flavour.__name__}.{kind}")
    for flavour in (pulumi_dashscope_ft, native)
    for kind in (
        "FineTuningJob",
        "TrainingFile",
        "ModelDeployment",
        "ExportedCheckpoint",
        "FineTunedModel",
        "CompressedModel",
        "ImportedModel",
    )
    if hasattr(flavour, kind)
]


def test_the_module_is_generated_from_the_schema() -> None:
    assert argument_types.FILE.read_text(encoding="utf-8") == argument_types.module(), "run `make arguments`"


@pytest.mark.parametrize("resource", CLASSES)
def test_a_signature_lists_the_schemas_inputs(resource: Any) -> None:
    kind = resource.kind
    parameters = inspect.signature(resource).parameters
    assert set(parameters) == {"resource_name", *map(to_snake_case, input_names(kind)), "opts"}
    required = {name for name, one in parameters.items() if one.default is inspect.Parameter.empty}
    (declared,) = (spec for token, spec in load()["resources"].items() if token.endswith(f":{kind}"))
    assert required == {"resource_name", *map(to_snake_case, declared["requiredInputs"])}
    assert all(one.kind is one.KEYWORD_ONLY for name, one in parameters.items() if name != "resource_name")


@pytest.mark.parametrize("resource", CLASSES)
def test_help_describes_every_argument_in_the_spelling_of_python(resource: Any) -> None:
    ours = inspect.getdoc(resource) or ""
    described = re.findall(r":param (\w+): \S", ours)
    assert described == ["resource_name", *map(to_snake_case, input_names(resource.kind)), "opts"]
    shown = pydoc.render_doc(resource, renderer=_PLAIN)
    assert [line for line in ours.splitlines() if line not in shown] == []
    names = {name for spec in load()["resources"].values() for name in (*spec["inputProperties"], *spec["properties"])}
    assert [name for name in re.findall(r"`(\w+)`", ours) if name in names and name != to_snake_case(name)] == []
    assert max(map(len, ours.splitlines())) <= 120
    assert not ours.startswith(":param"), "first what the class is"


def test_importing_the_classes_does_not_read_the_schema() -> None:
    program = (
        "import pulumi_dashscope_ft.dynamic.resources, pulumi_dashscope_ft.native;"
        "from pulumi_dashscope_ft.schema import document; print(document._read.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_a_users_own_subclass_keeps_its_docstring() -> None:
    class Ours(pulumi_dashscope_ft.FineTuningJob, module="ours", name="Ours"):
        """Ours."""

    assert Ours.__doc__ == "Ours."
    assert inspect.signature(Ours) == inspect.signature(pulumi_dashscope_ft.FineTuningJob)
