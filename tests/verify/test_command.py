"""`dashscope-ft verify` as it is typed: what it says and asks, its exit codes, and each kind of trouble."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from emulated_clock import EmulatedClock
from verify_stage import KEY, Stage

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.verify.plan import job_body, most_calls
from pulumi_dashscope_ft.verify.report import MOST_CHARACTERS, SCHEMA, region_of

LIKE_THE_SERVICE = {"wrong_model": "refused", "wrong_suffix": "refused"}
"""With these the emulator does all that the provider relies on."""


def report_of(stage: Stage, *arguments: str, exit_code: int) -> dict[str, Any]:
    result = stage.command("--yes", "--json", *arguments)
    assert result.exit_code == exit_code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def others_job(stage: Stage, status: str) -> str:
    settings = resolve_settings(base_url=stage.emulator.base_url, api_key=KEY, environ={})
    stage.configure(check_file_ids=False, running_seconds=1e7)
    with Client(settings, clock=stage.clock) as client:
        job_id = client.fine_tunes.create(job_body("file-of-somebody")).job_id
    stage.emulator.force(job_id, status)
    return job_id


def test_all_confirmed(stage: Stage) -> None:
    stage.configure(**LIKE_THE_SERVICE)
    report = report_of(stage, exit_code=0)
    assert {fact["verdict"] for fact in report["facts"]} == {"confirmed", "not seen"}
    assert (report["schema"], report["emulator"], report["scope"]) == (SCHEMA, True, ["base"])
    assert report["trouble"] == report["left"] == []


def test_a_contradiction_is_an_exit_code(stage: Stage) -> None:
    stage.configure(**LIKE_THE_SERVICE, delete_cancelled="refused")
    report = report_of(stage, exit_code=1)
    contradicted = [fact for fact in report["facts"] if fact["verdict"] == "contradicted"]
    assert [fact["fact"] for fact in contradicted] == ["delete_cancelled"]
    assert "record" in contradicted[0]["follows"]
    assert report["left"] == ["3 × the record of a CANCELED job, whose delete is refused"]


def test_it_says_what_it_does_and_asks_once(stage: Stage) -> None:
    stage.configure(**LIKE_THE_SERVICE)
    result = stage.command("--train", "--deploy", "--burst", stdin="verify\n", terminal=True)
    assert result.exit_code == 0, result.output
    said = result.stderr
    assert said.count("Type verify to start") == 1
    before = said[: said.index("Type verify")]
    everything = frozenset({"base", "train", "deploy"})
    assert f"{most_calls(everything, burst=True)} calls at most" in before
    for part in ("up to 10 jobs", "trained to its end", "deletes a model", "by token", "slowed down", "costs nothing"):
        assert part in before


@pytest.mark.parametrize(("typed", "told"), [("no\n", "not confirmed"), ("", "nobody has confirmed")])
def test_nothing_is_made_without_a_confirmation(stage: Stage, typed: str, told: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = stage.command(f"--report={report}", stdin=typed)
    assert result.exit_code == 1
    assert told in result.stderr
    assert ("--yes" in result.stderr) == (typed == "")
    assert not report.exists()
    assert {name for name, count in stage.emulator.count().items() if count} == {
        "list",
        "list_files",
        "list_deployments",
    }


def test_what_is_left_is_said_before_it_is_ended(stage: Stage) -> None:
    verification = stage.verification()
    verification.look()
    verification.bench.presence.begin()
    verification.bench.upload()
    verification.bench.presence.end(nothing_left=False)
    result = stage.command(stdin="no\n")
    assert "an earlier verification has left: 1 file" in result.stderr
    assert stage.emulator.files, "it was not confirmed"


def test_reports_are_files_too(stage: Stage, tmp_path: Path) -> None:
    paths = [tmp_path / "report.json", tmp_path / "report.md"]
    result = stage.command("--yes", "--format", "markdown", *(f"--report={path}" for path in paths))
    assert json.loads(paths[0].read_text())["schema"] == SCHEMA
    assert paths[1].read_text().strip() == result.stdout.strip()
    assert all(len(path.read_text()) < MOST_CHARACTERS for path in paths)
    refused = stage.command("--yes", f"--report={tmp_path / 'no such folder' / 'report.json'}")
    assert (refused.exit_code, "Nothing was done" in refused.stderr) == (1, True)


def test_the_page_names_the_bound_of_calls() -> None:
    text = " ".join((Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8").split())
    alone, trained, deployed = (
        most_calls(frozenset(groups), burst=False)
        for groups in (("base",), ("base", "train"), ("base", "train", "deploy"))
    )
    assert f"at most {alone} calls, repetitions included; {trained} with `--train`, {deployed} with `--deploy`" in text


def test_ctrl_c_and_sigterm_are_exit_code_130(stage: Stage) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        stage.clock = SignallingClock(stage.emulator, number)
        report = report_of(stage, exit_code=130)
        assert report["trouble"] == ["interrupted"]
        assert stage.nothing_is_left()


class SignallingClock(EmulatedClock):
    """The process gets a signal while it sleeps for the second time."""

    def __init__(self, emulator: EmulatorServer, number: signal.Signals) -> None:
        super().__init__(emulator)
        self._number, self._sleeps = number, 0

    def sleep(self, seconds: float) -> None:
        self._sleeps += 1
        if self._sleeps == 2:
            signal.raise_signal(self._number)
        super().sleep(seconds)


# Trouble


def test_without_a_key(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(stage, "key", "", raising=False)
    result = stage.command("--yes", "--json")
    assert result.exit_code == 3
    report = json.loads(result.stdout)
    assert report["trouble"] == ["there is no usable key"]
    assert {fact["why"] for fact in report["facts"] if fact["fact"].startswith("cancel")} == {"there is no usable key"}
    assert "DASHSCOPE_API_KEY" in result.stderr
    assert not stage.calls_received()


def test_a_key_of_another_region(stage: Stage) -> None:
    stage.emulator.add_fault(FaultRule(error="invalid_key"))
    report = report_of(stage, exit_code=3)
    (line,) = report["trouble"]
    assert "HTTP 401 InvalidApiKey" in line
    assert "another region" in line


@pytest.mark.parametrize("operation", ["list_files", "list", "upload", "create"])
def test_a_region_without_the_api(stage: Stage, operation: str) -> None:
    stage.emulator.add_fault(FaultRule(operation=operation, error="no_such_path"))
    report = report_of(stage, exit_code=3)
    assert "HTTP 404 NotFound" in report["trouble"][0]
    assert "the base URL or the region" in report["trouble"][0]
    assert stage.nothing_is_left()


@pytest.mark.parametrize("status", ["SUCCEEDED", "RUNNING"])
def test_a_full_quota(stage: Stage, status: str) -> None:
    for _ in range(17):
        others_job(stage, status)
    report = report_of(stage, "--beside-others", exit_code=1)
    assert "the quota is full: 17 of 20" in report["trouble"][0]
    assert stage.emulator.count("create") == 17


def test_a_quota_that_fills_up_meanwhile(stage: Stage) -> None:
    stage.emulator.add_fault(FaultRule(operation="create", error="quota"))
    report = report_of(stage, exit_code=1)
    assert "a quota is used up" in report["trouble"][0]
    assert stage.nothing_is_left()


def test_another_active_job(stage: Stage) -> None:
    job_id = others_job(stage, "RUNNING")
    report = report_of(stage, exit_code=1)
    assert "1 other training job is active" in report["trouble"][0]
    assert "--beside-others" in report["trouble"][0]
    stage.configure(**LIKE_THE_SERVICE, check_file_ids=True)
    report = report_of(stage, "--beside-others", exit_code=0)
    facts = {fact["fact"]: fact for fact in report["facts"]}
    assert "no job was RUNNING" in facts["cancel_running"]["why"]
    assert facts["cancel_queuing"]["answer"] == "taken"
    assert {name: job.status for name, job in stage.emulator.jobs.items()} == {job_id: "RUNNING"}


@pytest.mark.parametrize("operation", ["list", "upload", "create"])
@pytest.mark.parametrize("error", ["access_denied", "workspace_denied", "gateway"])
def test_an_account_without_the_right_to_train(stage: Stage, operation: str, error: str) -> None:
    stage.emulator.add_fault(
        FaultRule(operation=operation, error=error, kind="code_in_200" if error == "gateway" else "status")
    )
    report = report_of(stage, exit_code=1)
    assert "the key is known and may not do this" in report["trouble"][0]
    assert stage.nothing_is_left()


@pytest.mark.parametrize("operation", ["list", "list_files", "upload", "create"])
@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"kind": "html", "status": 200}, "HTTP 200, and a body that is not the service's JSON"),
        ({"kind": "html", "status": 302}, "HTTP 302, and a body that is not the service's"),
        ({"kind": "html"}, "HTTP 502, and a body that is not the service's"),
        ({"kind": "no_output"}, "or has no result"),
        ({"kind": "status", "error": "internal"}, "HTTP 500 InternalError"),
        ({"kind": "reset"}, "the connection failed"),
    ],
    ids=["page", "redirect", "gateway", "other JSON", "500", "reset"],
)
@pytest.mark.portion(most=6)
def test_a_service_of_a_third_form(stage: Stage, operation: str, rule: dict[str, Any], told: str) -> None:
    stage.emulator.add_fault(FaultRule(operation=operation, **rule))
    report = report_of(stage, exit_code=3)
    assert told in report["trouble"][0]
    stage.emulator.clear_faults()
    assert stage.nothing_is_left() or stage.run().left == []


def test_the_region_is_named_and_the_host_never() -> None:
    assert region_of("https://dashscope.aliyuncs.com/api/v1") == "cn-beijing"
    assert region_of("https://llm-v71tlv3d.ap-southeast-1.maas.aliyuncs.com/api/v1") == "ap-southeast-1"
    for host in ("https://proxy.example.com", "https://a.secret-name.maas.aliyuncs.com", "http://127.0.0.1:8080"):
        assert region_of(host) == "unknown"
