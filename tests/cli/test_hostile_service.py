"""Whatever the service says, and whatever is typed: a terminal gets no control sequence, and nobody gets the key."""

from __future__ import annotations

import http.client
import json
import re
from typing import Any

import click
import pytest

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.api.models.jobs import LogPage
from pulumi_dashscope_ft.api.resources.fine_tunes import FineTunes
from pulumi_dashscope_ft.cli import account
from pulumi_dashscope_ft.cli.output import failing
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.emulator.model import accounts

CLI_KEY = "sk-cli-0123456789abcdef"
NASTY = "no \x1b]0;owned\x07\x1b[31m\u202e\x9b2J\r"
OPERATIONS = ("list", "get", "cancel", "delete", "logs", "list_files", "list_deployments", "checkpoints")
COMMANDS = (
    ["jobs"],
    ["files"],
    ["deployments"],
    ["show", "JOB"],
    ["logs", "JOB"],
    ["logs", "JOB", "--follow"],
    ["wait", "JOB"],
    ["cancel", "JOB", "--yes"],
    ["delete", "JOB", "--yes"],
    ["adopt", "JOB"],
    ["doctor"],
    ["sweep"],
    ["costs"],
    ["costs", "--format", "csv"],
)


def harmless(text: str) -> bool:
    return all(char == "\n" or char.isprintable() for char in text)


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_refusal_moves_no_cursor_and_shows_no_key(line: Any, command: list[str], as_json: bool) -> None:
    job_id = line.job("RUNNING")
    said = f"{NASTY} your key {line.key} in Bearer {line.key}"
    for operation in OPERATIONS:
        line.emulator.add_fault(FaultRule(operation=operation, status=400, code=f"X{NASTY}", message=said))
    arguments = [job_id if word == "JOB" else word for word in command]
    result = line.run(*arguments, *(["--json"] if as_json and command[0] != "adopt" else []))
    assert harmless(result.stdout)
    assert harmless(result.stderr)
    assert line.key not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [["show", "JOB"], ["jobs"], ["cancel", "JOB", "--yes"], ["wait", "JOB"]])
def test_a_status_and_names_move_no_cursor(line: Any, command: list[str]) -> None:
    job_id = line.job("RUNNING", f"{NASTY}{line.key}", model=f"m{NASTY}")
    line.emulator.add_fault(FaultRule(operation="*", kind="unknown_status", shown_status=f"{NASTY}{line.key}", count=3))
    line.emulator.plan_next_job(running_seconds=1)
    line.clock.before_sleep = [lambda: line.emulator.force(job_id, "SUCCEEDED")]
    result = line.run(*(job_id if word == "JOB" else word for word in command))
    assert harmless(result.stdout)
    assert harmless(result.stderr)
    assert line.key not in result.output


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_name_of_a_field_shows_no_key(line: Any, options: list[str]) -> None:
    job_id = line.job("RUNNING", hyper_parameters={"n_epochs": 3, line.key: 1, "more": {f"x {line.key}": 2}})
    shown = line.run("show", job_id, *options)
    assert shown.exit_code == 0
    assert "sk-***" in shown.stdout


@pytest.mark.parametrize("key", [CLI_KEY, "Zq9secretKEY0123456789"], ids=["shaped", "unshaped"])
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize(
    ("field", "named"),
    [
        ({"model": "m KEY"}, "model"),
        ({"training_file_ids": ["KEY"]}, "trainingFileIds"),
        ({"training_type": "KEY", "model": "xKEYx"}, "model, trainingType"),
        ({"hyper_parameters": {"n_epochs": 3, "more": {"KEY": 1}}}, "hyperParameters"),
    ],
)
def test_no_program_is_made_of_what_holds_the_key(
    line: Any, monkeypatch: pytest.MonkeyPatch, key: str, options: list[str], field: dict[str, Any], named: str
) -> None:
    """With something in its place the next `up` would see a change, and buy a new run."""
    monkeypatch.setattr(accounts, "_KEY", re.compile(r"\S+"))  # the emulator takes only what looks like one
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    monkeypatch.setattr(line, "client", Client(resolve_settings(base_url=line.emulator.base_url, api_key=key)))
    job_id = line.job("RUNNING", **json.loads(json.dumps(field).replace("KEY", key)))
    result = line.run("adopt", job_id, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"the API key is in what the service shows of its {named}," in " ".join(result.stderr.split())
    assert key not in result.output


def test_a_resource_is_not_named_by_the_key(line: Any) -> None:
    result = line.run("adopt", line.job("RUNNING", f"tickets {line.key}"))
    assert result.exit_code == 0
    assert 'tickets_sk = FineTuningJob(\n    "tickets-sk",' in result.stdout


@pytest.mark.parametrize(
    "job_id", ["../files", "ft-1/logs", "ft-1?x=1", "ft-1#x", "%2e%2e", "..", "\x1b[31m", "x" * 10_000]
)
@pytest.mark.parametrize("command", ["show", "cancel", "delete", "logs", "wait", "adopt"])
def test_an_id_stays_one_segment_of_the_path(line: Any, command: str, job_id: str) -> None:
    options = ["--yes", "--kind", "job"] if command in ("cancel", "delete") else []
    result = line.run(command, *options, "--", job_id)
    assert result.exit_code or command == "delete", "to delete what is not there is no failure"
    assert harmless(result.output)
    reached = {record.operation for record in line.emulator.requests}
    assert reached <= {"get", "cancel", "delete", "logs", "list", "checkpoints", "get_deployment", "unknown"}
    for record in line.emulator.requests:
        assert not record.path.startswith("/api/v1/files")
        assert record.query.keys() <= {"page_no", "page_size", "offset", "line"}


def test_a_log_moves_no_cursor_and_shows_no_key(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (f"epoch 1 {NASTY}", f"{line.key}", "50%|#####     | 5/10\r")
    monkeypatch.setattr(FineTunes, "logs", lambda *_, **__: LogPage(lines, len(lines)))
    for options in ([], ["--json"]):
        result = line.run("logs", line.job("SUCCEEDED"), *options)
        assert result.exit_code == 0
        assert harmless(result.output)
        assert "5/10" in result.output


def test_whatever_a_message_holds_is_shown_as_text(line: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Not only what the client has cleaned already: a name in a state, a path, a library's error."""
    account.note(f"{NASTY}{line.key}\n  more")
    with pytest.raises(click.exceptions.Exit), failing.report_errors():
        raise failing.CommandError(f"{NASTY}{line.key}\n  more")
    shown = capsys.readouterr().err
    assert harmless(shown)
    assert line.key not in shown
    assert shown.count("\n  more\n") == 2


def test_a_password_in_the_base_url_is_refused_and_not_repeated(line: Any) -> None:
    result = line.run("jobs", "--base-url", "https://user:hunter2@dashscope.aliyuncs.com/api/v1")
    assert result.exit_code == 3
    assert "user name or password" in result.output
    assert "hunter2" not in result.output
    assert "user:" not in result.output


def test_the_debugging_of_http_client_shows_no_key(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    assert line.run("jobs").exit_code == 0  # `run` looks for the key in all of the output


def test_a_redirect_is_not_followed(line: Any) -> None:
    where = {"Location": f"{line.emulator.base_url}/files"}
    line.emulator.add_fault(FaultRule(operation="list", status=307, code="Moved", headers=where, count=1))
    assert line.run("jobs").exit_code != 0
    assert {record.operation for record in line.emulator.requests} == {"list"}
