"""What a Pulumi package schema may look like, in our own words.

Why it exists: the engine and the code generators of all languages read the served schema, and what they make of a
mistake is a panic or a missing class. The `pulumi` command checks it, but is not on every machine. So this says the
part of the format that we use, as a JSON schema, and what a JSON schema can't say, as checks. Source: Pulumi's
description of the package schema, and what its generators refuse (3.260).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
ADDRESS: Schema = {"type": "string", "pattern": "^https://[^ ]+$"}
NAMES: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}
YES_OR_NO: Schema = {"type": "boolean"}


def exactly(needed: str, properties: Schema) -> Schema:
    """An object with these properties and no others."""
    return {"type": "object", "required": needed.split(), "properties": properties, "additionalProperties": False}


def mapping(keys: str, values: str) -> Schema:
    """An object with keys of this form, and values that `$defs` describes."""
    return {"type": "object", "propertyNames": {"pattern": keys}, "additionalProperties": {"$ref": f"#/$defs/{values}"}}


LANGUAGES: Schema = {
    "type": "object",
    "propertyNames": {"enum": ["python", "nodejs", "go", "csharp", "java"]},
    "additionalProperties": {"type": "object", "minProperties": 1},
}
ABOUT: Schema = {"description": TEXT, "deprecationMessage": TEXT, "language": LANGUAGES}
ABOUT_PROPERTY: Schema = {
    **ABOUT,
    "secret": YES_OR_NO,
    "replaceOnChanges": YES_OR_NO,
    "willReplaceOnChanges": YES_OR_NO,
}
DEFAULT: Schema = {
    "default": {"type": ["string", "number", "boolean"]},
    "defaultInfo": exactly("environment", {"environment": {**NAMES, "minItems": 1}}),
}
PRIMITIVE: Schema = {"enum": ["string", "integer", "number", "boolean"]}
REFERENCE: Schema = {"type": "string", "pattern": r"^(#/types/[\w-]+:\w+:\w+|pulumi\.json#/Any)$"}
KIND: Schema = {"$ref": "#/$defs/type"}


def types(about: Schema, default: Schema) -> Schema:
    """The five forms of a type. Only a primitive or a named one may have a default: Go's generator fails on others."""
    return {
        "oneOf": [
            exactly("type", {"type": PRIMITIVE, **about, **default}),
            exactly("$ref", {"$ref": REFERENCE, **about, **default}),
            exactly("type items", {"type": {"const": "array"}, "items": KIND, **about}),
            exactly("type additionalProperties", {"type": {"const": "object"}, "additionalProperties": KIND, **about}),
            exactly("oneOf", {"oneOf": {"type": "array", "items": KIND, "minItems": 2}, **about}),
        ]
    }


PROPERTIES = mapping(r"^[a-z][A-Za-z0-9]*$", "property")
OBJECT: Schema = {"type": {"const": "object"}, "properties": PROPERTIES, "required": NAMES, **ABOUT}
RESOURCE: Schema = {**OBJECT, "inputProperties": PROPERTIES, "requiredInputs": NAMES}
ENUM: Schema = {"type": PRIMITIVE, "enum": {"type": "array", "items": {"$ref": "#/$defs/value"}}, **ABOUT}
VALUE: Schema = {
    "name": {"type": "string", "pattern": r"^[A-Z]\w*$"},
    "value": {"type": ["string", "number"]},
    "description": TEXT,
    "deprecationMessage": TEXT,
}
PACKAGE: Schema = {
    "name": {"type": "string", "pattern": r"^[a-z][a-z0-9-]*$"},
    "displayName": TEXT,
    "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+(-[\w.]+)?(\+[\w.]+)?$"},
    "description": TEXT,
    "keywords": NAMES,
    "homepage": ADDRESS,
    "repository": ADDRESS,
    "license": TEXT,
    "publisher": TEXT,
    "logoUrl": ADDRESS,
    "pluginDownloadURL": {"type": "string", "pattern": "^(https|github)://[^ ]+$"},
    "language": LANGUAGES,
    "config": exactly("variables", {"variables": PROPERTIES, "defaults": NAMES}),
    "types": mapping(r"^[\w-]+:\w+:[A-Z]\w*$", "named"),
    "provider": exactly("inputProperties", RESOURCE),
    "resources": mapping(r"^[\w-]+:\w+:[A-Z]\w*$", "resource"),
    "functions": mapping(r"^[\w-]+:\w+:[a-z]\w*$", "function"),
}
GRAMMAR: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **exactly(
        "name version description publisher homepage repository license config types provider resources functions",
        PACKAGE,
    ),
    "$defs": {
        "type": types({}, {}),
        "property": types(ABOUT_PROPERTY, DEFAULT),
        "resource": exactly("description properties required inputProperties", RESOURCE),
        "function": exactly(
            "description inputs outputs",
            {**ABOUT, "inputs": exactly("type properties", OBJECT), "outputs": exactly("type properties", OBJECT)},
        ),
        "named": {"oneOf": [exactly("type properties", OBJECT), exactly("type enum", ENUM)]},
        "value": exactly("name value", VALUE),
    },
}

_RESERVED = {"id", "urn", "pulumi"}
"""Properties that every resource has from the engine."""


def problems(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with a package schema, each with its place; nothing when it is right."""
    found = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft202012Validator(GRAMMAR).iter_errors(document)
    ]
    return found or [*_meaning(document)]


def _meaning(document: Mapping[str, Any]) -> Iterator[str]:
    known = document["types"]
    for token in (*known, *document["resources"], *document["functions"]):
        if token.partition(":")[0] != document["name"]:
            yield f"{token}: belongs to another package"
    for name in set(document["config"].get("defaults", ())) - set(document["config"]["variables"]):
        yield f"config/defaults: {name} is no variable"
    for token, kind in known.items():
        for field in ("name", "value"):
            listed = [one[field] for one in kind.get("enum", ())]
            if len(set(listed)) != len(listed):
                yield f"{token}: has a {field} twice"
        of_type = Draft202012Validator({"type": kind["type"]})
        if not all(of_type.is_valid(one["value"]) for one in kind.get("enum", ())):
            yield f"{token}: has a value of another type than {kind['type']}"
    for token, resource in document["resources"].items():
        for name in _RESERVED & {*resource["properties"], *resource.get("inputProperties", ())}:
            yield f"{token}: {name} is the engine's"
    for place, node in _nodes(document, ""):
        yield from _required(place, node)
        yield from _reference(place, node, known)
        yield from _default(place, node, known)


def _nodes(node: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        yield place, node
        for key, child in node.items():
            yield from _nodes(child, f"{place}/{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _nodes(child, f"{place}/{number}")


def _required(place: str, node: Mapping[str, Any]) -> Iterator[str]:
    for names, properties in (("required", "properties"), ("requiredInputs", "inputProperties")):
        if isinstance(node.get(names), list):
            for name in set(node[names]) - set(node.get(properties, ())):
                yield f"{place}/{names}: {name} is no property"


def _reference(place: str, node: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/") and reference.removeprefix("#/types/") not in known:
        yield f"{place}: {reference} leads nowhere"


def _default(place: str, node: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    if "default" not in node or isinstance(node["default"], Mapping):
        return
    kind = known.get(str(node.get("$ref")).removeprefix("#/types/"), node)
    if "enum" in kind:
        if node["default"] not in [one["value"] for one in kind["enum"]]:
            yield f"{place}: the default {node['default']!r} is none of the values"
    elif not Draft202012Validator({"type": kind.get("type", [])}).is_valid(node["default"]):
        yield f"{place}: the default {node['default']!r} is not of its type"
