"""Every documented form of data is accepted, and what breaks a documented rule is found on its line, with the reason.

`cases/samples` holds rows of each form of the API reference (section 4.6), the rest of `cases` asks single questions.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.report import Problem

CASES = Path(__file__).parent / "cases"
SAMPLES = CASES / "samples"

DOCUMENTED = {
    "sft": ("chat", ("sft", "efficient_sft")),
    "thinking": ("chat", ("sft", "efficient_sft")),
    "tools": ("vl", ("sft", "efficient_sft")),
    "loss_weight": ("chat", ("sft", "efficient_sft")),
    "vision": ("vl", ("sft", "efficient_sft")),
    "dpo": ("dpo", ("dpo_full", "dpo_lora")),
    "cpt": ("cpt", ("cpt",)),
    "reinforcement": ("prompt", ("reinforcement", "rl")),
    "distillation": ("prompt", ("pg_opd",)),
    "decision": ("decision", ("efficient_sft",)),
    "wan_i2v": ("media", ("efficient_sft",)),
    "wan_kf2v": ("media", ("efficient_sft",)),
    "wan_image_t2i": ("media", ("efficient_sft",)),
    "wan_image_i2i": ("media", ("efficient_sft",)),
    "qwen_image_i2i": ("media", ("efficient_sft",)),
    "cosyvoice": ("media", ("efficient_sft",)),
}
"""Sample → the shape of its rows, and the training types that take it."""

IN_ARCHIVES = ("vision", "wan_i2v", "wan_kf2v", "wan_image_t2i", "wan_image_i2i", "qwen_image_i2i", "cosyvoice")
FILE_KEYS = ("image", "video", "first_frame_path", "last_frame_path", "video_path", "img_path", "input_img", "wav_fn")


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


def names_in(value: Any) -> Iterator[str]:
    """The files that a row names, wherever in it."""
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in FILE_KEYS:
                yield from item if isinstance(item, list) else [item]
            else:
                yield from names_in(item)


def packed(path: Path, rows: bytes, *, folder: str = "", without: tuple[str, ...] = ()) -> Path:
    """An archive of these rows, with an empty file for each that they name."""
    names = {name.removeprefix("./") for line in rows.splitlines() for name in names_in(json.loads(line))}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{folder}data.jsonl", rows)
        for name in sorted(names - set(without)):
            archive.writestr(folder + name, b"")
    return path


def sample(name: str, into: Path, **options: Any) -> Path:
    """The sample as a file for a user to give: an archive in the folder `into` where its rows name files."""
    rows = SAMPLES / f"{name}.jsonl"
    return packed(into / f"{name}.zip", rows.read_bytes(), **options) if name in IN_ARCHIVES else rows


def test_each_sample_is_in_the_table() -> None:
    assert {path.stem for path in SAMPLES.iterdir()} == set(DOCUMENTED)


@pytest.mark.parametrize(
    ("name", "training_type"),
    [(name, training_type) for name, (_, types) in DOCUMENTED.items() for training_type in types],
)
def test_rows_of_a_documented_form_are_accepted(name: str, training_type: str, tmp_path: Path) -> None:
    report = check_data_file(sample(name, tmp_path), training_type=training_type)
    assert said(report.problems) == said(report.warnings) == []
    assert report.kind == DOCUMENTED[name][0]
    assert report.complete


@pytest.mark.parametrize("name", DOCUMENTED)
def test_rows_of_a_documented_form_are_accepted_for_a_job_not_known_yet(name: str, tmp_path: Path) -> None:
    """As a training file is checked, which does not know its job. Only prompts without more get a hint."""
    report = check_data_file(sample(name, tmp_path))
    assert said(report.problems) == []
    assert [warning.line for warning in report.warnings] == []


@pytest.mark.parametrize("name", [name for name in DOCUMENTED if name in IN_ARCHIVES])
def test_one_folder_around_everything(name: str, tmp_path: Path) -> None:
    report = check_data_file(sample(name, tmp_path, folder="user_data/"), training_type="efficient_sft")
    if name == "vision":  # the page forbids it for these
        [problem] = report.problems
        assert "in a folder" in problem.reason
        assert "pack what is in the folder" in problem.reason
    else:
        assert said(report.problems) == []
        assert ["in the folder" in warning.reason for warning in report.warnings] == [True]


@pytest.mark.parametrize(
    ("name", "missing", "line"),
    [
        ("wan_i2v", "crane_1.png", 2),
        ("wan_i2v", "boat_1.mp4", 1),
        ("wan_kf2v", "image/sail_2.png", 1),
        ("wan_image_t2i", "buoy.png", 1),
        ("wan_image_i2i", "hull_grey.png", 1),
        ("qwen_image_i2i", "yard_2.png", 1),
        ("cosyvoice", "train/line_2.wav", 2),
    ],
)
@pytest.mark.parametrize("folder", ["", "set/"])
def test_a_media_row_needs_its_files(name: str, missing: str, line: int, folder: str, tmp_path: Path) -> None:
    report = check_data_file(sample(name, tmp_path, folder=folder, without=(missing,)))
    [problem] = report.problems
    assert problem.line == line
    assert missing in problem.reason
    assert "which is not in the archive" in problem.reason
    assert problem.place.endswith(f"> {folder}data.jsonl")


def test_pictures_of_conversations_are_looked_for_by_their_base_names(tmp_path: Path) -> None:
    """A warning only: how the service looks for a picture is not documented."""
    report = check_data_file(sample("vision", tmp_path, without=("hull_2.jpg",)), training_type="sft")
    assert report.ok
    assert [(warning.line, "hull_2.jpg" in warning.reason) for warning in report.warnings] == [(2, True)]
    rows = b'{"messages": [{"role": "user", "content": [{"image": "a/1.jpg"}]}, {"role": "assistant", "content": "x"}]}'
    with zipfile.ZipFile(tmp_path / "deep.zip", "w") as archive:
        archive.writestr("data.jsonl", rows)
        archive.writestr("b/1.jpg", b"")
    assert said(check_data_file(tmp_path / "deep.zip").warnings) == []


def test_a_name_in_other_capital_letters(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("data.jsonl", b'{"wav_fn": "Train/A.wav", "text": "x"}')
        archive.writestr("train/a.WAV", b"")
    [problem] = check_data_file(tmp_path / "x.zip").problems
    assert 'it has "train/a.WAV"' in problem.reason


@dataclass(frozen=True)
class Case:
    """One file of `cases`, and the verdict of its README: line → words of the reason."""

    file: str
    training_type: str
    kind: str | None = None
    refused: tuple[tuple[int | None, str], ...] = ()
    warned: tuple[tuple[int | None, str], ...] = ()


VERDICTS = (
    Case("a-decision-rows.jsonl", "efficient_sft", "decision"),
    Case(
        "a-decision-rows-bad.jsonl",
        "efficient_sft",
        refused=(
            (1, '"target" leaves out "greenhouse"'),
            (2, '"label" is "barn", which is no option of "criteria": write one of "hives", "greenhouse"'),
            (3, "sum to 1.2: they must sum to 1"),
            (4, '"label" is 2: it must be the position of a level in "criteria", counted from 0, at most 1'),
            (5, 'question "today" has no "label"'),
        ),
    ),
    Case("b-rl-rows.jsonl", "reinforcement", "prompt"),
    Case("b-rl-rows.jsonl", "rl", "prompt"),
    Case("b-rl-rows.jsonl", "sft", refused=((1, 'holds prompt rows, but training type "sft"'),)),
    Case("b-opd-rows.jsonl", "pg_opd", "prompt"),
    Case("c-cosyvoice-wrapped.zip", "efficient_sft", "media", warned=((None, 'in the folder "user_data/"'),)),
    Case("c-wan-video-wrapped.zip", "efficient_sft", "media", warned=((None, 'in the folder "boats/"'),)),
    Case("c-vl-wrapped.zip", "sft", refused=((None, 'in a folder ("pictures/data.jsonl")'),)),
    Case("c-two-folders.zip", "sft", refused=((None, '("one/data.jsonl" and "two/data.jsonl")'),)),
    Case("d-loss-weight-string.jsonl", "sft", "chat"),
    Case(
        "d-loss-weight-bad.jsonl",
        "sft",
        refused=((2, '"loss_weight" is "1.5"'), (3, '"loss_weight" is "high": it must be a number above 0')),
        warned=((1, '"loss_weight" is 0'),),
    ),
    Case("e-tool-calls.jsonl", "sft", "vl"),
    Case(
        "e-tool-calls-bad.jsonl",
        "sft",
        refused=((1, '"arguments" is an object: it must be a string that holds JSON'),),
        warned=((2, '"tool_call_id" is "call_2", and no call before it has that id'),),
    ),
    Case(
        "i-ignored-keys.jsonl",
        "sft",
        "chat",
        warned=((1, '"name"'), (1, "IS trained"), (1, '"name"'), (1, '"weight"')),
    ),
)


def _matches(found: tuple[Problem, ...], expected: tuple[tuple[int | None, str], ...]) -> bool:
    return [problem.line for problem in found] == [line for line, _ in expected] and all(
        any(problem.line == line and words in problem.reason for problem in found) for line, words in expected
    )


@pytest.mark.parametrize("case", VERDICTS, ids=lambda case: f"{case.file}-{case.training_type}")
def test_verdicts(case: Case) -> None:
    report = check_data_file(CASES / case.file, training_type=case.training_type)
    assert _matches(report.problems, case.refused), said(report.problems)
    assert _matches(report.warnings, case.warned), said(report.warnings)
    if not case.refused:
        assert report.kind == case.kind


def test_each_case_has_a_verdict() -> None:
    files = {path.name for path in CASES.iterdir() if path.suffix in (".jsonl", ".zip")}
    assert files == {case.file for case in VERDICTS}
