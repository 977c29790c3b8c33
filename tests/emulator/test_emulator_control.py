"""The control API, the door it is behind, and that no key is ever kept."""

from __future__ import annotations

import json
import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

SECRET = "sk-test-0123456789abcdef"
ANYWHERE = ".".join("0000")


def test_state_and_history(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(job_name="mine")
    assert call.control("POST", "/clock", json={"advance": 20}).status_code == 200
    state = call.control("GET", "/state").json()
    (job,) = state["jobs"]
    assert (job["job_id"], job["job_name"], job["status"]) == (job_id, "mine", "RUNNING")
    assert [step["status"] for step in job["transitions"]] == ["PENDING", "QUEUING", "RUNNING"]
    assert state["requests"] == {"create": 1}
    assert state["clock"]["mode"] == "manual"


def test_settings(emulator: EmulatorServer, call: Caller) -> None:
    assert call.control("PATCH", "/settings", json={"literal_reading": True, "quota": 1}).json()["quota"] == 1
    assert emulator.settings.literal_reading
    wrong = call.control("PATCH", "/settings", json={"quota": 5, "literal": True})
    assert (wrong.status_code, wrong.json()["error"]) == (
        400,
        "no setting is called 'literal'; did you mean literal_reading?",
    )
    assert call.control("GET", "/settings").json()["quota"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"quota": -1},
        {"runners": 0},
        {"pending_seconds": "5"},
        {"literal_reading": 1},
        {"outcome": "OK"},
        {"missing_file_status": 500},
        {"latency_seconds": float("inf")},
        {"seed": 1.5},
        {"keys": ["sk-a"]},
    ],
)
def test_unusable_settings_name_the_field(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        Settings().changed(changes)


def test_clock(emulator: EmulatorServer, call: Caller) -> None:
    answer = call.control("POST", "/clock", json={"mode": "accelerated", "factor": 60}).json()
    assert (answer["mode"], answer["factor"]) == ("accelerated", 60)
    assert call.control("POST", "/clock", json={"mode": "manual"}).json()["factor"] is None
    unusable: list[Any] = [
        {},
        {"mode": "fast"},
        {"mode": "accelerated"},
        {"advance": -1},
        {"advance": "x"},
        {"go": 1},
        [],
    ]
    for wrong in unusable:
        assert call.control("POST", "/clock", json=wrong).status_code == 400, wrong


def test_chosen_ids(emulator: EmulatorServer, call: Caller) -> None:
    chosen = {"jobs": ["ft-204903221226-00aa", "ft-204903221226-00bb"], "files": ["file-1"], "deployments": ["served"]}
    waiting = {"jobs": 2, "files": 1, "deployments": 1, "compressions": 0, "imports": 0}
    assert call.control("POST", "/ids", json=chosen).json() == {"waiting": waiting}
    assert [call.create(), call.create()] == chosen["jobs"]
    assert call.create() not in chosen["jobs"]
    emulator.configure(base_models=["qwen3-8b"])
    body = {"model_name": "qwen3-8b", "plan": "lora", "capacity": 1}
    assert call("POST", "/deployments", json=body).json()["output"]["deployed_model"] == "served"
    assert emulator.next_ids() == {**dict.fromkeys(waiting, 0), "files": 1}
    unusable: list[Any] = [
        {"jobs": chosen["jobs"][:1]},
        {"deployments": ["served"]},
        {"rows": []},
        {"files": "f"},
        [],
    ]
    for wrong in unusable:
        assert call.control("POST", "/ids", json=wrong).status_code == 400, wrong
    emulator.reset()
    assert emulator.next_ids()["files"] == 0


def test_fault_rules(emulator: EmulatorServer, call: Caller) -> None:
    rule = call.control("POST", "/faults", json={"operation": "list", "error": "rate", "count": 1}).json()
    assert call("GET", "/fine-tunes").status_code == 429
    (shown,) = call.control("GET", "/faults").json()["faults"]
    assert (shown["rule_id"], shown["fired"], shown["seen"]) == (rule["rule_id"], 1, 1)
    assert call.control("DELETE", f"/faults/{rule['rule_id']}").status_code == 200
    assert call.control("DELETE", f"/faults/{rule['rule_id']}").status_code == 404
    assert call.control("POST", "/faults", json={"kind": "explode"}).status_code == 400
    call.control("POST", "/faults", json={})
    call.control("DELETE", "/faults")
    assert call("GET", "/fine-tunes").status_code == 200


def test_jobs_by_hand(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create()
    assert call.control("POST", f"/jobs/{job_id}", json={"status": "RUNNING", "outcome": "FAILED"}).status_code == 200
    emulator.clock.advance(600)
    assert emulator.jobs[job_id].status == "FAILED"
    assert call.control("POST", f"/jobs/{job_id}", json={"status": "NOPE"}).status_code == 400
    assert call.control("DELETE", f"/jobs/{job_id}").status_code == 200
    assert call("GET", f"/fine-tunes/{job_id}").status_code == 404
    assert call.control("DELETE", f"/jobs/{job_id}").status_code == 404
    assert call.control("POST", "/plans", json={"outcome": "FAILED"}).json() == {"planned": 1}
    assert call.control("POST", "/plans", json={"outcome": "?"}).status_code == 400


def test_requests_and_reset(emulator: EmulatorServer, call: Caller) -> None:
    call.create()
    call("GET", "/fine-tunes?page_size=5", headers={"User-Agent": "me/1"})
    log = call.control("GET", "/requests").json()
    assert log["counts"] == {"create": 1, "list": 1}
    last = log["requests"][-1]
    assert (last["operation"], last["status"], last["query"], last["user_agent"]) == (
        "list",
        200,
        {"page_size": "5"},
        "me/1",
    )
    assert last["account"] == "account-1"
    assert log["requests"][0]["job_id"] in emulator.jobs
    call.control("DELETE", "/requests")
    assert call.control("GET", "/requests").json() == {"counts": {}, "requests": []}
    assert call.control("POST", "/reset").status_code == 200
    assert not emulator.jobs


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:1", True),
        ("localhost", True),
        ("app.localhost:80", True),
        ("[::1]:5", True),
        ("127.9.9.9", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("169.254.169.254", False),
        ("10.0.0.1:80", False),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/fine-tunes", "/_emulator/state"])
def test_only_loopback_host_names(emulator: EmulatorServer, call: Caller, host: str, allowed: bool, path: str) -> None:
    answer = call.session.get(emulator.root_url + path, headers={"Host": host}, timeout=9)
    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_changes_from_other_sites(emulator: EmulatorServer, call: Caller, headers: dict[str, str]) -> None:
    job_id = call.create()
    assert call.control("POST", "/reset", headers=headers).status_code == 403
    assert call("POST", f"/fine-tunes/{job_id}/cancel", headers=headers).status_code == 403
    assert emulator.jobs[job_id].status == "PENDING"
    assert call.control("POST", "/reset", headers={"Origin": emulator.root_url}).status_code == 200


def test_a_widened_emulator_takes_any_host(caller_of: type[Caller]) -> None:
    with EmulatorServer(Settings(), speed=None, host=ANYWHERE) as emulator:
        assert emulator.base_url.startswith("http://127.0.0.1:")
        assert caller_of(emulator)("GET", "/fine-tunes", headers={"Host": "build-box:9"}).status_code == 200


def test_the_key_is_nowhere(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state.sqlite"
    settings = Settings(keys={SECRET: "llm-a"}, check_file_ids=False)
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator, SECRET)
        call.create(hyper_parameters={"leak": f"x {SECRET} y", "other": "sk-another-secret"})
        call("GET", f"/fine-tunes/{SECRET}?model={SECRET}", headers={"User-Agent": f"agent {SECRET}"})
        call("GET", f"/files/{SECRET}")
        call("GET", f"/deployments/{SECRET}")
        deployment = {"model_name": f"qwen3-14b-{SECRET}", "capacity": 1, "name": SECRET}
        emulator.configure(base_models=[deployment["model_name"]])
        assert call("POST", "/deployments", json=deployment).status_code == 200
        emulator.configure(base_models=[])
        seen = [call.control("GET", one).text for one in ("/settings", "/requests", "/faults", "/clock")]
        seen += [repr(emulator.settings), repr(emulator.service.accounts), repr(emulator.requests)]
        seen += [json.dumps([record.to_json() for record in emulator.requests])]
        seen += [str(pickle.dumps(emulator.requests)), repr(emulator.jobs)]
        for text in seen:
            assert SECRET not in text
            assert SECRET[-8:] not in text
            assert "sk-another-secret" not in text
        assert "account-1" in seen[1]
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT body FROM entries WHERE kind = 'meta'").fetchall()
    assert SECRET not in str(rows)


@pytest.mark.parametrize("key", ["sk-odd+tail/part=x", 'sk-quote"tail\\x', "sk-plain"])
def test_keys_of_any_shape_are_struck_out(emulator: EmulatorServer, caller_of: type[Caller], key: str) -> None:
    call = caller_of(emulator, key)
    call.create(job_name=f"named {key}")
    call("GET", "/fine-tunes/x", params={"model": key}, headers={"User-Agent": key})
    log = json.loads(call.control("GET", "/requests").text)["requests"]
    assert log[0]["status"] == 200
    text = json.dumps([[one["body"], one["query"], one["user_agent"]] for one in log])
    tail = key.removeprefix("sk-")
    assert tail[-6:].split("\\")[0] not in text
    assert text.count("[key]") == 3


def test_the_key_in_settings_errors() -> None:
    with pytest.raises(ValueError, match="keys") as caught:
        Settings().changed({"keys": {SECRET: 3}})
    assert SECRET not in str(caught.value)
