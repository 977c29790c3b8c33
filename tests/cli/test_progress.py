"""How far a long command is: a bar on the terminal that the standard error is, a line now and then where it is none."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.cli.output import progress_bar
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

OWNER = "k7m2x9qd4t"
LOST = ("sweep", "--lost-state", OWNER, "--utc-offset", "8", "--min-age", "0")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def orphans(line: Any, count: int) -> list[str]:
    line.emulator.configure(running_seconds=1e7)
    return [
        line.job("RUNNING", str(stamp.make(f"pr-{number}", OWNER, stamp.new_nonce(), {}))) for number in range(count)
    ]


def drawn(text: str) -> list[str]:
    """What was written, by line as it was drawn anew."""
    return [words.strip() for words in re.split(r"[\r\n]+", ESCAPE.sub("", text)) if words.strip()]


def test_a_sweep_shows_a_bar_on_the_standard_error(line: Any) -> None:
    ids = orphans(line, 3)
    line.terminal = True
    result = line.run(*LOST, "--execute", "--yes")
    assert result.exit_code == 0
    shown = drawn(result.stderr)
    for step in ("looking at the files", "looking at the jobs", "looking at the deployments"):
        assert any(step in words for words in shown)
    for position, job_id in enumerate(ids):
        assert any(f"ending job {job_id}" in words for words in shown)
        assert any(words.startswith(f"job {job_id} (pr-{position}, RUNNING) done") for words in shown), "lines scroll"
    assert all(any("ending" in words and f"{count}/3" in words for words in shown) for count in range(3))
    assert "ending" not in result.stdout
    assert "━" not in result.stdout.replace("━━", ""), "the bar is no part of the answer"


def test_the_bar_counts_the_states(line: Any, tmp_path: Path) -> None:
    empty = json.dumps({"version": 3, "deployment": {"manifest": {"time": "0001-01-01T00:00:00Z"}}})
    given = []
    for number in range(3):
        path = tmp_path / f"{number}.json"
        path.write_text(empty)
        given += ["--state", str(path)]
    line.terminal = True
    shown = drawn(line.run("sweep", *given).stderr)
    for count in ("0/3", "1/3", "2/3"):
        assert any("reading the states" in words and count in words for words in shown)


def test_a_program_that_reads_gets_nothing_but_its_answer(line: Any) -> None:
    orphans(line, 2)
    line.terminal = True
    result = line.run(*LOST, "--execute", "--yes", "--json")
    assert json.loads(result.stdout)["executed"] is True
    assert "\x1b" not in result.output
    assert "━" not in result.output


def test_where_nobody_looks_there_are_plain_lines(line: Any) -> None:
    orphans(line, 2)
    result = line.run(*LOST, "--execute", "--yes")
    assert "\x1b" not in result.output
    assert "\r" not in result.output
    assert len([words for words in result.stderr.splitlines() if words.endswith("done: cancel, then delete")]) == 2
    assert "looking at" not in result.stderr, "what is quick needs no line"


def test_what_takes_long_says_so_now_and_then(line: Any) -> None:
    orphans(line, 2)
    line.emulator.configure(canceling_seconds=25)
    result = line.run(*LOST, "--execute", "--yes")
    (said,) = [words for words in result.stderr.splitlines() if words.startswith("ending job")]
    assert said.endswith(": 1 of 2")


def test_deleting_many_shows_a_bar_and_one_does_not(line: Any) -> None:
    ids = orphans(line, 4)
    line.terminal = True
    shown = drawn(line.run("delete", "--yes", *ids[:3]).stderr)
    assert any("3/3" in words for words in shown)
    assert any(f"{ids[0]} was CANCELED: deleted" in words for words in shown)
    assert not [words for words in drawn(line.run("delete", "--yes", ids[3]).stderr) if "/" in words]


def test_a_bar_that_is_left_by_an_error_is_taken_away(line: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no `pulumi` in it
    line.terminal = True
    result = line.run("sweep", "--state-dir", "https://states.example")
    assert result.exit_code == 1
    bar, told = result.stderr.split("dashscope-ft: the stacks could not be listed")
    assert bar.count("\x1b[?25l") == bar.count("\x1b[?25h") == 1
    assert "\x1b" not in told
    assert progress_bar._LIVE == []


class Terminal:
    """The installed command, with a terminal of so many columns for its standard error."""

    def __init__(self, emulator: EmulatorServer, columns: int = 80, **variables: str) -> None:
        self.columns = columns
        plain = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
        key = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": "sk-tty-0123456789abcdef"}
        self.environment = {**plain, **key, "TERM": "xterm-256color", **variables}

    def run(self, *arguments: str, interrupted_at: str | None = None) -> tuple[int, str, str]:
        """Exit code, standard output, and what was drawn. With `interrupted_at`, Ctrl-C once that is seen."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self.columns, 0, 0))
        # What runs the tests may ignore SIGINT, as a shell's background jobs do.
        program = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from pulumi_dashscope_ft.cli import main; main()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        ) as child:
            os.close(theirs)
            seen = b""
            with contextlib.suppress(OSError):  # a terminal that has been left is an error to the reader
                while more := os.read(ours, 65536):
                    seen += more
                    if interrupted_at is not None and interrupted_at.encode() in seen:
                        interrupted_at = None
                        child.send_signal(signal.SIGINT)
            os.close(ours)
            assert child.stdout is not None
            out = child.stdout.read().decode()
        return child.returncode, out, seen.decode()


@pytest.fixture
def busy() -> Any:
    with EmulatorServer(Settings(check_file_ids=False, running_seconds=1e7), speed=20.0) as server:
        yield server


@pytest.mark.parametrize("columns", [80, 40, 20])
def test_on_a_real_terminal_of_any_width(busy: EmulatorServer, columns: int) -> None:
    code, out, seen = Terminal(busy, columns).run("sweep")
    assert code == 0, seen
    assert out.startswith("KIND")
    shown = drawn(seen)
    # Which frame of the spinner comes first depends on the machine.
    assert any(words.lstrip("".join(map(chr, range(0x2800, 0x2900))) + " ").startswith("looking") for words in shown)
    assert max(map(len, shown)) <= columns
    assert seen.endswith("\x1b[2K"), "nothing of the bar stays"
    assert seen.count("\x1b[?25l") == seen.count("\x1b[?25h"), "the cursor is shown again"


def test_ctrl_c_gives_the_terminal_back(busy: EmulatorServer) -> None:
    busy.add_fault(FaultRule(operation="list_deployments", kind="hang", count=1))
    code, out, seen = Terminal(busy).run("sweep", interrupted_at="looking at the deployments")
    assert (code, out) == (130, "")
    assert seen.count("\x1b[?25l") == seen.count("\x1b[?25h"), "the cursor is shown again"
    assert drawn(seen)[-1] == "dashscope-ft: interrupted."


def test_no_color_means_no_colour(busy: EmulatorServer) -> None:
    _, _, seen = Terminal(busy, NO_COLOR="1").run("sweep")
    assert "looking at the" in seen
    assert not re.search(r"\x1b\[[0-9;]*[1-9][0-9;]*m", seen)


def test_a_dumb_terminal_gets_no_bar(busy: EmulatorServer) -> None:
    code, _, seen = Terminal(busy, TERM="dumb").run("sweep")
    assert (code, seen) == (0, "")
