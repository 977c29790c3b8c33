"""The stamp's format is a promise to jobs that are already running."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.base.owner import key as stamp_key
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.job import creation as job_creation

PINNED_WITH_KEY = "sentiment--p1-k7m2x9qd4t-7956d926-h3v8wz"
PINNED = "sentiment--p1-k7m2x9qd4t-ae8259cf-h3v8wz"
OWNER = "k7m2x9qd4t"
INPUTS = {"model": "qwen3-8b", "trainingFileIds": ["f1"], "hyperParameters": {"n_epochs": 3, "learning_rate": "1e-4"}}


def test_the_format_is_pinned() -> None:
    assert str(stamp.make("sentiment", OWNER, "h3v8wz", INPUTS)) == PINNED
    parsed = stamp.parse(PINNED)
    assert parsed is not None
    assert (parsed.owner, parsed.nonce) == (OWNER, "h3v8wz")


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


KEY, OTHER_KEY = "0f" * 32, "f0" * 32


def keyed(inputs: dict[str, Any], key: str | None = KEY, name: str = "a") -> stamp.Stamp:
    hidden = {"__name": name, "__owner": "o" * 10, "__nonce": "n" * 6}
    found = job_creation.intent_of(Request.of({**inputs, **hidden}), key=key).stamp
    assert found is not None
    return found


def test_the_hash_with_a_key_is_pinned() -> None:
    assert str(stamp.make("sentiment", "k7m2x9qd4t", "h3v8wz", INPUTS, key=KEY)) == PINNED_WITH_KEY
    assert stamp.parse(PINNED_WITH_KEY) == stamp.make("sentiment", "k7m2x9qd4t", "h3v8wz", INPUTS, key=KEY)


def test_a_key_that_is_there_is_kept() -> None:
    """Another key would make another hash, and the jobs of this stack would no longer be known by it."""
    assert stamp_key.lasting_stamp_key(KEY) == KEY
    fresh = stamp_key.lasting_stamp_key(None)
    assert re.fullmatch("[0-9a-f]{64}", fresh)
    assert stamp_key.lasting_stamp_key(None) != fresh


@pytest.mark.parametrize("broken", ["", "f" * 63, "g" * 64, KEY.upper(), 7, None, {"secret": KEY}])
def test_what_can_not_be_a_key_is_none(broken: Any) -> None:
    assert stamp_key.as_stamp_key(broken) is None


def test_a_process_does_not_forget_the_key_when_it_is_given_none() -> None:
    known = stamp_key.StampKey()
    known.learn(KEY)
    known.learn(None)
    assert known.value == KEY
    known.learn(OTHER_KEY)
    assert known.value == OTHER_KEY


def test_a_key_makes_other_hashes_and_those_of_earlier_releases_are_known() -> None:
    old, new = keyed(INPUTS, None), keyed(INPUTS)
    assert len({old.digest, new.digest, keyed(INPUTS, OTHER_KEY).digest}) == 3
    left = stamp.parse(str(old))
    assert left is not None
    assert left.same_work(new)
    assert not left.same_run(new), "it was another run"
    assert not keyed(INPUTS, OTHER_KEY).same_run(new)
    for other in (keyed({**INPUTS, "model": "qwen3-14b"}, None), keyed(INPUTS, None, "b")):
        assert not new.same_work(stamp.parse(str(other)) or new)
    foreign = stamp.parse(str(stamp.make("a", "p" * 10, "n" * 6, INPUTS)))
    assert foreign is not None
    assert not foreign.same_work(new), "another stack's is never ours"


def file(*ids: str) -> list[dict[str, str]]:
    return [{"data_source_type": "file_id", "file_id": one} for one in ids]


SPELLINGS: list[dict[str, Any]] = [
    {"trainingFileIds": ["f1", "f2"]},
    {"trainingDatasets": file("f1", "f2")},
    {"trainingFileIds": ["f1"], "trainingDatasets": file("f2")},
    {"trainingDatasets": [{"file_id": "f1"}, *file("f2")]},
]


@pytest.mark.parametrize("after", SPELLINGS)
@pytest.mark.parametrize("before", SPELLINGS)
def test_the_spelling_of_the_data_makes_no_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert keyed(before).digest == keyed(after).digest
    assert (
        keyed({**before, "validationFileIds": ["v"]}).digest == keyed({**after, "validationDatasets": file("v")}).digest
    )
    assert keyed(before).digest != keyed({**after, "validationFileIds": ["v"]}).digest


def test_the_order_of_the_data_makes_no_difference_and_its_purpose_does() -> None:
    assert keyed({"trainingFileIds": ["f2", "f1"]}).digest == keyed({"trainingDatasets": file("f1", "f2")}).digest
    assert keyed({"trainingFileIds": ["f1"]}).digest != keyed({"trainingFileIds": ["f1", "f1"]}).digest
    assert keyed({"trainingFileIds": ["f1"]}).digest != keyed({"validationFileIds": ["f1"]}).digest


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("now", SPELLINGS[:2])
@pytest.mark.parametrize("then", SPELLINGS[:2])
def test_an_old_hash_is_known_in_either_spelling(then: dict[str, Any], now: dict[str, Any], key: str | None) -> None:
    model = {"model": "qwen3-8b", "triggers": [1]}
    left = stamp.parse(str(keyed({**model, **then, "validationFileIds": ["v"]}, None)))
    assert left is not None
    assert left.same_work(keyed({**model, **now, "validationDatasets": file("v")}, key))
    assert not left.same_work(keyed({**model, **now}, key))


@pytest.mark.parametrize("name", ["x", "job", "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t", "triage-of-all-the-tickets"])
def test_a_stamp_that_is_cut_stays_a_stamp(name: str) -> None:
    """Only what is for people goes: the owner, the hash and the nonce stay whole, however little room there is."""
    whole = stamp.make(name, OWNER, "a1b2c3", INPUTS)
    least = len(str(whole)) - len(whole.readable)
    for longest in range(least - 3, len(str(whole)) + 3):
        cut = stamp.make(name, OWNER, "a1b2c3", INPUTS, longest=longest)
        assert len(str(cut)) <= max(longest, least)
        assert cut.same_run(whole)
        assert cut.same_work(whole)
        assert whole.readable.startswith(cut.readable)
        assert not cut.readable.endswith("-")
        if cut.readable:
            found = stamp.parse(str(cut))
            assert found is not None
            assert found.same_run(whole)
