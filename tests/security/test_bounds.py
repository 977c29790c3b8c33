"""The bounds of what is read: lines of JSON, states, reports, key files; each is reached and not crossed."""

from __future__ import annotations

import io
import json
import os
import sys
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pulumi_dashscope_ft.api import SettingsError, resolve_settings
from pulumi_dashscope_ft.bounded.files import TooLargeError, read_bounded, read_file
from pulumi_dashscope_ft.bounded.json_text import JsonBoundError, JsonBounds, decode, decode_bytes
from pulumi_dashscope_ft.cli.commands import reporting
from pulumi_dashscope_ft.lifecycle.sweep import recorded_state
from pulumi_dashscope_ft.lifecycle.training_data.formats import DataReport, check_data_file


def checked(tmp_path: Path, content: bytes) -> DataReport:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    return check_data_file(path)


# Lines of JSON.


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[" * 65 + "]" * 65, "is nested more than 64 levels deep"),
        ('{"a":' * 65 + "1" + "}" * 65, "is nested more than 64 levels deep"),
        ("[" + "0," * 1_000_001 + "0]", "holds more than 1,000,000 values"),
        ("9" * 4001, "a number of more than 4,000 digits"),
        ("-0." + "9" * 4001, "a number of more than 4,000 digits"),
        ("1e999", "a number that is too large"),
        ("-Infinity", "is not a value that JSON has"),
    ],
    ids=["lists", "objects", "values", "digits", "fraction", "large", "infinity"],
)
def test_lines_beyond_the_bounds(tmp_path: Path, line: str, words: str) -> None:
    assert words in checked(tmp_path, line.encode() + b"\n").problems[0].reason


def test_brackets_in_texts_are_no_nesting(tmp_path: Path) -> None:
    code = json.dumps("[{" * 2_000 + '\\"' + ",:" * 2_000_000)
    row = f'{{"messages": [{{"role": "user", "content": {code}}}, {{"role": "assistant", "content": "b"}}]}}\n'
    assert checked(tmp_path, row.encode()).ok


def test_a_bound_is_reached_and_not_crossed() -> None:
    bounds = JsonBounds(depth=3, values=6)
    assert decode('[[["]]][[["]]]', bounds) == [[["]]][[["]]]
    assert decode("[1,2,3,4,5,6]", bounds) == [1, 2, 3, 4, 5, 6]
    for text in ("[[[[]]]]", "[1,2,3,4,5,6,7]"):
        with pytest.raises(JsonBoundError):
            decode(text, bounds)
    assert decode_bytes('{"ä": 1}'.encode("utf-16"), bounds) == {"ä": 1}
    for broken in (b"", b'"\\', b'"', b"[", b"]]]]]]"):
        with pytest.raises(json.JSONDecodeError):
            decode_bytes(broken, bounds)
    with pytest.raises(UnicodeDecodeError):
        decode_bytes(b"\xff", bounds)


def test_deep_in_the_stack_it_is_still_a_value_error() -> None:
    def down(levels: int) -> None:
        if levels:
            down(levels - 1)
        else:
            decode("[" * 150 + "]" * 150, JsonBounds(depth=200, values=1000))

    # Since 3.14 Python counts what its own C code nests apart from the calls of the program, and the document is read.
    refused = pytest.raises(ValueError, match="nested too deeply") if sys.version_info < (3, 14) else nullcontext()
    with refused:
        down(sys.getrecursionlimit() - 150 - len(_frames()))


def _frames() -> list[Any]:
    frame, found = sys._getframe(), []
    while frame is not None:
        found.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return found


# States, reports, keys.


def test_a_state_that_is_too_large_deep_or_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def problem(text: str | bytes) -> str:
        state = recorded_state.read(text, "here")
        assert state.unreadable
        return str(state.problem)

    assert "it is nested more than 200 levels deep" in problem("[" * 201 + "]" * 201)
    assert "it holds a number of more than 4,000 digits" in problem("9" * 5000)
    assert "it is of version an object with 1 key" in problem('{"version": {"a": 1}, "deployment": {}}')
    monkeypatch.setattr(recorded_state, "LARGEST", 10)
    assert "it is larger than 10 bytes, the most that is read" in problem(b'{"version": 3}')


def test_a_report_with_lines_that_are_no_endings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = '{"kind": "job", "id": "ft-1", "outcome": "deleted", "done": []}'
    deep = good.replace("[]", "[" * 300 + "]" * 300)
    long = good.replace("ft-1", "f" * 300_000)
    path = tmp_path / "destroy.jsonl"
    path.write_text("\n".join([good, deep, long]))
    for form in ("table", "markdown", "json"):
        result = CliRunner().invoke(reporting.report, [str(path), "--format", form])
        assert result.exit_code == 1
        assert "lines 2, 3 of" in str(result.exception)
        assert "ft-1" in result.output
    monkeypatch.setattr(reporting, "_LARGEST", 100)
    result = CliRunner().invoke(reporting.report, [str(path)])
    assert "it is larger than 100 bytes" in str(result.exception)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (os.mkfifo, "it is a pipe, not a regular file"),
        (os.mkdir, "it is a folder, not a file"),
        (lambda path: os.symlink("/dev/zero", path), "it is a device"),
        (lambda path: path.write_bytes(b"k" * 20_000), "too large to hold just a key"),
    ],
)
def test_a_key_file_that_is_none(tmp_path: Path, make: Callable[[Path], Any], words: str) -> None:
    """A pipe that nobody writes to must not hold up a run."""
    path = tmp_path / "key"
    make(path)
    settings = resolve_settings(environ={"DASHSCOPE_API_KEY_FILE_PATH": str(path)})
    with pytest.raises(SettingsError, match=words):
        settings.key.read()


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_file(path, 100) == b"x" * 100
    with pytest.raises(TooLargeError, match="larger than 99 bytes"):
        read_file(path, 99)
    with open("/dev/zero", "rb") as endless, pytest.raises(TooLargeError, match="larger than 1 MB"):
        read_bounded(endless, 2**20)
    assert zlib.crc32(read_bounded(io.BytesIO(b"abc"), 3)) == zlib.crc32(b"abc")
