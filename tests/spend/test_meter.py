"""What is counted of a row: the whole conversation in its template, once for each answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenCount, TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.counting.sequences import TOOLS_FRAME
from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import vocabulary
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file

ASKED = {"role": "user", "content": "Where is order 7?"}
ANSWER = {"role": "assistant", "content": "On its way."}
OTHER = {"role": "assistant", "content": "No idea, ask somebody else."}


def counted(folder: Path, *rows: Any, exact: bool = True) -> TokenCount:
    path = folder / "train.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    meter = TokenMeter(vocabulary() if exact else None)
    report = check_data_file(path, meter=meter)
    assert not report.problems
    return meter.close()


def tokens(text: str) -> int:
    return vocabulary().counts([text])[0]


def framed(*messages: dict[str, str]) -> str:
    return "".join(f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n" for one in messages)


def test_a_conversation_stands_in_its_template(tmp_path: Path) -> None:
    count = counted(tmp_path, {"messages": [ASKED, ANSWER]})
    assert count == TokenCount(1, {tokens(framed(ASKED, ANSWER)): 1}, 0, 0, exact=True)


def test_a_preference_is_counted_with_both_answers(tmp_path: Path) -> None:
    count = counted(tmp_path, {"messages": [ASKED], "chosen": ANSWER, "rejected": OTHER})
    assert count.lengths == {tokens(framed(ASKED, ANSWER)): 1, tokens(framed(ASKED, OTHER)): 1}
    assert count.repeated == tokens(framed(ASKED))


def test_plain_text_has_no_template(tmp_path: Path) -> None:
    assert counted(tmp_path, {"text": "Once upon a time."}).lengths == {tokens("Once upon a time."): 1}


def test_tools_and_their_calls_count(tmp_path: Path) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "find", "arguments": '{"order": 7}'}}
    tool = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
    asks = {"role": "assistant", "content": "", "tool_calls": [call]}
    result = {"role": "tool", "content": "on its way", "tool_call_id": "1"}
    (length,) = counted(tmp_path, {"messages": [ASKED, asks, result, ANSWER], "tools": [tool]}).lengths
    parts = framed(ASKED, result, ANSWER) + json.dumps(call["function"]) + json.dumps(tool)
    assert length > tokens(parts) + TOOLS_FRAME


def test_pictures_are_said_to_be_uncounted(tmp_path: Path) -> None:
    picture = {"role": "user", "content": [{"image": "https://example.com/1.jpg"}, {"text": "What is this?"}]}
    count = counted(tmp_path, {"messages": [picture, {"role": "assistant", "content": [{"text": "A cat."}]}]})
    assert count.uncounted == 1


@pytest.mark.parametrize("exact", [True, False])
def test_each_row_is_counted_for_itself_however_many_there_are(tmp_path: Path, exact: bool) -> None:
    """More than fit into a batch, some of them larger than one."""
    words = [1, 20, 300, 70_000, 5]
    rows = [{"messages": [ASKED, {"role": "assistant", "content": "word " * number}]} for number in words * 4]
    whole = counted(tmp_path, *rows, exact=exact)
    each = [counted(tmp_path, row, exact=exact) for row in rows[: len(words)]]
    near = 0 if exact else 0.03  # rows are approximated together
    assert sorted(whole.lengths) == pytest.approx(sorted(length for one in each for length in one.lengths), rel=near)
    assert set(whole.lengths.values()) == {4}
    assert whole.rows == len(rows)


def test_of_many_rows_some_are_approximated_and_the_sum_is_near(tmp_path: Path) -> None:
    texts = [
        "Where is order 7? It was due on Friday.",
        "我的订单还没有送到，请帮我查一下。",
        "for i in range(10): print(i)",
    ]
    rows = [
        {"messages": [{"role": "user", "content": texts[number % 3] * (1 + number % 5)}, ANSWER]}
        for number in range(9000)
    ]
    exact, near = counted(tmp_path, *rows), counted(tmp_path, *rows, exact=False)
    assert near.tokens == pytest.approx(exact.tokens, rel=0.15)
    assert near.rows == exact.rows == 9000
