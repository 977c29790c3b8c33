"""Numbers without sense, wherever a number enters the emulator. None of them may break it, now or at the next start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from emulator_wire import Answer, alive, request, send

from pulumi_dashscope_ft.emulator import Clock, EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.emulator.limits import LATEST, MOST_ACCOUNTS, MOST_RULES

SENSELESS = ["1e12", "1e13", "1e308", "1e999", "-1", "NaN", "Infinity", "9" * 400, "9" * 5000, "true", '"9"', "[9]"]


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as server:
        yield server


def control(emulator: EmulatorServer, method: str, path: str, body: str) -> Answer:
    return send(emulator, request(method, f"/_emulator{path}", key=None, body=body.encode()))


def create(emulator: EmulatorServer, body: str = '{"model": "m", "training_file_ids": ["f"]}') -> Answer:
    return send(emulator, request("POST", body=body.encode()))


@pytest.mark.parametrize("number", SENSELESS)
def test_the_clock_takes_no_senseless_step(emulator: EmulatorServer, number: str) -> None:
    before = emulator.clock.now()
    create(emulator)
    for body in (f'{{"advance": {number}}}', f'{{"mode": "accelerated", "factor": {number}}}'):
        assert control(emulator, "POST", "/clock", body).status == 400
    assert emulator.clock.now() == before
    assert alive(emulator)


def test_the_clock_ends_and_everything_still_answers(emulator: EmulatorServer) -> None:
    job_id = create(emulator).json()["output"]["job_id"]
    while control(emulator, "POST", "/clock", '{"advance": 3155760000}').status == 200:
        pass
    assert control(emulator, "POST", "/clock", f'{{"advance": {LATEST - emulator.clock.now()}}}').status == 200
    assert emulator.clock.now() == LATEST
    late = create(emulator).json()["output"]["job_id"]
    for job in (job_id, late):
        for tail in ("", "/logs", "/checkpoints"):
            assert send(emulator, request(target=f"/api/v1/fine-tunes/{job}{tail}")).status == 200
    emulator.force(late, "SUCCEEDED")
    assert alive(emulator)


def test_a_fast_clock_stops_at_the_end_of_time() -> None:
    real = 0.0
    clock = Clock(1e6, start=LATEST - 5, monotonic=lambda: real)
    real = 1e9
    assert clock.now() == LATEST


@pytest.mark.parametrize("start", [1e12, -1.0, float("nan"), float("inf")])
def test_a_start_that_is_no_time(start: float) -> None:
    with pytest.raises(ValueError, match="start"):
        EmulatorServer(start=start)


@pytest.mark.parametrize(
    "name", [one.name for one in fields(Settings) if isinstance(getattr(Settings(), one.name), (int, float))]
)
def test_no_setting_takes_a_senseless_number(emulator: EmulatorServer, name: str) -> None:
    before = emulator.settings
    negative = [] if name == "utc_offset" else ["-1"]
    for number in ("1e300", "NaN", "Infinity", "9" * 400, "9" * 5000, *negative):
        assert control(emulator, "PATCH", "/settings", f'{{"{name}": {number}}}').status == 400
    assert emulator.settings == before
    assert alive(emulator)


@pytest.mark.parametrize("field", ["nth", "count", "probability", "status", "seconds", "after_effect", "job_id"])
@pytest.mark.parametrize("value", ["1e300", "-1", "NaN", "9" * 400, "9" * 5000, "[]", "{}"])
def test_no_fault_takes_a_senseless_value(emulator: EmulatorServer, field: str, value: str) -> None:
    rule = f'{{"kind": "hang", "{field}": {value}}}'
    assert control(emulator, "POST", "/faults", rule).status == 400
    assert alive(emulator)


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 204},
        {"status": 304},
        {"headers": {"X": "a\r\nSet-Cookie: b"}},
        {"headers": {"X\r\nY": "a"}},
        {"headers": {"X": "\u540d"}},
        {"headers": {"Content-Length": "1"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"kind": "html", "message": "\ud800"},
        {"kind": "html", "message": 7},
        {"code": []},
        {"shown_status": {}},
    ],
)
def test_a_fault_that_can_not_be_acted_out_is_refused(emulator: EmulatorServer, rule: dict[str, Any]) -> None:
    assert control(emulator, "POST", "/faults", json.dumps(rule)).status == 400
    assert send(emulator, request()).status == 200


def test_faults_plans_and_accounts_have_an_end(emulator: EmulatorServer) -> None:
    for _ in range(MOST_RULES):
        emulator.add_fault(FaultRule(operation="models"))
    assert control(emulator, "POST", "/faults", "{}").status == 400
    emulator.clear_faults()
    for path in ("/plans", "/deployment-plans"):
        for _ in range(MOST_RULES):
            getattr(emulator, "plan_next_job" if path == "/plans" else "plan_next_deployment")()
        assert control(emulator, "POST", path, "{}").status == 400
    accounts = emulator.service.accounts
    accounts.digests = {f"{number:064x}": number for number in range(1, MOST_ACCOUNTS + 1)}
    assert send(emulator, request()).status == 429
    emulator.reset()


@pytest.mark.parametrize("path", ["fine-tunes?page_no=", "files?page_size=", "deployments?page_no=", "models?page_no="])
@pytest.mark.parametrize("number", ["9" * 9, "9" * 400, "9" * 5000, "1e9", "-1", "NaN", "%00", "\u0663"])
def test_query_parameters(emulator: EmulatorServer, path: str, number: str) -> None:
    target = f"/api/v1/{path}{number.encode().decode('latin-1') if number.isascii() else '%D9%A3'}"
    assert send(emulator, request(target=target)).status in (200, 400)


@pytest.mark.parametrize("number", ["1e308", "-1e308", "9" * 20, "-" + "9" * 19, "0", "1.5", '"' + "9" * 5000 + '"'])
def test_hyper_parameters_and_capacities(emulator: EmulatorServer, number: str) -> None:
    names = (
        "n_epochs",
        "max_steps",
        "save_total_limit",
        "eval_steps",
        "save_steps",
        "learning_rate",
        "lm_num",
        "lm_step",
    )
    chosen = ", ".join(f'"{name}": {number}' for name in names)
    for model in ("qwen3-14b", "wan2.2-i2v", "cosyvoice-v3"):
        body = f'{{"model": "{model}", "training_file_ids": ["f"], "hyper_parameters": {{{chosen}}}}}'
        made = create(emulator, body)
        assert made.status in (200, 400)
        if made.status == 200:
            job_id = made.json()["output"]["job_id"]
            emulator.force(job_id, "RUNNING")
            emulator.clock.advance(500)
            for tail in ("", "/logs", "/checkpoints"):
                assert send(emulator, request(target=f"/api/v1/fine-tunes/{job_id}{tail}")).status == 200
            emulator.force(job_id, "SUCCEEDED")
    for name in ("capacity", "rpm_limit", "max_context_length"):
        body = f'{{"model_name": "qwen3-14b", "plan": "mu", "deploy_spec": "MU1", "capacity": 1, "{name}": {number}}}'
        assert send(emulator, request("POST", "/api/v1/deployments", body=body.encode())).status in (200, 400, 409)
    assert alive(emulator)
