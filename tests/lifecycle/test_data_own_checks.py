"""The checks of each kind of row: what breaks a documented rule is refused, what is merely odd is a warning."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.training_data.formats import DataReport, check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.report import Problem


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


@pytest.fixture
def check(tmp_path: Path) -> Any:
    def write_and_check(*rows: Any, **options: Any) -> DataReport:
        path = tmp_path / "train.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return check_data_file(path, **options)

    return write_and_check


def _decision(**question: Any) -> dict[str, Any]:
    good = {"type": "choice", "instructions": "Which?", "criteria": {"a": "A", "b": "B"}, "label": "a"}
    whole = {key: value for key, value in {**good, **question}.items() if value is not ...}
    return {"state": {"content": "x"}, "questions": {"q": whole}}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"state": "x", "questions": {"q": {}}}, '"state" is a string: it must be an object with "content"'),
        ({"state": {}, "questions": {"q": {}}}, '"state" has no "content"'),
        ({"state": {"content": 3}, "questions": {"q": {}}}, '"content" is 3'),
        ({"state": {"content": "x"}}, '"questions" is missing'),
        ({"state": {"content": "x"}, "questions": {}}, '"questions" is an empty object'),
        ({"state": {"content": "x"}, "questions": {"q": []}}, 'question "q" is a list'),
        (_decision(type=...), 'has no "type": write "choice", "noul", "score"'),
        (_decision(type=1), '"type" is 1'),
        (_decision(criteria=...), '"criteria" is missing: it must be an object of options'),
        (_decision(criteria=["a", "b"]), '"criteria" is a list: it must be an object of options'),
        (_decision(type="score", criteria={"a": "A"}, label=0), '"criteria" is an object: it must be a list of levels'),
        (_decision(type="score", criteria=[], label=0), '"criteria" is empty'),
        (_decision(type="score", criteria=["a", "b"], label=True), '"label" is true: it must be the position'),
        (_decision(type="score", criteria=["a", "b"], label=-1), '"label" is -1'),
        (_decision(type="noul", criteria=..., label="true"), '"label" is "true": it must be true or false'),
        (_decision(label=["a"]), '"label" is a list of 1 value, which is no option'),
        (_decision(target=[1]), '"target" is a list'),
        (_decision(target={"a": 1, "b": 0, "c": 0}), '"target" has "c", which is no answer to this question'),
        (_decision(target={"a": "1", "b": 0}), '"target" gives "a" "1": a probability is a number from 0 to 1'),
        (_decision(target={"a": 1.5, "b": -0.5}), '"target" gives "a" 1.5'),
        (_decision(target={"a": 0.5, "b": 0.2}), "sum to 0.7"),
    ],
)
def test_decision_rows_that_are_refused(check: Any, row: Any, words: str) -> None:
    report = check(_decision(), row, _decision())
    assert report.problems
    assert {problem.line for problem in report.problems} == {2}
    assert words in " ".join(problem.reason for problem in report.problems)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_decision(type="ranking"), 'the type "ranking" is not documented'),
        (_decision(instructions=...), 'has no "instructions"'),
        (_decision(type="noul", label=True), '"criteria" is not documented for a question of the type "noul"'),
        (_decision(target={"a": 0.33, "b": 0.66}), "sum to 0.99"),
        (_decision(targets={"a": 1, "b": 0}), 'has "targets"; did you mean "target"?'),
        ({**_decision(), "state": {"content": ""}}, '"content" is empty'),
    ],
)
def test_decision_rows_that_are_merely_odd(check: Any, row: Any, words: str) -> None:
    report = check(row)
    assert report.ok, said(report.problems)
    assert [words in warning.reason for warning in report.warnings] == [True], said(report.warnings)


USER = {"role": "user", "content": "Is the tide high?"}
ANSWER = {"role": "assistant", "content": "Not yet."}
TOOLS = [{"type": "function", "function": {"name": "tide", "description": "x", "parameters": {"type": "object"}}}]


def _calling(call: Any, *, tools: Any = TOOLS, answers: Any = "c1") -> dict[str, Any]:
    calls = [{"id": "c1", "type": "function", "function": {"name": "tide", "arguments": "{}", **call}}]
    tool = {"role": "tool", "tool_call_id": answers, "content": "3"}
    row = {"messages": [USER, {"role": "assistant", "tool_calls": calls}, tool, ANSWER]}
    return row if tools is None else {**row, "tools": tools}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_calling({}, tools={"tide": {}}), '"tools" is an object: it must be a list'),
        ({"messages": [USER, {"role": "assistant", "tool_calls": {}}], "tools": TOOLS}, '"tool_calls" is an object'),
        ({"messages": [USER, {"role": "assistant", "tool_calls": ["x"]}]}, "call 1 is not of the documented form"),
        (_calling({"name": ""}), 'call 1 has no "name"'),
        (_calling({"arguments": {"hour": 6}}), '"arguments" is an object: it must be a string that holds JSON'),
        (_calling({"arguments": None}), '"arguments" is null'),
    ],
)
def test_tool_calls_that_are_refused(check: Any, row: Any, words: str) -> None:
    [problem] = check(row).problems
    assert problem.line == 1
    assert words in problem.reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_calling({}, tools=None), 'has tool calls but no "tools"'),
        (_calling({"name": "tides"}), 'calls "tides", which is not among its "tools"'),
        (_calling({"arguments": "{hour: 6}"}), "but not JSON"),
        (_calling({"arguments": "[]"}), '"arguments" holds a list'),
        (_calling({}, answers="c2"), '"tool_call_id" is "c2", and no call before it has that id'),
        (_calling({}, answers=None), 'without "tool_call_id"'),
        (_calling({}, tools=[{"name": "tide"}]), "tool 1 is not of the documented form"),
        ({"messages": [{**USER, "tool_calls": []}, ANSWER]}, '"tool_calls" counts on assistant messages only'),
        ({"messages": [USER, {"role": "function", "content": "3"}, ANSWER]}, 'the role "function" is not documented'),
    ],
)
def test_tool_calls_that_are_merely_odd(check: Any, row: Any, words: str) -> None:
    report = check(row, training_type="sft")
    assert report.ok, said(report.problems)
    assert any(words in warning.reason for warning in report.warnings), said(report.warnings)


@pytest.mark.parametrize("weight", [0.001, 1, 1.0, "1", "0.5", "1e-2", ".5"])
def test_loss_weights_in_their_range(check: Any, weight: Any) -> None:
    report = check({"messages": [USER, {**ANSWER, "loss_weight": weight}]})
    assert (report.problems, report.warnings) == ((), ())


@pytest.mark.parametrize("weight", [1.01, -0.1, "-0.1", "nan", "1_0", "", "high", True, None, [], 10**400, "1e999"])
def test_loss_weights_that_are_none(check: Any, weight: Any) -> None:
    [problem] = check({"messages": [USER, {**ANSWER, "loss_weight": weight}]}).problems
    assert '"loss_weight" is' in problem.reason


@pytest.mark.parametrize("weight", [0, 0.0, "0", "0.0", "-0"])
@pytest.mark.parametrize("place", ["messages", "chosen"])
def test_a_loss_weight_of_zero_is_a_warning(check: Any, weight: Any, place: str) -> None:
    answer = {**ANSWER, "loss_weight": weight}
    rejected = {"role": "assistant", "content": "?"}
    row = {"messages": [USER, answer]}
    report = check(row if place == "messages" else {"messages": [USER], "chosen": answer, "rejected": rejected})
    assert report.ok
    assert ['"loss_weight" is 0' in warning.reason for warning in report.warnings] == [True]


PROMPT = {"messages": [USER], "rollout_extra": {"solution": "no"}}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**PROMPT, "rollout_extra": "no"}, '"rollout_extra" is a string: it must be an object'),
        ({"messages": [USER, {"role": "system", "content": "x"}]}, "its last message is not the user's"),
        ({"prompt": "Is the tide high?"}, 'has no "messages"'),
        ({"messages": [USER, ANSWER]}, "has an assistant message, but line 1 has none"),
    ],
)
def test_prompts_that_are_refused(check: Any, row: Any, words: str) -> None:
    [problem] = check(PROMPT, row, PROMPT, training_type="reinforcement").problems
    assert problem.line == 2
    assert words in problem.reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**PROMPT, "reward": 1}, 'has "reward", which is not a key of such rows'),
        ({"messages": [{"role": "user", "content": [{"text": "x"}]}]}, '"content" is a list'),
        ({"messages": [USER, ANSWER]}, "holds chat rows, which have answers, but training type"),
        ({"messages": [USER], "rolout_extra": {}}, 'did you mean "rollout_extra"?'),
    ],
)
@pytest.mark.parametrize("training_type", ["reinforcement", "rl", "pg_opd"])
def test_prompts_that_are_merely_odd(check: Any, row: Any, words: str, training_type: str) -> None:
    report = check(row, training_type=training_type)
    assert report.ok, said(report.problems)
    assert [words in warning.reason for warning in report.warnings] == [True], said(report.warnings)


def test_a_conversation_among_prompts_and_a_prompt_among_conversations(check: Any) -> None:
    chat = {"messages": [USER, ANSWER]}
    [problem] = check(chat, {"messages": [USER]}).problems
    assert problem.line == 2
    assert "has no assistant message, unlike line 1: there is no answer to learn" in problem.reason
    report = check({**chat, "rollout_extra": {}})
    assert report.ok
    assert "rows for those must not have" in report.warnings[0].reason


def test_prompts_without_more_for_a_job_not_known_yet(check: Any) -> None:
    report = check(*[{"messages": [USER]}] * 30)
    assert report.ok
    assert report.kind == "prompt"
    assert [warning.line for warning in report.warnings] == [None]
    assert "only reinforcement and pg_opd" in report.warnings[0].reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"first_frame_path": "1.png", "prompt": "x"}, 'has no "video_path": a video row is such as'),
        ({"input_img": "1.png", "prompt": "x"}, 'has no "img_path": an image row is such as'),
        ({"video_path": 1, "first_frame_path": "1.png", "prompt": "x"}, '"video_path" is 1'),
        ({"video_path": "", "first_frame_path": "1.png", "prompt": "x"}, '"video_path" is empty'),
        ({"img_path": "1.png", "prompt": ["x"]}, '"prompt" is a list: it must be a string'),
        ({"wav_fn": "1.wav"}, 'has no "text": write what is said'),
        ({"wav_fn": "1.wav", "text": " "}, 'has no "text"'),
        ({"wav_fn": ["1.wav"], "text": "x"}, '"wav_fn" is a list'),
    ],
)
def test_media_rows_that_are_refused(tmp_path: Path, row: Any, words: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("data.jsonl", json.dumps(row))
        archive.writestr("1.png", b"")
        archive.writestr("1.wav", b"")
    [problem] = check_data_file(tmp_path / "x.zip").problems
    assert problem.line == 1
    assert words in problem.reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"video_path": "1.mp4", "prompt": "x"}, 'has no "first_frame_path"'),
        ({"img_path": "1.png"}, 'has no "prompt"'),
        ({"img_path": "1.png", "promt": "x", "prompt": "x"}, ""),
        ({"img_path": "1.png", "video_path": "1.mp4", "first_frame_path": "1.png", "prompt": "x"}, "of image rows"),
        ({"img_path": "elsewhere/1.png", "prompt": "x"}, 'which is in the archive as "1.png" only'),
        ({"mask_path": "2.png", "prompt": "x"}, 'names "2.png", which is not in the archive'),
    ],
)
def test_media_rows_that_are_merely_odd(tmp_path: Path, row: Any, words: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("data.jsonl", json.dumps(row))
        archive.writestr("1.png", b"")
        archive.writestr("1.mp4", b"")
    report = check_data_file(tmp_path / "x.zip")
    assert report.ok, said(report.problems)
    assert [words in warning.reason for warning in report.warnings] == [True] * bool(words), said(report.warnings)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"mesages": [USER, ANSWER]}, 'did you mean "messages"?'),
        ({"messages": [USER, ANSWER], "tool": TOOLS}, 'the row has "tool"; did you mean "tools"?'),
        (
            {"messages": [USER, {**ANSWER, "loss_wieght": 0.5}]},
            'message 2 has "loss_wieght"; did you mean "loss_weight"?',
        ),
        ({"messages": [USER, ANSWER], "remark": "x", "id": 7}, None),
    ],
)
def test_misspelled_keys(check: Any, row: Any, words: str | None) -> None:
    report = check(row)
    found = [finding.reason for finding in (*report.problems, *report.warnings)]
    assert [words is not None and words in reason for reason in found] == [True] * (words is not None)
