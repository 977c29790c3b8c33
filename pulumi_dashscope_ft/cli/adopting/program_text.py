"""The text of a Python program that declares resources to be taken over.

The text is pasted into somebody's program and run, so text of the service may only appear in it as a literal. Resources
that belong together are connected: a job that uses a file of the same text names the file's resource, so that Pulumi
tears them down in the right order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover

__all__ = ["program"]


class _Code(str):
    """A piece of the program, as opposed to a text in it."""

    __slots__ = ()


def program(takeovers: Sequence[Takeover], account: Mapping[str, str]) -> str:
    """Write a Python program that declares all of these, each once.

    :param account: further inputs (by the schema's names) that choose the account.
    """
    from pulumi_dashscope_ft.schema import to_snake_case

    classes = sorted({takeover.resource for takeover in takeovers})
    lines = ["import pulumi"] if any(takeover.retained for takeover in takeovers) else []
    lines += [f"from pulumi_dashscope_ft import {', '.join(classes)}", ""]
    taken: set[str] = set()
    named: dict[str, _Code] = {}
    # Resources that others name come first.
    for takeover in sorted(takeovers, key=lambda takeover: takeover.reference is None):
        name = _unique(_resource_name(takeover), taken)
        if takeover.reference is not None:
            named[takeover.object_id] = _Code(f"{_variable(name)}.{to_snake_case(takeover.reference)}")
        tied = {
            key: [named.get(id_, id_) for id_ in takeover.inputs[key]]
            for key in takeover.ties
            if key in takeover.inputs
        }
        lines += _declared(takeover, name, {**takeover.inputs, **tied, **account})
    return "\n".join(lines)


def _declared(takeover: Takeover, name: str, inputs: Mapping[str, Any]) -> list[str]:
    from pulumi_dashscope_ft.schema import to_snake_case

    body = [f"    {to_snake_case(key)}={_literal(value)}," for key, value in inputs.items()]
    if takeover.retained:
        body.append("    opts=pulumi.ResourceOptions(retain_on_delete=True),")
    return [f"{_variable(name)} = {takeover.resource}(", f"    {_literal(name)},", *body, ")"]


def _literal(value: Any) -> str:
    """Write a Python literal, on lines of its own if it is long; text of the service can't break out of it."""
    from pulumi_dashscope_ft.text import python_literal

    if isinstance(value, _Code):
        return str(value)
    if isinstance(value, Mapping):
        parts = [f"{python_literal(str(key))}: {_literal(item)}" for key, item in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, (list, tuple)):
        parts, opening, closing = [_literal(item) for item in value], "[", "]"
    else:
        return python_literal(value)
    flat = f"{opening}{', '.join(parts)}{closing}"
    if len(flat) <= 80 and "\n" not in flat:
        return flat
    inner = "".join(f"        {part},\n" for part in parts)
    return f"{opening}\n{inner}    {closing}"


def _resource_name(takeover: Takeover) -> str:
    """Make a resource name from the object's name, or else from the end of its id.

    A program that several calls print must not contain the same name twice.
    """
    return _plain(takeover.name) or _plain("-".join([takeover.label, *takeover.object_id.split("-")[-2:]]))


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:40]


def _variable(name: str) -> str:
    from pulumi_dashscope_ft.text import python_name

    return python_name(name)


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while _variable(candidate) in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken.add(_variable(candidate))
    return candidate
