"""Import jobs, as the API reference has them (section 12)."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

IMPORTS = "/custom_models/import"
BODY: dict[str, Any] = {
    "model_name": "qwen3-8b",
    "display_name": "from the bucket",
    "source": "oss",
    "weight_type": "full",
    "storage_info": {"bucket_name": "weights", "object_key": "qwen/"},
}


def _import(call: Caller, **fields: Any) -> Any:
    return call("POST", IMPORTS, json={**BODY, **fields})


def test_an_import_from_create_to_delete(emulator: EmulatorServer, call: Caller) -> None:
    created = _import(call).json()["output"]
    job_id = created["job_id"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", job_id)
    assert re.fullmatch(r"qwen3-8b-offline-\d{8}-[0-9a-f]{4}", created["model_name"])
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+00:00", created["gmt_create"])
    assert created == {
        "job_id": job_id,
        "model_name": created["model_name"],
        "display_name": "from the bucket",
        "source": "OSS",
        "weight_type": "full",
        "storage_info": {"bucket_name": "weights", "object_key": "qwen/"},
        "status": "PENDING",
        "gmt_create": created["gmt_create"],
    }
    emulator.clock.advance(5)
    shown = call("GET", f"{IMPORTS}/{job_id}").json()["output"]
    assert shown == {name: value for name, value in created.items() if name != "weight_type"} | {"status": "RUNNING"}
    early = call("DELETE", f"{IMPORTS}/{job_id}")
    assert (early.status_code, early.json()["code"]) == (400, "OperationDenied")
    assert early.json()["message"] == "The import job is currently running and cannot be deleted."
    emulator.clock.advance(300)
    assert call("GET", f"{IMPORTS}/{job_id}").json()["output"]["status"] == "SUCCESSED"

    # A deployed model has to go offline first, and its files go with the job.
    served = {"model_name": created["model_name"], "capacity": 1, "plan": "mu", "deploy_spec": "MU1"}
    deployment = call("POST", "/deployments", json=served).json()["output"]
    assert deployment["base_model"] == "qwen3-8b"
    assert call("DELETE", f"{IMPORTS}/{job_id}").json()["code"] == "OperationDenied"
    call("DELETE", f"/deployments/{deployment['deployed_model']}")
    emulator.clock.advance(10)
    assert call("DELETE", f"{IMPORTS}/{job_id}").json()["output"]["job_id"] == job_id
    assert call("GET", f"{IMPORTS}/{job_id}").json()["code"] == "NotFound"
    assert call("POST", "/deployments", json=served).status_code == 404
    assert emulator.gone_imports[job_id].statuses == ("PENDING", "RUNNING", "SUCCESSED")


def test_a_failed_import_says_why_and_can_be_deleted(emulator: EmulatorServer, call: Caller) -> None:
    emulator.plan_next_import(import_outcome="FAILED")
    job_id = _import(call).json()["output"]["job_id"]
    emulator.clock.advance(1000)
    shown = call("GET", f"{IMPORTS}/{job_id}").json()["output"]
    assert (shown["status"], shown["error_code"]) == ("FAILED", "AvailableModelFileNotFound")
    assert call("DELETE", f"{IMPORTS}/{job_id}").status_code == 200


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"model_name": None}, "model_name"),
        ({"model_name": "nobody-knows-it"}, "Model not exist."),
        ({"display_name": "d" * 51}, "display_name"),
        ({"source": None}, "source"),
        ({"source": "ftp"}, "source"),
        ({"weight_type": None}, "weight_type"),
        ({"weight_type": "half"}, "weight_type"),
        ({"storage_info": None}, "storage_info"),
        ({"storage_info": {"bucket_name": "b"}}, "storage_info"),
        ({"storage_info": {"bucket_name": "b", "object_key": "no-slash"}}, "storage_info"),
    ],
    ids=str,
)
def test_what_is_refused(emulator: EmulatorServer, call: Caller, fields: dict[str, Any], part: str) -> None:
    answer = _import(call, **fields)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert part in answer.json()["message"]
    assert not emulator.imports


def test_lists(emulator: EmulatorServer, call: Caller) -> None:
    made = []
    for _ in range(3):
        made.append(_import(call).json()["output"])
        emulator.clock.advance(1)
    emulator.force_import(made[0]["job_id"], "FAILED")

    def listed(query: str) -> list[str]:
        return [job["job_id"] for job in call("GET", f"{IMPORTS}?{query}").json()["output"]["list"]]

    page = call("GET", f"{IMPORTS}?page_no=2&page_size=2").json()["output"]
    assert (page["total"], page["page_no"], page["page_size"]) == (3, 2, 2)
    assert [job["job_id"] for job in page["list"]] == [made[0]["job_id"]]
    assert listed("") == [one["job_id"] for one in reversed(made)]
    assert listed("status=FAILED") == [made[0]["job_id"]]
    assert listed(f"model_name={made[1]['model_name']}") == [made[1]["job_id"]]
    assert listed("model_name=qwen3-8b") == []
    assert "weight_type" not in call("GET", IMPORTS).json()["output"]["list"][0]
    for query in ("page_size=101", "status=SUCCEEDED"):
        assert call("GET", f"{IMPORTS}?{query}").json()["code"] == "InvalidParameter"
    emulator.configure(list_lag_seconds=60)
    assert listed("") == []


def test_an_unknown_import(emulator: EmulatorServer, call: Caller) -> None:
    job_id = _import(call).json()["output"]["job_id"]
    stranger = type(call)(emulator, "sk-somebody-else")
    for caller, unknown in ((call, "none"), (stranger, job_id)):
        for verb in ("GET", "DELETE"):
            answer = caller(verb, f"{IMPORTS}/{unknown}")
            assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")
    stranger.session.close()


def test_faults_records_and_control(emulator: EmulatorServer, call: Caller) -> None:
    emulator.next_ids(imports=["11111111-2222-4333-8444-555555555555"])
    job_id = _import(call).json()["output"]["job_id"]
    assert job_id == "11111111-2222-4333-8444-555555555555"
    emulator.add_fault(FaultRule(operation="*", kind="unknown_status", job_id=job_id))
    assert call("GET", f"{IMPORTS}/{job_id}").json()["output"]["status"] == "REBALANCING"
    assert call("GET", IMPORTS).json()["output"]["list"][0]["status"] == "REBALANCING"
    emulator.clear_faults()
    assert emulator.count("create_import") == 1
    assert call.control("POST", "/import-plans", json={"importing_seconds": 1}).json() == {"planned": 1}
    second = _import(call).json()["output"]["job_id"]
    emulator.clock.advance(6)
    assert emulator.imports[second].status == "SUCCESSED"
    forced = call.control("POST", f"/imports/{job_id}", json={"status": "FAILED", "import_error": "Gone"}).json()
    assert (forced["status"], forced["error_code"]) == ("FAILED", "Gone")
    assert call.control("POST", f"/imports/{job_id}", json={"status": "SUCCEEDED"}).status_code == 400
    assert call.control("DELETE", f"/imports/{job_id}").status_code == 200
    state = call.control("GET", "/state").json()
    assert [job["job_id"] for job in state["imports"]] == [second]
    assert [job["job_id"] for job in state["gone_imports"]] == [job_id]


def test_one_long_jump_leaves_the_same_history(emulator: EmulatorServer, call: Caller) -> None:
    job_id = _import(call).json()["output"]["job_id"]
    created = emulator.imports[job_id].transitions[0].at
    emulator.clock.advance(100_000)
    assert [step.at - created for step in emulator.imports[job_id].transitions] == [0, 5, 305]


def test_a_restart_keeps_imports(tmp_path: Path, caller_of: type[Caller]) -> None:
    kept = tmp_path / "state"
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=kept) as first:
        call = caller_of(first)
        ended, active = (_import(call).json()["output"]["job_id"] for _ in range(2))
        first.force_import(ended, "FAILED")
        call("DELETE", f"{IMPORTS}/{ended}")
        call.session.close()
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=kept) as second:
        assert second.notices == ()
        assert second.gone_imports[ended].status == "FAILED"
        second.clock.advance(305)
        assert second.imports[active].status == "SUCCESSED"
        assert second.imports[active].weight_type == "full"


@pytest.mark.parametrize(
    "wrong",
    [
        {"transitions": []},
        {"transitions": [{"at": 1e12, "status": "PENDING", "cause": "created"}]},
        {"transitions": [{"at": 1.0, "status": "SUCCEEDED", "cause": "created"}]},
        {"overrides": {"importing_seconds": -1}},
        {"storage_info": "bucket"},
        {"colour": "red"},
        {"job_id": "another"},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["import", "gone_import", "compression"])
def test_a_row_that_makes_no_sense_is_left_out(tmp_path: Path, caller_of: Any, kind: str, wrong: Any) -> None:
    kept = tmp_path / "state"
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=kept) as first:
        call = caller_of(first)
        job_id = _import(call).json()["output"]["job_id"]
        call.session.close()
    with closing(sqlite3.connect(kept)) as db, db:
        (body,) = db.execute("SELECT body FROM entries WHERE kind = 'import'").fetchone()
        db.execute("INSERT INTO entries VALUES (?, 'odd', ?)", (kind, json.dumps({**json.loads(body), **wrong})))
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=kept) as second:
        (notice,) = second.notices
        assert f"{kind} odd" in notice
        assert list(second.imports) == [job_id]
        assert not second.compressions
