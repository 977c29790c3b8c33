"""Terminals and logs that do not have our signs: every sign stays a sign of its own, also without colour."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_dashscope_ft.cli.output.signs import SUBSTITUTES

COMMAND = [sys.executable, "-c", "from pulumi_dashscope_ft.cli import main; main()"]
SMALL = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "a Windows code page": {"PYTHONIOENCODING": "cp1252"},
    "an old Windows console": {"PYTHONIOENCODING": "cp437"},
    "the C locale": {"LC_ALL": "C"},
    "the C locale, taken at its word": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a Linux console": {"TERM": "linux", "PYTHONIOENCODING": "utf-8"},
}


def run(*arguments: str, folder: Path, **variables: str) -> str:
    for name in ("LC_ALL", "LANG", "LC_CTYPE", "PYTHONIOENCODING", "PYTHONUTF8", "TERM"):
        variables.setdefault(name, "")
    variables.setdefault("DASHSCOPE_API_KEY", "0123456789abcdef")
    environment = {name: value for name, value in {**os.environ, **variables}.items() if value}
    done = subprocess.run([*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    encoding = variables["PYTHONIOENCODING"] or "utf-8"
    return (done.stdout + done.stderr).decode(encoding)


@pytest.mark.parametrize("terminal", SMALL)
def test_fine_and_wrong_are_two_signs(terminal: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("- 1")
    # A key of another form, and a project file that is none: each of the three marks is there.
    shown = run("doctor", "--offline", folder=tmp_path, **SMALL[terminal])
    marks = {line.split()[1]: line[0] for line in shown.splitlines() if line[:2] in ("+ ", "! ", "x ")}
    assert (marks["endpoint"], marks["key"], marks["project"]) == ("+", "!", "x")
    assert shown.splitlines()[-1].split(", ")[2].endswith(" x")
    assert "-> " in shown
    assert "?" not in shown


def test_a_terminal_that_has_them_shows_the_signs(tmp_path: Path) -> None:
    shown = run("doctor", "--offline", folder=tmp_path, PYTHONIOENCODING="utf-8", LANG="C.UTF-8")
    assert {"✓", "!"} <= {line[0] for line in shown.splitlines()}


def test_other_characters_stay_where_the_terminal_has_them(tmp_path: Path) -> None:
    tables = {"latin-1": "café + x", "ascii": "caf? + x", "cp437": "café + x"}
    for encoding, expected in tables.items():
        program = (
            "import sys, click\n"
            "from pulumi_dashscope_ft.cli.output.signs import use_known_signs\n"
            "use_known_signs(sys.stdout)\n"
            "click.echo('café ✓ ✗')\nprint('café ✓ ✗')\n"
        )
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert done.stdout.decode(encoding).splitlines() == [expected] * 2


def test_a_substitute_is_ascii() -> None:
    assert all(text.isascii() and text for text in SUBSTITUTES.values())
    assert len({SUBSTITUTES[mark] for mark in "✓✗"} | {"!"}) == 3
    assert len({SUBSTITUTES[block] for block in "▁▂▃▄▅▆▇█"}) == 8, "the curve stays a curve"
