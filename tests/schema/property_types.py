"""Writes `schema/properties.py` from schema.json: what the type checker knows of a kind's inputs and outputs.

Run `make arguments` after a change of the schema. `test_property_types.py` fails until that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.schema import load

FILE = Path(__file__).parents[2] / "pulumi_dashscope_ft" / "schema" / "properties.py"

INHERITED = {"FineTunedModel": "FineTuningJob"}
"""Resources that have all properties of another resource."""

HEAD = '''"""The inputs and outputs of each kind of resource, for the type checker. Generated: `make arguments`.

The source is schema.json. Inputs are what a program wants: a preview may not know one yet (`Unknown`), and one that is
not set may be None. Outputs are what a state holds, the inputs among them. Pulumi carries every number as a float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from pulumi_dashscope_ft.schema.unknown import Unknown
'''

_PLAIN = {"string": "str", "integer": "float", "number": "float", "boolean": "bool"}


def module() -> str:
    """Return the text of the module."""
    resources = {token.rpartition(":")[2]: spec for token, spec in load()["resources"].items()}
    in_order = sorted(resources, key=lambda kind: kind in INHERITED)
    return HEAD + "".join(_inputs(kind, resources) + _outputs(kind, resources) for kind in in_order)


def inputs_of(kind: str, resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema's entries for the inputs of a kind, those that `check` adds included."""
    spec = resources[kind]
    added = {name: spec["properties"][name] for name in registry.of_type(kind).computed}
    return {**spec["inputProperties"], **added}


def outputs_of(kind: str, resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema's entries for the outputs of a kind, the inputs included: a state keeps them all."""
    return {**resources[kind]["properties"], **inputs_of(kind, resources)}


def _inputs(kind: str, resources: Mapping[str, Any]) -> str:
    required = resources[kind].get("requiredInputs", ())
    ends = {name: " | Unknown" if name in required else " | Unknown | None" for name in inputs_of(kind, resources)}
    return _class(kind, "Inputs", inputs_of, resources, ends)


def _outputs(kind: str, resources: Mapping[str, Any]) -> str:
    return _class(kind, "Outputs", outputs_of, resources, {})


def _class(
    kind: str,
    suffix: str,
    entries: Callable[[str, Mapping[str, Any]], dict[str, Any]],
    resources: Mapping[str, Any],
    ends: Mapping[str, str],
) -> str:
    parent = INHERITED.get(kind)
    inherited = entries(parent, resources) if parent else {}
    lines = [
        f"class {kind}{suffix}({f'{parent}{suffix}' if parent else 'TypedDict'}, total=False):",
        f'    """{suffix} of `{kind}`."""',
        "",
    ]
    own = {name: spec for name, spec in entries(kind, resources).items() if name not in inherited}
    lines += [f"    {name}: {_type(spec)}{ends.get(name, '')}" for name, spec in own.items()]
    return "\n\n" + "\n".join(lines) + "\n"


def _type(spec: Mapping[str, Any]) -> str:
    if "oneOf" in spec:
        return " | ".join(dict.fromkeys(_type(one) for one in spec["oneOf"]))
    if "$ref" in spec:
        return _referred(spec["$ref"])
    if spec["type"] == "array":
        return f"Sequence[{_type(spec['items'])}]"
    return "Mapping[str, Any]" if spec["type"] == "object" else _PLAIN[spec["type"]]


def _referred(reference: str) -> str:
    if reference.startswith("pulumi.json#"):
        return "Any"
    type_ = load()["types"][reference.removeprefix("#/types/")]
    return "Mapping[str, Any]" if type_["type"] == "object" else _PLAIN[type_["type"]]


if __name__ == "__main__":
    FILE.write_text(module(), encoding="utf-8")
