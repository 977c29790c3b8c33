"""Values on the wire: what arrives is what was sent, secrets stay where they are, and no shape loses one."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.plugin.resources.handler import qualified_name
from pulumi_dashscope_ft.plugin.wire import OUTPUT, RESOURCE, UNKNOWN_TEXT, decode, encode
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.marks import SECRET, SIGNATURE, secret_texts, united

NAMES = st.text("abcxyz_.é ", max_size=5)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.just(UNKNOWN),
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
BAGS = st.dictionaries(NAMES, VALUES, max_size=4)


@st.composite
def marked(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """A bag, and marks that fit it."""

    def marks(value: Any) -> Any:
        if draw(st.booleans()):
            return draw(st.booleans())
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        found = {key: below for key, item in pairs if (below := marks(item))}
        return found or False

    bag = draw(BAGS)
    found = {name: below for name, value in bag.items() if (below := marks(value))}
    return bag, found or False


@given(marked())
def test_what_arrives_is_what_was_sent(sent: tuple[dict[str, Any], Any]) -> None:
    values, marks = sent
    arrived = decode(encode(values, marks))
    assert arrived.values == values
    assert arrived.marks == marks


@given(marked(), BAGS)
def test_a_value_of_another_shape_loses_no_secret(sent: tuple[dict[str, Any], Any], others: dict[str, Any]) -> None:
    values, marks = sent
    changed = {name: others.get(name, value) for name, value in values.items()}
    arrived = decode(encode(changed, marks))
    assert arrived.values == changed
    assert all(_covers(_at(arrived.marks, name), _at(marks, name)) for name in changed)


def _at(marks: Any, key: Any) -> Any:
    return marks.get(key, False) if isinstance(marks, dict) else marks


def _covers(found: Any, wanted: Any) -> bool:
    """Whether all that is to be secret is."""
    if found is True or not wanted:
        return True
    return isinstance(wanted, dict) and bool(found) and all(_covers(_at(found, key), wanted[key]) for key in wanted)


@given(marked(), marked())
def test_what_is_secret_in_either_is_secret_in_both(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    both = united(one[1], other[1])
    assert _covers(both, one[1])
    assert _covers(both, other[1])


def wrapped(signature: str, **fields: Any) -> struct_pb2.Struct:
    inner = struct_pb2.Struct()
    inner.fields[SIGNATURE].string_value = signature
    for name, value in fields.items():
        inner.fields[name].CopyFrom(encode({"it": value}).fields["it"])
    outer = struct_pb2.Struct()
    outer.fields["it"].struct_value.CopyFrom(inner)
    return outer


@pytest.mark.parametrize(
    ("sent", "value", "marks"),
    [
        (wrapped(SECRET, value=UNKNOWN), UNKNOWN, {"it": True}),
        (wrapped(OUTPUT), UNKNOWN, False),
        (wrapped(OUTPUT, secret=True), UNKNOWN, {"it": True}),
        (wrapped(OUTPUT, value={"a": 1}, secret=False, dependencies=["urn"]), {"a": 1}, False),
        (wrapped(RESOURCE, urn="urn:1", id="file-1"), "file-1", False),
        (wrapped(RESOURCE, urn="urn:1", id=""), UNKNOWN, False),
        (wrapped(RESOURCE, urn="urn:1"), "urn:1", False),
        (encode({"it": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"}), UNKNOWN, False),
    ],
)
def test_what_else_may_arrive(sent: struct_pb2.Struct, value: Any, marks: Any) -> None:
    arrived = decode(sent)
    assert arrived.values == {"it": value}
    assert arrived.marks == marks


def test_an_unknown_value_is_sent_as_the_engine_knows_it() -> None:
    assert encode({"it": UNKNOWN}).fields["it"].string_value == UNKNOWN_TEXT


def test_secrets_are_in_no_repr_and_their_texts_are_known() -> None:
    bag = decode(encode({"a": {"b": ["hush", 12345, None, UNKNOWN, True]}, "c": "open"}, {"a": True}))
    assert set(secret_texts(bag.values, bag.marks)) == {"hush", "12345"}
    assert "hush" not in repr(bag)


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        ("urn:pulumi:dev::shop::dashscope-ft:index:FineTuningJob::job", "job"),
        ("urn:pulumi:dev::shop::a:b:C$d:e:F$dashscope-ft:index:FineTuningJob::job", "a:b:C$d:e:F::job"),
        ("urn:pulumi:dev::shop::dashscope-ft:index:FineTuningJob::a::b", "a::b"),
    ],
)
def test_a_name_is_qualified_by_its_parents(urn: str, name: str) -> None:
    assert qualified_name(urn) == name
