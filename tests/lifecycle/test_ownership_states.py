"""A state is read with suspicion: what it holds counts in any case, what it does not hold only when it is sound."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nouns import JOB

from pulumi_dashscope_ft.lifecycle.base.owner.provider import owner_of_provider
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import read

OWNER = "k7m2x9qd4t"
STACK = "urn:pulumi:pr-7::previews::pulumi:pulumi:Stack::previews-pr-7"
TYPE = "pulumi-python:dynamic/dashscope-ft:"
JOB_TYPE = f"{TYPE}FineTuningJob"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:pr-7::previews::{TYPE}{kind}::{name}"


def document(**changes: Any) -> dict[str, Any]:
    identity = {"urn": urn("StackIdentity", "dashscope-ft"), "type": f"{TYPE}StackIdentity", "id": OWNER}
    job = {
        "urn": urn("FineTuningJob", "job"),
        "type": f"{TYPE}FineTuningJob",
        "id": "ft-1",
        "outputs": {"jobId": "ft-1", "trainingFileIds": ["file-9"], "key": {"ciphertext": "abc"}},
        "parent": STACK,
        "dependencies": [identity["urn"]],
        "created": "2026-11-22T10:00:00.5Z",
    }
    deployment = {
        "manifest": {"time": "2026-11-22T10:00:01.123456789Z"},
        "resources": [
            {"urn": STACK, "type": "pulumi:pulumi:Stack"},
            {**identity, "outputs": {"ownerId": OWNER}, "parent": STACK},
            job,
        ],
        **changes,
    }
    return {"version": 3, "deployment": deployment}


def test_a_sound_state() -> None:
    state = read(json.dumps(document()), "in x.json")
    assert (state.problem, state.unreadable) == (None, False)
    assert state.stack == "previews/pr-7"
    assert state.owners == {OWNER}
    assert [held.resource for held in state.held[JOB, "ft-1"]] == ["job"]
    assert "file-9" in state.mentions
    assert state.written is not None


def test_the_types_of_a_plugin_are_known_too() -> None:
    data = document()
    for resource in data["deployment"]["resources"]:
        resource["type"] = resource["type"].replace(TYPE, "dashscope-ft:index:")
    state = read(json.dumps(data), "x")
    assert state.owners == {OWNER}
    assert (JOB, "ft-1") in state.held


def test_a_providers_id_proves_what_the_plugin_has_started() -> None:
    provider = {
        "urn": "urn:pulumi:pr-7::previews::pulumi:providers:dashscope-ft::default",
        "type": "pulumi:providers:dashscope-ft",
        "id": "3f0c7a52-9a0e-4c53-8f44-0d5a6d1f7b11",
    }
    model = {
        "urn": "urn:pulumi:pr-7::previews::dashscope-ft:index:FineTunedModel::model",
        "type": "dashscope-ft:index:FineTunedModel",
        "id": "ft-2",
    }
    data = document(resources=[{"urn": STACK, "type": "pulumi:pulumi:Stack"}, provider, model])
    state = read(json.dumps(data), "x")
    assert state.owners == {owner_of_provider(provider["id"])}
    assert (JOB, "ft-2") in state.held


def test_half_a_surrogate_pair_in_the_id_of_a_provider_is_an_id_like_any_other() -> None:
    """JSON can carry it, UTF-8 can not. No engine writes one; a state that somebody has mended may have it."""
    data = document()
    provider = {"urn": "urn:pulumi:pr-7::previews::pulumi:providers:dashscope-ft::d", "id": "a\ud800"}
    data["deployment"]["resources"].append({**provider, "type": "pulumi:providers:dashscope-ft"})
    state = read(json.dumps(data), "in x.json")
    assert state.owners == {OWNER, owner_of_provider("a\ud800")}
    assert (JOB, "ft-1") in state.held


def test_what_an_operation_is_deleting_is_held() -> None:
    """The engine takes a resource off its list before the delete is over; an interrupted delete leaves its object."""
    data = document()
    job = data["deployment"]["resources"].pop()
    data["deployment"]["pending_operations"] = [{"type": "deleting", "resource": job}]
    state = read(json.dumps(data), "x")
    assert (JOB, "ft-1") in state.held
    assert "file-9" in state.mentions


def test_a_rename_that_was_cut_short_leaves_two_holders() -> None:
    """What one of them has set for the end of the job does not bind the other."""
    data = document()
    first = data["deployment"]["resources"][-1]
    data["deployment"]["resources"].append({**first, "urn": urn("FineTuningJob", "renamed")})
    state = read(json.dumps(data), "x")
    assert [held.resource for held in state.held[JOB, "ft-1"]] == ["job", "renamed"]


def _pending(data: dict[str, Any]) -> None:
    creating = {"urn": urn("FineTuningJob", "other"), "type": f"{TYPE}FineTuningJob"}
    data["deployment"]["pending_operations"] = [{"type": "creating", "resource": creating}]


def _dangling(data: dict[str, Any]) -> None:
    del data["deployment"]["resources"][0]


def _timeless(data: dict[str, Any]) -> None:
    data["deployment"]["manifest"] = {"time": "0001-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_pending, "under way or was cut short (creating other)"),
        (_dangling, "not whole"),
        (_timeless, "when it was written"),
    ],
)
def test_a_state_that_can_be_read_and_proves_nothing(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    data = document()
    spoil(data)
    state = read(json.dumps(data), "x")
    assert not state.unreadable
    assert state.problem is not None
    assert said in state.problem
    assert (JOB, "ft-1") in state.held, "what it holds counts all the same"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"version": 3}',
        '{"version": 2, "deployment": {}}',
        '{"version": 99, "deployment": {}}',
        '{"version": true, "deployment": {}}',
        '{"version": 3, "deployment": []}',
        '{"version": 3, "deployment": {"resources": {}}}',
        '{"version": 3, "deployment": {"resources": [7]}}',
        '{"version": 3, "deployment": {"resources": [{"urn": "x"}]}}',
        '{"version": 3, "deployment": {"pending_operations": 1}}',
        '{"version": 3, "checkpoint": {"latest": {}}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_state_is_unreadable_and_never_empty(text: str) -> None:
    state = read(text, "x")
    assert state.unreadable
    assert state.problem


def test_a_stack_that_was_never_used_holds_nothing_soundly() -> None:
    for empty in ({}, None, {"resources": None}, {"manifest": {"time": "0001-01-01T00:00:00Z"}}):
        state = read(json.dumps({"version": 3, "deployment": empty}), "x")
        assert (state.problem, state.held, state.owners) == (None, {}, frozenset())


@given(st.integers(min_value=0, max_value=10_000))
def test_a_state_cut_anywhere_is_unreadable(at: int) -> None:
    text = json.dumps(document())
    if at < len(text):
        assert read(text[:at], "x").unreadable


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["urn", "type", "id", "outputs", "created", "resource"]), inner)
        ),
    )
)
def test_whatever_stands_in_it_reading_does_not_raise(junk: Any) -> None:
    for data in (
        junk,
        {"version": 3, "deployment": junk},
        {"version": 3, "deployment": {"resources": junk, "manifest": junk, "pending_operations": junk}},
        {
            "version": 3,
            "deployment": {"resources": [{"urn": "a", "type": f"{TYPE}FineTuningJob", "id": junk, "outputs": junk}]},
        },
        {"version": 3, "deployment": {"pending_operations": [{"type": junk, "resource": junk}]}},
    ):
        read(json.dumps(data), "x")
