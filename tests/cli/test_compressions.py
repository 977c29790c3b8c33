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
    assert "1 compression" in line.run("compressions").output
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
