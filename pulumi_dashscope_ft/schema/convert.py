"""Converts Pulumi's package schema into plain JSON Schema (draft 2020-12).

Pulumi's schema language only says which properties a resource has and of which type. Ranges, patterns and rules between
properties are kept beside each property, under `language.jsonschema`. This module joins the two into a schema that any
validator or editor can use.

The result has a few annotations of our own, which other validators ignore:

- `reason`: the sentence for a person, instead of one derived from the keywords; `{name}` is another input;
- `advice`: a schema for what is unusual rather than wrong, whose violations are warnings;
- `mentions`: the inputs that a `reason` names, so that every program reads its own spelling of them;
- `knownKeys` (in advice): warn about keys that look like a misspelling of a known one;
- `refusedKeys`: keys that an object must not have, because they are inputs themselves;
- `format: "numeric"`: a string here must spell a number, and ranges hold for that number;
- `format: "length-of-time"`: see `durations`.

`sameAs` and `types` exist in the source only, and are resolved here. The `sameAs` of a resource, which takes over the
rules of another one, is resolved when the document is read (see `document`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pulumi_dashscope_ft.schema.document import definition, enum_values, type_definition

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def to_json_schema(resource: str) -> Mapping[str, Any]:
    """Return the JSON Schema of a resource's inputs as one object, names in camelCase. Computed once; don't change it.

    :raises KeyError: there is no such resource.
    """
    section = definition(resource)
    properties = section["inputProperties"]
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": resource,
        "type": "object",
        "properties": {name: _property(name, properties) for name in properties},
        "required": list(section.get("requiredInputs", [])),
        "additionalProperties": False,
    }
    return {**schema, **section.get("language", {}).get("jsonschema", {})}


@cache
def open_inputs(resource: str) -> frozenset[str]:
    """Return the inputs whose whole value may be shown to anybody: they are not secret and can't contain a secret."""
    properties = to_json_schema(resource)["properties"]
    return frozenset(name for name, schema in properties.items() if not _is_confidential(schema))


def _is_confidential(node: Any) -> bool:
    if isinstance(node, Mapping):
        return node.get("writeOnly") is True or any(map(_is_confidential, node.values()))
    return isinstance(node, list) and any(map(_is_confidential, node))


@cache
def to_advice_schema(resource: str) -> Mapping[str, Any]:
    """Return the advice of `to_json_schema` as a schema of its own: each violation of it is worth a warning."""
    return _advice(to_json_schema(resource))


def _property(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    spec = properties[name]
    extra = dict(spec.get("language", {}).get("jsonschema", {}))
    model = extra.pop("sameAs", None)
    inherited = _property(model, properties) if model else {}
    schema = _merged(inherited, _typed(spec))
    for keyword in ("description", "default"):
        if keyword in spec:
            schema[keyword] = spec[keyword]
    if spec.get("secret"):
        schema["writeOnly"] = True
    return _merged(schema, extra)


def _typed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Pulumi type as JSON Schema."""
    if "oneOf" in spec:
        return _union([_typed(branch) for branch in spec["oneOf"]])
    reference = spec.get("$ref", "")
    if reference == "pulumi.json#/Any":
        return {}
    if reference:
        return _named(reference)
    schema: dict[str, Any] = {"type": spec["type"]}
    if "items" in spec:
        schema["items"] = _typed(spec["items"])
    if "additionalProperties" in spec:
        schema["additionalProperties"] = _typed(spec["additionalProperties"])
    return schema


def _named(reference: str) -> dict[str, Any]:
    definition = type_definition(reference)
    if "enum" in definition:
        return {"type": definition["type"], "enum": list(enum_values(reference.removeprefix("#/types/")))}
    properties = {name: _typed(spec) for name, spec in definition["properties"].items()}
    return {"type": "object", "properties": properties, "required": list(definition.get("required", []))}


def _union(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a union of plain types. A type next to an enum of it is an open enum: other values are only unusual."""
    types = list(dict.fromkeys(branch["type"] for branch in branches))
    schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    known = [value for branch in branches for value in branch.get("enum", [])]
    if known:
        schema["advice"] = {"enum": known}
    return schema


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `above` laid over `below`: objects are merged, everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def _advice(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the advice at a node and below it, in the same structure, with what is needed to word it."""
    advice = dict(node.get("advice", {}))
    for keyword in ("writeOnly", "title"):
        if keyword in node:
            advice[keyword] = node[keyword]
    if node.get("format") == "numeric":
        advice["format"] = "numeric"
    if "properties" in node:
        advice["properties"] = {name: _advice(child) for name, child in node["properties"].items()}
    if isinstance(node.get("items"), Mapping):
        advice["items"] = _advice(node["items"])
    return advice
