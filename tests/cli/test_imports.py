"""What the command does with imports of models: list, adopt, delete, sweep, report."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.base.owner import stamp

BASE = "qwen3-8b"


def imported(line: Any, status: str = "SUCCESSED", name: str = "Our triage") -> str:
    """An import in this status."""
    storage = {"bucket_name": "weights", "object_key": "triage/"}
    body = {"model_name": BASE, "display_name": name, "source": "oss", "weight_type": "lora", "storage_info": storage}
    job_id = line.client.imports.create(body).job_id
    line.emulator.force_import(job_id, status)
    return str(job_id)


def stamped(line: Any, name: str) -> str:
    return str(stamp.make(name, line.owner, stamp.new_nonce(), {}, longest=50))


def served(line: Any, job_id: str) -> str:
    """A deployment of the import's model."""
    body = {"model_name": line.emulator.imports[job_id].model_name, "plan": "lora", "capacity": 1}
    live = line.client.deployments.create(body)
    line.emulator.force_deployment(live.deployed_model, "RUNNING")
    return str(live.deployed_model)


def test_they_are_listed(line: Any) -> None:
    job_id = imported(line, name=stamped(line, "brought"))
    listed = line.json("imports")["imports"]
    names = ("jobId", "name", "owner", "status", "active", "baseModel", "objectKey", "errorCode")
    assert [tuple(one[name] for name in names) for one in listed] == [
        (job_id, "brought", line.owner, "SUCCESSED", False, BASE, "triage/", None)
    ]
    assert listed[0]["modelId"] == line.emulator.imports[job_id].model_name
    assert listed[0]["ageSeconds"] is not None
    assert "1 import" in line.run("imports").output
    assert line.json("imports", "--owner", "none") == {"imports": []}


def test_one_is_adopted_without_the_type_of_its_weights(line: Any) -> None:
    job_id = imported(line)
    adopted = line.json("adopt", job_id, "--kind", "import")
    inputs = adopted["adopted"][0]["inputs"]
    assert inputs == {"adoptImportId": job_id, "baseModel": BASE, "bucketName": "weights", "objectKey": "triage/"}
    assert "our_triage = ImportedModel(" in adopted["program"]
    assert "once adopted, `pulumi destroy` would: delete, with the model's files" in adopted["adopted"][0]["notes"]
    compile(adopted["program"], "__main__.py", "exec")


def test_one_is_shown_by_the_form_of_its_id(line: Any) -> None:
    job_id = imported(line, name=stamped(line, "brought"))
    shown = line.json("show", job_id)
    assert (shown["jobId"], shown["modelId"]) == (job_id, line.emulator.imports[job_id].model_name)
    assert (shown["failure"], shown["teardown"]) == (None, "delete, with the model's files")
    output = line.run("show", job_id).output
    assert shown["modelId"] in output
    assert "triage/" in output
    line.emulator.force_import(job_id, "FAILED")
    assert line.json("show", job_id)["failure"] == {"code": "AvailableModelFileNotFound"}
    assert "AvailableModelFileNotFound" in line.run("show", job_id).output


def test_its_model_can_be_waited_for(line: Any) -> None:
    job_id = imported(line)
    waited = line.json("wait", job_id)
    assert (waited["jobId"], waited["status"], waited["usage"]) == (job_id, "SUCCESSED", None)
    assert line.run("wait", job_id).output.strip() == waited["modelId"]
    line.emulator.force_import(job_id, "FAILED")
    failed = line.run("wait", job_id)
    assert failed.exit_code == 1
    assert "has ended without an imported model" in failed.output


def test_what_the_service_does_not_offer_for_one_is_said(line: Any) -> None:
    job_id = imported(line, "RUNNING")
    log = line.run("logs", job_id)
    assert (log.exit_code, "has no log" in log.output) == (1, True)
    cancelled = line.run("cancel", job_id, "--yes")
    assert cancelled.exit_code == 2
    assert f"delete --kind import {job_id}" in cancelled.output
    assert line.emulator.imports[job_id].status == "RUNNING"


def test_one_is_deleted_with_its_model_and_reported(line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.jsonl"
    monkeypatch.setenv("DASHSCOPE_FT_REPORT", str(report))
    job_id = imported(line)
    (ending,) = line.json("delete", job_id, "--kind", "import", "--yes")["endings"]
    assert (ending["kind"], ending["id"], ending["outcome"], ending["name"]) == (
        "import",
        job_id,
        "deleted",
        "Our triage",
    )
    assert not line.emulator.imports
    written = json.loads(report.read_text())
    assert (written["kind"], written["done"]) == (
        "import",
        ["delete was accepted", "the model's files were removed"],
    )
    assert "import" in line.run("report", str(report)).output


def test_one_whose_record_is_to_stay_keeps_its_model(line: Any) -> None:
    job_id = imported(line)
    (ending,) = line.json("delete", job_id, "--kind", "import", "--keep-record", "--yes")["endings"]
    assert (ending["outcome"], ending["stays"]) == ("kept", "the import and its model")
    assert job_id in line.emulator.imports


def test_one_whose_model_is_deployed_says_what_to_do(line: Any) -> None:
    job_id = imported(line)
    deployed = served(line, job_id)
    result = line.run("delete", job_id, "--kind", "import", "--yes")
    assert result.exit_code == 1
    assert f"its model is deployed as {deployed} (RUNNING)" in result.output
    assert "take the deployments of the model down" in result.output, result.output
    assert job_id in line.emulator.imports


def test_an_id_without_a_kind_counts_as_a_files(line: Any) -> None:
    job_id = imported(line)
    result = line.run("delete", job_id, "--yes")
    assert f"there is no file {job_id}. Ids of other objects have the same form: try --kind import." in result.output
    assert job_id in line.emulator.imports


def moment(line: Any) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(line.emulator.clock.now() + 1))


def state(line: Any, path: Path, *resources: tuple[str, str, dict[str, Any]]) -> str:
    """A state with the stack's identity and these resources: name, id and outputs."""
    prefix, stack = "pulumi-python:dynamic/dashscope-ft:", "urn:pulumi:dev::shop::"
    recorded = [{"urn": f"{stack}{prefix}StackIdentity::id", "type": f"{prefix}StackIdentity", "id": line.owner}]
    for name, object_id, more in resources:
        urn = f"{stack}{prefix}ImportedModel::{name}"
        recorded.append({"urn": urn, "type": f"{prefix}ImportedModel", "id": object_id, **more})
    deployment = {"manifest": {"time": moment(line)}, "resources": recorded}
    path.write_text(json.dumps({"version": 3, "deployment": deployment}))
    return str(path)


def test_a_sweep_ends_what_no_state_holds_and_finished_models_only_on_request(line: Any, tmp_path: Path) -> None:
    line.emulator.configure(importing_seconds=8000)
    lost, kept, done = (imported(line, "RUNNING", stamped(line, name)) for name in ("lost", "kept", "done"))
    line.emulator.force_import(done, "SUCCESSED")
    created = moment(line)
    line.later(7200)
    arguments = (
        *("sweep", state(line, tmp_path / "state.json", ("kept", kept, {"created": created}))),
        *("--kind", "import", "--utc-offset", "8"),
    )
    line.later(60)
    seen = {
        one["id"]: (one["verdict"], one["action"], one["reason"])
        for one in line.json(*arguments, exit_code=2)["objects"]
    }
    assert seen[lost][:2] == ("orphan", "wait for its end, then delete, with the model's files")
    assert seen[kept][:2] == ("in use", None)
    assert seen[done][:2] == ("orphan", None)
    assert "deleting it removes the files of its model" in seen[done][2]
    finished = line.json(*arguments, "--finished", exit_code=2)["objects"]
    assert {one["id"]: one["action"] for one in finished}[done] == "delete, with the model's files"
    line.emulator.force_import(lost, "FAILED")
    assert line.run(*arguments, "--finished", "--execute", "--yes").exit_code == 0
    assert list(line.emulator.imports) == [kept]


def test_a_sweep_leaves_a_model_alone_that_somebody_uses(line: Any, tmp_path: Path) -> None:
    kept, done = (imported(line, name=stamped(line, name)) for name in ("kept", "done"))
    created = moment(line)
    deployed = served(line, done)
    line.later(7200)
    path = state(line, tmp_path / "state.json", ("kept", kept, {"created": created}))
    line.later(60)
    seen = line.json("sweep", path, "--kind", "import", "--utc-offset", "8", "--finished")["objects"]
    assert {one["id"]: (one["action"], one["reason"]) for one in seen}[done] == (
        None,
        f"deployment {deployed} serves its model",
    )


def test_a_sweep_works_where_the_service_has_no_imports(line: Any, tmp_path: Path) -> None:
    """Outside Beijing the service knows no such path."""
    from pulumi_dashscope_ft.emulator import FaultRule

    rule: dict[str, Any] = {"kind": "status", "status": 404, "code": "NotFound", "message": "Request path not found."}
    line.emulator.add_fault(FaultRule(operation="list_imports", **rule))
    result = line.run("sweep", state(line, tmp_path / "state.json"))
    assert result.exit_code == 0, result.output
    assert "could not be read" not in result.output
