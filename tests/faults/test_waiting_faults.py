"""A resource that waits for its model × every fault, once and lasting: `up`, `refresh`, a change in place, `destroy`.
It is the plugin's alone.
"""

from __future__ import annotations

from typing import Any

import pytest
from engine import State
from fault_table import FAULTS, Fault
from faulty_stack import FaultyStack
from front_ends import PLUGIN
from records import KIND, MODEL, TIMEOUTS

OPERATIONS = ("create", "get", "list", "logs", "cancel", "delete")
WRITTEN = {KIND: MODEL, "model": "qwen3-8b", "trainingFileIds": ["file-1"], "waitTimeout": "10m"}


def faulty(operation: str, fault: Fault, *, running: float, **more: Any) -> FaultyStack:
    program = {"m": {**WRITTEN, **more}}
    return FaultyStack(
        PLUGIN, operation, fault, program, check_file_ids=False, running_seconds=running, canceling_seconds=4.0
    )


@pytest.mark.rotated("lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_bought_is_recorded_and_waited_for(operation: str, fault: Fault, lasting: bool) -> None:
    stack = faulty(operation, fault, running=60.0)
    hits = 0

    stack.arm(lasting)
    told = stack.run(stack.up)
    stack.clear()
    hits += stack.hits
    if told is not None and operation != "create":
        assert stack.state.ids() == set(stack.cloud.bought()), "bought, and not recorded when the wait had failed"
    stack.judge(told, lasting)
    assert stack.run(stack.up) is None
    (job_id,) = stack.cloud.bought()
    record = stack.state.live("m")
    assert record is not None
    assert (record.id, record.outputs["status"]) == (job_id, "SUCCEEDED")
    assert record.outputs["modelId"] == stack.cloud.emulator.jobs[job_id].finetuned_output

    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    stack.judge(told, lasting)
    assert stack.state.live("m") is record, "what exists does not leave the state"

    stack.program["m"]["waitTimeout"] = "20m"
    stack.arm(lasting)
    assert stack.run(stack.up) is None, "what has its model needs nothing of the service"
    stack.clear()
    assert record.outputs["waitTimeout"] == "20m"

    stack.cloud.emulator.force(job_id, "RUNNING")
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    if told is not None:
        assert stack.state.ids() or stack.cloud.status(job_id) is None
    stack.clear()
    hits += stack.hits
    stack.judge(told, lasting)
    assert told is None or stack.run(stack.engine.destroy) is None
    assert stack.state == State()
    assert stack.cloud.emulator.jobs == {}
    assert list(stack.cloud.bought()) == [job_id]
    assert hits or operation in ("list", "logs"), "the fault never struck: the row proves nothing"


@pytest.mark.parametrize("limit", [{"waitTimeout": "1m"}, {TIMEOUTS: {"create": 60, "update": 60}}])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_wait_ends_in_time_whatever_the_service_answers(fault: Fault, limit: dict[str, Any]) -> None:
    """The limit is that of the wait: what is asked of the service when it is over may take its own minute."""
    stack = faulty("get", fault, running=200.0, **limit)
    assert stack.run(stack.up) is not None
    assert stack.state.ids() == set(stack.cloud.bought())
    for _ in range(2):
        stack.arm(lasting=True)
        told = stack.run(stack.up)
        assert told is not None
        assert stack.took <= 60 + 2 * 125
        stack.clear()
    for _ in range(5):
        if stack.run(stack.up) is None:
            break
    assert stack.run(stack.up) is None
    assert len(stack.cloud.bought()) == 1
