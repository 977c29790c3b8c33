"""A small vocabulary for describing JSON, used in the tables of the description.

JSON Schema spelled out is mostly braces. With one word per kind of value a table reads like the page it was taken from.
The common decisions are made here: records are closed (an answer with an undescribed field is a surprise worth a failed
test), and optional fields are listed apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

PLAIN_TIME = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
ZONED_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+00:00$"
ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$"


def text(about: str = "", *, pattern: str | None = None, filled: bool = False) -> Schema:
    """Return the schema of a string.

    :param filled: whether the empty string is not allowed.
    """
    schema = _described({"type": "string"}, about)
    if pattern is not None:
        schema["pattern"] = pattern
    if filled:
        schema["minLength"] = 1
    return schema


def whole(about: str = "", *, least: int | None = 0, most: int | None = None) -> Schema:
    """Return the schema of an integer in a range."""
    schema = _described({"type": "integer"}, about)
    if least is not None:
        schema["minimum"] = least
    if most is not None:
        schema["maximum"] = most
    return schema


def truth(about: str = "") -> Schema:
    """Return the schema of a boolean."""
    return _described({"type": "boolean"}, about)


def choice(values: Collection[str], about: str = "") -> Schema:
    """Return the schema of one of a few strings."""
    return _described({"type": "string", "enum": list(values)}, about)


def several(items: Schema, about: str = "", *, least: int = 0) -> Schema:
    """Return the schema of an array."""
    schema = _described({"type": "array", "items": items}, about)
    if least:
        schema["minItems"] = least
    return schema


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None, about: str = "") -> Schema:
    """Return the schema of an object with these fields and no others."""
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
    """Return the schema of an object with some known fields; others may be there."""
    return _described({"type": "object", "properties": fields} if fields else {"type": "object"}, about)


def or_null(schema: Schema) -> Schema:
    """Return the schema, with `null` allowed: the SDK sends it for a missing argument."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def named(name: str) -> Schema:
    """Return a reference to a shape of the `components` section."""
    return {"$ref": f"#/components/schemas/{name}"}


def paged(key: str, items: Schema) -> Schema:
    """Return the schema of one page of a list of jobs, files or deployments."""
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
    """A query parameter; optional unless `required` is set."""

    name: str
    schema: Schema
    required: bool = False


def pages(*, default: int, most: int) -> tuple[Parameter, ...]:
    """Return `page_no` and `page_size`."""
    return (
        Parameter("page_no", {**whole("from 1", least=1, most=999_999_999), "default": 1}),
        Parameter("page_size", {**whole(f"1 to {most}", least=1, most=most), "default": default}),
    )


@dataclass(frozen=True, slots=True)
class Description:
    """The description of one operation; its source is in :mod:`..provenance`.

    `answer` is the payload beside `request_id`, by key (`output`, `data` or none at all); `refusals` are the error
    statuses beyond 400, 401 and 403, which every operation shares. `follow` names operations that take an id from the
    answer: `{operation: {parameter: runtime expression}}`.
    """

    summary: str
    answer: Mapping[str, Schema] = field(default_factory=dict)
    query: Sequence[Parameter] = ()
    body: Schema | None = None
    refusals: Collection[int] = ()
    events: bool = False
    """Answers `text/event-stream` instead of JSON."""
    may_stream: bool = False
    """Answers `text/event-stream` if the body asks for it, JSON otherwise."""
    whole_answer: Schema | None = None
    """The answer, if it is not an envelope with `request_id`."""
    refusal: str = "Error"
    """The shape of its refusals."""
    follow: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
