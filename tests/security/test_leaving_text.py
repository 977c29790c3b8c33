"""Text that somebody else wrote moves no cursor, links nothing, and runs nowhere, whatever door it leaves by."""

from __future__ import annotations

import ast
import csv
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hostile_text import BLOCKS, CURSORS, LINKS, harmless
from hypothesis import given, settings
from hypothesis import strategies as st

import pulumi_dashscope_ft
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.cli.output.rendering import markdown_item, markdown_table
from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.frontend.lines import sanitize_lines
from pulumi_dashscope_ft.plugin.cancelling import CancellableRequests, CancelToken, InterruptibleClock
from pulumi_dashscope_ft.plugin.session import PluginSession
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.text import (
    csv_line,
    escape,
    markdown,
    sanitize,
)

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "120"))
PACKAGE = Path(pulumi_dashscope_ft.__file__).parent


# Terminals


@pytest.mark.parametrize("text", CURSORS)
def test_no_cursor_moves(text: str) -> None:
    for shown in (sanitize(text), sanitize_lines(text), sanitize_for_python(text), escape(text)):
        assert harmless(shown)


@given(st.text(st.characters(), max_size=80))
@settings(max_examples=EXAMPLES)
def test_no_text_at_all_moves_a_cursor(text: str) -> None:
    assert harmless(sanitize_lines(text))
    assert harmless(escape(text).replace("\n", ""))


SINKS = {"echo", "print", "secho", "write", "writelines", "excepthook"}
ALLOWED = {
    "cli/__init__.py": 2,  # what is missing, and a defect through `sanitize_lines`
    # Its own addresses, process id, key and token, what its state file lacks, and what a report sets, in words of ours.
    "cli/commands/emulator.py": 9,
    "cli/commands/verify.py": 1,  # a report, whose texts are redacted and of harmless words
    "cli/output/failing.py": 1,  # through `sanitize_lines`
    "cli/commands/logs.py": 2,  # `Text(one_line_of_log(…))`, and the bar
    "cli/output/progress_bar.py": 2,  # takes `TerminalText`
    "cli/output/rendering.py": 16,  # all of a command's answers, and empty lines
    "cli/output/runtime.py": 2,  # a question, through `sanitize_lines`
    "cli/commands/sweep.py": 2,  # reports, which print through `cli/output/rendering.py`
    "display/engine_log.py": 1,  # takes `TerminalText`
    "lifecycle/base/report.py": 1,  # a line of JSON, its texts sanitized
    "plugin/server.py": 2,  # version and port
    "program/waiting.py": 1,  # through `sanitize_for_python`
}


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_nothing_is_printed_anywhere_else() -> None:
    """Who adds a place that prints has to say here why it is safe; commands print through `cli/output/rendering.py`."""
    found: Counter[str] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(("emulator/", "testing/")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _called(node) in SINKS:
                found[name] += 1
    assert dict(found) == ALLOWED


@pytest.mark.parametrize(
    ("folder", "sink", "argument", "through"),
    [
        ("plugin", "abort", 1, {"sanitize"}),
        ("plugin", "abort_init_failed", 2, {"sanitize"}),
        ("plugin", "CheckFailure", "reason", {"sanitize"}),
        ("dynamic", "fail", 0, {"sanitize_for_python"}),
        ("dynamic", "fail_init", 0, {"sanitize_for_python"}),
        ("dynamic", "CheckFailure", 1, {"sanitize_for_python"}),
        ("program", "RunError", 0, {"sanitize_lines", "sanitize_for_python"}),
    ],
)
def test_every_message_to_the_engine_is_made_fit_for_it(
    folder: str, sink: str, argument: int | str, through: set[str]
) -> None:
    calls = [
        node
        for path in (PACKAGE / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _called(node) == sink
    ]
    assert calls
    for call in calls:
        if isinstance(argument, int):
            value = call.args[argument]
        else:
            value = next(word.value for word in call.keywords if word.arg == argument)
        # Our own words may stand around it.
        texts: list[ast.expr] = [value]
        if isinstance(value, ast.JoinedStr):
            texts = [part.value for part in value.values if isinstance(part, ast.FormattedValue)]
        for text in texts:
            assert isinstance(text, ast.Call), ast.unparse(call)
            assert _called(text) in through, ast.unparse(call)


# Comments in pull requests


def rendered(line: str) -> str:
    """What a reader of the comment sees, and what the site then looks for links in."""
    import html

    return html.unescape(line.replace("\\\\", "\\"))


@pytest.mark.parametrize("text", [*LINKS, *CURSORS])
def test_markdown_stays_text(text: str) -> None:
    cell = markdown(sanitize(text))
    assert not set(cell) & set("|<>`*_[]~$^@")
    seen = rendered(cell)
    assert seen.replace("\u2060", "") == sanitize(text)
    # The site looks for these in what it has rendered; the joiner is in each of them.
    import re

    assert not re.search(r"@\w|~\w|%\w|[#!$&][0-9]|GH-[0-9]|://|www\.|mailto:", seen)


@pytest.mark.parametrize("text", BLOCKS)
def test_an_item_is_no_block(text: str) -> None:
    line = markdown_item(text)
    assert line.startswith("- ")
    assert not line.startswith(tuple(f"- {sign}" for sign in ("#", "-", "+", "1.", "1)", "=", ">", "```")))
    assert rendered(line).replace("\u2060", "") == f"- {text}"


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
@settings(max_examples=EXAMPLES)
def test_a_table_keeps_its_shape(cells: list[str]) -> None:
    from pulumi_dashscope_ft.cli.output.rendering import Column

    table = markdown_table([Column("c") for _ in cells], [cells])
    lines = table.split("\n")
    assert len(lines) == 3
    assert lines[2].count("|") == len(cells) + 1
    assert harmless(table)


# `report`


def report_of(tmp_path: Path, text: str, form: str) -> Any:
    path = tmp_path / "report.jsonl"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    return CliRunner().invoke(cli, ["report", str(path), "--format", form], prog_name="dashscope-ft")


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
@pytest.mark.parametrize("text", [*CURSORS, *LINKS])
def test_a_report_shows_nothing_raw(tmp_path: Path, form: str, text: str) -> None:
    names = ("kind", "id", "outcome", "statusBefore", "stays", "why", "next", "name")
    line = {**{name: f"{name}{text}" for name in names}, "done": [text], text: text}
    result = report_of(tmp_path, json.dumps(line), form)
    assert result.exit_code == 1
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    assert harmless(result.output)
    assert f"outcome{text}" not in result.output
    assert "unknown" in result.stdout
    if form == "markdown":
        assert text.startswith("\x1b") or "](" not in result.stdout
        assert "### Teardown: 1 unknown\n" in result.stdout
    if form == "json":
        assert json.loads(result.stdout)["ok"] is False


@pytest.mark.parametrize(
    "line", ['{"a":' * 5_000 + "1" + "}" * 5_000, '{"kind":"k","id":"i","outcome":"kept","x":NaN}']
)
def test_a_line_that_cannot_be_written_again_is_unreadable(tmp_path: Path, line: str) -> None:
    result = report_of(tmp_path, line, "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["unreadableLines"] == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
OUTCOMES = st.sampled_from(["deleted", "gone", "kept", "refused", "unfinished"]) | st.text(max_size=12)


@given(
    st.fixed_dictionaries(
        {"kind": st.text(max_size=9) | VALUES, "id": st.text(max_size=9) | VALUES, "outcome": OUTCOMES | VALUES},
        optional=dict.fromkeys(("done", "why", "stays", "next", "statusBefore", "name"), VALUES),
    ),
    st.sampled_from(["table", "markdown", "json"]),
    st.text(max_size=20),
)
@settings(max_examples=EXAMPLES)
def test_any_report_is_shown_or_refused(tmp_path_factory: Any, line: dict[str, Any], form: str, torn: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    result = report_of(folder, f"{json.dumps(line)}\n{torn}", form)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1)
    assert harmless(result.output)


# Spreadsheets


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(max_examples=EXAMPLES)
def test_a_cell_stays_one_cell_and_is_no_formula(texts: list[str]) -> None:
    shown = [sanitize(text) for text in texts]
    (cells,) = csv.reader([csv_line(shown)])
    assert [cell.removeprefix("'") for cell in cells] == [cell.removeprefix("'") for cell in shown]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in cells)


# What the front ends say


class _Context:
    """Keeps what a call was ended with."""

    def abort_with_status(self, status: Any) -> Any:
        self.ended = status
        raise RuntimeError("ended")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


@given(st.text(max_size=80), st.booleans())
@settings(max_examples=EXAMPLES)
def test_any_grpc_message_is_readable_and_clean(text: str, cut: bool) -> None:
    """What the plugin ends a call with, as the engine reads it; and what the dynamic host sends."""
    from pulumi.runtime.proto import status_pb2

    from pulumi_dashscope_ft.dynamic import host
    from pulumi_dashscope_ft.plugin.failing import abort

    token = CancelToken()
    session = PluginSession(EngineLog(), InterruptibleClock(token), CancellableRequests(token).send)
    session.add_secrets(frozenset({"hunter2pass"}))
    context: Any = _Context()
    said = f"{text}{CURSORS[0]}hunter2pass HUNTER2PASS"
    with pytest.raises(RuntimeError, match="ended"):
        abort(context, session.sanitize(said))
    (_, details), *_ = context.ended.trailing_metadata
    for status in (
        status_pb2.Status.FromString(details),
        status_pb2.Status.FromString(host._status(sanitize_for_python(text))),
    ):
        assert harmless(status.message)
        assert "hunter2pass" not in status.message.lower()


def test_usage_errors_quote_nothing_raw() -> None:
    for arguments in (["report", "\x1b]0;x\x07"], ["jobs", "--older-than", "\x1b[31m"], ["\x1b[31m"]):
        result = CliRunner().invoke(cli, arguments, prog_name="dashscope-ft")
        assert result.exit_code == 2
        assert harmless(result.output)
