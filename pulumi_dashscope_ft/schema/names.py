"""Why this exists: the schema spells properties in camelCase, as every Pulumi package does, and Python
programs write them in snake_case. Which name belongs to which is computed from the schema; a second list
would drift from it. Only names of properties are translated: keys that belong to the API (hyper-parameters,
data sets) stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.schema.document import definition, type_definition

_HUMP = re.compile(r"(?<=[A-Za-z0-9])(?=[A-Z])")


def to_snake_case(name: str) -> str:
    """ "trainingFileIds" → "training_file_ids"; a name already in snake_case stays as it is."""
    return _HUMP.sub("_", name).lower()


def to_camel_case(name: str) -> str:
    """ "training_file_ids" → "trainingFileIds"; a name already in camelCase stays as it is."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


@cache
def python_names(resource: str) -> Mapping[str, str]:
    """All properties of a resource (inputs and outputs): camelCase name → name in Python.

    Raises:
        KeyError: there is no such resource.
    """
    return MappingProxyType({name: to_snake_case(name) for name in _properties(resource)})


@cache
def schema_names(resource: str) -> Mapping[str, str]:
    """The way back: name in Python → camelCase name."""
    return MappingProxyType({python: name for name, python in python_names(resource).items()})


def to_python(resource: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A property bag with its names as Python spells them, also inside objects that the schema types.

    Names that are not the schema's (such as the engine's ``__provider``) are kept as they are.
    """
    specs = _properties(resource)
    names = python_names(resource)
    return {
        names.get(name, name): _inside(value, specs.get(name), lambda inner: {n: to_snake_case(n) for n in inner})
        for name, value in properties.items()
    }


def to_schema(resource: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: a property bag with its names as the schema spells them."""
    specs = _properties(resource)
    names = schema_names(resource)
    return {
        names.get(name, name): _inside(
            value, specs.get(names.get(name, name)), lambda inner: {to_snake_case(n): n for n in inner}
        )
        for name, value in properties.items()
    }


def _properties(resource: str) -> dict[str, Any]:
    section = definition(resource)
    return {**section["inputProperties"], **section.get("properties", {})}


def _inside(value: Any, spec: Mapping[str, Any] | None, table_of: Callable[[Iterable[str]], Mapping[str, str]]) -> Any:
    """Renames the keys of a value whose property is typed by an object of the schema; any other value is
    kept.
    """
    reference = (spec or {}).get("$ref", "")
    if not isinstance(value, Mapping) or not reference.startswith("#/types/"):
        return value
    table = table_of(type_definition(reference).get("properties", {}))
    return {table.get(key, key): item for key, item in value.items()}
