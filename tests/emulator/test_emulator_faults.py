"""Every kind of fault as a client meets it, and which calls a rule hits."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.emulator.app import OPERATIONS
from pulumi_dashscope_ft.emulator.model.faults import KINDS, FaultBook
from pulumi_dashscope_ft.emulator.model.faults import OPERATIONS as FAULTY_OPERATIONS

BODY = {"model": "m", "training_file_ids": ["f"]}


@pytest.mark.parametrize(("kind", "happened"), [("reset", False), ("lost", True)])
def test_connection_resets(emulator: EmulatorServer, call: Caller, kind: str, happened: bool) -> None:
    rule = emulator.add_fault(FaultRule(operation="create", kind=kind, count=1))
    with pytest.raises(requests.ConnectionError) as caught:
        call("POST", "/fine-tunes", json=BODY)
    assert "reset" in str(caught.value).lower()
    assert len(emulator.jobs) == int(happened)
    assert rule.fired == 1
    record = emulator.requests[-1]
    assert (record.fault, record.status) == (kind, None)
    assert emulator.count("create") == 1
    assert call("POST", "/fine-tunes", json=BODY).status_code == 200


@pytest.mark.parametrize(
    ("rule", "status", "code", "happened"),
    [
        ({"kind": "status"}, 500, "InternalError", False),
        ({"kind": "status", "status": 503}, 503, "ModelUnavailable", False),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, 429, "Throttling.RateQuota", False),
        ({"kind": "status", "error": "busy"}, 429, "Throttling", False),
        ({"kind": "status", "error": "arrears"}, 400, "Arrearage", False),
        ({"kind": "status", "status": 403, "code": "Mine", "message": "own words"}, 403, "Mine", False),
        ({"kind": "effect_then_status"}, 504, "InternalError.Timeout", True),
        ({"kind": "effect_then_status", "status": 500}, 500, "InternalError", True),
        ({"kind": "status", "after_effect": True}, 500, "InternalError", True),
        ({"kind": "code_in_200"}, 200, "BailianGateway.Workspace.NotAuthorised", False),
        ({"kind": "code_in_200", "error": "busy"}, 200, "Throttling", False),
    ],
)
def test_error_envelopes(
    emulator: EmulatorServer, call: Caller, rule: dict[str, Any], status: int, code: str, happened: bool
) -> None:
    emulator.add_fault(FaultRule(operation="create", **rule))
    answer = call("POST", "/fine-tunes", json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "request_id"}
    assert answer.headers.get("Retry-After") == rule.get("headers", {}).get("Retry-After")
    assert answer.json()["message"] == rule.get("message", answer.json()["message"])
    assert len(emulator.jobs) == int(happened)
    assert emulator.requests[-1].status == status


@pytest.mark.parametrize(("status", "shown"), [(None, 502), (404, 404)])
def test_gateway_page(emulator: EmulatorServer, call: Caller, status: int | None, shown: int) -> None:
    emulator.add_fault(FaultRule(operation="get", kind="html", status=status))
    job_id = call.create()
    answer = call("GET", f"/fine-tunes/{job_id}")
    assert answer.status_code == shown
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html>" in answer.text


def test_malformed_json(emulator: EmulatorServer, call: Caller) -> None:
    emulator.add_fault(FaultRule(operation="create", kind="malformed"))
    answer = call("POST", "/fine-tunes", json=BODY)
    assert answer.status_code == 200
    assert "json" in answer.headers["content-type"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert len(emulator.jobs) == 1


def test_no_output(emulator: EmulatorServer, call: Caller) -> None:
    emulator.add_fault(FaultRule(operation="create", kind="no_output"))
    answer = call("POST", "/fine-tunes", json=BODY)
    assert answer.status_code == 200
    assert set(answer.json()) == {"request_id"}
    assert len(emulator.jobs) == 1


def test_latency_adds_up_with_another_fault(emulator: EmulatorServer, call: Caller) -> None:
    emulator.add_fault(FaultRule(kind="latency", seconds=0.1))
    emulator.add_fault(FaultRule(operation="list", kind="status"))
    began = time.monotonic()
    assert call("GET", "/fine-tunes").status_code == 500
    assert time.monotonic() - began >= 0.1


def test_hang_until_the_client_leaves(emulator: EmulatorServer, call: Caller) -> None:
    emulator.add_fault(FaultRule(operation="list", kind="hang", count=1))
    with pytest.raises(requests.ReadTimeout):
        call.session.get(emulator.base_url + "/fine-tunes", timeout=0.1)
    assert call("GET", "/fine-tunes").status_code == 200


def test_hang_has_a_bound(emulator: EmulatorServer, call: Caller) -> None:
    emulator.add_fault(FaultRule(operation="list", kind="hang", seconds=0.05))
    with pytest.raises(requests.ConnectionError):
        call("GET", "/fine-tunes")


def test_a_hanging_call_does_not_keep_the_emulator_from_stopping(emulator: EmulatorServer, call: Caller) -> None:
    emulator.add_fault(FaultRule(kind="hang"))
    with pytest.raises(requests.ReadTimeout):
        call.session.get(emulator.base_url + "/fine-tunes", timeout=0.05)
    began = time.monotonic()
    emulator.stop()
    assert time.monotonic() - began < 30, "the call hangs for good"


def test_unknown_status(emulator: EmulatorServer, call: Caller) -> None:
    first, second = call.create(), call.create()
    emulator.add_fault(FaultRule(operation="*", kind="unknown_status", job_id=first, shown_status="MIGRATING"))
    assert call("GET", f"/fine-tunes/{first}").json()["output"]["status"] == "MIGRATING"
    assert call("GET", f"/fine-tunes/{second}").json()["output"]["status"] == "PENDING"
    listed = {job["job_id"]: job["status"] for job in call("GET", "/fine-tunes").json()["output"]["jobs"]}
    assert listed == {first: "MIGRATING", second: "PENDING"}
    assert call("POST", f"/fine-tunes/{first}/cancel").json()["output"] == {"status": "success"}


def draws(rule: FaultRule, calls: int = 6, operation: str = "get", job_id: str | None = None) -> list[bool]:
    book = FaultBook(3)
    book.add(rule)
    return [book.draw(operation, job_id)[0] is rule for _ in range(calls)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [True] * 6),
        ({"count": 2}, [True, True, False, False, False, False]),
        ({"nth": 3}, [False, False, True, False, False, False]),
        ({"operation": "list"}, [False] * 6),
        ({"operation": "get", "job_id": "other"}, [False] * 6),
        ({"probability": 0}, [False] * 6),
    ],
)
def test_which_calls_a_rule_hits(rule: dict[str, Any], expected: list[Any]) -> None:
    assert draws(FaultRule(**rule)) == expected


def test_probability_is_seeded() -> None:
    first, second = (draws(FaultRule(probability=0.5), 200) for _ in range(2))
    assert first == second
    assert 60 < sum(first) < 140


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "explode"}, "kind"),
        ({"operation": "cancle"}, "operation"),
        ({"nth": 0}, "nth"),
        ({"count": -1}, "count"),
        ({"probability": 2}, "probability"),
        ({"status": 99}, "status"),
        ({"kind": "latency"}, "seconds"),
        ({"error": "nope"}, "error"),
        ({"headers": {"a": 1}}, "headers"),
        ({"operatoin": "get"}, "operatoin"),
    ],
)
def test_unusable_rules(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        FaultRule.from_json(fields)


@pytest.mark.parametrize("kind", KINDS)
def test_rules_survive_json(kind: str) -> None:
    rule = FaultRule(
        operation="get", kind=kind, job_id="ft-1", nth=2, seconds=1.0, headers={"A": "b"}, after_effect=True
    )
    assert FaultRule.from_json(json.loads(json.dumps(rule.to_json()))) == rule


def test_rules_can_name_every_operation() -> None:
    assert {one.name for one in OPERATIONS} == set(FAULTY_OPERATIONS)
