"""The buttons of the page: each does what the control API does, and a mistake is told on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller
from seen_page import Seen

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES as DEPLOYMENT_STATUSES
from pulumi_dashscope_ft.emulator.page.actions import BUTTONS, FORM_LIMIT


@pytest.mark.parametrize(
    ("fields", "speed", "jump"),
    [
        ({"pace": "real"}, 1.0, 0),
        ({"pace": "60"}, 60.0, 0),
        ({"pace": "manual"}, None, 0),
        ({"factor": "12.5"}, 12.5, 0),
        ({"advance": "600"}, None, 600),
    ],
)
def test_the_clock(
    emulator: EmulatorServer,
    press: Callable[..., requests.Response],
    fields: dict[str, Any],
    speed: float | None,
    jump: int,
) -> None:
    before = emulator.clock.now()
    answer = press("/clock", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert emulator.clock.speed == speed
    if speed is None:
        assert emulator.clock.now() == before + jump


def test_faults(emulator: EmulatorServer, call: Caller, press: Callable[..., requests.Response]) -> None:
    assert press("/faults", operation="list", kind="status", error="rate", times="once").status_code == 303
    assert press("/faults", operation="*", kind="latency", seconds="0.01", times="lasting").status_code == 303
    assert press("/faults", operation="get", kind="reset", seconds="5", job_id="ft-1", error="").status_code == 303
    rules = emulator.service.faults.rules
    assert [(one.operation, one.kind, one.count, one.seconds, one.job_id) for one in rules] == [
        ("list", "status", 1, None, None),
        ("*", "latency", None, 0.01, None),
        ("get", "reset", 1, None, "ft-1"),
    ]
    assert [call("GET", "/fine-tunes").status_code for _ in range(2)] == [429, 200]
    assert press(f"/faults/{rules[0].rule_id}/remove").status_code == 303
    assert len(emulator.service.faults.rules) == 2
    assert press("/faults/clear").status_code == 303
    assert not emulator.service.faults.rules


def test_jobs(emulator: EmulatorServer, call: Caller, press: Callable[..., requests.Response]) -> None:
    first, second = call.create(), call.create()
    assert press(f"/jobs/{first}/cancel").status_code == 303
    assert emulator.jobs[first].statuses == ("PENDING", "CANCELING")
    assert press(f"/jobs/{second}/status", status="SUCCEEDED").status_code == 303
    assert emulator.jobs[second].status == "SUCCEEDED"
    assert press(f"/jobs/{second}/remove").status_code == 303
    assert list(emulator.jobs) == [first]
    assert press("/requests/clear").status_code == 303
    assert emulator.count() == {}
    assert press("/reset").status_code == 303
    assert not emulator.jobs


def test_a_cancel_by_button_is_kept(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state.sqlite"
    with EmulatorServer(Settings(check_file_ids=False), speed=None, state=path) as emulator:
        saved: list[int] = []
        keep = emulator.service.on_change

        def count_and_keep() -> None:
            saved.append(1)
            keep()

        emulator.service.on_change = count_and_keep
        job_id = caller_of(emulator).create()
        saved.clear()
        address = f"{emulator.root_url}/_emulator/page/jobs/{job_id}/cancel"
        requests.post(address, headers={"Origin": emulator.root_url}, timeout=20)
        assert saved


def test_deployments(
    emulator: EmulatorServer, call: Caller, press: Callable[..., requests.Response], look: Callable[[], Seen]
) -> None:
    call("POST", "/deployments", json={"model_name": "qwen3-8b", "plan": "lora", "capacity": 1})
    job_id = call.create()
    emulator.force(job_id, "SUCCEEDED")
    model = emulator.jobs[job_id].finetuned_output
    assert call("POST", "/deployments", json={"model_name": model, "capacity": 1}).status_code == 200
    assert model in look().text
    for status in DEPLOYMENT_STATUSES:
        assert press(f"/deployments/{model}/status", status=status).status_code == 303
        assert status in look().text
    assert press("/deployments/none/status", status="FAILED").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields", "status", "said"),
    [
        ("/clock", {"advance": "-5"}, 400, "clock"),
        ("/clock", {"advance": "soon"}, 400, "must be a number, not &#39;soon&#39;"),
        ("/clock", {"factor": "<b>"}, 400, "not &#39;&lt;b&gt;&#39;"),
        ("/clock", {}, 400, "must be a number"),
        ("/faults", {"kind": "explode"}, 400, "explode"),
        ("/faults", {"kind": "latency"}, 400, "seconds"),
        ("/faults/fault-9/remove", {}, 404, "There is no fault rule fault-9 any more."),
        ("/jobs/ft-1/cancel", {}, 404, "There is no job ft-1 any more."),
        ("/jobs/ft-1/status", {"status": "RUNNING"}, 404, "ft-1"),
        ("/jobs/JOB/status", {"status": "NOPE"}, 400, "NOPE"),
        ("/jobs/JOB/status", {}, 400, "forced"),
        ("/jobs/JOB/cancel", {}, 400, "nothing left to cancel"),
        ("/faults", {"job_id": "x" * FORM_LIMIT}, 400, "more than a form"),
        ("/faults", {f"field{number}": "1" for number in range(30)}, 400, "fields"),
    ],
)
def test_a_mistake_is_told_on_the_page(
    emulator: EmulatorServer,
    call: Caller,
    press: Callable[..., requests.Response],
    path: str,
    fields: dict[str, Any],
    status: int,
    said: str,
) -> None:
    job_id = call.create()
    emulator.force(job_id, "FAILED")
    answer = press(path.replace("JOB", job_id), **fields)
    assert answer.status_code == status
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert 'http-equiv="refresh"' not in answer.text  # a reload would send the form again
    assert emulator.jobs[job_id].status == "FAILED"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": None}, 403),
        ({"Origin": None, "Sec-Fetch-Site": "none"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
        ({"Origin": None, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
    ],
)
def test_buttons_work_on_the_page_only(
    emulator: EmulatorServer,
    call: Caller,
    press: Callable[..., requests.Response],
    headers: dict[str, str],
    status: int,
) -> None:
    call.create()
    for button in BUTTONS:
        if status != 303 or button.path == "/reset":
            path = button.path.replace("{job_id}", next(iter(emulator.jobs))).replace("{rule_id}", "fault-1")
            assert press(path.replace("{deployed_model}", "x"), headers=headers).status_code == status
    assert bool(emulator.jobs) == (status == 403)


def test_the_page_is_not_for_other_hosts(emulator: EmulatorServer) -> None:
    for path in ("/", "/_emulator/page/events", "/_emulator/page/page.js"):
        assert requests.get(emulator.root_url + path, headers={"Host": "evil.example"}, timeout=9).status_code == 403


def test_compressed_and_imported_models(
    emulator: EmulatorServer,
    call: Caller,
    press: Callable[..., requests.Response],
    look: Callable[[], Seen],
) -> None:
    job_id = call.create(model="qwen3.5-flash-2026-02-23", training_type="sft")
    emulator.force(job_id, "SUCCEEDED")
    wanted = {"model": emulator.jobs[job_id].finetuned_output, "template_id": "quant-w8a8", "job_name": "smaller"}
    compressed = call("POST", "/fine-tunes/compress/jobs", json=wanted).json()["output"]["job_id"]
    place = {"bucket_name": "b", "object_key": "k/"}
    body = {"model_name": "qwen3-8b", "source": "oss", "weight_type": "full", "storage_info": place}
    imported = call("POST", "/custom_models/import", json={**body, "display_name": "<b>"}).json()["output"]["job_id"]
    page = look().text
    assert "smaller" in page
    assert "&lt;b&gt;" in requests.get(emulator.root_url, timeout=20).text
    assert press(f"/compressions/{compressed}/status", status="CANCELING").status_code == 303
    assert press(f"/imports/{imported}/status", status="SUCCESSED").status_code == 303
    assert "SUCCESSED" in look().text
    assert emulator.compressions[compressed].status == "CANCELING"
    assert press(f"/imports/{imported}/remove").status_code == 303
    assert press(f"/compressions/{compressed}/remove").status_code == 303
    assert not emulator.imports
    assert press("/imports/none/status", status="FAILED").status_code == 404
