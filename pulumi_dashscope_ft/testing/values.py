"""Property values, in the spellings of program, engine, provider and state.

The same value has three spellings. On the wire it is a protobuf `Struct` in which secrets are objects with a signature
and unknowns are one agreed string. In the state it is JSON. In between the engine needs plain Python that can be
compared. Everything else in this package sees only the Python spelling: JSON-like values, `Secret` around secrets, and
`UNKNOWN` for values that a preview can't know yet.

Source: the Pulumi SDK's `runtime/rpc.py` and the engine facts, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a published marker, not a secret)
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that may be stored encrypted but never shown. `Secret("…")` also marks a secret configuration value."""

    value: Any = field(repr=False)

    def __str__(self) -> str:
        return "[secret]"


def is_unknown(value: Any) -> bool:
    """Whether the value itself is unknown."""
    return isinstance(value, str) and value == UNKNOWN


def contains_unknown(value: Any) -> bool:
    """Whether any part of the value is unknown."""
    if isinstance(value, Secret):
        return contains_unknown(value.value)
    if isinstance(value, Mapping):
        return any(map(contains_unknown, value.values()))
    return any(map(contains_unknown, value)) if isinstance(value, list) else is_unknown(value)


def from_value(value: struct_pb2.Value) -> Any:
    """Convert a single value from the wire."""
    return _from_value(value)


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Convert a property bag from the wire. Whole numbers become `int`, as in the state file."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE_KEY in fields and fields[SIGNATURE_KEY].string_value == SECRET_SIGNATURE:
            return as_secret(_from_value(fields["value"]))
        return from_struct(value.struct_value)
    return None


def to_struct(properties: Mapping[str, Any], *, keep_secrets: bool) -> struct_pb2.Struct:
    """Convert a property bag for the wire.

    :param keep_secrets: False for a peer that does not understand secrets.
    """
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        struct.fields[key].CopyFrom(_to_value(value, keep_secrets))
    return struct


def _to_value(value: Any, keep_secrets: bool) -> struct_pb2.Value:
    if isinstance(value, Secret):
        if not keep_secrets:
            return _to_value(value.value, keep_secrets)
        marked = {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value.value}
        return struct_pb2.Value(struct_value=to_struct(marked, keep_secrets=True))
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value, keep_secrets=keep_secrets))
    items = [_to_value(item, keep_secrets) for item in value]
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))


def as_secret(value: Any) -> Secret:
    """Wrap once: a secret of a secret is the same secret."""
    return value if isinstance(value, Secret) else Secret(value)


def unwrap(value: Any) -> Any:
    """Return the value without secret marks, at any depth."""
    if isinstance(value, Secret):
        return unwrap(value.value)
    if isinstance(value, Mapping):
        return {key: unwrap(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    return value


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yield all secrets in the value, at any depth."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from secrets_in(item)


def carry_secrets(into: Any, source: Any) -> Any:
    """Return `into` with a secret mark wherever `source` has one at the same place.

    The dynamic provider host takes and returns plain values; this function restores the marks.
    """
    if isinstance(source, Secret):
        return as_secret(into)
    if isinstance(into, Mapping) and isinstance(source, Mapping):
        return {key: carry_secrets(item, source[key]) if key in source else item for key, item in into.items()}
    if isinstance(into, list) and isinstance(source, list):
        kept = [carry_secrets(item, old) for item, old in zip(into, source, strict=False)]
        return kept + into[len(kept) :]
    return into


def changed_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return top-level keys whose plain values differ, in a stable order."""
    before, after = unwrap(old), unwrap(new)
    missing = object()
    return sorted(key for key in {*before, *after} if before.get(key, missing) != after.get(key, missing))


def redact_encoded(value: Any) -> Any:
    """Like `redact`, for a value as the state spells it."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE_KEY) == SECRET_SIGNATURE:
            return "[secret]"
        return {key: redact_encoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redact_encoded(item) for item in value]
    return value


def redact(value: Any) -> Any:
    """Return the value for display: secrets as `[secret]`, unknowns as `[unknown]`."""
    if isinstance(value, Secret):
        return "[secret]"
    if is_unknown(value):
        return "[unknown]"
    if isinstance(value, Mapping):
        return {key: redact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redact(item) for item in value]
    return value
