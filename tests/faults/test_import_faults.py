"""Every operation of an import × every fault, once and lasting: `up`, `refresh`, a replacement, `destroy`."""

from __future__ import annotations

from typing import Any

import pytest
from engine import State
from fault_table import FAULTS, IMPORT_OPERATIONS, Fault
from faulty_stack import FaultyStack

WAIT_SECONDS = 600.0


def faulty(front: str, operation: str, fault: Fault, **settings: Any) -> FaultyStack:
    """A stack that imports weights, quickly: an import can't be cancelled, so a teardown waits for its end."""
    quick = {"pending_seconds": 1.0, "importing_seconds": 3.0}
    stack = FaultyStack(front, operation, fault, {}, waits=WAIT_SECONDS, **quick, **settings)
    weights = {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"}
    stack.program = {"brought": {**weights, "waitTimeout": "10m", "teardownTimeout": "10m"}}
    return stack


def standing(stack: FaultyStack) -> set[str]:
    return set(stack.cloud.emulator.imports)


def made(stack: FaultyStack) -> int:
    return len(stack.cloud.emulator.imports) + len(stack.cloud.emulator.gone_imports)


@pytest.mark.rotated("front")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", IMPORT_OPERATIONS)
def test_nothing_imported_twice_nothing_left_under_way(front: str, operation: str, fault: Fault, lasting: bool) -> None:
    stack = faulty(front, operation, fault)
    looks = int(stack.front.reads_first)  # what is under way is read before anything is planned

    told = stack.until_it_works(stack.up, lasting)
    hits = stack.hits
    stack.judge(told, lasting)
    assert made(stack) == 1
    assert stack.state.ids() == standing(stack)
    held = stack.state.live("brought")
    assert held is not None
    assert held.outputs["modelId"] == stack.cloud.emulator.imports[held.id].model_name

    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    assert stack.state.live("brought") is held, "nothing that exists leaves the state"
    stack.judge(told, lasting)

    # Another folder, while the import that makes room for it is under way.
    stack.cloud.emulator.force_import(held.id, "RUNNING")
    assert stack.run(stack.engine.refresh) is None
    stack.program["brought"]["objectKey"] = "another/"
    told = stack.until_it_works(stack.up, lasting)
    hits += stack.hits
    stack.judge(told, lasting, asks=2 + looks)
    assert made(stack) == 2
    assert stack.state.ids() == standing(stack)
    assert held.id not in standing(stack)

    now = stack.state.live("brought")
    assert now is not None
    stack.cloud.emulator.force_import(now.id, "RUNNING")
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    if told is not None:
        assert standing(stack) <= stack.state.ids(), "it left the state though it may be under way"
        stack.clear()
        assert stack.run(stack.engine.destroy) is None
    stack.clear()
    hits += stack.hits
    stack.judge(told, lasting, asks=1 + looks)
    assert stack.state == State()
    assert not standing(stack)
    assert made(stack) == 2
    assert hits, "the fault never struck: the row proves nothing"


@pytest.mark.parametrize("fault", ["unpaid account", "401", "403", "gateway page 404"])
def test_a_create_that_waiting_cannot_help_costs_one_call_and_no_time(front: str, fault: str) -> None:
    stack = faulty(front, "create_import", FAULTS[fault])
    stack.arm(lasting=True)
    told = stack.run(stack.up)
    assert told is not None
    assert stack.rule.fired == 1
    assert stack.took < 1
    assert "nothing was started" in told


@pytest.mark.parametrize("operation", ["get_import", "delete_import"])
@pytest.mark.parametrize("fault", ["401", "403", "gateway page 404", "200 with an error code"])
def test_a_refused_key_or_a_gateway_never_counts_as_gone(front: str, operation: str, fault: str) -> None:
    stack = faulty(front, operation, FAULTS[fault])
    assert stack.run(stack.up) is None
    held = stack.state.live("brought")
    assert held is not None
    stack.cloud.emulator.force_import(held.id, "RUNNING")
    stack.arm(lasting=True)
    stack.run(stack.engine.refresh)
    assert stack.run(stack.engine.destroy) is not None
    assert stack.state.live("brought") is held
    assert standing(stack) == {held.id}


@pytest.mark.parametrize("meanwhile", ["SUCCESSED", "FAILED", None], ids=lambda status: status or "gone")
@pytest.mark.parametrize("operation", ["delete_import", "get_import"])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_teardown_that_races_with_the_end_of_the_import(
    front: str, phase: str, operation: str, meanwhile: str | None
) -> None:
    """While `destroy` talks to the service, the import ends, or somebody else deletes it."""
    stack = faulty(front, operation, FAULTS["500"])
    assert stack.run(stack.up) is None
    held = stack.state.live("brought")
    assert held is not None
    emulator = stack.cloud.emulator
    emulator.force_import(held.id, "RUNNING")
    struck: list[str] = []

    def point(when: str, called: str, object_id: str) -> None:
        if (when, called) == (phase, operation) and not struck:
            struck.append(called)
            if held.id in emulator.imports:
                if meanwhile is None:
                    emulator.remove_import(held.id)
                else:
                    emulator.force_import(held.id, meanwhile)

    stack.engine.destroy(stack.front(stack.cloud, call_point=point))
    assert struck
    assert stack.state == State()
    assert not standing(stack)
    assert made(stack) == 1
