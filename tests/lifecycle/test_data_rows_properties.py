"""Good rows are accepted whatever they say; one bad row among them is found on its line; nothing makes it raise."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import of_property, summarize
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.media.steps import Medium
from pulumi_dashscope_ft.lifecycle.training_data.rows.looking import look_at
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import row_texts
from pulumi_dashscope_ft.lifecycle.training_data.tokens import LengthMeter

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
"""Of each property; `make soak` tries more."""

relaxed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def message(role: str, words: st.SearchStrategy[Any] = text) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"role": st.just(role), "content": words})


turns = st.lists(st.tuples(message("user"), message("assistant")), min_size=1, max_size=3).map(
    lambda pairs: [item for pair in pairs for item in pair]
)
chat = st.tuples(st.lists(message("system"), max_size=1), turns).map(lambda parts: {"messages": parts[0] + parts[1]})
dpo = st.fixed_dictionaries(
    {
        "messages": st.lists(message("user"), min_size=1, max_size=2),
        "chosen": message("assistant"),
        "rejected": message("assistant"),
    }
)
cpt = st.fixed_dictionaries({"text": text})
files = st.one_of(
    st.lists(chat, min_size=1, max_size=5), st.lists(dpo, min_size=1, max_size=5), st.lists(cpt, min_size=1, max_size=5)
)

KEYS = (
    *("messages", "role", "content", "chosen", "rejected", "text", "image", "video", "fps", "loss_weight", "weight"),
    *("tools", "tool_calls", "tool_call_id", "function", "name", "arguments", "parameters", "rollout_extra", "reward"),
    *("state", "questions", "type", "instructions", "criteria", "label", "target", "choice", "score", "noul", "true"),
    *("prompt", "video_path", "first_frame_path", "img_path", "input_img", "wav_fn", "mesages", "some_path"),
)
"""Every key that a check looks at, and some that are nearly one."""

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


def written(path: Path, rows: list[Any], ascii_only: bool = True) -> Path:
    path.write_bytes("".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in rows).encode())
    return path


@given(files, st.booleans())
@relaxed
def test_good_files_are_accepted(tmp_path: Path, rows: list[Any], ascii_only: bool) -> None:
    report = check_data_file(written(tmp_path / "train.jsonl", rows, ascii_only))
    assert report.ok, [str(p) for p in report.problems]
    assert report.rows == len(rows)


def _no_role(row: dict[str, Any]) -> None:
    first = row["messages"][0] if "messages" in row else row
    if not first.pop("role", None):
        row.clear()


def _wrong_content(row: dict[str, Any]) -> None:
    if "messages" in row:
        row["messages"][-1]["content"] = 5
    else:
        row["text"] = 5


def _other_shape(row: dict[str, Any]) -> None:
    row.clear()
    row["question"] = "?"


mutations = st.sampled_from([_no_role, _wrong_content, _other_shape])


@given(files, st.data(), mutations)
@relaxed
def test_a_bad_row_is_found_on_its_line(tmp_path: Path, rows: list[Any], data: st.DataObject, mutate: Any) -> None:
    rows = copy.deepcopy(rows)
    position = data.draw(st.integers(0, len(rows) - 1))
    mutate(rows[position])
    report = check_data_file(written(tmp_path / "train.jsonl", rows))
    assert {problem.line for problem in report.problems} == {position + 1}


def filled(row: Any, keys: list[str]) -> Any:
    """The row with more keys at its top, so that each kind of row is met often."""
    return {**row, **dict.fromkeys(keys, row)} if isinstance(row, dict) else row


@given(anything, st.lists(st.sampled_from(KEYS), max_size=3), st.booleans())
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_row_makes_it_raise(row: Any, keys: list[str], loose: bool) -> None:
    row = filled(row, keys)
    found = look_at(row, loose=loose)
    texts = row_texts(found.kind, row)
    if texts is not None:
        LengthMeter().take(1, texts)
        meter = TokenMeter()
        meter.take(texts, lambda name: Medium(2.5, 640, 480))
        assert of_property(summarize(meter.close()).to_property())
    assert found.kind or found.notes
    for note in found.notes:
        assert note.text.isprintable()
        assert len(note.text) < 500


@given(st.binary(max_size=200))
@relaxed
def test_no_bytes_make_it_raise(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    report = check_data_file(path)
    assert report.problems or report.rows
