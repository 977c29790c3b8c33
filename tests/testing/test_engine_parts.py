"""The small parts on their own: values on the wire, property paths, encryption, deletion order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.testing.engine import paths
from pulumi_dashscope_ft.testing.engine.actions import seconds
from pulumi_dashscope_ft.testing.state.graph import deletion_waves, dependents, needed_by
from pulumi_dashscope_ft.testing.state.resource import ResourceState, make_urn
from pulumi_dashscope_ft.testing.state.vault import Vault
from pulumi_dashscope_ft.testing.values import (
    Secret,
    carry_secrets,
    changed_keys,
    from_struct,
    redact,
    secrets_in,
    to_struct,
    unwrap,
)

SCALARS = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False) | st.text(max_size=8)
PLAIN = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
VALUES = st.recursive(
    SCALARS | PLAIN.map(Secret),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
BAGS = st.dictionaries(st.text(max_size=4), VALUES, max_size=4)


@given(BAGS)
def test_the_wire_keeps_values_and_marks(bag: dict[str, object]) -> None:
    assert from_struct(to_struct(bag, keep_secrets=True)) == bag
    assert from_struct(to_struct(bag, keep_secrets=False)) == unwrap(bag)


@given(BAGS)
def test_marks_survive_a_peer_that_drops_them(bag: dict[str, object]) -> None:
    returned = carry_secrets(unwrap(bag), bag)
    assert returned == bag
    assert not changed_keys(returned, bag)


@given(BAGS)
def test_what_is_shown_holds_no_secret(bag: dict[str, object]) -> None:
    assert not list(secrets_in(redact(bag)))
    assert "value" not in repr(Secret("value"))
    assert str(Secret("value")) == "[secret]"


@given(PLAIN)
def test_vault_gives_back_what_it_got(value: object) -> None:
    vault = Vault(Path("unused"))
    vault._key = b"k" * 32
    sealed = vault.encrypt(value)
    assert vault.decrypt(sealed) == value
    assert sealed != vault.encrypt(value)


def test_vault_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "a.key").encrypt("text")
    assert Vault(tmp_path / "a.key").decrypt(sealed) == "text"
    with pytest.raises(ValueError, match="not encrypted with the key"):
        Vault(tmp_path / "b.key").decrypt(sealed)
    with pytest.raises(ValueError, match="another engine"):
        Vault(tmp_path / "a.key").decrypt("v1:abc")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ('a["x.y"].z', ("a", "x.y", "z")),
        ('["a"]', ("a",)),
        ("*", ("*",)),
        ("a[*].b", ("a", "*", "b")),
    ],
)
def test_paths_are_read(text: str, path: tuple[object, ...]) -> None:
    assert paths.parse(text) == path


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(ValueError, match="character 2"):
        paths.parse("a[")


@pytest.mark.parametrize(
    ("path", "old", "new", "result"),
    [
        ("a", {"a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}),
        ("a", {}, {"a": 2}, {}),
        ("a", {"a": 1}, {}, {"a": 1}),
        ("a.b", {"a": {"b": 1}}, {"a": {"b": 2, "c": 2}}, {"a": {"b": 1, "c": 2}}),
        ("a.b", {}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ("a[1]", {"a": [1, 1]}, {"a": [2, 2]}, {"a": [2, 1]}),
        ("a[*].b", {"a": [{"b": 1}, {"b": 1}]}, {"a": [{"b": 2}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 1}]}),
        ("*", {"a": 1}, {"b": 2}, {"a": 1}),
        ("a.b", {"a": Secret({"b": 1})}, {"a": Secret({"b": 2})}, {"a": Secret({"b": 1})}),
    ],
)
def test_ignored_changes_are_put_back(
    path: str, old: dict[str, object], new: dict[str, object], result: dict[str, object]
) -> None:
    assert paths.reset(paths.parse(path), old, new) == result


@pytest.mark.parametrize(("text", "expected"), [(None, 0), ("10m", 600), ("1h30m", 5400), ("2s", 2), ("500ms", 0.5)])
def test_custom_timeouts_are_read(text: str | None, expected: float) -> None:
    assert seconds(text) == expected


def test_urns_are_qualified_by_their_parents_but_not_by_the_stack() -> None:
    stack = make_urn("s", "p", "", "pulumi:pulumi:Stack", "p-s")
    box = make_urn("s", "p", stack, "x:y:Box", "box")
    assert box == "urn:pulumi:s::p::x:y:Box::box"
    assert make_urn("s", "p", box, "x:y:Toy", "toy") == "urn:pulumi:s::p::x:y:Box$x:y:Toy::toy"


@st.composite
def graphs(draw: st.DrawFn) -> list[ResourceState]:
    count = draw(st.integers(1, 8))
    states: list[ResourceState] = []
    for at in range(count):
        earlier = [state.urn for state in states]
        some = st.lists(st.sampled_from(earlier), unique=True, max_size=3) if earlier else st.just([])
        needs = draw(some)
        parent = draw(st.sampled_from(["", *earlier]))
        states.append(ResourceState(urn=f"::{at}", type="t", custom=True, dependencies=needs, parent=parent))
    return states


@given(graphs(), st.data())
def test_deletions_come_after_those_of_everything_that_needs_them(
    states: list[ResourceState], data: st.DataObject
) -> None:
    condemned = data.draw(st.lists(st.sampled_from(states), unique_by=id))
    waves = deletion_waves(condemned, states)
    wave_of = {state.urn: at for at, wave in enumerate(waves) for state in wave}
    assert sorted(wave_of) == sorted(state.urn for state in condemned)
    for state in condemned:
        for needed in needed_by(state, states):
            if needed.urn in wave_of:
                assert wave_of[state.urn] < wave_of[needed.urn]


@given(graphs())
def test_dependents_are_what_would_break(states: list[ResourceState]) -> None:
    root = states[0]
    found = [state.urn for state in dependents(root, states, ignoring=())]
    reached = {root.urn}
    for state in states[1:]:
        if set(state.dependencies) & reached:
            reached.add(state.urn)
    assert set(found) == reached - {root.urn}
