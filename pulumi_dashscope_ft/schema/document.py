"""Finds schema.json, reads it once, and answers simple questions about it.

The file lies at the top of the repository, where Pulumi's tools expect it, and inside the installed package, where
programs need it. No other module keeps a list of resources, properties, enums or defaults.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PROVIDER = "Provider"
"""Name of the provider's own settings in questions that otherwise name a resource."""


_READING = threading.Lock()


def load() -> Mapping[str, Any]:
    """Return the whole package schema as parsed JSON: the installed copy, or the repository's in a checkout.

    Don't change it.

    :raises FileNotFoundError: the installation is incomplete.
    """
    with _READING:  # a provider's first calls come on many threads, and each would parse its own copy
        return _read()


@cache
def _read() -> Mapping[str, Any]:
    here = Path(__file__).resolve()
    for place in (here.with_name("schema.json"), here.parents[2] / "schema.json"):
        if place.is_file():
            document: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
            for resource in document["resources"].values():
                _take_over_rules(resource, document)
            return document
    raise FileNotFoundError(
        "schema.json is missing from the installed package pulumi-dashscope-ft; "
        "install it again: pip install --force-reinstall pulumi-dashscope-ft"
    )


def _take_over_rules(resource: dict[str, Any], document: Mapping[str, Any]) -> None:
    """Give a resource whose rules are those of another one (`sameAs`) the other's rules, its inputs' included."""
    same = resource.get("language", {}).get("jsonschema", {}).get("sameAs")
    if same is None:
        return
    other = document["resources"][f"{document['name']}:index:{same}"]
    resource["language"] = other["language"]
    for name, spec in other["inputProperties"].items():
        if "language" in spec:
            resource["inputProperties"][name]["language"] = spec["language"]


def token(name: str) -> str:
    """Return the full type token of a resource or type: "FineTuningJob" → "dashscope-ft:index:…"."""
    return name if ":" in name else f"{load()['name']}:index:{name}"


def definition(resource: str) -> Mapping[str, Any]:
    """Return the schema's entry for a resource (short name or full token), or for "Provider".

    :raises KeyError: there is no such resource; the message lists the known ones.
    """
    if resource == PROVIDER:
        section: Mapping[str, Any] = load()["provider"]
        return section
    definition: Mapping[str, Any] | None = load()["resources"].get(token(resource))
    if definition is None:
        known = sorted(name.rpartition(":")[2] for name in load()["resources"])
        raise KeyError(f"the schema has no resource {resource!r}; it has {', '.join(known)}")
    return definition


def type_definition(name: str) -> Mapping[str, Any]:
    """Return the schema's entry for a named type, an enum or an object: short name, token or "#/types/…" reference.

    :raises KeyError: there is no such type.
    """
    definition: Mapping[str, Any] = load()["types"][token(name.removeprefix("#/types/"))]
    return definition


def enum_values(name: str) -> tuple[str, ...]:
    """Return the values of an enum type in the schema's order: "OnDestroy" → ("delete", "cancel", "retain")."""
    return tuple(item["value"] for item in type_definition(name)["enum"])


def input_names(resource: str) -> tuple[str, ...]:
    """Return the names of the inputs in camelCase, in the order of the schema."""
    return tuple(definition(resource)["inputProperties"])


def output_names(resource: str) -> tuple[str, ...]:
    """Return the names of the outputs in camelCase, in the order of the schema; most inputs are outputs too."""
    return tuple(definition(resource).get("properties", {}))


def defaults(resource: str) -> dict[str, Any]:
    """Return the inputs that have a default, with that default: {"onDestroy": "delete", …}. A new dictionary."""
    properties = definition(resource)["inputProperties"]
    return {name: spec["default"] for name, spec in properties.items() if "default" in spec}


def lengths_of_time(resource: str) -> frozenset[str]:
    """Return the inputs that are lengths of time (see `parse_duration`)."""
    properties = definition(resource)["inputProperties"]
    return frozenset(
        name
        for name, spec in properties.items()
        if spec.get("language", {}).get("jsonschema", {}).get("format") == "length-of-time"
    )


def replacing(resource: str) -> frozenset[str]:
    """Return the inputs whose change replaces the resource. A change of any other input is applied in place."""
    properties = definition(resource)["inputProperties"]
    return frozenset(name for name, spec in properties.items() if spec.get("willReplaceOnChanges"))
