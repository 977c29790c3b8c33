"""What one run remembers of its resources, and what follows from that for an object that is about to go."""

from __future__ import annotations

import pytest

from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

NONCE, LATER = "nonce1", "nonce2"


@pytest.mark.parametrize(
    ("kept", "going", "other"),
    [
        (NONCE, NONCE, False),
        (LATER, NONCE, True),
        (None, NONCE, False),  # nobody keeps it
        (LATER, "", False),  # a record of an earlier release, which had no nonce
        ("", NONCE, False),
    ],
)
def test_a_record_with_another_nonce_than_the_keepers_is_not_the_keepers(
    kept: str | None, going: str, other: bool
) -> None:
    registry = RunRegistry()
    if kept is not None:
        registry.note_kept("ft-1", kept)
    assert registry.is_kept("ft-1") is (kept is not None)
    assert registry.is_kept_under_another("ft-1", going) is other


def test_who_keeps_an_object_whose_record_goes() -> None:
    registry = RunRegistry()
    assert registry.keeper("ft-1", "a") is None, "a destroy, in which nothing is compared"
    registry.note_holder("ft-1", "b", unchanged=False)
    assert registry.keeper("ft-1", "a") == "b", "it was renamed"
    assert registry.keeper("ft-1", "b") is None, "it was changed under its own name: this is the replaced one"
    registry.note_holder("ft-1", "b", unchanged=True)
    assert registry.keeper("ft-1", "b") == "b", "nothing was to change, so another record of it goes"
    registry.note_replaced("b")
    assert registry.keeper("ft-1", "b") is None, "the user has forced a replacement"
    assert registry.keeper("ft-1", "a") == "b"


def test_an_object_is_being_ended_only_as_long_as_the_teardown_lasts() -> None:
    registry = RunRegistry()
    with registry.ending("ft-1"):
        assert registry.is_ending("ft-1")
        assert not registry.is_ending("ft-2")
    assert not registry.is_ending("ft-1")
    with pytest.raises(ValueError, match="x"), registry.ending("ft-1"):
        raise ValueError("x")
    assert not registry.is_ending("ft-1"), "a file would wait for it to end"
    assert not registry.has_ended("ft-1")


def test_deployments_are_known_by_account() -> None:
    registry, one, other = RunRegistry(), object(), object()
    registry.note_deployment(one)
    assert registry.has_deployments(one)
    assert not registry.has_deployments(other)


def test_a_retained_job_keeps_the_files_that_it_may_read() -> None:
    registry = RunRegistry()
    registry.note_retained("ft-1", frozenset({"file-1"}))
    registry.note_retained("ft-2")
    assert registry.retained_needing("file-1") == "ft-1"
    assert registry.retained_needing("file-2") is None
    assert registry.is_retained("ft-2")
    assert not registry.is_retained("ft-3")


def test_an_adopted_object_is_given_up_once() -> None:
    registry = RunRegistry()
    assert registry.adopt_one(["ft-1", "ft-2"]) == "ft-1"
    assert registry.adopt_one(["ft-1", "ft-2"]) == "ft-2"
    assert registry.adopt_one(["ft-1", "ft-2"]) is None
    assert registry.give_up_adopted("ft-1")
    assert not registry.give_up_adopted("ft-1"), "its second record stands for the object"
    assert not registry.give_up_adopted("ft-3")


def test_what_is_replaced_is_not_taken_over_again() -> None:
    registry = RunRegistry()
    assert registry.to_adopt("ft-1", "a") == "ft-1"
    assert registry.to_adopt(None, "a") is None
    registry.note_superseded("ft-1", "a")
    assert registry.to_adopt("ft-1", "a") is None
    assert registry.to_adopt("ft-1", "b") == "ft-1"
    assert registry.to_adopt("ft-2", "a") == "ft-2"
