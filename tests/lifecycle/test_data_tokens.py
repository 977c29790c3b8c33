"""The fewest tokens of a text are never more than the vendor's own tokenizer counts, and close to it in plain prose.

`dashscope.resources` holds the vocabulary that Qwen 2 was published with. The expression that cuts a text into pieces
has since changed for combining marks only (see `training_data.tokens`), and both are tried below.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dashscope
import pytest
import tiktoken
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tiktoken.load import load_tiktoken_bpe

from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import RowTexts
from pulumi_dashscope_ft.lifecycle.training_data.tokens import LONGEST_TOKEN, LengthMeter, least_tokens

Count = Callable[[str], int]

QWEN_2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN_3_5 = QWEN_2.replace(r"\p{L}+", r"[\p{L}\p{M}]+").replace(r"[^\s\p{L}\p{N}]+", r"[^\s\p{L}\p{M}\p{N}]+")
PROSE = (
    "The harbour master wrote three letters to the council in 1987, and not one of them was answered. "
    "It's said that he kept the drafts; they were found behind a stove, beside a map of the slipway."
)

alphabets = st.sampled_from(
    [
        st.characters(codec="ascii"),
        st.sampled_from("ab 'sTre,.!-_\n\t09"),
        st.sampled_from("你好，。！世界1 a"),
        st.sampled_from("किताब 0a"),
        st.sampled_from("—!—a —'"),
        st.characters(exclude_categories=["Cs"]),
    ]
)
texts = alphabets.flatmap(lambda alphabet: st.text(alphabet, max_size=200))


@pytest.fixture(scope="module")
def ranks() -> dict[bytes, int]:
    return load_tiktoken_bpe(str(Path(str(dashscope.__file__)).parent / "resources" / "qwen.tiktoken"))


@pytest.fixture(scope="module", params=[QWEN_2, QWEN_3_5], ids=["qwen 2", "qwen 3.5"])
def count(request: pytest.FixtureRequest, ranks: dict[bytes, int]) -> Count:
    coding = tiktoken.Encoding("qwen", pat_str=request.param, mergeable_ranks=ranks, special_tokens={})
    return lambda text: len(coding.encode_ordinary(unicodedata.normalize("NFC", text)))


@example("ありがとうございました")
@example("อำนวยความสะดวก")
@example("—" * 16)
@example("—!—")
@example("'reset it's")
@example("latesAutoresizingMaskIntoConstraints")
@given(texts)
@settings(deadline=None, max_examples=300)
def test_it_is_never_more_than_the_true_number(count: Count, text: str) -> None:
    assert least_tokens(text) <= count(text)


def test_it_is_close_in_plain_prose(count: Count) -> None:
    assert least_tokens(PROSE) >= 0.75 * count(PROSE)


def test_no_token_outside_ascii_is_longer_than_assumed(ranks: dict[bytes, int]) -> None:
    decoded = [token.decode("utf-8", "ignore") for token in ranks]
    assert max(len(re.sub(r"[\x00-\x7f]", "", text)) for text in decoded) <= LONGEST_TOKEN / 2


@given(st.lists(texts, min_size=1, max_size=6))
@settings(deadline=None)
def test_the_longest_row_is_found_although_most_rows_are_only_glanced_at(rows: list[str]) -> None:
    meter = LengthMeter()
    for line, text in enumerate(rows, start=1):
        meter.take(line, RowTexts("cpt", {}, [((text,), {})]))
    most = max(map(least_tokens, rows))
    found = meter.longest
    assert (found.tokens if found else 0) == most
    if found:
        assert least_tokens(rows[found.line - 1]) == most


@pytest.mark.parametrize(
    ("row", "tokens"),
    [
        ({"text": "one two 34"}, 4),
        ({"messages": [{"role": "user", "content": "one two"}, {"role": "assistant", "content": "three"}]}, 3),
        ({"messages": [{"role": "user", "content": [{"image": "a b"}, {"text": "one"}]}]}, 1),
        (
            {
                "messages": [{"role": "user", "content": "one"}],
                "chosen": {"role": "assistant", "content": "two three"},
                "rejected": {"role": "assistant", "content": "two"},
            },
            3,
        ),
    ],
)
def test_what_counts_in_a_row(tmp_path: Path, row: dict[str, Any], tokens: int) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps(row) + "\n")
    assert check_data_file(path).longest == (1, tokens)


def test_rows_without_text_have_no_longest(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"state": {"content": "x"}, "questions": {"q": {"type": "noul", "label": true}}}\n')
    assert check_data_file(path).longest is None
