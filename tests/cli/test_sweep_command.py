"""`dashscope-ft sweep`: what it shows, what it ends, and how it leaves off."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from sweep_stage import STRANGER, Stage, label

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS


def test_a_verdict_for_every_object_and_nothing_is_touched(stage: Stage) -> None:
    used, lost, foreign = stage.job(hold={}), stage.job(), stage.job(STRANGER)
    done, named = stage.job(status="SUCCEEDED"), stage.line.job("RUNNING", "my own name")
    stage.later()
    now = stage.line.emulator.clock.now()
    expired = stage.job(hold={"expiresIn": "1h", "expires": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(now + 3600))})
    stage.later()
    young = stage.job()
    stage.line.later(60)
    stage.write()
    assert stage.verdicts(code=2) == {
        used: ("in use", None),
        lost: ("orphan", "cancel, then delete"),
        foreign: ("foreign", None),
        done: ("finished, counts toward quota", None),
        named: ("foreign", None),
        expired: ("expired", "cancel, then delete"),
        young: ("not checked", None),
    }
    assert stage.facts(code=2)["quota"] == {"used": 7, "limit": 20}
    assert stage.line.counts() == {}
    text = stage.sweep(code=2)
    assert text.splitlines()[0].split() == ["KIND", "ID", "NAME", "STATUS", "AGE", "COST", "VERDICT", "SWEEP", "REASON"]
    assert "2 to end (--execute does it)" in text


@pytest.mark.parametrize("data_form", DATA_FORMS)
def test_a_file_that_somebodys_job_reads_is_in_use(stage: Stage, data_form: str, tmp_path: Path) -> None:
    stage.line.emulator.configure(data_form=data_form)
    stage.job(hold={})
    data = tmp_path / "data.jsonl"
    data.write_text('{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}\n')
    upload = stage.line.client.files.upload
    read, unread = (upload(data, description=f"some words [{label()}]").file_id for _ in range(2))
    stage.line.job("RUNNING", "a colleague's", training_file_ids=[read])
    stage.later()
    found = stage.verdicts(code=2)
    assert (found[read][0], found[unread][0]) == ("in use", "orphan")
    stage.sweep("--execute", "--yes")
    assert set(stage.line.emulator.files) == {read}


def test_a_copy_with_the_name_of_ours_is_ended_by_nobody(stage: Stage) -> None:
    """The official SDK repeats a create up to three times: jobs that are alike to the letter are somebody's."""
    name, other = label(), label()
    held, copy = stage.line.job("RUNNING", name), stage.line.job("RUNNING", name)
    stage.hold("job", held)
    left = {stage.line.job("RUNNING", other) for _ in range(2)}
    stage.later()
    found = stage.verdicts()
    assert found[held][0] == "in use"
    assert {found[one][0] for one in (copy, *left)} == {"not checked"}
    assert f"{held} has the very same name" in stage.sweep().replace("\n", " ")
    stage.sweep("--execute", "--yes")
    assert stage.live == {held, copy, *left}


def test_nothing_to_do_is_0(stage: Stage) -> None:
    stage.job(hold={})
    stage.later()
    assert "nothing to end" in stage.sweep()
    assert stage.facts("--execute", "--yes")["executed"] is True


def test_execute_asks_for_the_number_of_objects(stage: Stage) -> None:
    lost, other, used = stage.job(), stage.job(), stage.job(hold={})
    stage.later()
    for stdin, said in (("", "add --yes"), ("y\n", "not confirmed"), ("1\n", "not confirmed")):
        assert said in stage.sweep("--execute", code=1, stdin=stdin)
        assert stage.live == {lost, other, used}
    assert "2 done" in stage.sweep("--execute", stdin="2\n")
    assert stage.live == {used}
    assert "nothing to do" in stage.sweep("--execute", "--yes"), "a second run finds nothing"


def test_yes_asks_nobody_and_the_report_says_what_was_done(stage: Stage) -> None:
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    found = stage.facts("--execute", "--yes")
    assert [(one["id"], one["result"]) for one in found["objects"] if one["result"]] == [(lost, "done")]


def test_an_expired_job_goes_by_its_own_policy_and_what_stays_in_the_state_is_said(stage: Stage) -> None:
    stage.job(hold={})
    kept = stage.job(hold={"maxRuntime": "1h", "onDestroy": "cancel"})
    stage.later(8000)
    text = stage.sweep("--execute", "--yes")
    assert stage.line.emulator.jobs[kept].status == "CANCELED"
    assert f"{kept} is still in the state of previews/pr-7" in text
    assert stage.verdicts()[kept][0] == "in use"


def test_deployments_go_before_jobs_and_jobs_before_files(stage: Stage, tmp_path: Path) -> None:
    stage.job(hold={})
    data = tmp_path / "data.jsonl"
    data.write_text('{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}\n')
    file_id = stage.line.client.files.upload(data, description=f"some words [{label()}]").file_id
    deployed = stage.line.deployment(name=label())
    job_id = stage.job()
    stage.later()
    found = stage.verdicts(code=2)
    assert {found[one] for one in (file_id, deployed, job_id)} == {
        ("orphan", "delete"),
        ("orphan", "cancel, then delete"),
    }
    stage.sweep("--execute", "--yes")
    ends = [one.operation for one in stage.line.emulator.requests if one.operation.startswith("delete")]
    assert ends == ["delete_deployment", "delete", "delete_file"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--kind", "deployment"], 0),
        (["--kind", "job"], 2),
        (["--status", "running"], 2),
        (["--status", "QUEUING"], 0),
        (["--stack", "pr-*"], 2),
        (["--stack", "previews/pr-7"], 2),
        (["--stack", "main"], 0),
        (["--name", "pr-7"], 2),
        (["--name", "ft-*"], 2),
        (["--name", "x"], 0),
        (["--older-than", "90m"], 2),
        (["--older-than", "1d"], 0),
        (["--min-age", "3h"], 0),
        (["--min-age", "0"], 2),
    ],
)
def test_filters(stage: Stage, arguments: list[str], expected: int) -> None:
    stage.job()
    stage.job(hold={})
    stage.later()
    stage.sweep(*arguments, code=expected)


def test_finished_left_overs_go_when_asked_for(stage: Stage) -> None:
    done = stage.job(status="SUCCEEDED")
    stage.job(hold={})
    stage.later()
    stage.sweep()
    stage.sweep("--finished", "--execute", "--yes")
    assert done not in stage.live


def test_a_lost_state(stage: Stage) -> None:
    stage.job(hold={})
    stranger = stage.job(STRANGER)
    stage.later()
    assert stage.verdicts()[stranger][0] == "foreign"
    assert stage.verdicts("--lost-state", STRANGER, code=2)[stranger][0] == "orphan"


def test_without_a_state_nothing_can_be_proven(stage: Stage) -> None:
    stage.job(expires=0.0)
    result = stage.line.run("sweep")
    assert result.exit_code == 0
    assert "no state was given" in result.output


@pytest.mark.parametrize("spoil", ["torn", "version", "gone", "folder"])
def test_a_state_that_cant_be_read_is_an_error_and_stops_everything(stage: Stage, spoil: str) -> None:
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    other = stage.state.with_name("other.json")
    text = stage.state.read_text()
    if spoil == "torn":
        other.write_text(text[: len(text) // 2])
    elif spoil == "version":
        other.write_text(text.replace('"version": 3', '"version": 9'))
    elif spoil == "folder":
        other.mkdir()
    assert "nothing to do" in stage.sweep("--state", str(other), "--execute", "--yes", code=1)
    assert stage.verdicts("--state", str(other), code=1)[lost] == ("not checked", None)
    assert lost in stage.live


def test_a_state_with_an_operation_under_way_proves_nothing(stage: Stage) -> None:
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    stage.pending = [{"type": "creating", "resource": {"urn": "urn:pulumi:pr-7::previews::x::new", "type": "x"}}]
    stage.write()
    assert stage.verdicts()[lost] == ("not checked", None)


def test_an_old_file_proves_nothing(stage: Stage) -> None:
    lost = stage.job()
    stage.job(hold={})
    stage.later(200_000)
    os.utime(stage.state, (time.time() - 90_000,) * 2)
    assert stage.verdicts()[lost] == ("not checked", None)
    assert stage.verdicts("--max-state-age", "7d", code=2)[lost][0] == "orphan"


def test_the_state_on_standard_input(stage: Stage) -> None:
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    text = stage.state.read_text()
    assert stage.line.run("sweep", "--state", "-", stdin=text).exit_code == 2
    refused = stage.line.run("sweep", "--state", "-", "--execute", stdin=text)
    assert (refused.exit_code, "--yes" in refused.output) == (64, True)
    assert stage.line.run("sweep", "--state", "-", "--execute", "--yes", stdin=text).exit_code == 0
    assert lost not in stage.live


def test_states_may_be_named_without_an_option(stage: Stage) -> None:
    lost, used = stage.job(), stage.job(hold={})
    stage.later()
    text = stage.state.read_text()
    for given, stdin in (([str(stage.state)], ""), (["-"], text), ([str(stage.state), "--state", "-"], text)):
        result = stage.line.run("sweep", *given, "--json", stdin=stdin)
        assert result.exit_code == 2, result.output
        found = {one["id"]: one["verdict"] for one in json.loads(result.stdout)["objects"]}
        assert found == {lost: "orphan", used: "in use"}
    refused = stage.line.run("sweep", "-", "--execute", stdin=text)
    assert (refused.exit_code, "--yes" in refused.output) == (64, True)


def test_this_machines_clock_does_not_count(stage: Stage) -> None:
    stage.job(hold={})
    young = stage.job()
    stage.later(600)
    stage.line.clock.skew = 5 * 3600
    assert stage.verdicts()[young] == ("not checked", None)
    assert "clock is 5h ahead of the service's" in stage.sweep()


def test_wrong_usage_is_64_here(stage: Stage) -> None:
    for wrong in (["--bogus"], ["--kind", "cat"], ["--min-age", "soon"], ["--utc-offset", "99"]):
        assert stage.line.run("sweep", *wrong).exit_code == 64


def test_a_service_that_cant_be_asked_is_3(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.job()
    stage.later()
    stage.line.emulator.add_fault(FaultRule(operation="list", status=403, code="AccessDenied", message="no"))
    text = stage.sweep("--execute", "--yes", code=3)
    assert "the list of jobs could not be read" in text
    stage.line.emulator.clear_faults()
    monkeypatch.delenv("DASHSCOPE_API_KEY")
    assert stage.line.run("sweep").exit_code == 3


def test_a_kind_that_the_key_may_not_see_is_no_failure_where_it_is_not_asked_for(stage: Stage) -> None:
    stage.job()
    stage.job(hold={})
    stage.later()
    stage.line.emulator.add_fault(
        FaultRule(operation="list_deployments", status=403, code="AccessDenied", message="no")
    )
    stage.sweep(code=3)
    text = stage.sweep("--kind", "job", "--kind", "file", code=2)
    assert "the list of deployments could not be read; what depends on it was not checked" in text


def test_what_cant_be_ended_is_1_and_the_others_are_ended(stage: Stage) -> None:
    first, second = stage.job(), stage.job()
    stage.job(hold={})
    stage.later()
    stage.line.emulator.add_fault(FaultRule(operation="delete", nth=1, status=403, code="AccessDenied", message="no"))
    text = stage.sweep("--execute", "--yes", code=1)
    assert "1 done, 1 failed" in text
    assert len(stage.live & {first, second}) == 1
    stage.line.emulator.clear_faults()
    stage.write()
    assert "nothing runs" in stage.sweep(), "it was cancelled; its record is harmless"
    stage.sweep("--finished", "--execute", "--yes")
    assert not stage.live & {first, second}


def test_ctrl_c_finishes_the_object_at_hand(stage: Stage) -> None:
    lost = {stage.job(), stage.job(), stage.job()}
    stage.job(hold={})
    stage.later()

    def interrupt() -> None:
        if "cancel" in stage.line.counts():
            os.kill(os.getpid(), signal.SIGINT)
        else:
            stage.line.clock.before_sleep.append(interrupt)

    stage.line.clock.before_sleep.append(interrupt)
    before = signal.getsignal(signal.SIGINT)
    text = stage.sweep("--execute", "--yes", code=130)
    assert "1 done, 2 not reached" in text
    assert len(stage.live & lost) == 2
    assert signal.getsignal(signal.SIGINT) is before
    stage.sweep("--execute", "--yes")
    assert not stage.live & lost


def test_markdown_keeps_names_in_their_cells(stage: Stage) -> None:
    stage.line.job("RUNNING", "a|b <script> `x` [y](http://z) @team \x1b[2J")
    stage.job()
    stage.job(hold={})
    stage.later()
    text = stage.sweep("--format", "markdown", code=2)
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "@team" not in text
    rows = [row for row in text.splitlines() if row.startswith("|")]
    assert {row.count("|") for row in rows} == {10}
    assert "<details><summary>2 left alone</summary>" in text
