"""What a user sees while Pulumi runs: each line at its resource, in both flavours, and status lines in terminals."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from terminal import Terminal

from pulumi_dashscope_ft.display.watching import VARIABLE
from pulumi_dashscope_ft.dynamic.host import PLAIN_HOST_VARIABLE
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

STACK = "shop-test"


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_plans_warnings_retries_and_teardowns_are_told_at_the_job(stage: Any) -> None:
    up = stage.stack.up()
    warned = stage.flavour.told("hyper_parameters.batch_size: should be given")
    assert any(warned in item.message and item.urn.endswith("::job") for item in up.diagnostics)
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    stage.program(arguments={"model": "qwen3-14b"})
    preview = stage.stack.preview()
    assert f"model: replaces {job_id}, which is RUNNING" in preview.told_at("job")
    busy: dict[str, Any] = {"status": 503, "headers": {"Retry-After": "1"}}
    stage.emulator.add_fault(FaultRule(operation="cancel", kind="status", count=1, **busy))
    destroy = stage.stack.destroy()
    told = destroy.told_at("job")
    assert "trying again in 1s" in told
    assert f"{job_id} is RUNNING: cancelling" in told
    assert f"{job_id} was CANCELED: deleted" in told
    for result in (up, preview, destroy):
        assert job_id not in result.told_at(STACK)
        assert "\n".join(result.output).count("cancelling") <= 1, "no line is shown twice"


@pytest.mark.parametrize("flavour", ["dynamic"], indirect=True)
def test_a_host_in_which_nothing_is_found_prints_its_lines(stage: Any) -> None:
    stage.stack.env[PLAIN_HOST_VARIABLE] = "1"
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    stage.program(arguments={"model": "qwen3-14b"})
    preview = stage.stack.preview()
    assert f"job: model: replaces {stage.job_id}, which is RUNNING" in "\n".join(preview.output)
    assert not preview.told_at("job")


def test_ctrl_c_says_what_is_awaited_or_left(stage: Any, in_background: Any) -> None:
    """Pulumi awaits a delete of the dynamic classes; the plugin ends it, and the next `destroy` goes on."""
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    stage.emulator.configure(canceling_seconds=10_000)
    thread, _ = in_background(stage.stack.destroy)
    until(lambda: any("CANCELING" in line for line in stage.lines))
    stage.stack.interrupt()
    if not stage.flavour.is_plugin:
        until(lambda: any("Ctrl-C" in line and job_id in line for line in stage.lines))
    stage.emulator.force(job_id, "CANCELED")
    thread.join(60)
    assert not thread.is_alive()
    said = "\n".join(stage.lines)
    told: tuple[str, ...]
    if stage.flavour.is_plugin:
        told = (
            f"{job_id}: interrupted (Ctrl-C) before it was torn down.",
            "state: last seen CANCELING.",
            "done: cancel was accepted. Nothing was undone. The job stays in the state; tokens used until it ends are",
            "next: run `pulumi destroy`",
        )
    else:
        told = (
            f"Ctrl-C: waits until {job_id} (CANCELING) is torn down, at most 9m",
            "(teardown_timeout); then Pulumi stops. A second Ctrl-C stops at once",
            "and `pulumi destroy` goes on from here.",
        )
    assert [text for text in told if text not in said] == []
    assert "Traceback" not in said
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_plan_says_what_an_interrupted_replacement_has_left(stage: Any) -> None:
    """Pulumi shows the deletion that is left over as a replacement, and gives no reason."""
    stage.stack.up()
    old = stage.job_id
    stage.emulator.force(old, "SUCCEEDED")
    stage.stack.refresh()
    stage.program(arguments={"model": "qwen3-14b"})
    refusal: dict[str, Any] = {"status": 403, "code": "AccessDenied", "message": "no"}
    stage.emulator.add_fault(FaultRule(operation="delete", kind="status", **refusal))
    with pytest.raises(StackOperationFailed, match=f"could not delete {old}"):
        stage.stack.up()
    (new,) = set(stage.emulator.jobs) - {old}
    stage.emulator.clear_faults()
    for operation in (stage.stack.preview, stage.stack.up):
        result = operation()
        assert ("delete-replaced", "job") in result.ops()
        assert (
            f"if this plan shows a replacement, it only deletes {old} (SUCCEEDED), which an interrupted one has left. "
            f"{new} has replaced it and stays; nothing new is started or bought"
        ) in result.told_at("job")
    assert list(stage.emulator.jobs) == [new]
    assert "only deletes" not in stage.stack.preview(expect_no_changes=True).told_at("job")
    assert stage.counts()["create"] == 2
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_plan_says_that_the_old_job_is_gone_already(stage: Any) -> None:
    """The other half: an active job is ended first, and then its successor could not be started."""
    stage.stack.up()
    old = stage.job_id
    stage.emulator.force(old, "RUNNING")
    stage.program(arguments={"model": "qwen3-14b"})
    refusal: dict[str, Any] = {"status": 403, "code": "AccessDenied", "message": "no"}
    stage.emulator.add_fault(FaultRule(operation="create", kind="status", **refusal))
    with pytest.raises(StackOperationFailed, match="could not start job"):
        stage.stack.up()
    stage.emulator.clear_faults()
    told = stage.stack.preview().told_at("job")
    assert f"model: replaces {old}, which is already gone: only the new run is started" in told
    stage.program()  # as it was before; Pulumi replaces the job all the same, and asks for no difference
    told = stage.stack.preview().told_at("job")
    gone = f"or an earlier replacement that was interrupted): replaces {old}, which is already gone: only the new run"
    assert gone in told
    stage.stack.up()
    assert len(stage.emulator.jobs) == 1
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.parametrize("engine", ["command"], indirect=True)
def test_a_failure_stands_alone(stage: Any) -> None:
    """Without the traceback of the interrupt with which Pulumi ends the program, which came more often than not."""
    stage.program(more=6, arguments={"hyper_parameters": {"n_epochs": "many"}})
    for _ in range(3):
        with pytest.raises(StackOperationFailed, match="n_epochs") as caught:
            stage.stack.preview()
        assert "KeyboardInterrupt" not in "\n".join(caught.value.result.output)


@pytest.mark.parametrize("engine", ["local"], indirect=True)
def test_status_lines_are_ephemeral_and_at_their_resource(stage: Any, in_background: Any) -> None:
    stage.stack.env[VARIABLE] = "1"
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    stage.emulator.configure(canceling_seconds=120)  # six seconds
    destroy = stage.stack.destroy()
    status = [item for item in destroy.messages if item.ephemeral]
    assert {item.name for item in status} == {"job"}
    assert all(re.fullmatch(r"CANCELING \ds, at most 9m5\ds more", item.text) for item in status), status
    assert not [line for line in destroy.output if "at most" in line], "no log holds them"


@pytest.mark.parametrize("engine", ["local"], indirect=True)
def test_a_log_has_no_status_lines(stage: Any) -> None:
    """Nobody watches: there is no terminal."""
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    stage.emulator.configure(canceling_seconds=120)
    destroy = stage.stack.destroy()
    assert not [item for item in destroy.messages if item.ephemeral]


@pytest.mark.parametrize("engine", ["command"], indirect=True)
@pytest.mark.skipif(not hasattr(os, "ttyname"), reason="no pseudo-terminals here")
def test_a_terminal_of_a_hundred_columns_shows_the_lines_where_they_belong(stage: Any) -> None:
    """The real command in a real terminal: text in the job's Info column, and a status line between the reports."""
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    stage.emulator.configure(canceling_seconds=130)  # six and a half seconds
    narrow = Terminal(stage.stack, columns=100).run("destroy", "--target", _urn(stage, "FineTuningJob"))
    rows = [row for row in narrow.rows if "FineTuningJob" in row and "deleting" in row]
    assert max(map(len, rows)) <= 100
    infos = [row.partition("deleting (")[2].partition(")")[2].strip(" .") for row in rows]
    assert any(info and job_id.startswith(info[:8]) for info in infos), infos
    assert any(info and "CANCELING".startswith(info[:8]) for info in infos), infos
    printed = narrow.text.rpartition("Diagnostics:")[2]
    assert f"{job_id} is RUNNING: cancelling" in printed
    assert "at most" not in printed, "what is shown in passing is not printed at the end"
    assert f"Stack ({STACK})" not in printed


@pytest.mark.parametrize("engine", ["command"], indirect=True)
@pytest.mark.skipif(not hasattr(os, "ttyname"), reason="no pseudo-terminals here")
@pytest.mark.parametrize("options", [["--diff"], ["--non-interactive"]])
def test_a_terminal_that_is_not_drawn_on_gets_no_status_lines(stage: Any, options: list[str]) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    stage.emulator.configure(canceling_seconds=130)
    shown = Terminal(stage.stack, columns=160).run("destroy", *options)
    assert "is RUNNING: cancelling" in shown.text
    assert "at most" not in shown.text


@pytest.mark.parametrize("engine", ["command"], indirect=True)
@pytest.mark.skipif(not hasattr(os, "ttyname"), reason="no pseudo-terminals here")
def test_a_terminal_shows_how_far_the_training_is(stage: Any) -> None:
    """The wait runs in the program, which has the same terminal. What the log shows by then is up to chance."""
    stage.write(WAITING)
    stage.emulator.configure(running_seconds=400)  # twenty seconds
    shown = Terminal(stage.stack, columns=200).run("up")
    assert re.search(r"(  |, )(QUEUING|RUNNING) \d+s", shown.text), "not the report, which begins with the job's id"
    assert "SUCCEEDED after" in shown.text
    stage.stack.destroy()


WAITING = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3})
pulumi.export("model", job.wait_for_model(timeout="10m"))
"""


def _urn(stage: Any, kind: str) -> str:
    return next(str(one["urn"]) for one in stage.stack.resources if one["type"].endswith(f":{kind}"))
