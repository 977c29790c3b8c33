"""Every operation of a deployment × every fault, once and lasting: `up`, `refresh`, a change in place, `destroy`."""

from __future__ import annotations

from typing import Any

import pytest
from engine import State
from fault_table import DEPLOYMENT_OPERATIONS, FAULTS, Fault
from faulty_stack import FaultyStack
from front_ends import DYNAMIC

MODEL = "qwen3-8b-ft-202511132025-0260"
WRITTEN = {"modelName": MODEL, "plan": "mu", "deploySpec": "MU1", "capacity": 1, "rpmLimit": 100, "waitTimeout": "5m"}
WAIT_SECONDS = 300.0
"""`waitTimeout`. With the default of half an hour a lasting fault strikes hundreds of times in each row."""


def faulty(front: str, operation: str, fault: Fault, **settings: Any) -> FaultyStack:
    stack = FaultyStack(
        front,
        operation,
        fault,
        {"serving": WRITTEN},
        waits=WAIT_SECONDS,
        deploying_seconds=60.0,
        updating_seconds=4.0,
        deleting_seconds=2.0,
        **settings,
    )
    stack.cloud.train(MODEL, "qwen3-8b")
    return stack


@pytest.mark.rotated("front", "lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", DEPLOYMENT_OPERATIONS)
def test_nothing_deployed_twice_nothing_left_serving(front: str, operation: str, fault: Fault, lasting: bool) -> None:
    stack = faulty(front, operation, fault)
    hits = 0

    told = stack.until_it_works(stack.up, lasting)
    hits += stack.hits
    (made,) = stack.cloud.deployed()
    assert stack.state.ids() == {made.deployed_model}
    stack.judge(told, lasting)

    stack.cloud.clock.sleep(400)
    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    assert stack.state.ids() == {made.deployed_model}, "nothing that exists leaves the state"
    stack.judge(told, lasting)

    stack.program["serving"] |= {"capacity": 2, "rpmLimit": 200}
    told = stack.until_it_works(stack.up, lasting)
    hits += stack.hits
    assert (made.capacity, made.units["rpm_limit"]) == (2, 200)
    assert len(stack.cloud.deployed()) == 1
    looks = int(stack.front.reads_first)  # what is under way is read before anything is planned
    stack.judge(told, lasting, asks=2 + looks)

    stack.cloud.clock.sleep(400)
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    if told is not None:
        if not stack.state.ids():
            assert not stack.cloud.standing(), "it left the state though it still serves"
        stack.clear()
        assert stack.run(stack.engine.destroy) is None
    stack.clear()
    hits += stack.hits
    stack.judge(told, lasting, asks=1 + looks)
    assert stack.state == State()
    assert not stack.cloud.standing()
    assert len(stack.cloud.deployed()) == 1
    assert hits, "the fault never struck: the row proves nothing"
    refused = [record for record in stack.cloud.emulator.requests if record.status == 409 and not record.fault]
    assert not refused, "asked for what stands already"


@pytest.mark.parametrize("fault", ["job quota", "unpaid account", "401", "403", "gateway page 404"])
@pytest.mark.parametrize("operation", ["create_deployment", "scale_deployment", "update_deployment"])
def test_what_waiting_cannot_mend_costs_one_call_and_no_time(front: str, operation: str, fault: str) -> None:
    stack = faulty(front, operation, FAULTS[fault])
    if operation != "create_deployment":
        assert stack.run(stack.up) is None
        stack.cloud.clock.sleep(400)
        stack.program["serving"] |= {"capacity": 2, "rpmLimit": 200}
    stack.arm(lasting=True)
    told = stack.run(stack.up)
    assert told is not None
    assert stack.rule.fired == 1
    assert stack.took < 1
    assert "nothing was deployed" in told or "this was not changed" in told


@pytest.mark.parametrize("operation", ["get_deployment", "delete_deployment", "list_deployments"])
@pytest.mark.parametrize("fault", ["401", "403", "gateway page 404", "200 with an error code"])
def test_a_refused_key_or_a_gateway_never_counts_as_gone(front: str, operation: str, fault: str) -> None:
    stack = faulty(front, operation, FAULTS[fault])
    assert stack.run(stack.up) is None
    held = stack.state.live("serving")
    assert held is not None
    stack.arm(lasting=True)
    for attempt in (stack.engine.refresh, stack.engine.destroy):
        told = stack.run(attempt)
        if operation == "list_deployments" and attempt == stack.engine.destroy:
            # Nothing but the last look (see `takes_a_last_look`) needs the list; then the identity stays.
            assert not stack.cloud.standing()
            assert (told is not None and stack.state.owner) if front == DYNAMIC else stack.state == State()
        else:
            assert operation != "list_deployments" or told is None
            assert stack.state.live("serving") is held
            assert stack.cloud.standing()


def test_all_goes_in_the_order_of_need(front: str) -> None:
    """Deployment, then checkpoint and job, then file; what is needed by one that could not go stays, too."""
    stack = faulty(front, "delete_deployment", FAULTS["403"], check_file_ids=False)
    stack.program = {
        "job": {"model": "qwen3-8b", "trainingFileIds": ["file-1"]},
        "other": {"model": "qwen3-14b", "trainingFileIds": ["file-1"]},
        "serving": {**WRITTEN, "modelName": "@job.finetunedOutput"},
    }
    stack.cloud.emulator.plan_next_job(pending_seconds=0.0, queuing_seconds=0.0, running_seconds=0.0)
    told = stack.run(lambda process: stack.engine.up(process, {"job": stack.program["job"]}))
    assert told is None
    stack.cloud.clock.sleep(5)
    assert stack.run(stack.engine.refresh) is None
    assert stack.run(stack.up) is None
    stack.arm(lasting=True)
    assert stack.run(stack.engine.destroy) is not None
    assert [record.name for record in stack.state.records] == ["job", "serving"]
    stack.clear()
    assert stack.run(stack.engine.destroy) is None
    gone = [record.operation for record in stack.cloud.emulator.requests if record.method == "DELETE"]
    assert gone == ["delete_deployment", "delete", "delete_deployment", "delete"]
