"""A small vocabulary for describing JSON: the words that the description's tables are written in.

Why it exists: JSON Schema spelled out is mostly braces. With one word per kind of value a table reads like the
page it was taken from, and what all of them share is decided once: records are closed (an answer with a field
nobody described is a surprise worth a failed test), and what may be left out is listed apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

PLAIN_TIME = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$"


def text(about: str = "", *, pattern: str | None = None, filled: bool = False) -> Schema:
    """A string; ``filled``: not the empty one."""
    schema = _described({"type": "string"}, about)
    if pattern is not None:
        schema["pattern"] = pattern
    if filled:
        schema["minLength"] = 1
    return schema


def whole(about: str = "", *, least: int | None = 0, most: int | None = None) -> Schema:
    """An integer in a range."""
    schema = _described({"type": "integer"}, about)
    if least is not None:
        schema["minimum"] = least
    if most is not None:
        schema["maximum"] = most
    return schema


def truth(about: str = "") -> Schema:
    """A boolean."""
    return _described({"type": "boolean"}, about)


def choice(values: Collection[str], about: str = "") -> Schema:
    """One of a few strings."""
    return _described({"type": "string", "enum": list(values)}, about)


def several(items: Schema, about: str = "", *, least: int = 0) -> Schema:
    """An array."""
    schema = _described({"type": "array", "items": items}, about)
    if least:
        schema["minItems"] = least
    return schema


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None, about: str = "") -> Schema:
    """An object with these fields and no others."""
    return _described(
        {
            "type": "object",
            "properties": {**required, **(optional or {})},
            "required": list(required),
            "additionalProperties": False,
        },
        about,
    )


def open_record(about: str = "", **fields: Schema) -> Schema:
    """An object of which some fields are known; others may be there."""
    return _described({"type": "object", "properties": fields} if fields else {"type": "object"}, about)


def or_null(schema: Schema) -> Schema:
    """The same, or ``null``: what the SDK sends for an argument that was not given."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def named(name: str) -> Schema:
    """A shape of the ``components`` section."""
    return {"$ref": f"#/components/schemas/{name}"}


def paged(key: str, items: Schema) -> Schema:
    """One page of a list, as jobs, files and deployments answer it."""
    return record(
        {
            "page_no": whole("the page, from 1", least=1),
            "page_size": whole("items to a page", least=1),
            "total": whole("items on all pages"),
            key: several(items),
        }
    )


def _described(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter; all are optional but where ``required`` says so."""

    name: str
    schema: Schema
    required: bool = False


def pages(*, default: int, most: int) -> tuple[Parameter, ...]:
    """``page_no`` and ``page_size``."""
    return (
        Parameter("page_no", {**whole("from 1", least=1, most=999_999_999), "default": 1}),
        Parameter("page_size", {**whole(f"1 to {most}", least=1, most=most), "default": default}),
    )


@dataclass(frozen=True, slots=True)
class Description:
    """What is told of one operation; how sure it is, is in :mod:`.provenance`.

    ``answer`` is the payload beside ``request_id``, by key (``output``, ``data`` or none at all); ``refusals`` are
    the error statuses beyond 400, 401 and 403, which every operation shares. ``follow`` names operations that take
    an id from the answer: ``{operation: {parameter: runtime expression}}``.
    """

    summary: str
    answer: Mapping[str, Schema] = field(default_factory=dict)
    query: Sequence[Parameter] = ()
    body: Schema | None = None
    refusals: Collection[int] = ()
    events: bool = False
    """Answers ``text/event-stream`` instead of JSON."""
    may_stream: bool = False
    """Answers ``text/event-stream`` where the body asks for it, JSON otherwise."""
    whole_answer: Schema | None = None
    """The answer where it is not an envelope with ``request_id``."""
    refusal: str = "Error"
    """The shape of its refusals."""
    follow: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
