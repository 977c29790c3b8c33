"""Waiting for a model: what is said meanwhile, how it can end, and what it costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, Client, PermissionDeniedError, resolve_settings
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.connection import connect
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.job.model_wait import model_at_a_glance, wait_for_model

HOUR = 3600.0


@pytest.fixture
def said() -> list[str]:
    return []


def test_a_run_from_the_queue_to_its_model(world: Any, said: list[str]) -> None:
    world.emulator.configure(pending_seconds=30, queuing_seconds=60, running_seconds=2 * HOUR, runners=1)
    first, _ = world.create(__name="other")
    world.clock.sleep(5)
    job_id, _ = world.create()
    job = wait_for_model(world.connection, job_id, 12 * HOUR, said.append)
    assert job.model_id
    assert said[0].startswith(f"{job_id} PENDING 0s")
    assert any(f"{job_id} QUEUING" in line and "1 job of the account ahead" in line for line in said)
    running = [line for line in said if f"{job_id} RUNNING" in line]
    assert any("epoch 1." in line and "of 3" in line and "loss" in line and "left" in line for line in running)
    assert said[-1].startswith(f"{job_id} SUCCEEDED after ")
    assert job.model_id in said[-1]
    assert 20 <= len(said) <= 70  # hours of waiting, a screen of lines
    assert first not in "".join(said)


def test_a_model_that_is_there_costs_one_call_and_no_words(world: Any, said: list[str]) -> None:
    job_id, _ = world.create()
    world.emulator.force(job_id, "SUCCEEDED")
    before = sum(world.counts().values())
    assert wait_for_model(world.connection, job_id, HOUR, said.append).model_id
    assert sum(world.counts().values()) - before == 1
    assert said == []


def test_a_wait_of_hours_costs_two_calls_a_minute(world: Any, said: list[str]) -> None:
    world.emulator.configure(running_seconds=4 * HOUR)
    job_id, _ = world.create()
    before = sum(world.counts().values())
    wait_for_model(world.connection, job_id, 12 * HOUR, said.append)
    assert sum(world.counts().values()) - before <= 4 * 60 * 2 + 4 * 60


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            "FAILED",
            ["the log ends with:", "ERROR", "fix the cause shown in the log", 'rerunOn to ["FAILED"]', "triggers"],
        ),
        ("CANCELED", ["it was cancelled", 'rerunOn to ["CANCELED"]', "triggers"]),
    ],
)
def test_a_run_without_a_model_says_why_and_what_to_try(
    world: Any, said: list[str], status: str, words: list[str]
) -> None:
    job_id, _ = world.create()
    world.emulator.force(job_id, status)
    with pytest.raises(LifecycleError) as caught:
        wait_for_model(world.connection, job_id, HOUR, said.append)
    assert job_id in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_the_time_limit_leaves_the_job_alone_and_says_so(world: Any, said: list[str]) -> None:
    world.emulator.configure(running_seconds=10 * HOUR)
    job_id, _ = world.create()
    with pytest.raises(LifecycleError, match=rf"{job_id} has no model yet after 1h") as caught:
        wait_for_model(world.connection, job_id, HOUR, said.append)
    assert "the job goes on" in str(caught.value)
    assert "last seen RUNNING" in str(caught.value)
    assert world.emulator.jobs[job_id].status == "RUNNING"
    assert not world.counts().get("cancel")


def test_a_job_that_vanishes_ends_the_wait(world: Any, said: list[str]) -> None:
    with pytest.raises(LifecycleError, match="ft-202401010000-dead is gone"):
        wait_for_model(world.connection, "ft-202401010000-dead", HOUR, said.append)


@pytest.mark.parametrize("kind", ["server_error", "reset_before", "gateway_page", "rate_limited"])
def test_trouble_that_passes_does_not_end_a_wait(world: Any, said: list[str], kind: str) -> None:
    world.emulator.configure(running_seconds=HOUR)
    job_id, _ = world.create()
    fault = _fault(kind)
    world.emulator.add_fault(FaultRule(operation="get", count=6, **fault))
    world.emulator.add_fault(FaultRule(operation="logs", count=20, **fault))
    assert wait_for_model(world.connection, job_id, 12 * HOUR, said.append).model_id


def _fault(kind: str) -> dict[str, Any]:
    faults: dict[str, dict[str, Any]] = {
        "server_error": {"kind": "status", "status": 500},
        "reset_before": {"kind": "reset"},
        "gateway_page": {"kind": "html", "status": 502},
        "rate_limited": {"kind": "status", "status": 429},
    }
    return faults[kind]


def test_a_refused_key_ends_the_wait_and_says_that_the_job_goes_on(world: Any, said: list[str]) -> None:
    world.emulator.configure(running_seconds=HOUR)
    job_id, _ = world.create()
    world.emulator.add_fault(FaultRule(operation="get", kind="status", status=401))
    with pytest.raises(LifecycleError, match="check the key") as caught:
        wait_for_model(world.connection, job_id, HOUR, said.append)
    assert "the job goes on" in str(caught.value)


def test_a_job_that_vanishes_while_it_is_waited_for(world: Any) -> None:
    world.emulator.configure(running_seconds=HOUR)
    job_id, _ = world.create()
    said: list[str] = []

    def report(line: str) -> None:
        said.append(line)
        if "RUNNING" in line:
            world.emulator.remove_job(job_id)

    with pytest.raises(LifecycleError, match=f"{job_id} is gone") as caught:
        wait_for_model(world.connection, job_id, 2 * HOUR, report)
    assert "last seen RUNNING" in str(caught.value)
    assert "pulumi refresh" in str(caught.value)


def test_a_key_that_is_refused_in_the_middle_leaves_the_job_alone(world: Any) -> None:
    world.emulator.configure(running_seconds=HOUR)
    job_id, _ = world.create()

    def report(line: str) -> None:
        if "RUNNING" in line:
            world.emulator.add_fault(FaultRule(operation="get", kind="status", status=401))

    with pytest.raises(LifecycleError, match="check the key") as caught:
        wait_for_model(world.connection, job_id, 2 * HOUR, report)
    assert "last seen RUNNING" in str(caught.value)
    assert world.emulator.jobs[job_id].status == "RUNNING"


def test_a_success_without_a_model_is_none(world: Any, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment would be asked for with an empty name."""
    job_id, _ = world.create()
    world.emulator.force(job_id, "SUCCEEDED")
    get = world.client.fine_tunes.get
    monkeypatch.setattr(world.client.fine_tunes, "get", lambda asked: replace(get(asked), finetuned_output=None))
    with pytest.raises(LifecycleError, match="the service names no model for it") as caught:
        wait_for_model(world.connection, job_id, HOUR, said.append)
    assert "run `pulumi up` again in a few minutes" in str(caught.value)


def test_a_place_in_the_queue_that_cant_be_read_is_left_out(world: Any, said: list[str]) -> None:
    world.emulator.configure(queuing_seconds=600, running_seconds=60)
    job_id, _ = world.create()
    world.emulator.add_fault(FaultRule(operation="list", kind="status", status=403))
    assert wait_for_model(world.connection, job_id, HOUR, said.append).model_id
    assert not any("ahead" in line for line in said)


@pytest.mark.parametrize(("status", "said"), [("FAILED", "the log ends with:"), ("CANCELED", "it was cancelled")])
def test_a_glance_at_a_job_that_has_ended_without_a_model_says_so(world: Any, status: str, said: str) -> None:
    """A preview that took it for one under way would promise a model that never comes."""
    job_id, _ = world.create()
    world.emulator.force(job_id, status)
    with pytest.raises(LifecycleError, match=f"{job_id} has ended without a model") as caught:
        model_at_a_glance(world.connection, job_id, print)
    assert said in str(caught.value)


def test_looks_of_a_preview_share_one_list_call(world: Any) -> None:
    world.emulator.configure(quota=100, runners=100)
    jobs = [world.create(__name=f"job{number}")[0] for number in range(30)]
    world.emulator.force(jobs[7], "SUCCEEDED")
    settings = resolve_settings(base_url=world.emulator.base_url, api_key="sk-test-key", environ={})
    connection = connect(Client(settings), clock=SYSTEM_CLOCK, run_registry=RunRegistry(), report=print)
    before = world.counts()
    with ThreadPoolExecutor(30) as pool:
        models = list(pool.map(lambda job_id: model_at_a_glance(connection, job_id, print), jobs))
    assert [number for number, model in enumerate(models) if model] == [7]
    made = {name: n - before.get(name, 0) for name, n in world.counts().items() if n != before.get(name, 0)}
    assert made == {"list": 1}


def test_a_listing_that_fails_is_not_tried_again_for_each_job(world: Any) -> None:
    job_id, _ = world.create()
    world.emulator.add_fault(FaultRule(operation="list", kind="status", status=403))
    for _ in range(3):
        with pytest.raises(PermissionDeniedError):
            model_at_a_glance(world.connection, job_id, print)
    assert world.emulator.count("list") == 2  # one before the create, one for the glance
