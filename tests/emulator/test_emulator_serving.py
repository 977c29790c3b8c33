"""Deployments of the newer kinds: templates, roles, reserved throughput, idle and deleted ones, plans by family."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer

DAY = 86_400
SPLIT: dict[str, Any] = {"plan": "mu", "deploy_spec": "MU1-PD", "prefill_capacity": 8, "decode_capacity": 8}
RESERVED: dict[str, Any] = {"plan": "ptu", "ptu_capacity": {"input_tpm": 10_000, "output_tpm": 1_000}}


def _deployed(call: Caller, model: str = "qwen3.6-plus-2026-04-02", **fields: Any) -> Any:
    answer = call("POST", "/deployments", json={"model_name": model, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]


def _refused(call: Caller, model: str = "qwen3.6-plus-2026-04-02", **fields: Any) -> str:
    answer = call("POST", "/deployments", json={"model_name": model, **fields})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    return str(answer.json()["message"])


def _scaled(call: Caller, name: str, **body: Any) -> Any:
    return call("PUT", f"/deployments/{name}/scale", json=body)


def _tuned(emulator: EmulatorServer, call: Caller, training_type: str | None, model: str = "qwen3-8b") -> str:
    job_id = call.create(model=model, training_type=training_type)
    emulator.force(job_id, "SUCCEEDED")
    return str(emulator.jobs[job_id].finetuned_output)


def test_prefill_and_decode_apart(emulator: EmulatorServer, call: Caller) -> None:
    made = _deployed(call, **SPLIT, billing_method="POST_PAY", name="split-server")
    assert (made["prefill_capacity"], made["decode_capacity"], made["capacity"]) == (8, 8, 16)
    assert made["model_unit_spec"] == "MU1"
    name = made["deployed_model"]
    emulator.clock.advance(300)
    scaled = _scaled(call, name, prefill_capacity=4, decode_capacity=16).json()["output"]
    assert (scaled["status"], scaled["prefill_capacity"], scaled["capacity"]) == ("UPDATING", 4, 20)
    emulator.clock.advance(60)
    assert emulator.deployments[name].ready_capacity == 20
    assert "prefill_capacity" in _scaled(call, name, capacity=8).json()["message"]
    assert "multiples of 4" in _scaled(call, name, prefill_capacity=3, decode_capacity=4).json()["message"]


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({**SPLIT, "decode_capacity": None}, "decode_capacity"),
        ({**SPLIT, "prefill_capacity": 6}, "multiples of 4"),
        ({**SPLIT, "prefill_capacity": "8"}, "prefill_capacity"),
        ({**SPLIT, "capacity": "8"}, "capacity"),
        ({"plan": "mu", "deploy_spec": "MU1-PD", "capacity": 8}, "prefill_capacity"),
        ({"plan": "mu", "deploy_spec": "GPU", "capacity": 8}, "deploy_spec"),
        ({"plan": "mu", "deploy_spec": "MU2", "capacity": 4}, "multiples of 8"),
        ({"plan": "ptu", "ptu_capacity": {"input_tpm": None}}, "input_tpm"),
    ],
)
def test_refused_specs(emulator: EmulatorServer, call: Caller, fields: dict[str, Any], part: str) -> None:
    assert part in _refused(call, **fields)
    assert not emulator.deployments


def test_templates_by_their_id(emulator: EmulatorServer, call: Caller) -> None:
    listed = call("GET", "/deployments/models?version=v1.0&model_source=base&page_size=100").json()["output"]["models"]
    plans = {one["model_name"]: {plan["plan"]: plan["templates"] for plan in one["plans"]} for one in listed}
    assert set(plans["qwen3-8b"]) == {"lora", "mu"}
    assert set(plans["wan2.7-i2v"]) == {"lora", "cu"}
    assert set(plans["cosyvoice-v3-flash"]) == {"mu"}
    split = next(one for one in plans["qwen3-8b"]["mu"] if one["template_type"] == "SEPERATED")
    assert split["template_id"] == "MU1-PD"
    role = {"model_unit_spec": "MU1", "capacity_unit_per_instance": 4}
    assert split["roles"] == {"prefill": role, "decode": role}
    for number, template in enumerate(plans["qwen3-8b"]["mu"]):
        capacities = {"capacity": 1} if template["template_type"] == "COUPLED" else {**SPLIT}
        _deployed(call, **{**capacities, "plan": "mu", "deploy_spec": template["template_id"], "suffix": f"s{number}"})
    # An id that no list shows: what it stands for is told by the capacities.
    unlisted = {"plan": "mu", "deploy_spec": "dps-20261101090000-ab1cd", "billing_method": "POST_PAY"}
    assert _deployed(call, **unlisted, capacity=1, suffix="one")["capacity"] == 1
    assert _deployed(call, **{**SPLIT, **unlisted}, suffix="two")["capacity"] == 16


def test_reserved_throughput_is_scaled_in_place(emulator: EmulatorServer, call: Caller) -> None:
    made = _deployed(call, **RESERVED, charge_type="post_paid", service_tier="ptu_default")
    assert (made["ptu_capacity"], made["ptu_service_tier"]) == (RESERVED["ptu_capacity"], "ptu_default")
    name = made["deployed_model"]
    emulator.clock.advance(300)
    more = {"input_tpm": 20_000, "output_tpm": 2_000, "thinking_output_tpm": 0}
    scaled = _scaled(call, name, ptu_capacity=more).json()["output"]
    assert (scaled["status"], scaled["ptu_capacity"]) == ("UPDATING", more)
    emulator.clock.advance(60)
    assert emulator.deployments[name].status == "RUNNING"
    incomplete: list[dict[str, Any]] = [{"capacity": 2}, {}, {"ptu_capacity": {}}]
    for body in incomplete:
        assert _scaled(call, name, **body).json()["message"] == "Miss ptu capacity info"
    # All zero does not stop it.
    _scaled(call, name, ptu_capacity={"input_tpm": 0, "output_tpm": 0})
    emulator.clock.advance(60)
    assert emulator.deployments[name].status == "RUNNING"
    other = _deployed(call, plan="mu", deploy_spec="MU1", capacity=1, suffix="mu")["deployed_model"]
    emulator.clock.advance(300)
    assert "ptu_capacity" in _scaled(call, other, ptu_capacity=more).json()["message"]
    assert "prefill_capacity" in _scaled(call, other, capacity=1, prefill_capacity=4).json()["message"]


@pytest.mark.parametrize("plan", ["lora", "ptu_v2"])
@pytest.mark.parametrize("training_type", ["sft", "cpt", "dpo_full", "efficient_sft", "dpo_lora", None])
def test_full_weights_are_not_deployed_by_token(
    emulator: EmulatorServer, call: Caller, training_type: str | None, plan: str
) -> None:
    tuned = _tuned(emulator, call, training_type, "qwen3-32b")
    fields = {"plan": plan, "capacity": 1, "ptu_capacity": RESERVED["ptu_capacity"]}
    plans = call("GET", "/deployments/models?version=v1.0&model_source=custom").json()["output"]["models"][0]["plans"]
    if training_type in ("sft", "cpt", "dpo_full"):
        assert _refused(call, tuned, **fields) == f"The model {tuned} does not exist or is not deployable"
        assert [one["plan"] for one in plans] == ["mu"]
    else:
        assert _deployed(call, tuned, **fields)["plan"] == plan
        assert [one["plan"] for one in plans] == ["lora", "mu"]


def test_it_is_known_of_deleted_jobs_too(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state"
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=path) as first:
        first.configure(check_file_ids=False)
        call = caller_of(first)
        tuned = _tuned(first, call, "sft")
        call("DELETE", f"/fine-tunes/{next(iter(first.jobs))}")
        call.session.close()
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=path) as second:
        call = caller_of(second)
        _refused(call, tuned, plan="lora", capacity=1)
        call.session.close()


def test_imported_weights(emulator: EmulatorServer, call: Caller) -> None:
    for weight_type, status in (("full", 400), ("lora", 200)):
        place = {"bucket_name": "b", "object_key": "k/"}
        body = {"model_name": "qwen3-8b", "source": "oss", "weight_type": weight_type, "storage_info": place}
        made = call("POST", "/custom_models/import", json=body).json()["output"]
        emulator.force_import(made["job_id"], "SUCCESSED")
        served = {"model_name": made["model_name"], "plan": "lora", "capacity": 1}
        assert call("POST", "/deployments", json=served).status_code == status


def test_a_speech_model(emulator: EmulatorServer, call: Caller) -> None:
    tuned = _tuned(emulator, call, "efficient_sft", "cosyvoice-v3-flash")
    for plan in ("lora", None):
        assert "plan" in _refused(call, tuned, plan=plan, capacity=1)
    made = _deployed(call, tuned, plan="mu", deploy_spec="MU5", capacity=1, billing_method="POST_PAY", name="harbour")
    assert made["deployed_model"] == tuned
    assert not [field for field in made if "capacity" in field]
    emulator.clock.advance(300)
    shown = call("GET", f"/deployments/{tuned}").json()["output"]
    assert shown["status"] == "RUNNING"
    assert not [field for field in shown if "capacity" in field]
    assert "multiples of 8" in _refused(call, tuned, plan="mu", deploy_spec="MU2", capacity=12, suffix="b")


def test_answers_without_capacities(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(lora_capacities=False)
    made = _deployed(call, plan="lora", capacity=1)
    assert not [field for field in made if "capacity" in field]
    (listed,) = call("GET", "/deployments").json()["output"]["deployments"]
    assert listed == made


def test_one_that_nobody_calls_is_released_after_a_month(emulator: EmulatorServer, call: Caller) -> None:
    idle = _deployed(call, plan="lora", capacity=1)["deployed_model"]
    called = _deployed(call, plan="lora", capacity=1, suffix="called")["deployed_model"]
    units = _deployed(call, plan="mu", deploy_spec="MU1", capacity=1, suffix="units")["deployed_model"]
    emulator.clock.advance(300 + 29 * DAY)
    body = {"model": called, "messages": [{"role": "user", "content": "hello"}]}
    assert call("POST", "/chat/completions", base="/compatible-mode/v1", json=body).status_code == 200
    emulator.clock.advance(DAY - 1)
    assert emulator.deployments[idle].status == "RUNNING"
    emulator.clock.advance(1)
    gone = emulator.gone_deployments[idle]
    assert [(step.status, step.cause) for step in gone.transitions][-1] == ("GONE", "released")
    assert call("GET", f"/deployments/{idle}").status_code == 404
    assert emulator.deployments[called].status == "RUNNING"
    emulator.clock.advance(29 * DAY)
    assert list(emulator.deployments) == [units]


def test_releasing_can_be_planned(emulator: EmulatorServer, call: Caller) -> None:
    emulator.plan_next_deployment(idle_seconds=60)
    name = _deployed(call, plan="lora", capacity=1)["deployed_model"]
    emulator.clock.advance(360)
    assert name in emulator.gone_deployments


def test_a_deleted_one_may_still_answer(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(show_deleted_deployments=True)
    name = _deployed(call, plan="lora", capacity=1)["deployed_model"]
    call("DELETE", f"/deployments/{name}")
    emulator.clock.advance(10)
    answer = call("GET", f"/deployments/{name}")
    assert (answer.status_code, answer.json()["output"]["status"]) == (200, "DELETED")
    assert call("GET", "/deployments").json()["output"]["total"] == 0
    for verb, path in (("DELETE", ""), ("PUT", "/scale")):
        assert call(verb, f"/deployments/{name}{path}", json={"capacity": 1}).status_code == 404
    assert call("GET", "/deployments/none").status_code == 404
    # The name is free again, and then the new one answers.
    emulator.next_ids(deployments=[name])
    _deployed(call, plan="lora", capacity=1)
    assert call("GET", f"/deployments/{name}").json()["output"]["status"] == "PENDING"


def test_a_state_file_from_before_knows_no_methods(tmp_path: Path, caller_of: Any) -> None:
    """Then nothing is refused: how the model was made is not known."""
    path = tmp_path / "state"
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=path) as first:
        first.configure(check_file_ids=False)
        call = caller_of(first)
        tuned = _tuned(first, call, "sft")
        call("DELETE", f"/fine-tunes/{next(iter(first.jobs))}")
        call.session.close()
    with closing(sqlite3.connect(path)) as db, db:
        ((name, body),) = db.execute("SELECT id, body FROM entries WHERE kind = 'model'").fetchall()
        older = {field: value for field, value in json.loads(body).items() if field in ("scope", "models")}
        db.execute("UPDATE entries SET body = ? WHERE kind = 'model' AND id = ?", (json.dumps(older), name))
    with EmulatorServer(speed=None, start=1_700_000_000.0, state=path) as second:
        assert second.notices == ()
        call = caller_of(second)
        assert _deployed(call, tuned, plan="lora", capacity=1)["base_model"] == "qwen3-8b"
        call.session.close()
