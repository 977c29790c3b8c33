"""`report`: the teardown report, shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def ending(object_id: str, outcome: str, **more: Any) -> str:
    line = {"version": 1, "kind": "job", "id": object_id, "outcome": outcome, "done": ["cancel was accepted"], **more}
    return json.dumps(line) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "destroy.jsonl"
    found.write_text(
        ending("ft-1", "refused", why="the key is refused")
        + ending("ft-2", "kept", stays="its | record", statusBefore="SUCCEEDED")
        + ending("ft-1", "deleted")
    )
    return found


def test_the_last_line_of_each_object_counts(line: Any, path: Path) -> None:
    result = line.run("report", str(path))
    assert result.exit_code == 0
    assert "refused" not in result.stdout
    assert "1 deleted, 1 kept" in result.stdout
    shown = line.json("report", str(path))
    assert [one["id"] for one in shown["endings"]] == ["ft-2", "ft-1"]
    assert (shown["ok"], shown["unreadableLines"]) == (True, 0)


def test_what_an_up_has_started_is_no_ending(line: Any, path: Path) -> None:
    with path.open("a") as report:
        report.write('{"version": 1, "kind": "spend", "started": 2}\n')
    result = line.run("report", str(path))
    assert result.exit_code == 0
    assert "spend" not in result.stdout
    shown = line.json("report", str(path))
    assert (shown["ok"], shown["spend"]["started"], len(shown["endings"])) == (True, 2, 2)


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_a_torn_line_may_be_a_refusal(line: Any, path: Path, form: str) -> None:
    with path.open("a") as report:
        report.write("\n" + ending("ft-3", "refused")[:40])
    result = line.run("report", str(path), "--format", form)
    assert result.exit_code == 1
    assert "ft-2" in result.stdout
    assert f"line 5 of {path} can't be read" in result.stderr
    shown = line.json("report", str(path), exit_code=1)
    assert (shown["ok"], shown["unreadableLines"]) == (False, 1)


def test_markdown_keeps_what_is_in_a_cell_in_it(line: Any, path: Path) -> None:
    text = line.run("report", str(path), "--format", "markdown").stdout
    row = next(words for words in text.splitlines() if "ft-2" in words)
    assert row.count("|") == 7
    assert "its &#124; record" in row


def test_what_was_refused_is_an_exit_code(line: Any, path: Path) -> None:
    with path.open("a") as report:
        report.write("\n" + ending("ft-3", "refused", why="no right", next="ask for it"))
    result = line.run("report", str(path))
    assert result.exit_code == 1
    assert "no right; ask for it" in result.stdout
    assert line.json("report", str(path), exit_code=1)["ok"] is False


def test_standard_input_and_nothing_at_all(line: Any) -> None:
    assert "1 deleted" in line.run("report", "-", stdin=ending("ft-1", "deleted")).stdout
    assert "nothing was torn down" in line.run("report", "-").stdout
    assert line.run("report", "no-such-file").exit_code == 2
    assert line.run("report", "-", stdin="[]\n3\nnull\n").exit_code == 1


def test_lines_that_are_no_endings_are_counted_and_left_out(line: Any, tmp_path: Path) -> None:
    whole = json.dumps({"kind": "job", "id": "ft-1", "outcome": "deleted", "done": "no list", "why": ["x"]})
    wrong = ["[1]", '{"kind": 1, "id": {}, "outcome": null}', '{"kind": "job"}', "5", "null", "{", "[" * 100_000, "\0"]
    path = tmp_path / "report.jsonl"
    path.write_text("\n".join([*wrong, whole, ""]))
    result = line.run("report", str(path))
    assert result.exit_code == 1
    assert "1 deleted" in result.stdout
    assert "lines 1, 2, 3, 4, 5 and 3 more of " in result.stderr
    shown = line.json("report", str(path), exit_code=1)
    assert (len(shown["endings"]), shown["unreadableLines"]) == (1, len(wrong))
