"""Why this exists: schema.json is the one place where resources, properties, enums and defaults are written
down. It lies at the top of the repository, where Pulumi's tools expect it, and inside the installed
package, where programs need it. This module finds it, reads it once, and answers simple questions about it,
so that no other module has a reason to keep a list of its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PROVIDER = "Provider"
"""Name under which the provider's own settings are asked for, beside the names of resources."""


_READING = threading.Lock()


def load() -> Mapping[str, Any]:
    """The whole package schema as parsed JSON: the installed copy, or the repository's in a checkout. Don't
    change it.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    with _READING:  # a provider's first calls come on many threads: each would parse a copy of its own
        return _read()


@cache
def _read() -> Mapping[str, Any]:
    here = Path(__file__).resolve()
    for place in (here.with_name("schema.json"), here.parents[2] / "schema.json"):
        if place.is_file():
            document: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
            return document
    raise FileNotFoundError(
        "schema.json is missing from the installed package pulumi-dashscope-ft; "
        "install it again: pip install --force-reinstall pulumi-dashscope-ft"
    )


def token(name: str) -> str:
    """Full type token of a resource or type given by its short name: "FineTuningJob" →
    "dashscope-ft:index:…".
    """
    return name if ":" in name else f"{load()['name']}:index:{name}"


def definition(resource: str) -> Mapping[str, Any]:
    """What the schema says of a resource (short name or full token), or of "Provider".

    Raises:
        KeyError: there is no such resource; the message lists those there are.
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
    """What the schema says of a named type: an enum or an object; short name, token or "#/types/…" reference.

    Raises:
        KeyError: there is no such type.
    """
    definition: Mapping[str, Any] = load()["types"][token(name.removeprefix("#/types/"))]
    return definition


def enum_values(name: str) -> tuple[str, ...]:
    """Values of an enum type in the order of the schema: enum_values("OnDestroy") → ("delete", "cancel",
    "retain").
    """
    return tuple(item["value"] for item in type_definition(name)["enum"])


def input_names(resource: str) -> tuple[str, ...]:
    """Names of the inputs in camelCase, in the order of the schema."""
    return tuple(definition(resource)["inputProperties"])


def output_names(resource: str) -> tuple[str, ...]:
    """Names of the outputs in camelCase, in the order of the schema; most inputs are outputs too."""
    return tuple(definition(resource).get("properties", {}))


def defaults(resource: str) -> dict[str, Any]:
    """Inputs that have a default, with it: {"onDestroy": "delete", …}. A fresh dictionary each time."""
    properties = definition(resource)["inputProperties"]
    return {name: spec["default"] for name, spec in properties.items() if "default" in spec}


def lengths_of_time(resource: str) -> frozenset[str]:
    """Inputs that are lengths of time (see `parse_duration`)."""
    properties = definition(resource)["inputProperties"]
    return frozenset(
        name
        for name, spec in properties.items()
        if spec.get("language", {}).get("jsonschema", {}).get("format") == "length-of-time"
    )


def replacing(resource: str) -> frozenset[str]:
    """Inputs whose change replaces the resource; a change of any other is taken over in place."""
    properties = definition(resource)["inputProperties"]
    return frozenset(name for name, spec in properties.items() if spec.get("willReplaceOnChanges"))
