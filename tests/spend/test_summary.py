"""The small form of a count: it is bounded, its sum is exact, and what a `max_length` leaves is known to within 1 %."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.spend.estimate import estimate
from pulumi_dashscope_ft.lifecycle.spend.figures import Run, Tokens
from pulumi_dashscope_ft.lifecycle.spend.price_list import shipped
from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenCount
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import (
    MOST_BUCKETS,
    TokenSummary,
    in_full,
    of_property,
    summarize,
)

LENGTHS = st.dictionaries(st.integers(1, 131_072), st.integers(1, 5_000), min_size=1, max_size=400)


def counted(lengths: dict[int, int]) -> TokenCount:
    return TokenCount(sum(lengths.values()), lengths, 0, 0, exact=True)


def trained(count: TokenSummary, limit: int, training_type: str) -> Tokens:
    run = Run("qwen3-8b", training_type, {"n_epochs": 1, "max_length": limit})
    found = estimate(run, [count], shipped()).tokens
    assert found is not None
    assert found.high is not None
    return found


def test_a_file_of_any_size_has_a_small_summary() -> None:
    lengths = Counter(min(131_072, int(random.Random(row).lognormvariate(6.5, 1))) for row in range(60_000))
    whole = counted(dict(lengths))
    assert len(lengths) > 2_000
    small = summarize(whole)
    assert len(small.buckets) <= MOST_BUCKETS
    assert len(json.dumps(small.to_property())) < 2_000
    assert small.tokens == whole.tokens


def test_few_lengths_are_all_kept() -> None:
    whole = counted({10: 3, 20: 2, 30: 1})
    assert summarize(whole) == in_full(whole)


@settings(max_examples=60, deadline=None)
@given(LENGTHS, st.integers(1, 140_000), st.sampled_from(["sft", "dpo_lora"]))
def test_what_a_length_leaves_is_known_to_within_a_hundredth(lengths: dict[int, int], limit: int, kind: str) -> None:
    whole = counted(lengths)
    small = summarize(whole)
    assert len(small.buckets) <= MOST_BUCKETS
    truth, found = trained(in_full(whole), limit, kind), trained(small, limit, kind)
    assert found.high is not None
    assert found.low <= truth.low <= found.high
    assert (found.high - 1 - found.low) / 2 <= 0.01 * whole.tokens + 1
    assert found.dropped_rows <= truth.dropped_rows


@settings(max_examples=60, deadline=None)
@given(LENGTHS)
def test_it_comes_back_from_a_state_as_it_went(lengths: dict[int, int]) -> None:
    small = summarize(counted(lengths))
    # Pulumi carries every number as a float.
    carried = json.loads(json.dumps(small.to_property()), parse_int=float)
    assert of_property(carried) == small


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        3,
        "text",
        {},
        {"lengths": 3},
        {"rows": 1, "repeated": 0, "uncounted": 0, "lengths": [[1, 2]]},
        {"rows": 1, "repeated": 0, "uncounted": 0, "lengths": [[1, 2, 1e300]]},
        {"rows": 1, "repeated": 0, "uncounted": 0, "lengths": [[1, -2, 3]]},
        {"rows": 1, "repeated": 0, "uncounted": 0, "lengths": [[1, 2, 50]]},
        {"rows": float("nan"), "repeated": 0, "uncounted": 0, "lengths": []},
        {"rows": True, "repeated": 0, "uncounted": 0, "lengths": []},
    ],
)
def test_what_somebody_has_damaged_is_no_count(damaged: Any) -> None:
    assert of_property(damaged) is None
