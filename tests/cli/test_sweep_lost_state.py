"""`dashscope-ft sweep --lost-state OWNER`: what an operator does when a state is gone and its jobs are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sweep_stage import STRANGER, Stage, label

from pulumi_dashscope_ft.emulator import FaultRule

ROW = '{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}\n'


class Lost:
    """A stack with a running job, its data and a deployment, whose state exists no more, beside one that lives on."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        line = stage.line
        data = folder / "data.jsonl"
        data.write_text(ROW)
        self.file = str(line.client.files.upload(data, description=label(STRANGER)).file_id)
        trained = line.job("SUCCEEDED", label(STRANGER))
        model = line.client.fine_tunes.get(trained).model_id
        body = {"model_name": model, "plan": "mu", "capacity": 1, "deploy_spec": "MU1", "name": label(STRANGER)}
        self.deployment = str(line.client.deployments.create(body).deployed_model)
        self.trained = str(trained)
        self.job = str(line.job("RUNNING", label(STRANGER), training_file_ids=[self.file]))
        self.kept = stage.job(hold={})
        stage.later()


@pytest.fixture
def lost(stage: Stage, tmp_path: Path) -> Lost:
    return Lost(stage, tmp_path)


def test_an_operator_looks_asks_confirms_and_looks_again(stage: Stage, lost: Lost) -> None:
    """As done by hand: what is there, whose is it, what would be done, do it, is it done."""
    shown = stage.sweep()
    assert f"5 of all objects have an owner id that no given state has ({STRANGER})" not in shown
    assert f"4 of all objects have an owner id that no given state has ({STRANGER})" in shown
    assert "--lost-state OWNER" in shown
    found = stage.verdicts("--lost-state", STRANGER, code=2)
    assert found == {
        lost.deployment: ("orphan", "delete"),
        lost.job: ("orphan", "cancel, then delete"),
        lost.file: ("orphan", "delete"),
        lost.trained: ("finished, counts toward quota", None),
        lost.kept: ("in use", None),
    }
    assert stage.line.counts() == {}
    told = stage.sweep("--lost-state", STRANGER, "--execute", stdin="3\n")
    assert "Type 3 to end these" in told
    assert "3 done; quota used: 3 of 20 before" in told
    assert "1 finished job that no state holds counts toward the quota; --finished deletes such" in told
    assert stage.live == {lost.kept, lost.trained}
    assert not stage.line.emulator.files
    assert not stage.line.emulator.deployments
    again = stage.sweep("--lost-state", STRANGER, "--execute", "--yes", "--finished")
    assert "1 done" in again
    assert stage.live == {lost.kept}
    assert f"nothing on the service has the owner id {STRANGER}" in stage.sweep("--lost-state", STRANGER)


def test_one_sweep_ends_what_needs_each_other_in_the_order_of_need(stage: Stage, lost: Lost) -> None:
    facts = stage.facts("--lost-state", STRANGER, code=2)
    (file,) = (one for one in facts["objects"] if one["id"] == lost.file)
    assert f"job {lost.job}, which needs it, is ended first" in file["reason"]
    stage.sweep("--lost-state", STRANGER, "--execute", "--yes", "--finished")
    ends = [one.operation for one in stage.line.emulator.requests if one.operation.startswith("delete")]
    assert ends == ["delete_deployment", "delete", "delete", "delete_file"]
    assert stage.live == {lost.kept}


def test_what_needs_it_could_not_be_ended_so_it_stays(stage: Stage, lost: Lost) -> None:
    stage.line.emulator.add_fault(FaultRule(operation="cancel", status=403, code="AccessDenied", message="no"))
    told = stage.sweep("--lost-state", STRANGER, "--execute", "--yes", code=1)
    assert "1 done, 1 failed, 1 left alone" in told
    assert f"now in use: job {lost.job} needs it" in told
    assert lost.file in stage.line.emulator.files


def test_a_file_alone_is_not_ended_under_the_job_that_needs_it(stage: Stage, lost: Lost) -> None:
    assert stage.verdicts("--lost-state", STRANGER, "--kind", "file")[lost.file] == ("in use", None)
    stage.sweep("--lost-state", STRANGER, "--kind", "file", "--execute", "--yes")
    assert lost.file in stage.line.emulator.files


def test_what_another_stack_has_adopted_stays(stage: Stage, lost: Lost) -> None:
    stage.hold("job", lost.job)
    assert stage.verdicts("--lost-state", STRANGER, code=2)[lost.job] == ("in use", None)
    stage.sweep("--lost-state", STRANGER, "--execute", "--yes")
    assert {lost.job, lost.kept} <= stage.live


def test_without_any_state_that_is_said_before_the_question(stage: Stage, lost: Lost) -> None:
    arguments = ("sweep", "--lost-state", STRANGER, "--utc-offset", "8", "--execute")
    asked = stage.line.run(*arguments, stdin="\n")
    assert asked.exit_code == 1
    question = asked.stderr.index("Type 3 to end these")
    assert asked.stderr.index("what a stack has adopted from a lost one looks lost too") < question
    assert stage.line.counts() == {}
    told = stage.line.run(*arguments, "--yes")
    assert "no state was given, so nothing can be proven" not in told.output
    assert "looks lost too" in told.stdout


def test_an_owner_whose_state_was_given_is_not_lost(stage: Stage, lost: Lost) -> None:
    owner = "k7m2x9qd4t"
    orphan = stage.job()
    stage.later()
    told = stage.sweep("--lost-state", owner, code=2)
    assert f"the owner id {owner} is not lost: previews/pr-7 has it, and that state decides" in told
    assert stage.verdicts("--lost-state", owner, code=2) == stage.verdicts(code=2)
    assert stage.verdicts(code=2)[orphan][0] == "orphan"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "an owner id is empty; is a variable not set?"),
        (" ", "an owner id is empty"),
        ("K7M2X9QD4T", "is no owner id"),
        ("ft-202410291653-1c7f", "is no owner id"),
        ("previews/pr-7", "is no owner id"),
        ("\x1b[2J", "is no owner id"),
    ],
)
def test_what_is_no_owner_id_is_wrong_usage(line: Any, given: str, said: str) -> None:
    result = line.run("sweep", "--lost-state", given)
    assert result.exit_code == 64
    assert said in result.stderr
    assert "\x1b" not in result.output
    assert line.emulator.count("list") == 0


def test_nobody_who_types_ends_with_a_whole_line(stage: Stage, lost: Lost) -> None:
    told = stage.line.run(
        "sweep", "--state", str(stage.state), "--lost-state", STRANGER, "--execute", stdin=""
    ).stderr.splitlines()
    assert told[-1].startswith("dashscope-ft: nobody has confirmed")
