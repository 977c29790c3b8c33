"""The API reference of the site: a page for each resource, one for functions, types and settings, from schema.json."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import reference_examples
from site_pages import REPOSITORY

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.schema import to_snake_case

Spec = Mapping[str, Any]

_LANGUAGES = {"python": "Python", "yaml": "YAML", "typescript": "TypeScript", "go": "Go"}
_TYPES = "#/types/"
_SCHEMA = f"{REPOSITORY}/blob/main/schema.json"
_HEAD = (
    f"Made from [schema.json]({_SCHEMA}), the single source of what the provider takes and gives. YAML and TypeScript "
    "spell names as the schema does, Python in snake_case, Go with a capital first letter.\n"
)


def pages() -> dict[str, str]:
    """Return path on the site → text."""
    document = schema.load()
    made = {
        "api/index.md": _index(document),
        "api/functions.md": _functions(document),
        "api/types.md": _types(document),
    }
    made["api/provider.md"] = _provider(document)
    for token, spec in document["resources"].items():
        made[f"api/{_short(token)}.md"] = _resource(_short(token), spec)
    return made


def _index(document: Spec) -> str:
    resources = [
        (f"[{_short(token)}]({_short(token)}.md)", _summary(spec)) for token, spec in document["resources"].items()
    ]
    functions = [
        (f"[{_short(token)}](functions.md#{_short(token).lower()})", _summary(spec))
        for token, spec in document["functions"].items()
    ]
    return "\n".join(
        [
            "# API reference\n",
            _HEAD,
            "## Resources\n",
            _table(("resource", "what it is"), resources),
            "\n## Functions\n",
            _table(("function", "what it returns"), functions),
            "\n[Types](types.md) has the values of properties, [Settings](provider.md) what you configure.\n",
        ]
    )


def _resource(name: str, spec: Spec) -> str:
    rows = [_input(key, one, key in spec.get("requiredInputs", ())) for key, one in spec["inputProperties"].items()]
    outputs = [(_names(key), _type(one), _cell(one)) for key, one in spec["properties"].items()]
    return "\n".join(
        [
            f"# {name}\n",
            spec["description"].strip() + "\n",
            f"Type token: `dashscope-ft:index:{name}`\n",
            "## Example\n",
            _tabs(reference_examples.resource(name)),
            "## Inputs\n",
            _table(("name", "type", "what it does", "a change"), rows),
            "\n## Outputs\n",
            "Besides these, every resource has `id` and `urn`.\n",
            _table(("name", "type", "what it is"), outputs),
            "",
        ]
    )


def _functions(document: Spec) -> str:
    parts = ["# Functions\n", "They read, and change nothing. In Python they are in `pulumi_dashscope_ft.native`.\n"]
    for token, spec in document["functions"].items():
        required = spec["inputs"].get("required", ())
        given = spec["inputs"]["properties"].items()
        returned = spec["outputs"]["properties"].items()
        parts += [
            f"## {_short(token)}\n",
            spec["description"].strip() + "\n",
            _tabs(reference_examples.function(_short(token))),
            _table(
                ("argument", "type", "what it is"), [(_names(k, k in required), _type(s), _cell(s)) for k, s in given]
            ),
            "",
            _table(("result", "type", "what it is"), [(_names(k), _type(s), _cell(s)) for k, s in returned]),
            "",
        ]
    return "\n".join(parts)


def _types(document: Spec) -> str:
    parts = [
        "# Types\n",
        "Where a property also takes other text, values that are not listed here are sent as they are.\n",
    ]
    for token, spec in document["types"].items():
        parts += [f"## {_short(token)}\n", spec.get("description", "").strip() + "\n"]
        if "enum" in spec:
            rows = [(f"`{one['value']}`", f"`{one['name']}`", _cell(one)) for one in spec["enum"]]
            parts.append(_table(("value", "name", "what it means"), rows))
        else:
            parts.append(
                _table(
                    ("name", "type", "what it is"),
                    [(_names(k), _type(s), _cell(s)) for k, s in spec["properties"].items()],
                )
            )
        parts.append("")
    return "\n".join(parts)


def _provider(document: Spec) -> str:
    settings = document["config"]["variables"].items()
    rows = [
        (f"`dashscope-ft:{key}`", _type(spec), _cell(spec), _code(spec.get("defaultInfo", {}).get("environment", ())))
        for key, spec in settings
    ]
    inputs = [(_names(key), _type(one), _cell(one)) for key, one in document["provider"]["inputProperties"].items()]
    return "\n".join(
        [
            "# Settings\n",
            "Set them with `pulumi config set`, the key with `--secret`. Without a setting the variable counts.\n",
            _table(("setting", "type", "what it does", "variable"), rows),
            "\n## Provider instances\n",
            "With the plugin a program may have several providers, such as one for each account "
            "([several accounts](../how-to/several-accounts.md)). In Python: `pulumi_dashscope_ft.native.Provider`.\n",
            _table(("input", "type", "what it does"), inputs),
            "",
        ]
    )


def _input(key: str, spec: Spec, is_required: bool) -> tuple[str, str, str, str]:
    default = f" Default: `{spec['default']}`." if "default" in spec and "efault" not in spec["description"] else ""
    change = "replaces" if spec.get("willReplaceOnChanges") else "see the text" if key == "path" else "in place"
    return _names(key, is_required), _type(spec), _cell(spec) + default, change


def _names(key: str, is_required: bool = False) -> str:
    python = to_snake_case(key)
    both = f"`{key}`" if python == key else f"`{key}`<br>`{python}`"
    return f"{both}<br>**required**" if is_required else both


def _type(spec: Spec) -> str:
    if "oneOf" in spec:
        return " or ".join(_type(one) for one in spec["oneOf"])
    reference = str(spec.get("$ref", ""))
    if reference.startswith(_TYPES):
        return f"[{_short(reference)}](types.md#{_short(reference).lower()})"
    if reference:
        return "any"
    if spec["type"] == "array":
        return f"list of {_type(spec['items'])}"
    return "object" if spec["type"] == "object" else str(spec["type"])


def _cell(spec: Spec) -> str:
    return re.sub(r"\s+", " ", str(spec.get("description", ""))).strip().replace("|", "\\|")


def _summary(spec: Spec) -> str:
    return _cell({"description": spec["description"].split("\n\n")[0]})


def _code(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _short(token: str) -> str:
    return token.rpartition(":")[2]


def _tabs(examples: Mapping[str, str]) -> str:
    parts = []
    for language, code in examples.items():
        indented = "".join(f"    {line}\n" if line else "\n" for line in code.splitlines())
        parts.append(f'=== "{_LANGUAGES[language]}"\n\n    ```{language}\n{indented}    ```\n')
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
