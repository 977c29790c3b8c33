"""Properties on the wire between engine and plugin.

They are `Struct` messages in which secrets, unknown values and references hide behind magic keys and strings. Only this
module deals with those; everywhere else a value is a plain Python value, an unknown one is `UNKNOWN`, and `Marks`
beside the values say which are secret.

The SDK's own marshalling is made for programs: it gives and takes `Output` objects, and can't send an unknown value
back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2

from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.marks import SECRET, SIGNATURE, Marks, below

OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How an unknown value of any type is sent."""

_UNKNOWNS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # of type bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""The forms in which unknown values may arrive (sdk/go/common/resource/plugin/rpc.go of Pulumi)."""


@dataclass(frozen=True, slots=True)
class Bag:
    """Properties as they arrived. The values of secrets are kept out of the repr."""

    values: dict[str, Any] = field(repr=False)
    marks: Marks = False


def decode(struct: struct_pb2.Struct) -> Bag:
    """Read properties from the wire. A reference to a resource becomes that resource's id."""
    values, marks = _mapping(struct)
    return Bag(values, marks)


def encode(properties: Mapping[str, Any], marks: Marks = False) -> struct_pb2.Struct:
    """Write properties for the wire, with the values that `marks` name as secrets.

    If the marks don't fit a value because its shape has changed, the whole value is a secret.
    """
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        struct.fields[name].CopyFrom(_value(value, below(marks, name)))
    return struct


def _mapping(struct: struct_pb2.Struct) -> tuple[dict[str, Any], Marks]:
    values: dict[str, Any] = {}
    marks: dict[Any, Any] = {}
    for name, sent in struct.fields.items():
        values[name], secret = _received(sent)
        if secret:
            marks[name] = secret
    return values, marks or False


def _received(sent: struct_pb2.Value) -> tuple[Any, Marks]:
    kind = sent.WhichOneof("kind")
    if kind == "struct_value":
        return _object(sent.struct_value)
    if kind == "list_value":
        pairs = [_received(item) for item in sent.list_value.values]
        marks = {position: secret for position, (_, secret) in enumerate(pairs) if secret}
        return [value for value, _ in pairs], marks or False
    if kind == "number_value":
        number = sent.number_value
        return (int(number) if number.is_integer() and abs(number) < 2**53 else number), False
    if kind == "string_value":
        return (UNKNOWN if sent.string_value in _UNKNOWNS else sent.string_value), False
    return (sent.bool_value if kind == "bool_value" else None), False


def _object(struct: struct_pb2.Struct) -> tuple[Any, Marks]:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else None
    if signature in (SECRET, OUTPUT):
        value, marks = _received(fields["value"]) if "value" in fields else (UNKNOWN, False)
        secret = signature == SECRET or fields["secret"].bool_value
        return value, True if secret else marks
    if signature == RESOURCE:
        referred = _received(fields["id"])[0] if "id" in fields else _received(fields["urn"])[0]
        return (UNKNOWN if referred == "" else referred), False
    return _mapping(struct)


def _value(value: Any, marks: Marks) -> struct_pb2.Value:
    if marks is True or (marks and not _fits(value, marks)):
        wrapped = struct_pb2.Struct()
        wrapped.fields[SIGNATURE].string_value = SECRET
        wrapped.fields["value"].CopyFrom(_value(value, False))
        return struct_pb2.Value(struct_value=wrapped)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_TEXT)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=encode(value, marks))
    if isinstance(value, (list, tuple)):
        items = [_value(item, below(marks, position)) for position, item in enumerate(value)]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    return struct_pb2.Value(string_value=str(value))


def _fits(value: Any, marks: Marks) -> bool:
    """Whether everything that the marks name is still where they name it."""
    if not isinstance(marks, dict):
        return True
    if isinstance(value, Mapping):
        return all(key in value for key in marks)
    return isinstance(value, (list, tuple)) and all(isinstance(key, int) and key < len(value) for key in marks)
