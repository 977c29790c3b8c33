"""The deployment endpoints over HTTP: names, capacities, plans, the way through the statuses, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES, STEPS, DeploymentPlan, EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.fleet import Fleet

MODEL = "qwen3-14b"
CAPACITY = "Invalid capacity ({}), capacity must be larger than or equal to 0 and multiples of {} and less than 1000!"


@pytest.fixture
def deploy(call: Caller) -> Callable[..., Any]:
    def create(model_name: str = MODEL, expect: int = 200, **fields: Any) -> Any:
        body = {"model_name": model_name, "capacity": 1, "plan": "lora", **fields}
        answer = call("POST", "/deployments", json={name: one for name, one in body.items() if one is not None})
        assert answer.status_code == expect, answer.text
        return answer.json()["output"] if expect == 200 else answer.json()

    return create


@pytest.fixture
def tuned(emulator: EmulatorServer, call: Caller) -> str:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3})
    emulator.clock.advance(700)
    return str(call("GET", f"/fine-tunes/{job_id}").json()["output"]["finetuned_output"])


def shown(call: Caller, name: str) -> dict[str, Any]:
    answer = call("GET", f"/deployments/{name}")
    assert answer.status_code == 200, answer.text
    output: dict[str, Any] = answer.json()["output"]
    return output


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


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({"model_name": None}, 400, "model_name"),
        ({"model_name": 3}, 400, "model_name"),
        ({"model_name": "nobody-knows"}, 404, "Model: nobody-knows not found!"),
        ({"capacity": None}, 400, "capacity"),
        ({"capacity": "1"}, 400, "capacity"),
        ({"capacity": True}, 400, "capacity"),
        ({"plan": None, "capacity": -1}, 400, CAPACITY.format(-1, 1)),
        ({"plan": None, "capacity": 1000}, 400, CAPACITY.format(1000, 1)),
        ({"plan": "cu", "capacity": 1.5}, 400, CAPACITY.format(1.5, 1)),
        ({"plan": "mu"}, 400, "deploy_spec"),
        ({"plan": "mu", "deploy_spec": "MU0"}, 400, "deploy_spec"),
        ({"plan": "ptu"}, 400, "Miss ptu capacity info"),
        ({"plan": "PTU", "ptu_capacity": {}}, 400, "Miss ptu capacity info"),
        ({"plan": "ptu", "ptu_capacity": {"input_tpm": "x"}}, 400, "input_tpm"),
        ({"plan": "free"}, 400, "plan"),
        ({"suffix": "ninechars"}, 400, "suffix"),
        ({"suffix": "a b"}, 400, "suffix"),
        ({"suffix": 3}, 400, "suffix"),
        ({"aigc_config": []}, 400, "aigc_config"),
        ({"enable_thinking": "yes"}, 400, "enable_thinking"),
        ({"rpm_limit": -1}, 400, "rpm_limit"),
        ({"template_id": 5}, 400, "template_id"),
        ({"name": {}}, 400, "name"),
    ],
)
def test_refused_creates(
    emulator: EmulatorServer, deploy: Callable[..., Any], fields: dict[str, Any], status: int, named: str
) -> None:
    refused = deploy(**{"model_name": MODEL, **fields}, expect=status)
    assert named in refused["message"]
    assert refused["code"] == ("NotFound" if status == 404 else "InvalidParameter")
    assert not emulator.deployments


@pytest.mark.parametrize("raw", [b"[]", b"", b'"x"'])
def test_bodies_that_are_no_object(call: Caller, raw: bytes) -> None:
    assert call("POST", "/deployments", data=raw).status_code == 400


@pytest.mark.parametrize(
    ("fields", "plan", "capacity"),
    [
        ({"plan": "Lora", "capacity": 5}, "lora", 5),
        ({"plan": "lora", "capacity": 5000}, "lora", 1),
        ({"plan": "lora", "capacity": 0}, "lora", 1),
        ({"plan": "ptu", "capacity": None, "ptu_capacity": {"input_tpm": 1000, "output_tpm": 10}}, "ptu", 1),
        ({"plan": "cu", "capacity": 999}, "cu", 999),
        ({"plan": None, "capacity": 3.0}, None, 3),
    ],
)
def test_plans_and_capacities(
    deploy: Callable[..., Any], fields: dict[str, Any], plan: str | None, capacity: int
) -> None:
    made = deploy(**fields)
    assert (made.get("plan"), made["capacity"]) == (plan, capacity)


def test_capacity_is_a_multiple_of_the_base(emulator: EmulatorServer, deploy: Callable[..., Any]) -> None:
    emulator.configure(base_capacity=8)
    assert deploy(plan="cu", capacity=12, expect=400)["message"] == CAPACITY.format(12, 8)
    made = deploy(plan="cu", capacity=16)
    assert (made["base_capacity"], made["capacity"]) == (8, 16)


def test_model_units_and_their_limits(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    made = deploy(plan="mu", deploy_spec="MU1", rpm_limit=5)
    assert (made["model_unit_spec"], made["rpm_limit"], made["enable_thinking"]) == ("MU1", 5, False)
    path = f"/deployments/{made['deployed_model']}/update"
    early = call("PUT", path, json={"tpm_limit": 9}).json()["output"]
    assert (early["status"], early["tpm_limit"]) == ("PENDING", 9)
    emulator.clock.advance(300)
    late = call("PUT", path, json={"rpm_limit": 7}).json()["output"]
    assert (late["status"], late["rpm_limit"], late["ready_capacity"]) == ("UPDATING", 7, 1)
    assert call("PUT", path, json={"rpm_limit": 8}).json()["code"] == "UnsupportedOperation"
    emulator.clock.advance(60)
    assert emulator.deployments[made["deployed_model"]].status == "RUNNING"
    assert call("PUT", path, json={}).json()["code"] == "InvalidParameter"
    assert call("PUT", path, json={"rpm_limit": "x"}).status_code == 400


def test_only_model_units_have_limits(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy()["deployed_model"]
    emulator.clock.advance(300)
    answer = call("PUT", f"/deployments/{name}/update", json={"rpm_limit": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
    assert emulator.deployments[name].limits == {}


@pytest.mark.parametrize("status", STATUSES)
def test_what_can_be_scaled(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any], status: str) -> None:
    name = deploy(plan="cu")["deployed_model"]
    emulator.force_deployment(name, status)
    answer = call("PUT", f"/deployments/{name}/scale", json={"capacity": 2})
    if status in ("RUNNING", "STOPPED", "UPDATING_FAILED"):
        assert answer.json()["output"]["status"] == "UPDATING"
        emulator.clock.advance(60)
        assert (emulator.deployments[name].status, emulator.deployments[name].ready_capacity) == ("RUNNING", 2)
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert emulator.deployments[name].capacity == 1


def test_scaling_to_nothing_and_back(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy(plan="cu", capacity=2)["deployed_model"]
    emulator.clock.advance(300)
    for capacity, status in ((0, "STOPPED"), (3, "RUNNING")):
        call("PUT", f"/deployments/{name}/scale", json={"capacity": capacity})
        emulator.clock.advance(60)
        one = emulator.deployments[name]
        assert (one.status, one.ready_capacity) == (status, capacity)
    unusable: list[Any] = [{"capacity": 1000}, {"capacity": "2"}, {}, []]
    for wrong in unusable:
        assert call("PUT", f"/deployments/{name}/scale", json=wrong).status_code == 400


def test_created_with_nothing(emulator: EmulatorServer, deploy: Callable[..., Any]) -> None:
    name = deploy(plan="cu", capacity=0)["deployed_model"]
    emulator.clock.advance(300)
    assert emulator.deployments[name].status == "STOPPED"


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("status", STATUSES)
def test_what_can_be_deleted(
    emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any], status: str, locked: bool
) -> None:
    emulator.configure(running_deployment_undeletable=locked)
    name = deploy()["deployed_model"]
    emulator.force_deployment(name, status)
    answer = call("DELETE", f"/deployments/{name}")
    if locked and status in ("RUNNING", "UPDATING"):
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert "running" in answer.json()["message"]
        assert emulator.deployments[name].status == status
    else:
        assert answer.json()["output"]["status"] == "DELETING"
        assert call("DELETE", f"/deployments/{name}").json()["output"]["status"] == "DELETING"
        emulator.clock.advance(10)
        assert call("DELETE", f"/deployments/{name}").json()["message"] == "Not found."
        assert emulator.gone_deployments[name].statuses.count("DELETING") == 1


def test_deleting_in_no_time(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    emulator.configure(deleting_seconds=0)
    name = deploy()["deployed_model"]
    assert call("DELETE", f"/deployments/{name}").json()["output"]["status"] == "DELETING"
    assert call("GET", f"/deployments/{name}").status_code == 404


@pytest.mark.parametrize(
    ("settings", "plan", "status"),
    [
        ({"deployment_outcome": "FAILED"}, {}, "FAILED"),
        ({}, {"deployment_outcome": "FAILED"}, "FAILED"),
        ({"failing_models": [MODEL]}, {}, "FAILED"),
        ({"failing_models": [MODEL]}, {"deployment_outcome": "RUNNING"}, "RUNNING"),
        ({"failing_models": ["qwen3-8b"]}, {}, "RUNNING"),
    ],
)
def test_creating_that_comes_to_nothing(
    emulator: EmulatorServer, deploy: Callable[..., Any], settings: dict[str, Any], plan: dict[str, Any], status: str
) -> None:
    emulator.configure(**settings)
    if plan:
        emulator.plan_next_deployment(**plan)
    name = deploy()["deployed_model"]
    emulator.clock.advance(300)
    one = emulator.deployments[name]
    assert (one.status, one.ready_capacity) == (status, int(status == "RUNNING"))


def test_a_refused_create_leaves_the_plan_for_the_next(emulator: EmulatorServer, deploy: Callable[..., Any]) -> None:
    emulator.plan_next_deployment(deployment_outcome="FAILED")
    deploy("nobody-knows", expect=404)
    name = deploy()["deployed_model"]
    emulator.clock.advance(300)
    assert emulator.deployments[name].status == "FAILED"


def test_updating_that_comes_to_nothing(emulator: EmulatorServer, call: Caller, deploy: Callable[..., Any]) -> None:
    name = deploy(plan="cu")["deployed_model"]
    emulator.clock.advance(300)
    emulator.replan_deployment(name, update_outcome="UPDATING_FAILED")
    call("PUT", f"/deployments/{name}/scale", json={"capacity": 2})
    emulator.clock.advance(60)
    one = shown(call, name)
    assert (one["status"], one["capacity"], one["ready_capacity"]) == ("UPDATING_FAILED", 2, 1)


@pytest.mark.parametrize(
    "plan", [{"deploying_seconds": -1}, {"deployment_outcome": "STOPPED"}, {"update_outcome": 1}, {"nonsense": 1}]
)
def test_unusable_plans(emulator: EmulatorServer, deploy: Callable[..., Any], plan: dict[str, Any]) -> None:
    name = deploy()["deployed_model"]
    for act in (emulator.plan_next_deployment, lambda **one: emulator.replan_deployment(name, **one)):
        with pytest.raises(ValueError, match=next(iter(plan))):
            act(**plan)
    if "nonsense" not in plan:
        with pytest.raises(ValueError, match=next(iter(plan))):
            Settings(**plan)


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


seconds = st.integers(0, 30).map(float)
schedules = st.lists(
    st.tuples(st.sampled_from(["add", "change", "delete", "force"]), seconds, st.integers(0, 9)), max_size=12
)
plans = st.builds(
    DeploymentPlan,
    deploying_seconds=seconds,
    updating_seconds=seconds,
    deleting_seconds=seconds,
    deployment_outcome=st.sampled_from(["RUNNING", "FAILED"]),
    update_outcome=st.sampled_from(["RUNNING", "UPDATING_FAILED"]),
)


def play(schedule: Any, plan: DeploymentPlan, steps: int) -> list[list[Any]]:
    """The histories of all deployments of a schedule; ``steps`` > 1 also looks in between."""
    fleet, now = Fleet(plan), 0.0
    made: list[Any] = []
    for action, wait, number in [*schedule, ("end", 500.0, 0)]:
        for step in range(1, steps + 1):
            fleet.advance(now + wait * step / steps)
        now += wait
        if action == "add":
            made.append(EmulatedDeployment(f"d{len(made)}", len(made), "m", "m", 1, number % 2, "w", "u"))
            fleet.add(made[-1], now)
        elif made and action != "end":
            one = made[number % len(made)]
            if one.deployed_model not in fleet.deployments:
                continue
            if action == "force":
                fleet.force(one.deployed_model, STATUSES[number % len(STATUSES)], now)
            elif action == "delete":
                fleet.delete(one, now)
            else:
                fleet.change(one, now, "scale")
    assert {one.deployed_model for one in made} == fleet.deployments.keys() | fleet.gone.keys()
    return [one.transitions for one in made]


@settings(max_examples=150, deadline=None)
@given(schedules, plans, st.integers(2, 5))
def test_one_jump_equals_many_steps(schedule: Any, plan: DeploymentPlan, steps: int) -> None:
    histories = play(schedule, plan, 1)
    assert histories == play(schedule, plan, steps)
    for history in histories:
        times = [step.at for step in history]
        assert times == sorted(times)
        assert "GONE" not in [step.status for step in history[:-1]]
        assert history[-1].status not in STEPS, "nothing passing stays"
