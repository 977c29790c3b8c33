"""`show`, `logs` and `wait`: one job from close by."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_dashscope_ft.api.resources.fine_tunes import FineTunes
from pulumi_dashscope_ft.cli.output.rendering import sparkline
from pulumi_dashscope_ft.emulator import FaultRule


def test_show_tells_whose_it_is_and_what_destroy_would_do(line: Any) -> None:
    ours = line.job("RUNNING", "*")
    text = line.run("show", ours).stdout
    assert f"stack with owner id {line.owner}" in text
    assert "cancel, then delete" in text
    assert "n_epochs=3" in text
    foreign = line.run("show", line.job("SUCCEEDED", "by hand")).stdout
    assert "not stamped" in foreign
    assert "destroy would:    delete" in foreign


def test_show_of_a_failed_job_says_why(line: Any) -> None:
    line.emulator.plan_next_job(outcome="FAILED", failure_reason="line 7 is no JSON", running_seconds=10)
    job_id = line.client.fine_tunes.create({"model": "qwen3-8b", "training_file_ids": ["f"]}).job_id
    line.later(60)
    assert "line 7 is no JSON" in line.run("show", job_id).stdout
    shown = line.json("show", job_id)
    assert shown["status"] == "FAILED"
    assert any("line 7 is no JSON" in words for words in shown["failure"]["logTail"])
    assert {"hyperParameters", "checkpoints", "teardown", "trainingFileIds", "creator"} <= set(shown)


@pytest.mark.parametrize("command", ["show", "logs", "adopt"])
def test_a_job_that_is_not_there(line: Any, command: str) -> None:
    result = line.run(command, "ft-202401010101-aaaa")
    assert result.exit_code == 1
    assert "ft-202401010101-aaaa: the service knows no such job" in result.stderr
    assert "Traceback" not in result.output


def trained(line: Any, seconds: float = 100.0) -> str:
    """A job that has been training for so long of 600 s."""
    job_id = line.client.fine_tunes.create(
        {"model": "qwen3-8b", "training_file_ids": ["f"], "hyper_parameters": {"n_epochs": 3}}
    ).job_id
    line.later(10 + seconds)
    return str(job_id)


def test_logs_print_what_there_is(line: Any) -> None:
    job_id = trained(line)
    lines = line.run("logs", job_id).stdout.splitlines()
    assert len(lines) > 5
    assert line.json("logs", job_id)["lines"][-2:] == line.json("logs", job_id, "--tail", "2")["lines"]
    assert len(line.run("logs", job_id, "-n", "2").stdout.splitlines()) == 2
    assert line.run("logs", job_id, "-n", "0").stdout == ""
    bar = next(one for one in lines if "%|" in one)
    assert "|          |" in bar or "#         |" in bar, "the spaces of a bar are kept"


@pytest.mark.parametrize(("outcome", "code"), [("SUCCEEDED", 0), ("FAILED", 1)])
def test_following_ends_with_the_job_and_its_exit_code(line: Any, outcome: str, code: int) -> None:
    line.emulator.configure(outcome=outcome)
    job_id = trained(line)
    result = line.run("logs", "-f", job_id)
    assert result.exit_code == code
    assert result.stdout.count("##FT_COMPLETE##") == 1
    assert result.stdout.splitlines() == line.run("logs", job_id).stdout.splitlines(), "no line is lost or doubled"
    assert f"{job_id} {outcome}" in result.stderr


def test_a_job_that_ends_between_two_calls_loses_no_line(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = trained(line)
    real = FineTunes.logs

    def slow(self: Any, *arguments: Any, **options: Any) -> Any:
        page = real(self, *arguments, **options)
        line.later(1000)
        return page

    with monkeypatch.context() as patched:
        patched.setattr(FineTunes, "logs", slow)
        followed = line.run("logs", "-f", job_id).stdout
    assert followed.splitlines() == line.run("logs", job_id).stdout.splitlines()


def test_following_survives_an_outage(line: Any) -> None:
    job_id = trained(line)
    fault = FaultRule(operation="get", kind="status", status=503)
    line.clock.before_sleep = [lambda: line.emulator.add_fault(fault), *[lambda: None] * 25, line.emulator.clear_faults]
    result = line.run("logs", "-f", job_id)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == line.run("logs", job_id).stdout.splitlines()


def test_following_as_json_is_a_stream_of_events(line: Any) -> None:
    job_id = trained(line)
    result = line.run("logs", "-f", "--json", job_id)
    events = [json.loads(words) for words in result.stdout.splitlines()]
    assert [one["status"] for one in events if one["type"] == "status"] == ["RUNNING", "SUCCEEDED"]
    running = next(one for one in events if one["type"] == "status")
    assert 0 < running["share"] < 1
    assert running["loss"] > 0
    assert events[-1]["type"] == "end"
    assert events[-1]["finetunedOutput"].endswith(job_id)


def test_following_on_a_terminal_shows_bar_and_loss(line: Any) -> None:
    line.terminal = True
    job_id = trained(line)
    result = line.run("logs", "-f", job_id)
    assert result.exit_code == 0
    assert "epoch" in result.stdout
    assert "100%" in result.stdout
    assert any(block in result.stdout for block in "▂▃▄▅▆▇")


def test_ctrl_c_leaves_the_job_running_and_says_so(line: Any) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    job_id = trained(line)
    line.clock.before_sleep = [lambda: None, interrupt]
    result = line.run("logs", "-f", job_id)
    assert result.exit_code == 130
    assert f"{job_id} goes on" in result.stderr
    line.clock.before_sleep = [interrupt]
    result = line.run("wait", job_id)
    assert result.exit_code == 130
    assert f"{job_id} goes on" in result.stderr
    assert line.counts() == {}


def test_wait_prints_the_model_and_nothing_else(line: Any) -> None:
    job_id = trained(line)
    result = line.run("wait", job_id)
    assert result.exit_code == 0
    assert result.stdout.strip().endswith(job_id)
    assert len(result.stdout.splitlines()) == 1
    assert "SUCCEEDED" in result.stderr
    assert line.json("wait", job_id)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("status", "options", "code", "said"),
    [
        ("FAILED", [], 1, "has ended without a model"),
        ("CANCELED", [], 1, "has ended without a model"),
        ("RUNNING", ["--timeout", "30s"], 4, "run `dashscope-ft wait` again"),
    ],
)
def test_wait_that_ends_without_a_model(line: Any, status: str, options: list[str], code: int, said: str) -> None:
    result = line.run("wait", line.job(status), *options)
    assert result.exit_code == code
    assert said in result.stderr
    assert "pulumi" not in result.stderr


def test_a_sparkline() -> None:
    assert sparkline([]) == ""
    assert sparkline([1.0]) == "▁"
    assert sparkline([3, 2, 1]) == "█▅▁"
    assert len(sparkline(list(range(1000)))) == 24
