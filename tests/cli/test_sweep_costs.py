"""What `sweep` says of money: what an ended job has cost, and what the end of a running one has cost and saved."""

from __future__ import annotations

from typing import Any

import pytest
from sweep_stage import Stage

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob

ESTIMATE = {"low": "15.0", "high": "20", "currency": "CNY", "per": "run", "basis": {}}


@pytest.fixture(autouse=True)
def a_million_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmulatedJob, "usage", lambda job: 1_000_000)


def of(facts: Any, job_id: str) -> Any:
    return next(one for one in facts["objects"] if one["id"] == job_id)


def expiring(stage: Stage, **more: Any) -> str:
    return stage.job(hold={"expiresIn": "1h", "expires": "2020-01-01T00:00Z", **more})


def test_before_the_end_there_is_the_estimate_and_after_it_the_cost_and_what_was_saved(stage: Stage) -> None:
    job_id = expiring(stage, estimatedCost=ESTIMATE)
    stage.later()
    found = of(stage.facts(code=2), job_id)
    assert found["actualCost"] is None
    assert found["saved"] is None
    assert found["estimate"] == {"low": "15", "high": "20", "currency": "CNY"}
    assert "estimated 15.00 to 20.00 CNY" in stage.sweep(code=2)
    ended = of(stage.facts("--execute", "--yes"), job_id)
    assert (ended["result"], ended["actualCost"]["amount"]) == ("done", "6")
    assert ended["saved"] == {"low": "9", "high": "14", "currency": "CNY"}


def test_the_same_in_a_table(stage: Stage) -> None:
    expiring(stage, estimatedCost=ESTIMATE)
    stage.later()
    assert "6.00 CNY, saved 9.00 to 14.00 CNY" in stage.sweep("--execute", "--yes")


def test_without_a_count_the_estimate_is_what_there_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmulatedJob, "usage", lambda job: None)
    job_id = expiring(stage, estimatedCost=ESTIMATE)
    stage.later()
    ended = of(stage.facts("--execute", "--yes"), job_id)
    assert ended["saved"] is None
    assert ended["actualCost"]["unknown"] == "the service shows no usage"
    job_id = expiring(stage, estimatedCost=ESTIMATE)
    stage.later()
    assert "unknown, estimated 15.00 to 20.00 CNY" in stage.sweep("--execute", "--yes")


def test_no_state_no_estimate_and_no_saving(stage: Stage) -> None:
    stage.job(hold={})
    orphan = stage.job()
    stage.later()
    assert of(stage.facts(code=2), orphan)["estimate"] is None
    ended = of(stage.facts("--execute", "--yes"), orphan)
    assert (ended["actualCost"]["amount"], ended["saved"]) == ("6", None)


@pytest.mark.parametrize(
    ("estimate", "saved"),
    [
        ({**ESTIMATE, "currency": "USD"}, None),
        ({**ESTIMATE, "low": "1", "high": "2"}, {"low": "0", "high": "0", "currency": "CNY"}),
        ({**ESTIMATE, "high": None}, {"low": "9", "high": None, "currency": "CNY"}),
    ],
    ids=["another currency", "cost more", "no upper bound"],
)
def test_what_is_saved_is_never_less_than_nothing_nor_of_two_currencies(
    stage: Stage, estimate: dict[str, Any], saved: Any
) -> None:
    job_id = expiring(stage, estimatedCost=estimate)
    stage.later()
    assert of(stage.facts("--execute", "--yes"), job_id)["saved"] == saved


def test_an_ended_job_costs_what_it_has_cost_and_is_no_saving(stage: Stage) -> None:
    done = stage.job(status="SUCCEEDED", hold={"estimatedCost": ESTIMATE})
    lost = stage.job(status="SUCCEEDED")
    stage.later()
    facts = stage.facts()
    assert (of(facts, done)["actualCost"]["amount"], of(facts, done)["saved"]) == ("6", None)
    assert of(facts, lost)["actualCost"]["amount"] == "6"
    deleted = of(stage.facts("--finished", "--execute", "--yes"), lost)
    assert deleted["saved"] is None


def test_a_job_that_ended_by_itself_before_it_could_be_cancelled_saves_nothing(stage: Stage) -> None:
    job_id = expiring(stage, estimatedCost=ESTIMATE)
    stage.later()
    stage.line.emulator.add_fault(
        FaultRule(operation="cancel", status=400, code="UnsupportedOperation", message="It has ended.")
    )
    stage.line.clock.before_sleep.append(lambda: stage.line.emulator.force(job_id, "SUCCEEDED"))
    ended = of(stage.facts("--execute", "--yes"), job_id)
    assert (ended["result"], ended["actualCost"]["amount"], ended["saved"]) == ("done", "6", None)
