"""Writes `program/arguments.py` from schema.json: what type checkers and `help` know of the classes' arguments.

Run `make arguments` after a change of the schema. `test_program_arguments.py` fails until that is done.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.schema import load, to_snake_case
from pulumi_dashscope_ft.schema.names import in_python

FILE = Path(__file__).parents[2] / "pulumi_dashscope_ft" / "program" / "arguments.py"

INHERITED = {"FineTunedModel": "FineTuningJob"}
"""Resources that take all arguments of another resource."""

SPECIAL = {("TrainingFile", "path"): "str | os.PathLike[str]"}
"""Arguments that Python programs may also write in a way that the schema has no type for."""

HEAD = '''"""The arguments of the resource classes of both front ends. Generated from schema.json: `make arguments`.

`help` shows the whole descriptions, which it reads from the schema (see `describing`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

import pulumi
'''

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def module() -> str:
    """Return the text of the module."""
    resources = {token.rpartition(":")[2]: spec for token, spec in load()["resources"].items()}
    in_order = sorted(resources, key=lambda kind: kind in INHERITED)
    return HEAD + "".join(_class(kind, resources) for kind in in_order)


def _class(kind: str, resources: Mapping[str, Any]) -> str:
    parent = INHERITED.get(kind)
    inherited = resources[parent]["inputProperties"] if parent else {}
    base = f"{parent}Arguments" if parent else "TypedDict"
    lines = [f"class {kind}Arguments({base}, total=False):", f'    """Arguments of `{kind}`."""']
    for name, spec in resources[kind]["inputProperties"].items():
        if name in inherited:
            continue
        type_ = f"pulumi.Input[{SPECIAL.get((kind, name)) or _type(spec)}]"
        required = name in resources[kind].get("requiredInputs", ())
        lines += ["", f"    {to_snake_case(name)}: {f'Required[{type_}]' if required else f'{type_} | None'}"]
        lines += _docstring(_first_sentence(in_python(spec["description"])))
    return "\n\n" + "\n".join(lines) + "\n"


def _type(spec: Mapping[str, Any]) -> str:
    if "oneOf" in spec:
        return " | ".join(dict.fromkeys(_type(one) for one in spec["oneOf"]))
    if "$ref" in spec:
        return "Any" if spec["$ref"].startswith("pulumi.json#") else "str"  # the other types are enums of strings
    if spec["type"] == "array":
        item = _type(spec["items"])
        return "Sequence[Any]" if item == "Any" else f"Sequence[pulumi.Input[{item}]]"
    return "Mapping[str, Any]" if spec["type"] == "object" else _PLAIN[spec["type"]]


def _first_sentence(text: str) -> str:
    paragraph = text.split("\n\n")[0]
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", paragraph, maxsplit=1)[0]


def _docstring(text: str) -> list[str]:
    prefix = 'r"""' if "\\" in text else '"""'
    # The closing quotes take no line of their own, so that the module stays one that can be overseen.
    return textwrap.wrap(f'{prefix}{text}"""', 120, initial_indent="    ", subsequent_indent="    ")


if __name__ == "__main__":
    FILE.write_text(module(), encoding="utf-8")
