"""Which outputs follow from which inputs, for all kinds: an output made from a secret is a secret too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.hidden import OF_CONTENT
from pulumi_dashscope_ft.lifecycle.kinds.registry import derivation_of
from pulumi_dashscope_ft.schema.marks import Marks, is_secret, secret_texts, united

_WORDS = (
    "billing",
    "chargeType",
    "format",
    "size",
    "rows",
    "longestRow",
    "tokens",
    "estimatedTokens",
    "estimatedCost",
    "teardown",
    "expires",
    "baseCapacity",
    "readyCapacity",
)
"""Outputs whose texts are common words and numbers: they are encrypted, but not searched for in messages."""


def outputs_of(kind: str, secret: Iterable[str]) -> tuple[str, ...]:
    """Return the outputs of a resource that follow from these inputs, each once.

    :param kind: short name of the resource type.
    """
    derivation = derivation_of(kind)
    names = tuple(secret)
    derived = [output for name in names for output in derivation.outputs.get(name, ())]
    digests = OF_CONTENT if set(names) & set(derivation.paths) else ()
    return tuple(dict.fromkeys((*derived, *digests)))


def with_derived(kind: str, marks: Marks) -> Marks:
    """Return the marks, with all outputs that follow from what they name."""
    if not isinstance(marks, dict):
        return marks
    return united(marks, dict.fromkeys(outputs_of(kind, (name for name in marks if is_secret(marks, name))), True))


def texts_of(kind: str, properties: Mapping[str, Any], marks: Marks) -> Collection[str]:
    """Return the texts in these properties that must not be shown anywhere."""
    searched = {name: value for name, value in properties.items() if name not in _WORDS}
    found = set(secret_texts(searched, with_derived(kind, marks)))
    for name in derivation_of(kind).paths:
        path = searched.get(name)
        if isinstance(path, str) and is_secret(marks, name):
            # As messages spell it; and its name alone, which a message about an unreadable file shows.
            found |= {str(Path(path)), str(Path(path).expanduser()), Path(path).name}
    return found
