"""Every operation × every fault, once and lasting: one file and one job, from `up` over `refresh` to `destroy`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine import State
from fault_table import FAULTS, OPERATIONS, Fault
from faulty_stack import FaultyStack
from simulation import FINAL

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


@pytest.mark.usual("delete_cancelled")
@pytest.mark.rotated("front", "data_form", "lasting")
@pytest.mark.parametrize("data_form", DATA_FORMS)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_lost_nothing_bought_twice(
    front: str, operation: str, fault: Fault, lasting: bool, data_form: str, tmp_path: Path
) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text(ROW * 3)
    service: dict[str, Any] = {"canceling_seconds": 4.0, "running_seconds": 1e6, "data_form": data_form}
    stack = FaultyStack(front, operation, fault, _program(data), **service)
    hits = 0

    told = stack.until_it_works(stack.up, lasting)
    hits += stack.hits
    assert len(stack.cloud.bought()) == 1, "exactly one job is bought"
    assert len(stack.cloud.emulator.files) == 1, "exactly one file is stored"
    job = stack.state.live("job")
    assert job is not None
    assert {job.id} == set(stack.cloud.emulator.jobs)
    stack.judge(told, lasting)

    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    assert {record.name for record in stack.state.records} == {"data", "job"}, "nothing that exists leaves the state"
    stack.judge(told, lasting)

    stack.cloud.emulator.force(job.id, "RUNNING")
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    if told is not None:
        if job.id not in stack.state.ids():
            assert stack.cloud.status(job.id) is None, "it left the state though the service still has it"
        stack.clear()
        assert stack.run(stack.engine.destroy) is None
    stack.clear()
    hits += stack.hits
    # On the plugin the engine looks at what runs first, and a refused key does not end that.
    stack.judge(told, lasting, asks=2 if stack.front.reads_first and operation == "get" else 1)
    assert stack.state == State()
    assert stack.cloud.emulator.jobs == {}
    assert stack.cloud.emulator.files == {}
    assert stack.cloud.touched() <= {job.id}
    assert hits, "the fault never struck: the row proves nothing"


@pytest.mark.parametrize("fault", ["job quota", "unpaid account", "401", "403", "gateway page 404"])
def test_what_waiting_cannot_mend_costs_one_call_and_no_time(front: str, fault: str, tmp_path: Path) -> None:
    stack = _job_only(front, "create", FAULTS[fault])
    stack.arm(lasting=True)
    told = stack.run(stack.up)
    assert told is not None
    assert (stack.rule.fired, stack.cloud.bought()) == (1, {})
    assert stack.took < 1
    assert "nothing was started" in told


@pytest.mark.parametrize("operation", ["get", "cancel", "delete"])
@pytest.mark.parametrize("fault", ["401", "403", "gateway page 404", "200 with an error code"])
def test_a_refused_key_or_a_gateway_never_counts_as_gone(front: str, operation: str, fault: str) -> None:
    stack = _job_only(front, operation, FAULTS[fault])
    assert stack.run(stack.up) is None
    job = stack.state.live("job")
    assert job is not None
    stack.cloud.emulator.force(job.id, "RUNNING")
    stack.arm(lasting=True)
    for attempt in (stack.engine.refresh, stack.engine.destroy):
        stack.run(attempt)
        assert stack.state.live("job") is job
        assert stack.cloud.status(job.id) is not None


@pytest.mark.usual("delete_cancelled")
def test_an_address_that_leads_nowhere_locks_up_no_stack(front: str) -> None:
    """The plugin's engine reads what runs before every plan, with the address that the state holds: if that failed, no
    `up` could ever take over the right one, and nothing could end the job.
    """
    stack = _job_only(front, "get", FAULTS["connection refused"])
    assert stack.run(stack.up) is None
    job = stack.state.live("job")
    assert job is not None
    stack.cloud.emulator.force(job.id, "RUNNING")
    stack.arm(lasting=True)
    told = stack.run(stack.engine.refresh)
    assert (told is None) == stack.front.reads_first, "elsewhere nothing is read before a plan, and a refresh fails"
    assert stack.state.live("job") is job
    stack.clear()
    assert stack.run(stack.engine.destroy) is None
    assert stack.cloud.emulator.jobs == {}


def test_final_statuses_are_the_documented_ones() -> None:
    assert FINAL == JobStatus.FINAL


def _program(data: Path) -> dict[str, dict[str, Any]]:
    return {
        "data": {"path": str(data)},
        "job": {"model": "qwen3-8b", "trainingFileIds": ["@data"], "hyperParameters": {"n_epochs": 3}},
    }


def _job_only(front: str, operation: str, fault: Fault) -> FaultyStack:
    job = {"model": "qwen3-8b", "trainingFileIds": ["file-1"]}
    return FaultyStack(front, operation, fault, {"job": job}, check_file_ids=False, running_seconds=1e6)
