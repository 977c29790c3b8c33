"""Completion, switched on as `--help` says, in each shell that is on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHELLS = ("bash", "zsh", "fish")
ASK = {
    # What the shell does when somebody presses Tab.
    "bash": (
        "COMP_WORDS=(dashscope-ft {words}) COMP_CWORD={at}; _dashscope_ft_completion dashscope-ft; "
        'echo "${{COMPREPLY[@]}}"'
    ),
    "zsh": (
        "_describe() {{ print -l -- ${{(P)${{@[-2]}}}} }}; compadd() {{ print -l -- ${{(P)${{@[-1]}}}} }}; "
        "words=(dashscope-ft {words}) CURRENT=$(({at} + 1)); _dashscope_ft_completion"
    ),
    "fish": "complete --do-complete 'dashscope-ft {words}'",
}
BEFORE = {"bash": "", "zsh": "autoload -U compinit; compinit -D -u; ", "fish": ""}
PLAIN = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}


@pytest.fixture(scope="module")
def on_path(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose PATH has the command, and a home of its own."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "dashscope-ft"
    command.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from pulumi_dashscope_ft.cli import main; main()' \"$@\"\n"
    )
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def lines_of_help(environment: dict[str, str]) -> dict[str, str]:
    """Shell → the line that `--help` says to add."""
    shown = subprocess.run(
        ["dashscope-ft", "--help"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    lines = re.findall(r"^ +(\S+) +(.*_DASHSCOPE_FT_COMPLETE=(\w+)_source.*?)(?: {2,}\(.*\))?$", shown, re.MULTILINE)
    assert [file for file, _, _ in lines] == ["~/.bashrc", "~/.zshrc", "config.fish"]
    return {shell: line for _, line, shell in lines}


def completed(shell: str, words: str, environment: dict[str, str]) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on PATH")
    ask = ASK[shell].format(words=words, at=len(words.split(" ")))
    script = f"{BEFORE[shell]}{lines_of_help(environment)[shell]}\n{ask}"
    done = subprocess.run(
        [shell, *PLAIN[shell], "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == "", done.stderr
    return [re.split(r"[:\t]", word)[0] for word in done.stdout.split() if not word.startswith("_")]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_an_option_and_a_choice_are_completed(shell: str, on_path: dict[str, str]) -> None:
    assert completed(shell, "lo", on_path)[0] == "logs"
    assert "--follow" in completed(shell, "logs --f", on_path)
    assert "deployment" in completed(shell, "delete --kind d", on_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_made_without_the_shell(shell: str, on_path: dict[str, str]) -> None:
    """Where a shell is not on the machine, this is what is known."""
    made = subprocess.run(
        ["dashscope-ft"],
        env={**on_path, "_DASHSCOPE_FT_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_DASHSCOPE_FT_COMPLETE=" in made.stdout.replace(" ", "")
    assert f"{shell}_complete" in made.stdout
    assert Path(__file__).parents[2].joinpath("docs/cli.md").read_text().count(f"{shell}_source") == 1
