"""The deployment endpoints over HTTP: names, capacities, plans, the way through the statuses, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller
from deployed import MODEL, shown

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings


def test_life_of_a_deployment(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy(capacity=2, plan=None)["deployed_model"]
    seen = []
    for verb, path, body, wait in (
        ("GET", "", None, 300),
        ("GET", "", None, 0),
        ("PUT", "/scale", {"capacity": 4, "deployed_model": name}, 60),
        ("GET", "", None, 0),
        ("DELETE", "", None, 0),
        ("GET", "", None, 10),
    ):
        one = call(verb, f"/deployments/{name}{path}", json=body).json()["output"]
        seen.append((one["status"], one["capacity"], one["ready_capacity"]))
        emulator.clock.advance(wait)
    assert seen == [
        ("PENDING", 2, 0),
        ("RUNNING", 2, 2),
        ("UPDATING", 4, 2),
        ("RUNNING", 4, 4),
        ("DELETING", 4, 0),
        ("DELETING", 4, 0),
    ]
    gone = call("GET", f"/deployments/{name}")
    assert (gone.status_code, gone.json()["code"], gone.json()["message"]) == (404, "NotFound", "Not found.")
    assert name not in emulator.deployments
    history = emulator.gone_deployments[name]
    assert history.statuses == ("PENDING", "RUNNING", "UPDATING", "RUNNING", "DELETING", "GONE")
    assert [step.cause for step in history.transitions][-2:] == ["delete", "elapsed"]
    assert not history.exists


def test_one_jump_leaves_the_history_of_many_steps(
    emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]
) -> None:
    first = deploy()["deployed_model"]
    start = emulator.deployments[first].transitions[0].at
    emulator.clock.advance(5000)
    assert [(step.at - start, step.status) for step in emulator.deployments[first].transitions] == [
        (0, "PENDING"),
        (300, "RUNNING"),
    ]


def test_changed_settings_never_rewrite_the_past(
    emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]
) -> None:
    name = deploy()["deployed_model"]
    emulator.clock.advance(200)
    now = emulator.clock.now()
    emulator.configure(deploying_seconds=10)
    assert [(step.at, step.status) for step in emulator.deployments[name].transitions][1:] == [(now, "RUNNING")]


def test_the_object(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    made = deploy(name="chat", suffix="s1")
    assert re.fullmatch(r"qwen3-14b-[0-9a-f]{8}-s1", made["deployed_model"])
    assert set(made) == {
        *("deployed_model", "gmt_create", "gmt_modified", "status", "model_name", "base_model", "base_capacity"),
        *("capacity", "ready_capacity", "workspace_id", "charge_type", "creator", "modifier", "plan", "name"),
    }
    assert (made["name"], made["plan"], made["charge_type"]) == ("chat", "lora", "post_paid")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", made["gmt_create"])
    emulator.configure(echo_job_name=False)
    assert "name" not in shown(call, made["deployed_model"])
    assert emulator.deployments[made["deployed_model"]].name == "chat"


def test_names_of_a_tuned_model(call: Caller, deploy: Callable[..., Any], tuned: str) -> None:
    first = deploy(tuned)
    assert (first["deployed_model"], first["model_name"], first["base_model"]) == (tuned, tuned, MODEL)
    refused = deploy(tuned, expect=409)
    assert (refused["code"], refused["message"]) == (
        "Conflict",
        f"Model instance {tuned} already exists, please specify a suffix.",
    )
    second = deploy(tuned, suffix="b")["deployed_model"]
    assert re.fullmatch(re.escape(tuned) + r"-[0-9a-f]{8}-b", second)
    assert "already exists" in deploy(tuned, suffix="B", expect=409)["message"]


def test_names_of_a_base_model(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    first = deploy()["deployed_model"]
    assert re.fullmatch(r"qwen3-14b-[0-9a-f]{8}", first)
    assert deploy(expect=409)["message"] == "Model instance qwen3-14b already exists, please specify a suffix."
    call("DELETE", f"/deployments/{first}")
    deploy(expect=409)  # it holds its name until it is gone
    emulator.clock.advance(10)
    assert deploy()["deployed_model"] != first


@pytest.mark.parametrize("of_a_job", [False, True])
def test_one_with_a_suffix_leaves_room_for_one_without(
    request: pytest.FixtureRequest, call: Caller, deploy: Callable[..., Any], of_a_job: bool
) -> None:
    model = request.getfixturevalue("tuned") if of_a_job else MODEL
    deploy(model, suffix="a")
    deploy(model)
    deploy(model, expect=409)
    deploy(model, suffix="b")


def test_a_suffix_is_unique_over_all_accounts(
    emulator: EmulatorServer, caller_of: type[Caller], deploy: Callable[..., Any]
) -> None:
    mine = deploy(suffix="prod")["deployed_model"]
    other = caller_of(emulator, "sk-other")
    answer = other("POST", "/deployments", json={"model_name": "qwen3-8b", "capacity": 1, "suffix": "prod"})
    assert (answer.status_code, answer.json()["code"]) == (409, "Conflict")
    assert answer.json()["message"] == f"Deployed model {mine} already exists, please specify a suffix."


def test_other_accounts_see_nothing(
    emulator: EmulatorServer, call: Caller, caller_of: type[Caller], deploy: Callable[..., Any], tuned: str
) -> None:
    name = deploy(tuned)["deployed_model"]
    other = caller_of(emulator, "sk-other")
    for verb, tail in (("GET", ""), ("DELETE", ""), ("PUT", "/scale"), ("PUT", "/update")):
        answer = other(verb, f"/deployments/{name}{tail}", json={"capacity": 2, "rpm_limit": 1})
        assert (answer.status_code, answer.json()["message"]) == (404, f"Model: {name} not found!")
    assert other("GET", "/deployments").json()["output"]["total"] == 0
    refused = other("POST", "/deployments", json={"model_name": tuned, "capacity": 1})
    assert (refused.status_code, refused.json()["message"]) == (404, f"Model: {tuned} not found!")
    listed = other("GET", "/deployments/models?model_source=custom").json()["output"]
    assert listed["models"] == []
    assert emulator.deployments[name].status == "PENDING"


def test_list(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    names = [deploy(suffix=f"s{number}")["deployed_model"] for number in range(55)]
    page = call("GET", "/deployments").json()["output"]
    assert (page["page_no"], page["page_size"], page["total"], len(page["deployments"])) == (1, 50, 55, 50)
    assert [one["deployed_model"] for one in page["deployments"]] == names[:4:-1]
    rest = call("GET", "/deployments?page_no=2").json()["output"]["deployments"]
    assert [one["deployed_model"] for one in rest] == names[4::-1]
    assert len(call("GET", "/deployments?page_size=200").json()["output"]["deployments"]) == 55
    emulator.force_deployment(names[7], "STOPPED")
    (only,) = call("GET", "/deployments?status=STOPPED").json()["output"]["deployments"]
    assert only == shown(call, names[7])
    for query in ("page_size=201", "page_size=0", "page_no=0", "status=NOPE"):
        assert call("GET", f"/deployments?{query}").status_code == 400, query
    emulator.configure(list_lag_seconds=3)
    assert call("GET", "/deployments").json()["output"]["total"] == 0
    emulator.clock.advance(3)
    assert call("GET", "/deployments").json()["output"]["total"] == 55


def test_deployable_models(emulator: EmulatorServer, call: Caller, tuned: str) -> None:
    emulator.configure(base_models=["qwen-plus"])
    page = call("GET", "/deployments/models").json()["output"]
    assert (page["page_no"], page["page_size"]) == (1, 50)
    assert page["total"] == len(page["models"])
    assert page["models"][0] == {"model_name": tuned, "base_capacity": 1}
    names = [one["model_name"] for one in page["models"]]
    assert {MODEL, "qwen-plus", "wan2.5-i2v-preview"} <= set(names)
    assert call("GET", "/deployments/models?page_size=1&page_no=2").json()["output"]["models"] == page["models"][1:2]

    def newer(query: str) -> list[dict[str, Any]]:
        return list(call("GET", f"/deployments/models?version=v1.0&{query}").json()["output"]["models"])

    assert [one["model_name"] for one in newer("model_source=custom")] == [tuned]
    assert [one["model_name"] for one in newer("model_source=base")] == names[1:]
    (only,) = newer("model_source=custom")
    kinds = {one["template_type"] for plan in only["plans"] for one in plan["templates"]}
    assert kinds == {"COUPLED", "SEPERATED"}
    for query in ("page_size=201", "version=v1.0&page_size=101", "version=v2", "model_source=mine"):
        assert call("GET", f"/deployments/models?{query}").status_code == 400, query


def test_what_a_job_produced_can_be_deployed(
    emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any], tuned: str
) -> None:
    job_id = next(iter(emulator.jobs))
    inner = f"{tuned}-c60"
    deploy(inner, expect=404)
    call("GET", f"/fine-tunes/{job_id}/export/checkpoint-60?model_name=x")
    deploy(inner, expect=404)
    emulator.clock.advance(30)
    assert deploy(inner)["base_model"] == MODEL

    running = call.create()
    deploy(f"{MODEL}-{running}", expect=404)


def test_models_outlive_the_record_of_their_job(
    emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any], tuned: str
) -> None:
    job_id = next(iter(emulator.jobs))
    first = deploy(tuned)["deployed_model"]
    assert call("DELETE", f"/fine-tunes/{job_id}").status_code == 200
    assert emulator.deployments[first].exists
    assert deploy(tuned, suffix="again")["base_model"] == MODEL
    again = call("POST", "/fine-tunes", json={"model": tuned, "training_file_ids": ["f"]}).json()["output"]
    assert again["base_model"] == MODEL


@pytest.mark.parametrize(
    ("kind", "happened"), [("reset", False), ("lost", True), ("status", False), ("effect_then_status", True)]
)
def test_faults_of_a_create(emulator: EmulatorServer, call: Caller, kind: str, happened: bool) -> None:
    emulator.add_fault(FaultRule(operation="create_deployment", kind=kind, count=1))
    body = {"model_name": MODEL, "capacity": 1}
    try:
        assert call("POST", "/deployments", json=body).status_code >= 500
    except requests.ConnectionError:
        assert kind in ("reset", "lost")
    assert len(emulator.deployments) == int(happened)
    assert emulator.count("create_deployment") == 1


def test_faults_of_one_deployment(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    first, second = (deploy(suffix=one)["deployed_model"] for one in "ab")
    rule = emulator.add_fault(FaultRule(kind="unknown_status", deployed_model=first, shown_status="MIGRATING"))
    assert (shown(call, first)["status"], shown(call, second)["status"]) == ("MIGRATING", "PENDING")
    listed = call("GET", "/deployments").json()["output"]["deployments"]
    assert [one["status"] for one in listed] == ["PENDING", "MIGRATING"]
    assert rule.fired == 2


def test_records_name_the_deployment(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy()["deployed_model"]
    call("GET", f"/deployments/{name}")
    made, read = emulator.requests[-2:]
    assert (made.operation, made.deployed_model) == ("create_deployment", name)
    assert (read.operation, read.deployed_model) == ("get_deployment", name)
    assert read.seconds is not None
    assert read.seconds < 5


def test_control(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    assert call.control("POST", "/deployment-plans", json={"deploying_seconds": 1}).json() == {"planned": 1}
    name = deploy(name="mine")["deployed_model"]
    emulator.clock.advance(1)
    (one,) = call.control("GET", "/state").json()["deployments"]
    assert (one["status"], one["name"]) == ("RUNNING", "mine")
    assert [step["cause"] for step in one["transitions"]] == ["created", "elapsed"]
    changed = call.control("POST", f"/deployments/{name}", json={"status": "ARREARS_DOWN", "updating_seconds": 1})
    assert (changed.json()["status"], changed.json()["ready_capacity"]) == ("ARREARS_DOWN", 0)
    emulator.clock.advance(10_000)
    assert emulator.deployments[name].status == "ARREARS_DOWN"
    unusable: list[Any] = [{"status": "NOPE"}, {"status": "GONE"}, {"nonsense": 1}, []]
    for wrong in unusable:
        assert call.control("POST", f"/deployments/{name}", json=wrong).status_code == 400, wrong
    assert call.control("DELETE", f"/deployments/{name}").status_code == 200
    for verb in ("DELETE", "POST"):
        assert call.control(verb, f"/deployments/{name}", json={}).status_code == 404
    (gone,) = call.control("GET", "/state").json()["gone_deployments"]
    assert gone["transitions"][-1]["cause"] == "removed"
    deploy()
    emulator.plan_next_deployment(deployment_outcome="FAILED")
    emulator.reset()
    fresh = deploy()["deployed_model"]
    emulator.clock.advance(300)
    assert emulator.deployments[fresh].status == "RUNNING"
    emulator.reset()
    assert not emulator.deployments
    assert not emulator.gone_deployments


def test_they_survive_a_restart(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state.sqlite"
    settings = Settings(check_file_ids=False)
    body = {"model_name": MODEL, "capacity": 1, "plan": "mu", "deploy_spec": "MU1", "name": "mine"}
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator)
        job_id = call.create()
        emulator.clock.advance(700)
        tuned = emulator.jobs[job_id].finetuned_output
        call("DELETE", f"/fine-tunes/{job_id}")
        names = []
        for suffix in ("gone", "kept", "slow"):
            emulator.plan_next_deployment(deploying_seconds=1000 if suffix == "slow" else 5)
            made = call("POST", "/deployments", json={**body, "suffix": suffix})
            names.append(made.json()["output"]["deployed_model"])
        emulator.clock.advance(10)
        call("DELETE", f"/deployments/{names[0]}")
        emulator.clock.advance(10)
        before = call("GET", "/deployments").json()["output"]
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator)
        assert call("GET", "/deployments").json()["output"] == before
        assert list(emulator.gone_deployments) == [names[0]]
        assert call("GET", f"/deployments/{names[0]}").json()["message"] == "Not found."
        assert call("POST", "/deployments", json={**body, "suffix": "kept"}).status_code == 409
        assert call("POST", "/deployments", json={"model_name": tuned, "capacity": 1}).status_code == 200
        emulator.clock.advance(979)
        assert emulator.deployments[names[2]].status == "PENDING"
        emulator.clock.advance(1)
        assert emulator.deployments[names[2]].statuses == ("PENDING", "RUNNING")
