"""The job endpoints over HTTP: legality by status, objects, lists, limits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.model.machine import FINAL, STATUSES

LITERAL = "The fine-tune job can not be deleted because it is succeeded,failed or canceled"
IN_FLIGHT = "The fine-tune job can not be deleted because it is running"
NOT_CANCELLABLE = "The fine-tuning job cannot be canceled because it has already succeeded, failed, or been canceled."


@pytest.mark.parametrize("literal", [False, True])
@pytest.mark.parametrize("status", STATUSES)
def test_what_is_legal_in_which_status(emulator: EmulatorServer, call: Caller, status: str, literal: bool) -> None:
    emulator.configure(literal_reading=literal)
    final = status in FINAL

    job_id = call.create()
    emulator.force(job_id, status)
    assert call("GET", f"/fine-tunes/{job_id}").json()["output"]["status"] == status
    assert call("GET", f"/fine-tunes/{job_id}/logs").status_code == 200
    answer = call("POST", f"/fine-tunes/{job_id}/cancel")
    if final:
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert answer.json()["message"] == NOT_CANCELLABLE
    else:
        assert answer.json()["output"] == {"status": "success"}
        assert emulator.jobs[job_id].status == "CANCELING"

    other = call.create()
    emulator.force(other, status)
    answer = call("DELETE", f"/fine-tunes/{other}")
    if final and not literal:
        assert answer.json()["output"] == {"status": "success"}
        assert other not in emulator.jobs
        assert emulator.gone_jobs[other].status == status
        assert call("GET", f"/fine-tunes/{other}").status_code == 404
        assert call("DELETE", f"/fine-tunes/{other}").status_code == 404
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert answer.json()["message"] == (LITERAL if final else IN_FLIGHT)
        assert other in emulator.jobs


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("GET", "/logs"),
        ("GET", "/checkpoints"),
        ("GET", "/export/checkpoint-20?model_name=x"),
        ("GET", "/validation-results"),
    ],
)
def test_unknown_job(call: Caller, method: str, tail: str) -> None:
    answer = call(method, f"/fine-tunes/ft-202601010000-0000{tail}")
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (404, "NotFound", "Not found!")
    assert answer.json()["request_id"]


FILE = {"data_source_type": "file_id", "file_id": "a"}
MOUNT = {"data_source_type": "oss_mount", "mount_storage": {"region": "cn-beijing", "bucket": "b", "file_path": "c"}}


@pytest.mark.parametrize(
    ("sent", "newest", "older"),
    [
        (
            {"training_file_ids": ["a"], "validation_file_ids": ["v"]},
            {
                "training_file_ids": [],
                "training_datasets": [FILE],
                "validation_file_ids": [],
                "validation_datasets": [{**FILE, "file_id": "v"}],
            },
            {"training_file_ids": ["a"], "validation_file_ids": ["v"]},
        ),
        (
            {"training_datasets": [FILE]},
            {
                "training_file_ids": [],
                "training_datasets": [FILE],
                "validation_file_ids": [],
                "validation_datasets": [],
            },
            {"training_file_ids": ["a"], "validation_file_ids": []},
        ),
        (
            {"training_datasets": [FILE, MOUNT]},
            {
                "training_file_ids": [],
                "training_datasets": [FILE, MOUNT],
                "validation_file_ids": [],
                "validation_datasets": [],
            },
            {"training_file_ids": ["a"], "training_datasets": [MOUNT], "validation_file_ids": []},
        ),
    ],
)
def test_data_is_shown_in_the_form_that_is_set_whatever_form_was_sent(
    call: Caller, emulator: EmulatorServer, sent: dict[str, Any], newest: dict[str, Any], older: dict[str, Any]
) -> None:
    job_id = call("POST", "/fine-tunes", json={"model": "qwen3-8b", **sent}).json()["output"]["job_id"]
    for form, expected in (("datasets", newest), ("file_ids", older)):
        emulator.configure(data_form=form)
        shown = call("GET", f"/fine-tunes/{job_id}").json()["output"]
        assert {name: value for name, value in shown.items() if name.startswith(("training_", "validation_"))} == {
            **expected,
            "training_type": "sft",
        }
        assert call("GET", "/fine-tunes").json()["output"]["jobs"] == [shown]


def test_life_of_a_job(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 3, "learning_rate": "1.6e-5", "split": 0.9})
    seen = []
    for step in (0, 5, 5, 600):
        emulator.clock.advance(step)
        seen.append(call("GET", f"/fine-tunes/{job_id}").json()["output"]["status"])
    assert seen == ["PENDING", "QUEUING", "RUNNING", "SUCCEEDED"]
    assert emulator.jobs[job_id].statuses == tuple(seen)


def test_the_job_object(call: Caller, emulator: EmulatorServer) -> None:
    hyper = {"n_epochs": 3, "learning_rate": "1.6e-5", "weight_decay": 0.1, "save_total_limit": 2}
    body = {
        "model": "qwen3-14b",
        "training_file_ids": ["a", "b"],
        "validation_file_ids": None,
        "hyper_parameters": hyper,
        "training_type": "efficient_sft",
        "job_name": "my job",
        "finetuned_output_suffix": "sfx",
    }
    answer = call("POST", "/fine-tunes", json=body)
    assert answer.headers["content-type"].startswith("application/json")
    created = answer.json()["output"]
    assert re.fullmatch(r"ft-\d{12}-[0-9a-f]{4}", created["job_id"])
    assert created["create_time"][:16] == "{}{}{}{}-{}{}-{}{} {}{}:{}{}".format(*created["job_id"][3:15])
    assert created["status"] == "PENDING"
    assert created["job_name"] == "my job"
    assert created["hyper_parameters"] == hyper
    assert created["training_type"] == "efficient_sft"
    assert created["training_file_ids"] == created["validation_file_ids"] == created["validation_datasets"] == []
    assert [one["file_id"] for one in created["training_datasets"]] == ["a", "b"]
    assert created["base_model"] == "qwen3-14b"
    assert created["max_output_cnt"] == 2
    assert created["user_identity"].isdigit()
    assert not {"finetuned_output", "end_time", "usage", "code", "output_cnt"} & set(created)

    emulator.clock.advance(10_000)
    done = call("GET", f"/fine-tunes/{created['job_id']}").json()["output"]
    assert done["finetuned_output"] == f"qwen3-14b-sfx-{created['job_id']}"
    assert done["usage"] > 0
    assert done["output_cnt"] == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", done["end_time"])
    assert "code" not in done

    again = call("POST", "/fine-tunes", json={**body, "model": done["finetuned_output"]}).json()["output"]
    assert again["base_model"] == "qwen3-14b"


def test_switches_of_the_job_object(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(early_finetuned_output=True, echo_job_name=False)
    job = call("GET", f"/fine-tunes/{call.create(job_name='mine')}").json()["output"]
    assert job["job_name"] == job["job_id"]
    assert job["finetuned_output"] == f"qwen3-14b-{job['job_id']}"


def test_datasets_instead_of_files(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(check_file_ids=True)
    file_id = call.upload()["uploaded_files"][0]["file_id"]
    sets = [{"data_source_type": "file_id", "file_id": file_id}]
    answer = call("POST", "/fine-tunes", json={"model": "m", "training_datasets": sets}).json()["output"]
    assert answer["training_datasets"] == sets
    assert answer["training_file_ids"] == []


def test_usage_of_a_cancelled_job(emulator: EmulatorServer, call: Caller) -> None:
    early, late = call.create(), call.create()
    call("POST", f"/fine-tunes/{early}/cancel")
    emulator.clock.advance(300)
    call("POST", f"/fine-tunes/{late}/cancel")
    emulator.clock.advance(300)
    shown = {one: call("GET", f"/fine-tunes/{one}").json()["output"] for one in (early, late)}
    assert [shown[one]["status"] for one in (early, late)] == ["CANCELED", "CANCELED"]
    assert shown[early]["usage"] == 0
    assert 0 < shown[late]["usage"] < 2048


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({"training_file_ids": ["f"]}, "BadRequest.EmptyModel", "model"),
        ({"model": "m"}, "InvalidParameter", "Missing training files"),
        ({"model": "m", "training_file_ids": []}, "InvalidParameter", "Missing training files"),
        ({"model": "m", "training_file_ids": "f"}, "InvalidParameter", "training_file_ids"),
        ({"model": 3, "training_file_ids": ["f"]}, "InvalidParameter", "model"),
        ({"model": "m", "training_file_ids": ["f"], "hyper_parameters": []}, "InvalidParameter", "hyper_parameters"),
        ({"model": "m", "training_file_ids": ["f"], "job_name": 1}, "InvalidParameter", "job_name"),
        ({"model": "m", "training_datasets": [{"data_source_type": "ftp"}]}, "InvalidParameter", "training_datasets"),
        (
            {"model": "m", "training_file_ids": ["f"], "training_datasets": [{"data_source_type": "oss_mount"}]},
            "InvalidParameter",
            "together",
        ),
        ({"model": "cosyvoice-v3-flash", "training_file_ids": ["f", "g"]}, "InvalidParameter", "exactly one"),
        (["not an object"], "InvalidParameter", "body"),
    ],
)
def test_refused_creates(
    emulator: EmulatorServer, call: Caller, body: dict[str, Any] | list[Any], code: str, named: str
) -> None:
    answer = call("POST", "/fine-tunes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert named in answer.json()["message"]
    assert not emulator.jobs


@pytest.mark.parametrize("raw", [b"{", b'{"model": NaN}', b'{"model": 1e999}', b"[" * 100_000, b"\xff"])
def test_bodies_that_are_not_json(call: Caller, raw: bytes) -> None:
    answer = call("POST", "/fine-tunes", data=raw)
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest.IllegalInput")


def test_any_text_is_echoed(call: Caller) -> None:
    name = "\ud800 名 \u202e"
    answer = call(
        "POST", "/fine-tunes", data=b'{"model":"m","training_file_ids":["f"],"job_name":"\\ud800 \\u540d \\u202e"}'
    )
    assert answer.json()["output"]["job_name"] == name


def test_unknown_files_are_refused_by_name(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(check_file_ids=True)
    answer = call("POST", "/fine-tunes", json={"model": "m", "training_file_ids": ["file-nowhere"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert "file-nowhere" in answer.json()["message"]


def test_quota_counts_active_and_succeeded(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(quota=3)
    first, second, third = (call.create() for _ in range(3))
    emulator.force(first, "SUCCEEDED")
    body = {"model": "m", "training_file_ids": ["f"]}
    answer = call("POST", "/fine-tunes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "Throttling")
    assert answer.json()["message"] == "Only 3 fine-tune job in running or succeeded allowed per user."
    emulator.force(second, "FAILED")
    assert call("POST", "/fine-tunes", json=body).status_code == 200
    assert third in emulator.jobs


def test_the_documented_quota_message(emulator: EmulatorServer, call: Caller) -> None:
    for _ in range(20):
        call.create()
    answer = call("POST", "/fine-tunes", json={"model": "m", "training_file_ids": ["f"]})
    assert answer.json()["message"] == "Only 20 fine-tune job in running or succeeded allowed per user."


def test_list(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(quota=100)
    ids = [call.create(model="a" if number % 2 else "b") for number in range(12)]
    page = call("GET", "/fine-tunes").json()["output"]
    assert (page["page_no"], page["page_size"], page["total"]) == (1, 10, 12)
    assert [job["job_id"] for job in page["jobs"]] == ids[:1:-1]
    second = call("GET", "/fine-tunes?page_no=2").json()["output"]
    assert [job["job_id"] for job in second["jobs"]] == [ids[1], ids[0]]
    assert call("GET", "/fine-tunes?page_no=9").json()["output"]["jobs"] == []
    assert call("GET", "/fine-tunes?model=a&page_size=100").json()["output"]["total"] == 6
    emulator.force(ids[3], "CANCELED")
    only = call("GET", "/fine-tunes?status=CANCELED").json()["output"]["jobs"]
    assert [job["job_id"] for job in only] == [ids[3]]
    assert only[0] == call("GET", f"/fine-tunes/{ids[3]}").json()["output"]


@pytest.mark.parametrize(
    "query", ["page_size=0", "page_size=101", "page_no=0", "page_no=x", "page_size=-1", "status=NOPE"]
)
def test_list_out_of_range(call: Caller, query: str) -> None:
    answer = call("GET", f"/fine-tunes?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert query.partition("=")[0] in answer.json()["message"]


def test_list_lag(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(list_lag_seconds=3)
    job_id = call.create()
    assert call("GET", "/fine-tunes").json()["output"]["total"] == 0
    assert call("GET", f"/fine-tunes/{job_id}").status_code == 200
    emulator.clock.advance(3)
    assert call("GET", "/fine-tunes").json()["output"]["total"] == 1


@pytest.mark.parametrize("refuse", [False, True])
def test_second_cancel(emulator: EmulatorServer, call: Caller, refuse: bool) -> None:
    emulator.configure(refuse_cancel_while_canceling=refuse)
    job_id = call.create()
    assert call("POST", f"/fine-tunes/{job_id}/cancel").status_code == 200
    assert call("POST", f"/fine-tunes/{job_id}/cancel").status_code == (400 if refuse else 200)


@pytest.mark.parametrize("outcome", ["SUCCEEDED", "FAILED"])
def test_finishing_while_being_cancelled(emulator: EmulatorServer, call: Caller, outcome: str) -> None:
    emulator.plan_next_job(cancel_outcome=outcome)
    job_id = call.create()
    emulator.clock.advance(60)
    call("POST", f"/fine-tunes/{job_id}/cancel")
    emulator.clock.advance(60)
    assert emulator.jobs[job_id].statuses[-2:] == ("CANCELING", outcome)


def test_plans_apply_to_one_job_each(emulator: EmulatorServer, call: Caller) -> None:
    emulator.plan_next_job(outcome="FAILED", running_seconds=1)
    first, second = call.create(), call.create()
    emulator.clock.advance(5000)
    assert [emulator.jobs[one].status for one in (first, second)] == ["FAILED", "SUCCEEDED"]
    log = call("GET", f"/fine-tunes/{first}/logs").json()["output"]["logs"]
    assert any("ERROR" in line for line in log[-3:])


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", "Basic sk-abc", "sk-abc", "Bearer sk-sp-abc", "Bearer sk-"]
)
def test_keys_that_are_none(emulator: EmulatorServer, caller_of: type[Caller], header: str | None) -> None:
    call = caller_of(emulator, key=None)
    headers = {} if header is None else {"Authorization": header}
    answer = call("GET", "/fine-tunes", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "InvalidApiKey")


def test_accounts_do_not_see_each_other(emulator: EmulatorServer, caller_of: type[Caller]) -> None:
    mine, yours = caller_of(emulator, "sk-mine"), caller_of(emulator, "sk-yours")
    job_id = mine.create()
    assert yours("GET", f"/fine-tunes/{job_id}").status_code == 404
    assert yours("GET", "/fine-tunes").json()["output"]["total"] == 0
    assert mine("GET", "/fine-tunes").json()["output"]["total"] == 1


def test_listed_keys_and_workspaces(emulator: EmulatorServer, caller_of: type[Caller]) -> None:
    emulator.configure(keys={"sk-one": "llm-a", "sk-two": "llm-a", "sk-three": ""})
    one, two, other = (caller_of(emulator, key) for key in ("sk-one", "sk-two", "sk-other"))
    job_id = one.create()
    assert two("GET", f"/fine-tunes/{job_id}").json()["output"]["workspace_id"] == "llm-a"
    assert other("GET", "/fine-tunes").status_code == 401
    for name in ("X-DashScope-WorkSpace", "x-dashscope-workspace"):
        assert one("GET", "/fine-tunes", headers={name: "llm-a"}).status_code == 200
        refused = one("GET", "/fine-tunes", headers={name: "llm-b"})
        assert (refused.status_code, refused.json()["code"]) == (403, "Workspace.AccessDenied")


def test_an_unknown_workspace_is_believed(call: Caller) -> None:
    answer = call(
        "POST",
        "/fine-tunes",
        json={"model": "m", "training_file_ids": ["f"]},
        headers={"X-DashScope-WorkSpace": "llm-abc"},
    )
    assert answer.json()["output"]["workspace_id"] == "llm-abc"
    assert call("GET", f"/fine-tunes/{answer.json()['output']['job_id']}").status_code == 200


def test_paths_and_verbs(emulator: EmulatorServer, call: Caller) -> None:
    unknown = call("GET", "/fine-tuning")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NotFound")
    wrong = call("PUT", "/fine-tunes")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "InvalidParameter")
    assert "PUT" in wrong.json()["message"]
    assert emulator.count() == {"unknown": 2}
    assert [record.status for record in emulator.requests] == [404, 400]


def test_same_seed_same_run() -> None:
    def lines() -> list[str]:
        with EmulatorServer(Settings(check_file_ids=False, seed=7), speed=None, start=1_800_000_000) as server:
            import requests

            head = {"Authorization": "Bearer sk-x"}
            body = {"model": "m", "training_file_ids": ["f"]}
            job = requests.post(server.base_url + "/fine-tunes", json=body, headers=head, timeout=9).json()["output"]
            server.clock.advance(1000)
            logs = requests.get(f"{server.base_url}/fine-tunes/{job['job_id']}/logs", headers=head, timeout=9)
            return list(logs.json()["output"]["logs"])

    assert lines() == lines()
