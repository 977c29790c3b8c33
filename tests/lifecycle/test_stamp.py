"""The stamp's format is a promise to jobs that are already running."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle import stamp

PINNED = "sentiment--p1-k7m2x9qd4t-ae8259cf-h3v8wz"
INPUTS = {"model": "qwen3-8b", "trainingFileIds": ["f1"], "hyperParameters": {"n_epochs": 3, "learning_rate": "1e-4"}}


def test_the_format_is_pinned() -> None:
    assert str(stamp.make("sentiment", "k7m2x9qd4t", "h3v8wz", INPUTS)) == PINNED
    parsed = stamp.parse(PINNED)
    assert parsed is not None
    assert (parsed.owner, parsed.nonce) == ("k7m2x9qd4t", "h3v8wz")


def test_a_job_that_may_outlive_its_stack_says_so_and_does_the_same_work() -> None:
    plain = stamp.make("a", "k7m2x9qd4t", "h3v8wz", INPUTS)
    kept = stamp.make("a", "k7m2x9qd4t", "h3v8wz", INPUTS, retained=True)
    assert str(kept) == str(plain).replace("--p1-", "--r1-")
    assert stamp.parse(str(kept)) == kept
    assert kept.same_run(plain)
    assert kept.same_work(plain)


def test_equal_inputs_make_equal_hashes_however_they_are_spelled() -> None:
    other = {
        "hyperParameters": {"learning_rate": 0.0001, "n_epochs": 3.0, "split": None},
        "trainingFileIds": ["f1"],
        "model": "qwen3-8b",
        "triggers": None,
    }
    assert stamp.make("a", "o" * 10, "n" * 6, INPUTS).digest == stamp.make("a", "o" * 10, "n" * 6, other).digest


@given(st.text(max_size=60))
def test_any_resource_name_makes_a_name_of_conservative_characters_that_is_read_back(name: str) -> None:
    made = stamp.make(name, stamp.new_owner_id(), stamp.new_nonce(), {"model": "m"})
    text = str(made)
    assert set(text) <= set(string.ascii_lowercase + string.digits + "-_")
    assert len(text) <= 64
    assert stamp.parse(text) == made


@given(st.text(max_size=80))
def test_a_name_that_is_not_ours_is_no_stamp(name: str) -> None:
    parsed = stamp.parse(name)
    assert parsed is None or str(parsed) == name


def test_no_name_is_no_stamp() -> None:
    assert stamp.parse(None) is None


def test_ids_are_random() -> None:
    assert len({stamp.new_owner_id() for _ in range(1000)}) == 1000
