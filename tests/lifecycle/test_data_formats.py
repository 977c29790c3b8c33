"""What a data file may be and hold: each fault with its line and the words that fix it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.training_data import formats as data_formats
from pulumi_dashscope_ft.lifecycle.training_data import lines as data_lines
from pulumi_dashscope_ft.lifecycle.training_data.digest import digest
from pulumi_dashscope_ft.lifecycle.training_data.formats import DataReport, check_data_file

USER = {"role": "user", "content": "What is the capital of France?"}
ANSWER: dict[str, Any] = {"role": "assistant", "content": "Paris."}
CHAT = {"messages": [{"role": "system", "content": ""}, USER, ANSWER]}
DPO: dict[str, Any] = {"messages": [USER], "chosen": ANSWER, "rejected": {"role": "assistant", "content": "Rome."}}
CPT = {"text": "Paris is the capital of France."}
VL = {"messages": [{"role": "user", "content": [{"image": "https://a/1.jpg"}, {"text": "What?"}]}, ANSWER]}


CASES = Path(__file__).parent / "cases"


@pytest.fixture
def check(tmp_path: Path) -> Any:
    """Writes rows (or bytes as they are) into a file and checks it."""

    def write_and_check(*rows: Any, name: str = "train.jsonl", **options: Any) -> DataReport:
        path = tmp_path / name
        if rows and isinstance(rows[0], bytes):
            path.write_bytes(b"".join(rows))
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return check_data_file(path, **options)

    return write_and_check


def only(report: DataReport) -> tuple[int | None, str]:
    assert len(report.problems) == 1, [str(p) for p in report.problems]
    return report.problems[0].line, report.problems[0].reason


@pytest.mark.parametrize(("row", "kind"), [(CHAT, "chat"), (DPO, "dpo"), (CPT, "cpt"), (VL, "vl")])
def test_good_rows(check: Any, row: Any, kind: str) -> None:
    report = check(row, row, row)
    assert (report.problems, report.warnings) == ((), ())
    assert (report.rows, report.kind, report.complete, report.ok) == (3, kind, True, True)
    assert report.size == report.path.stat().st_size


def test_line_ends_and_blank_lines_do_not_matter(check: Any) -> None:
    line = json.dumps(CHAT, ensure_ascii=False).encode()
    report = check(line + b"\r\n\r\n  \n" + line)
    assert report.ok
    assert report.rows == 2
    report = check(line + b"\r\n\r\n[]\r\n")
    assert report.problems[0].line == 3, "blank lines count as lines"


def test_rows_with_and_without_pictures_are_one_file(check: Any) -> None:
    assert check(CHAT, VL, CHAT).kind == "vl"
    assert check({"x": 1}, CPT).kind == "cpt"


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", None, "is empty: write one JSON object per line"),
        (b"\n \r\n\n", None, "has only blank lines"),
        (b'{"text": "a"}\n\x00\x01', 2, "is binary, not text: byte 1 of the line is zero"),
        (b'{"text": "a"}\n{"text": "\xff"}\n', 2, "is not UTF-8 text: byte 11 of the line is 0xFF"),
        (b'{"text": "caf\xe9"}\n', 1, "byte 14 of the line is 0xE9; save the file as UTF-8"),
        (b'\xef\xbb\xbf{"text": "a"}\n', 1, "byte order mark"),
        ('{"text": "a"}'.encode("utf-16"), None, "is text in UTF-16"),
        (gzip.compress(b"{}", mtime=0), None, "compressed with gzip"),
        (b"PAR1....", None, "Parquet"),
        (b"question,answer\n", 1, "is not JSON: a row must be an object"),
        (b'{"text": "a"},\n', 1, "ends in a comma"),
        (b'{"text": "a"} {"text": "b"}\n', 1, "goes on after its JSON value, at character 15"),
        (b'{"text": "a}\n', 1, "is not JSON: unterminated string starting at character 10"),
        (b'{"text": NaN}\n', 1, "NaN is not a value that JSON has"),
        (b'{"text": ' + b"9" * 5000 + b"}\n", 1, "number"),
        (b"[" * 100_000 + b"]" * 100_000, 1, ""),
        (b'["a"]\n', 1, "is a list, not a JSON object"),
        (b'"text"\n', 1, "is a string, not a JSON object"),
        (b"3\n", 1, "is 3, not a JSON object"),
        (b"{}\n", 1, "is an empty object"),
    ],
)
def test_what_is_no_rows(check: Any, content: bytes, line: int | None, words: str) -> None:
    found = only(check(content))
    assert found[0] == line
    assert words in found[1]


def test_a_pretty_printed_file_is_recognised(check: Any) -> None:
    report = check(json.dumps([CHAT], indent=2).encode())
    assert "is only a piece of JSON" in report.problems[0].reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"conversations": []}, "looks like the ShareGPT format: rewrite it as"),
        ({"instruction": "a", "output": "b"}, "looks like the Alpaca format"),
        ({"a": 1, "b": 2}, 'has no "messages" (it has "a", "b")'),
        ({"messages": []}, '"messages" is an empty list'),
        ({"messages": "hello"}, '"messages" is a string: it must be a list'),
        ({"messages": [USER, "Paris"]}, "message 2 is a string: it must be an object"),
        ({"messages": [{"content": "x"}, ANSWER]}, 'message 1 has no "role": write "system", "user", "assistant"'),
        ({"messages": [{"role": 1, "content": "x"}, ANSWER]}, 'message 1: "role" is 1'),
        (
            {"messages": [{"role": "human", "content": "x"}, ANSWER]},
            'the role "human" is not one that fits here: write "user"',
        ),
        ({"messages": [{"role": "User", "content": "x"}, ANSWER]}, 'write "user"'),
        ({"messages": [{"role": "user"}, ANSWER]}, 'message 1 has no "content"'),
        ({"messages": [{"role": "user", "content": 3}, ANSWER]}, 'message 1: "content" is 3'),
        ({"messages": [{"role": "user", "content": None}, ANSWER]}, 'message 1: "content" is null'),
        ({"messages": [USER]}, "has no assistant message"),
        ({"messages": [USER, ANSWER, USER]}, "ends with a user message"),
        (
            {"messages": [USER, {**ANSWER, "loss_weight": 1.5}]},
            '"loss_weight" is 1.5: it must be a number above 0 and at most 1',
        ),
        ({"messages": [USER, {**ANSWER, "loss_weight": True}]}, '"loss_weight" is true'),
        ({"messages": [{"role": "user", "content": []}, ANSWER]}, '"content" is an empty list'),
        ({"messages": [{"role": "user", "content": ["x"]}, ANSWER]}, "message 1, part 1 is a string"),
        ({"messages": [{"role": "user", "content": [{"image": 1}]}, ANSWER]}, 'part 1: "image" is 1'),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}, ANSWER]},
            "another API's format",
        ),
        ({"messages": [USER], "chosen": ANSWER}, 'has "chosen" but no "rejected"'),
        ({"messages": [USER], "chosen": ANSWER, "rejected": "Rome"}, '"rejected" is a string'),
        (
            {"messages": [USER], "chosen": USER, "rejected": ANSWER},
            '"chosen": the role "user" is not one that fits here',
        ),
        ({"chosen": ANSWER, "rejected": {**ANSWER, "content": "x"}}, '"messages" is missing'),
        ({"text": 3}, '"text" is 3: it must be a string'),
    ],
)
def test_rows_of_a_wrong_shape(check: Any, row: Any, words: str) -> None:
    """The faulty row stands in the middle; the good rows around it have its shape."""
    good = DPO if "chosen" in row else CPT if "text" in row else CHAT
    line, reason = only(check(good, row, good))
    assert line == 2
    assert words in reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"messages": [USER, {"role": "assistant", "content": " "}]}, "empty"),
        ({"messages": [USER, {"role": "tool", "content": "x"}, ANSWER]}, 'without "tool_call_id"'),
        ({"messages": [USER, {"role": "function", "content": "x"}, ANSWER]}, "not documented"),
        ({"messages": [USER, {"role": "assistant", "content": [{"text": " "}]}]}, "empty"),
        ({"messages": [{**USER, "loss_weight": 0.5}, ANSWER]}, "counts on assistant messages only"),
        ({"messages": [USER, {"role": "assistant", "content": "<think>\na\n</think>\n\nb"}, USER, ANSWER]}, "<think>"),
        ({"messages": [USER], "chosen": ANSWER, "rejected": ANSWER}, "say the same"),
        (
            {"messages": [USER, ANSWER], "chosen": ANSWER, "rejected": {**ANSWER, "content": "x"}},
            "ends with an assistant",
        ),
        ({"text": " "}, "is empty"),
        ({"messages": [{"role": "user", "content": [{"image": "1.jpg"}]}, ANSWER]}, "pack them"),
    ],
)
def test_rows_that_are_merely_odd(check: Any, row: Any, words: str) -> None:
    report = check(row)
    assert report.ok, [str(p) for p in report.problems]
    assert [words in str(warning) for warning in report.warnings] == [True]


def test_thinking_in_the_last_answer_is_as_it_should_be(check: Any) -> None:
    assert check({"messages": [USER, {"role": "assistant", "content": "<think>\na\n</think>\n\nb"}]}).warnings == ()


def test_rows_of_two_shapes(check: Any) -> None:
    line, reason = only(check(CHAT, CHAT, CPT))
    assert line == 3
    assert reason.startswith("is a cpt row, but line 1 is a chat row")
    assert not check(VL, DPO).ok


@pytest.mark.parametrize(
    ("training_type", "row", "advice"),
    [
        ("sft", DPO, "set the training type to dpo_full or dpo_lora"),
        ("efficient_sft", CPT, "set the training type to cpt"),
        ("dpo_lora", CHAT, 'trains on dpo rows such as {"messages"'),
        ("cpt", VL, "set the training type to sft or efficient_sft"),
    ],
)
def test_rows_that_the_training_type_has_no_use_for(check: Any, training_type: str, row: Any, advice: str) -> None:
    line, reason = only(check(row, row, training_type=training_type))
    assert line == 1
    assert advice in reason


@pytest.mark.parametrize(
    ("training_type", "row"),
    [("sft", VL), ("efficient_sft", CHAT), ("dpo_full", DPO), ("cpt", CPT), ("of_next_year", DPO), (None, DPO)],
)
def test_rows_that_fit_the_training_type(check: Any, training_type: str | None, row: Any) -> None:
    assert check(row, training_type=training_type).ok


def test_every_problem_is_told_up_to_a_limit(check: Any) -> None:
    rows = [CHAT, {"messages": [{"role": "x", "content": 1}, ANSWER]}, [], CHAT]
    assert [problem.line for problem in check(*rows).problems] == [2, 2, 3]
    report = check(*[[]] * 100, max_problems=5)
    assert len(report.problems) == 5
    assert report.rows == 5
    assert not report.complete


def test_a_message_names_file_and_line(check: Any) -> None:
    [problem] = check(CHAT, []).problems
    assert str(problem).startswith(f"{problem.place}, line 2: is a list, not a JSON object")
    assert problem.place.endswith("train.jsonl")


def test_no_such_file(tmp_path: Path) -> None:
    [problem] = check_data_file(tmp_path / "none.jsonl").problems
    assert "there is no such file" in str(problem)
    assert problem.line is None


def test_a_folder_a_pipe_and_an_impossible_path(tmp_path: Path) -> None:
    assert "is a folder" in only(check_data_file(tmp_path))[1]
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    assert "is not a regular file" in only(check_data_file(pipe))[1], "and it does not hang"
    assert "can't be read" in only(check_data_file("a\0b"))[1]


@pytest.mark.parametrize(
    ("error", "words"), [(PermissionError(13, "x"), "permission"), (OSError(5, "I/O error"), "I/O error")]
)
def test_an_unreadable_file(check: Any, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(data_formats, "open_regular", refuse)
    report = check(CHAT)
    assert words in only(report)[1]
    assert not report.complete


def test_names_and_sizes_are_warned_about(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "should be named .jsonl" in str(check(CHAT, name="train.json").warnings[0])
    monkeypatch.setattr(data_formats, "TEXT_LIMIT", 10)
    report = check(CHAT)
    assert report.ok
    assert "more than" in report.warnings[0].reason


def test_an_endless_line_costs_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_lines, "LONGEST_LINE", 64 * 1024)
    path = tmp_path / "long.jsonl"
    good = json.dumps(CPT).encode() + b"\n"
    path.write_bytes(good + b'{"text": "' + b"x" * 8_000_000 + b'"}\n' + good)
    tracemalloc.start()
    report = check_data_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert report.rows == 2
    assert [warning.line for warning in report.warnings] == [2]


def test_digest(tmp_path: Path) -> None:
    path = tmp_path / "a"
    content = os.urandom(3 * 1024 * 1024 + 7)
    path.write_bytes(content)
    found = digest(path)
    assert found == (hashlib.sha256(content).hexdigest(), hashlib.md5(content).hexdigest(), len(content))  # noqa: S324
    with pytest.raises(FileNotFoundError):
        digest(tmp_path / "none")


def test_keys_that_the_service_ignores_are_a_warning_with_line_and_consequence() -> None:
    report = check_data_file(CASES / "i-ignored-keys.jsonl", training_type="sft")
    assert report.ok
    told = [(warning.line, warning.reason) for warning in report.warnings]
    assert [line for line, _ in told] == [1, 1, 1, 1]
    zero, one = (reason for _, reason in told if '"weight"' in reason)
    for needed in ("message 2", "IS trained", "weight is 0", '"loss_weight"'):
        assert needed in zero
    for needed in ("message 4", "trained and billed like any other", '"loss_weight"'):
        assert needed in one
    named = [reason for _, reason in told if '"name"' in reason]
    assert [reason.partition(":")[0] for reason in named] == ["message 1", "message 2"]


@pytest.mark.parametrize("weight", [0, 0.0, "0", None, [], 10**400, True, {}])
@pytest.mark.parametrize("role", ["user", "assistant"])
def test_an_ignored_key_is_never_refused(check: Any, weight: Any, role: str) -> None:
    unheard = {"weight": weight, "name": weight}
    report = check({"messages": [{**one, **(unheard if one["role"] == role else {})} for one in (USER, ANSWER)]})
    assert report.ok
    assert len(report.warnings) == 2


def test_a_weight_of_zero_is_told_however_many_names_there_are(check: Any) -> None:
    named = {"messages": [{**USER, "name": "mate"}, {**ANSWER, "weight": 1}]}
    report = check(*[named] * 500, {"messages": [USER, {**ANSWER, "weight": 0}]})
    assert [warning.line for warning in report.warnings if "IS trained" in warning.reason] == [501]
    assert len(report.warnings) == 41


def test_ignored_keys_of_preference_rows(check: Any) -> None:
    report = check({**DPO, "chosen": {**ANSWER, "weight": 0}}, training_type="dpo_lora")
    assert report.ok
    assert [w.reason.partition(":")[0] for w in report.warnings] == ['"chosen"']
