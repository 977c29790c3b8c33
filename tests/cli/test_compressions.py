"""What the command does with compression jobs: list, adopt, delete, sweep, report."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.base.owner import stamp

BASE = "qwen3.5-flash-2026-02-23"


def compressed(line: Any, status: str = "RUNNING", name: str = "nightly", **fields: Any) -> str:
    """A compression job in this status."""
    model = line.client.fine_tunes.get(line.job("SUCCEEDED", model=BASE, training_type="sft")).model_id
    body = {"model": model, "template_id": "quant-w8a8", "job_name": name, **fields}
    job_id = line.client.compressions.create(body).job_id
    line.emulator.force_compression(job_id, status)
    return str(job_id)


def stamped(line: Any, name: str) -> str:
    return str(stamp.make(name, line.owner, stamp.new_nonce(), {}))


def test_they_are_listed(line: Any) -> None:
    job_id = compressed(line, name=stamped(line, "small"))
    listed = line.json("compressions")["compressions"]
    assert [(one["jobId"], one["name"], one["owner"], one["status"], one["active"]) for one in listed] == [
        (job_id, "small", line.owner, "RUNNING", True)
    ]
    shown = line.run("compressions").output
    assert "1 compression" in shown
    assert "RUNNING" in shown
    assert line.json("compressions", "--owner", "none") == {"compressions": []}


def test_one_is_adopted_by_the_form_of_its_id(line: Any) -> None:
    job_id = compressed(line, "SUCCEEDED", job_description="half")
    adopted = line.json("adopt", job_id)
    inputs = adopted["adopted"][0]["inputs"]
    assert (inputs["adoptJobId"], inputs["templateId"], inputs["jobDescription"]) == (job_id, "quant-w8a8", "half")
    assert "nightly = CompressedModel(" in adopted["program"]
    assert f"adopt_job_id='{job_id}'" in adopted["program"].replace('"', "'")
    compile(adopted["program"], "__main__.py", "exec")
    assert line.emulator.compressions[job_id].status == "SUCCEEDED"


@pytest.mark.parametrize("kind", [(), ("--kind", "compression")])
def test_one_is_cancelled_and_deleted_and_reported(
    line: Any, kind: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.jsonl"
    monkeypatch.setenv("DASHSCOPE_FT_REPORT", str(report))
    job_id = compressed(line)
    endings = line.json("delete", job_id, *kind, "--yes")["endings"]
    assert [(one["kind"], one["id"], one["outcome"], one["statusBefore"]) for one in endings] == [
        ("compression", job_id, "deleted", "RUNNING")
    ]
    assert not line.emulator.compressions
    written = json.loads(report.read_text())
    assert (written["kind"], written["done"]) == ("compression", ["cancel was accepted", "delete was accepted"])
    assert "compression" in line.run("report", str(report)).output


def test_what_stays_of_a_finished_one_is_reported(line: Any) -> None:
    job_id = compressed(line, "SUCCEEDED")
    (ending,) = line.json("delete", job_id, "--yes")["endings"]
    assert ending["stays"] == f"the model {BASE}-{job_id}"


def test_a_sweep_ends_what_no_state_holds(line: Any, tmp_path: Path) -> None:
    line.emulator.configure(compressing_seconds=1e7)
    lost, kept = (compressed(line, name=stamped(line, name)) for name in ("lost", "kept"))
    created = moment(line)
    line.later(7200)
    prefix, stack = "pulumi-python:dynamic/dashscope-ft:", "urn:pulumi:dev::shop::"
    resources = [
        {"urn": f"{stack}{prefix}StackIdentity::id", "type": f"{prefix}StackIdentity", "id": line.owner},
        {
            "urn": f"{stack}{prefix}CompressedModel::kept",
            "type": f"{prefix}CompressedModel",
            "id": kept,
            "created": created,
        },
    ]
    path = tmp_path / "state.json"
    deployment = {"manifest": {"time": moment(line)}, "resources": resources}
    path.write_text(json.dumps({"version": 3, "deployment": deployment}))
    line.later(60)
    arguments = ("sweep", str(path), "--kind", "compression", "--utc-offset", "8")
    seen = line.json(*arguments, exit_code=2)["objects"]
    assert {one["id"]: (one["verdict"], one["action"]) for one in seen} == {
        lost: ("orphan", "cancel, then delete"),
        kept: ("in use", None),
    }
    assert line.run(*arguments, "--execute", "--yes").exit_code == 0
    assert list(line.emulator.compressions) == [kept]


def moment(line: Any) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(line.emulator.clock.now() + 1))


def test_a_sweep_works_where_the_service_has_no_such_jobs(line: Any, tmp_path: Path) -> None:
    """Outside Beijing the service knows no such path."""
    from pulumi_dashscope_ft.emulator import FaultRule

    rule: dict[str, Any] = {"kind": "status", "status": 404, "code": "NotFound", "message": "Request path not found."}
    line.emulator.add_fault(FaultRule(operation="list_compressions", **rule))
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"version": 3, "deployment": {"manifest": {"time": moment(line)}, "resources": []}}))
    result = line.run("sweep", str(path))
    assert result.exit_code == 0, result.output
    assert "could not be read" not in result.output


# One of them from close by


def under_way(line: Any, **plan: Any) -> str:
    """A compression job that has been running for 100 s of 600."""
    line.emulator.configure(compressing_seconds=600)
    line.emulator.plan_next_compression(**plan)
    job_id = compressed(line, "RUNNING")
    line.later(100)
    return job_id


def test_show_tells_whose_it_is_and_what_destroy_would_do(line: Any) -> None:
    job_id = compressed(
        line, name=stamped(line, "small"), job_description="half", hyper_parameters={"calib_samples": 9}
    )
    text = line.run("show", job_id).stdout
    for words in (f"stack with owner id {line.owner}", "cancel, then delete", "calib_samples=9", "quant-w8a8", "half"):
        assert words in text
    assert "training" not in text
    shown = line.json("show", job_id)
    assert (shown["jobId"], shown["status"], shown["modelId"]) == (job_id, "RUNNING", None)
    assert (shown["failure"], shown["teardown"]) == (None, "cancel, then delete")
    line.emulator.force_compression(job_id, "SUCCEEDED")
    assert line.json("show", job_id)["modelId"] == f"{BASE}-{job_id}"
    assert "GPU seconds" in line.run("show", job_id).stdout


def test_show_of_one_that_failed_says_why(line: Any) -> None:
    job_id = under_way(line, outcome="FAILED", failure_reason="no memory left")
    line.later(1000)
    assert "no memory left" in line.run("show", job_id).stdout
    failure = line.json("show", job_id)["failure"]
    assert failure["message"] == "no memory left"
    assert any("no memory left" in words for words in failure["logTail"])


@pytest.mark.parametrize("command", ["show", "logs", "wait", "adopt"])
def test_one_that_is_not_there(line: Any, command: str) -> None:
    result = line.run(command, "quant-202401010101-aaaa")
    assert result.exit_code == 1
    assert "quant-202401010101-aaaa" in result.stderr
    assert "knows no such compression" in result.stderr
    assert "Traceback" not in result.output


def test_its_log_is_printed_and_followed(line: Any) -> None:
    job_id = under_way(line)
    lines = line.run("logs", job_id).stdout.splitlines()
    assert any("quantizing layers" in words for words in lines)
    assert line.json("logs", job_id, "--tail", "1") == {"jobId": job_id, "lines": lines[-1:]}
    result = line.run("logs", "-f", job_id)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == line.run("logs", job_id).stdout.splitlines(), "no line is lost or doubled"
    assert f"{job_id} SUCCEEDED" in result.stderr


def test_its_log_as_a_stream_of_events(line: Any) -> None:
    job_id = under_way(line)
    events = [json.loads(words) for words in line.run("logs", "-f", "--json", job_id).stdout.splitlines()]
    assert [one["status"] for one in events if one["type"] == "status"] == ["RUNNING", "SUCCEEDED"]
    assert events[-1].pop("usage") == pytest.approx(600, abs=1)
    assert events[-1] == {"type": "end", "status": "SUCCEEDED", "modelId": f"{BASE}-{job_id}"}


def test_its_log_on_a_terminal(line: Any) -> None:
    line.terminal = True
    job_id = under_way(line)
    result = line.run("logs", "-f", job_id)
    assert result.exit_code == 0
    assert f"{job_id} SUCCEEDED" in result.stdout


def test_wait_prints_the_model_and_nothing_else(line: Any) -> None:
    job_id = under_way(line)
    result = line.run("wait", job_id)
    assert (result.exit_code, result.stdout.strip()) == (0, f"{BASE}-{job_id}")
    assert "SUCCEEDED" in result.stderr
    waited = line.json("wait", job_id)
    assert set(waited) == {"jobId", "status", "modelId", "usage"}
    assert waited["modelId"] == f"{BASE}-{job_id}"


@pytest.mark.parametrize(
    ("status", "options", "code", "said"),
    [
        ("FAILED", [], 1, "has ended without a compressed model"),
        ("CANCELED", [], 1, "has ended without a compressed model"),
        ("RUNNING", ["--timeout", "30s"], 4, "run `dashscope-ft wait` again"),
    ],
)
def test_wait_that_ends_without_a_model(line: Any, status: str, options: list[str], code: int, said: str) -> None:
    line.emulator.configure(compressing_seconds=1e7)
    result = line.run("wait", compressed(line, status), *options)
    assert result.exit_code == code
    assert said in result.stderr
    assert "pulumi" not in result.stderr


@pytest.mark.parametrize("command", [("wait",), ("logs", "-f")])
def test_ctrl_c_leaves_it_running_and_says_so(line: Any, command: tuple[str, ...]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    job_id = under_way(line)
    line.clock.before_sleep = [interrupt]
    result = line.run(*command, job_id)
    assert result.exit_code == 130
    assert f"{job_id} goes on. To end it: dashscope-ft cancel {job_id}" in result.stderr
    assert line.emulator.compressions[job_id].status == "RUNNING"


def test_cancel_ends_it_and_keeps_its_record_and_jobs_beside_it(line: Any) -> None:
    line.emulator.configure(compressing_seconds=1e7)
    job_id, job = compressed(line), line.job("RUNNING")
    endings = line.json("cancel", job_id, job, "--yes")["endings"]
    assert {(one["kind"], one["id"], one["outcome"]) for one in endings} == {
        ("compression", job_id, "kept"),
        ("job", job, "kept"),
    }
    assert line.emulator.compressions[job_id].status == "CANCELED"
    assert line.emulator.jobs[job].status == "CANCELED"
    # What has ended is left as it is.
    assert line.run("cancel", job_id, "--yes").exit_code == 0
    assert list(line.emulator.compressions) == [job_id]
