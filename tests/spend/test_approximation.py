"""How far the approximation is off: at most 15 % on texts of one kind, as messages and docs say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from corpus import TEXTS

from pulumi_dashscope_ft.lifecycle.spend.estimate import APPROXIMATION
from pulumi_dashscope_ft.lifecycle.training_data.counting.approximation import approximate_tokens
from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import vocabulary


@pytest.mark.parametrize("kind", TEXTS)
def test_it_is_within_what_is_said(kind: str) -> None:
    (exact,) = vocabulary().counts([TEXTS[kind]])
    assert abs(approximate_tokens(TEXTS[kind]) / exact - 1) <= float(APPROXIMATION)


@pytest.mark.parametrize("text", ["?", "!", "a", "我", "\n", " ", "\ud800", "?" * 50, "我？" * 50, "\x00"])
def test_any_text_has_a_count(text: str) -> None:
    assert 1 <= approximate_tokens(text) <= 4 * len(text) + 1


def test_no_text_has_none() -> None:
    assert approximate_tokens("") == 0
