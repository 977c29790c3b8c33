"""Every answer that nobody has seen can be set, and shows: what the real service may turn out to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.emulator.model.facts.answers import ANSWERS, CODES


def get(call: Caller, job_id: str) -> Any:
    return call("GET", f"/fine-tunes/{job_id}").json()["output"]


def listed(call: Caller, query: str = "") -> Any:
    return call("GET", f"/fine-tunes{query}").json()["output"]


@pytest.mark.parametrize(("form", "shown"), [("as_sent", "mine"), ("job_id", "@id"), ("absent", None)])
def test_a_get_and_a_list_may_show_other_names(
    emulator: EmulatorServer, call: Caller, form: str, shown: str | None
) -> None:
    emulator.configure(job_name_list=form)
    job_id = call.create(job_name="mine")
    assert get(call, job_id)["job_name"] == "mine"
    assert listed(call)["jobs"][0].get("job_name") == (job_id if shown == "@id" else shown)
    emulator.configure(job_name_list="as_sent", job_name_get=form)
    assert get(call, job_id).get("job_name") == (job_id if shown == "@id" else shown)
    assert listed(call)["jobs"][0]["job_name"] == "mine"


@pytest.mark.parametrize("form", ["both", "neither"])
def test_the_data_may_be_shown_in_both_fields_or_in_none(emulator: EmulatorServer, call: Caller, form: str) -> None:
    emulator.configure(data_form=form)
    shown = get(call, call.create())
    assert shown.get("training_file_ids") == (["file-1"] if form == "both" else None)
    sets = [{"data_source_type": "file_id", "file_id": "file-1"}]
    assert shown.get("training_datasets") == (sets if form == "both" else None)


def test_the_list_may_be_in_another_order(emulator: EmulatorServer, call: Caller) -> None:
    made = [call.create() for _ in range(9)]
    orders = {}
    for order in ANSWERS["list_order"]:
        emulator.configure(list_order=order)
        orders[order] = [job["job_id"] for job in listed(call)["jobs"]]
    assert orders["oldest_first"] == made
    assert orders["newest_first"] == made[::-1]
    assert sorted(orders["other"]) == sorted(made)
    assert orders["other"] not in (made, made[::-1])


def test_a_page_may_be_smaller_than_documented(emulator: EmulatorServer, call: Caller) -> None:
    for _ in range(5):
        call.create()
    emulator.configure(list_page_limit=2)
    assert call("GET", "/fine-tunes?page_size=3").status_code == 400
    assert len(listed(call, "?page_size=2&page_no=3")["jobs"]) == 1
    assert len(listed(call)["jobs"]) == 2
    emulator.configure(list_page_beyond="clamped")
    page = listed(call, "?page_size=100&page_no=3")
    assert (page["page_size"], len(page["jobs"]), page["total"]) == (2, 1, 5)


@pytest.mark.parametrize("status", ["pending", "queuing", "running"])
def test_a_cancel_may_be_refused_in_each_status(emulator: EmulatorServer, call: Caller, status: str) -> None:
    emulator.configure(**{f"cancel_{status}": "refused"}, cancel_refusal="409_Conflict")
    for other in ("PENDING", "QUEUING", "RUNNING"):
        job_id = call.create()
        emulator.force(job_id, other)
        answer = call("POST", f"/fine-tunes/{job_id}/cancel")
        assert answer.status_code == (409 if other == status.upper() else 200)
        assert answer.json().get("code") == ("Conflict" if other == status.upper() else None)
        emulator.remove_job(job_id)


def test_a_cancel_of_what_has_ended_may_be_taken(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create()
    emulator.force(job_id, "SUCCEEDED")
    assert call("POST", f"/fine-tunes/{job_id}/cancel").json()["code"] == "UnsupportedOperation"
    emulator.configure(cancel_ended="taken")
    assert call("POST", f"/fine-tunes/{job_id}/cancel").status_code == 200
    assert get(call, job_id)["status"] == "SUCCEEDED"


def test_a_delete_may_end_what_runs(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(delete_active="deleted")
    first, second = call.create(), call.create()
    emulator.clock.advance(60)
    assert get(call, first)["status"] == "RUNNING"
    assert call("DELETE", f"/fine-tunes/{first}").status_code == 200
    assert call("GET", f"/fine-tunes/{first}").status_code == 404
    emulator.clock.advance(1)
    assert get(call, second)["status"] == "RUNNING", "its runner is free"


@pytest.mark.parametrize(
    ("setting", "status"),
    [("delete_succeeded", "SUCCEEDED"), ("delete_failed", "FAILED"), ("delete_cancelled", "CANCELED")],
)
def test_jobs_of_one_ending_may_be_undeletable(
    emulator: EmulatorServer, call: Caller, setting: str, status: str
) -> None:
    emulator.configure(**{setting: "refused"}, delete_refusal="OperationDenied")
    for ending in ("SUCCEEDED", "FAILED", "CANCELED"):
        job_id = call.create()
        emulator.force(job_id, ending)
        answer = call("DELETE", f"/fine-tunes/{job_id}")
        assert answer.status_code == (400 if ending == status else 200)
        assert answer.json().get("code") == ("OperationDenied" if ending == status else None)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ("404_NotFound", 404, "NotFound"),
        ("404_ModelNotFound", 404, "ModelNotFound"),
        ("400_InvalidParameter", 400, "InvalidParameter"),
        ("200_NotFound", 200, "NotFound"),
        ("200_empty", 200, None),
    ],
)
def test_what_is_gone_may_look_otherwise(
    emulator: EmulatorServer, call: Caller, form: str, status: int, code: str | None
) -> None:
    emulator.configure(gone_job=form, gone_deployment=form)
    for verb, path in [
        *(("GET", "/fine-tunes/ft-none"), ("GET", "/fine-tunes/ft-none/logs"), ("DELETE", "/fine-tunes/ft-none")),
        *(("POST", "/fine-tunes/ft-none/cancel"), ("GET", "/deployments/none"), ("DELETE", "/deployments/none")),
    ]:
        answer = call(verb, path)
        assert (answer.status_code, answer.json().get("code")) == (status, code)
        assert "output" not in answer.json() or answer.json()["output"] is None


@pytest.mark.parametrize(("offset", "hours"), [(8, 8), (0, 0), (-5.5, -5.5)])
def test_times_may_be_of_another_zone(emulator: EmulatorServer, call: Caller, offset: float, hours: float) -> None:
    emulator.configure(utc_offset=offset)
    job = get(call, call.create())
    shown = datetime.strptime(job["create_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    assert shown - hours * 3600 == pytest.approx(emulator.clock.now(), abs=2)
    assert job["job_id"].split("-")[1] == job["create_time"].translate({ord(c): None for c in "- :"})[:12]
    line = call("GET", f"/fine-tunes/{job['job_id']}/logs").json()["output"]["logs"][0]
    assert line.startswith(job["create_time"])
    file_id = call.upload()["uploaded_files"][0]["file_id"]
    assert call("GET", f"/files/{file_id}").json()["data"]["gmt_create"] == job["create_time"]
    emulator.clock.advance(1000)
    found = call("GET", f"/fine-tunes/{job['job_id']}/checkpoints").json()["output"][0]
    ended = get(call, job["job_id"])["end_time"]
    assert found["create_time"][:13] == ended.replace(" ", "T")[:13]


@pytest.mark.parametrize(("answer", "shown"), [("zero", 0), ("absent", None)])
def test_a_cancelled_job_may_show_no_usage(
    emulator: EmulatorServer, call: Caller, answer: str, shown: int | None
) -> None:
    job_id = call.create(training_file_ids=[call.upload()["uploaded_files"][0]["file_id"]])
    emulator.clock.advance(300)
    call("POST", f"/fine-tunes/{job_id}/cancel")
    emulator.clock.advance(20)
    assert get(call, job_id)["usage"] > 0
    emulator.configure(usage_after_cancel=answer)
    assert get(call, job_id).get("usage") == shown


def test_a_failed_job_may_say_why(emulator: EmulatorServer, call: Caller) -> None:
    emulator.plan_next_job(outcome="FAILED", failure_reason="no memory left")
    job_id = call.create()
    emulator.clock.advance(1000)
    assert not {"code", "message"} & set(get(call, job_id))
    emulator.configure(failure_shown=True)
    shown = get(call, job_id)
    assert (shown["code"], shown["message"]) == ("InvalidTrainingData", "no memory left")


WRONG: dict[str, dict[str, Any]] = {
    "wrong_model": {"model": "qwen-imaginary"},
    "wrong_file": {"training_file_ids": ["file-imaginary"]},
    "wrong_suffix": {"finetuned_output_suffix": "Far too long & wrong"},
    "wrong_training_type": {"training_type": "imaginary"},
}


@pytest.mark.parametrize("answer", ["refused", "fails", "taken"])
@pytest.mark.parametrize("fact", WRONG)
def test_a_wrong_create_is_refused_or_fails_or_is_taken(
    emulator: EmulatorServer, call: Caller, fact: str, answer: str
) -> None:
    setting = "unsupported_training_type" if fact == "wrong_training_type" else fact
    emulator.configure(**{setting: answer, f"{fact}_code": "OperationDenied"}, check_file_ids=True)
    file_id = call.upload()["uploaded_files"][0]["file_id"]
    body = {"model": "qwen3-8b", "training_file_ids": [file_id], **WRONG[fact]}
    response = call("POST", "/fine-tunes", json=body)
    assert response.status_code == (400 if answer == "refused" else 200)
    if answer == "refused":
        assert response.json()["code"] == "OperationDenied"
        return
    emulator.clock.advance(6)
    status = get(call, response.json()["output"]["job_id"])["status"]
    assert status == ("FAILED" if answer == "fails" else "QUEUING")


def test_an_unknown_field_may_come_back_or_be_refused(emulator: EmulatorServer, call: Caller) -> None:
    assert "x_owner" not in get(call, call.create(x_owner="me"))
    emulator.configure(unknown_fields="sent_back")
    assert get(call, call.create(x_owner="me"))["x_owner"] == "me"
    emulator.configure(unknown_fields="refused")
    body = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "x_owner": "me"}
    answer = call("POST", "/fine-tunes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert "x_owner" in answer.json()["message"]


@pytest.mark.parametrize(("answer", "header"), [("none", None), ("retry_after", "1"), ("other", None)])
def test_a_429_may_say_when_to_come_again(
    emulator: EmulatorServer, call: Caller, answer: str, header: str | None
) -> None:
    emulator.configure(rate_limit_headers=answer, rate_limit=1)
    emulator.add_fault(FaultRule(operation="get", error="rate"))
    call("GET", "/fine-tunes")
    for refused in (call("GET", "/fine-tunes"), call("GET", "/fine-tunes/ft-1")):
        assert refused.status_code == 429
        assert refused.headers.get("Retry-After") == header
        assert ("X-RateLimit-Reset" in refused.headers) == (answer == "other")


def test_what_a_run_leaves_may_have_other_forms(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 2, "save_total_limit": 2})
    emulator.clock.advance(1000)
    path = f"/fine-tunes/{job_id}"
    array = call("GET", f"{path}/checkpoints").json()["output"]
    lines = call("GET", f"{path}/logs?line=1000").json()["output"]["logs"]

    emulator.configure(checkpoints_form="object", export_form="object", logs_form="lines", output_shown=False)
    assert call("GET", f"{path}/checkpoints").json()["output"]["checkpoints"] == array
    assert call("GET", f"{path}/export/checkpoint-20?model_name=x").json()["output"] == {"status": "success"}
    assert call("GET", f"{path}/logs?line=1000").json()["output"]["logs"] == lines[:-1]
    assert "finetuned_output" not in get(call, job_id)

    emulator.configure(
        checkpoints_form="other", export_form="refused", logs_form="other", hyper_parameters_form="other"
    )
    assert json.loads(call("GET", f"{path}/checkpoints").json()["output"])[1]["checkpoint"] == "checkpoint-20"
    assert call("GET", f"{path}/export/checkpoint-20?model_name=x").status_code == 400
    assert call("GET", f"{path}/logs?line=1000").json()["output"]["logs"] == "\n".join(lines)
    assert json.loads(get(call, job_id)["hyper_parameters"]) == {"n_epochs": 2, "save_total_limit": 2}


def test_a_deployment_may_show_no_name_and_share_its_suffix(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(deployment_name="absent", suffix_reuse="taken")
    body = {"model_name": "qwen3-8b", "capacity": 1, "plan": "lora", "name": "shop", "suffix": "one"}
    made = [call("POST", "/deployments", json=body).json()["output"] for _ in range(2)]
    assert "name" not in made[0]
    assert made[0]["deployed_model"] != made[1]["deployed_model"]


@pytest.mark.parametrize("name", [*ANSWERS, *CODES])
def test_an_impossible_answer_is_refused_by_name(emulator: EmulatorServer, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        emulator.configure(**{name: "no such answer!"})


@pytest.mark.parametrize("value", [15, -13, "8", True, None])
def test_a_zone_is_hours_from_utc(emulator: EmulatorServer, value: Any) -> None:
    with pytest.raises(ValueError, match="utc_offset"):
        emulator.configure(utc_offset=value)
