"""The package schema for the engine and for Pulumi's code generators.

It is schema.json without what only this package understands, without what makes a generator fail, and with the version
that is running.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.schema import load

OWN_LANGUAGE = "jsonschema"
"""The entry of `language` blocks that holds our validation rules."""


@cache
def served_schema() -> str:
    """Return the package schema as JSON text."""
    document = {**_plain(load()), "version": __version__}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        kept = {name: plain for name, child in node.items() if (plain := _child(name, child)) is not None}
        # Pulumi's generator for Go (3.260) panics on these; `Check` fills them in anyway.
        return {name: child for name, child in kept.items() if name != "default"} if "oneOf" in kept else kept
    return [_plain(item) for item in node] if isinstance(node, list) else node


def _child(name: str, child: Any) -> Any:
    """Return the child as it is served; None for a language block in which nothing is left."""
    if name != "language" or not isinstance(child, Mapping) or OWN_LANGUAGE not in child:
        return _plain(child)
    return {key: value for key, value in child.items() if key != OWN_LANGUAGE} or None
