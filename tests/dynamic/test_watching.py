"""Whether somebody watches, as a process that the engine has started sees it; and where the engine is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from pulumi_dashscope_ft.display.engine_log import address_in
from pulumi_dashscope_ft.display.watching import VARIABLE, is_watched

ASK = "import sys; from pulumi_dashscope_ft.display.watching import is_watched; sys.stderr.write(str(is_watched()))"


def asked(terminal: str | None) -> str:
    """The answer of a process whose session has this terminal. Its own input and output are pipes, as a provider's."""
    command = [sys.executable, "-c", ASK]
    if terminal is not None:
        command = ["sh", "-c", 'exec 3<>"$0"; exec "$@"', terminal, *command]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        timeout=60,
        check=True,
    )
    return done.stderr.decode()


def as_it_is(terminal: int) -> None:
    """The engine draws nothing: a pipe, `--diff`, `--non-interactive`."""


def drawn_on(terminal: int) -> None:
    """What the engine's interactive display does."""
    import tty

    tty.setraw(terminal)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")
@pytest.mark.parametrize(("prepare", "answer"), [(as_it_is, "False"), (drawn_on, "True")])
def test_status_lines_are_for_a_terminal_that_is_drawn_on(prepare: Callable[[int], None], answer: str) -> None:
    ours, theirs = os.openpty()
    try:
        prepare(theirs)
        assert asked(os.ttyname(theirs)) == answer
    finally:
        os.close(theirs)
        os.close(ours)


def test_without_a_terminal_nobody_watches() -> None:
    assert asked(None) == "False"


@pytest.mark.parametrize(("setting", "watched"), [("1", True), ("0", False)])
def test_a_variable_decides_for_both(monkeypatch: pytest.MonkeyPatch, setting: str, watched: bool) -> None:
    monkeypatch.setenv(VARIABLE, setting)
    assert is_watched() is watched


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        (["127.0.0.1:4711"], "127.0.0.1:4711"),
        (["--logtostderr", "-v=9", "--tracing", "http://trace:9411/api", "127.0.0.1:4711"], "127.0.0.1:4711"),
        (["[::1]:4711"], "[::1]:4711"),
        ([], ""),
        (["--tracing", "http://trace:9411/api"], ""),
        (["somewhere"], ""),
    ],
)
def test_the_engines_address_is_the_last_argument(arguments: list[str], address: str) -> None:
    assert address_in(arguments) == address
