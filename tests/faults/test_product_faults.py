"""Every operation of a compression and of an import × every fault, once and lasting: `up`, `refresh`, a replacement,
`destroy`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sys import intern
from typing import Any

import pytest
from engine import State
from fault_table import COMPRESSION_OPERATIONS, FAULTS, IMPORT_OPERATIONS, Fault
from faulty_stack import FaultyStack
from records import Record

WAIT_SECONDS = 600.0
NAME = "made"


@dataclass(frozen=True)
class Product:
    """A kind whose resource is a job and the model that the job makes.

    :param noun: what the emulator and its operations call it.
    :param quick: settings of the emulator with which a model takes a moment.
    :param inputs: the resource's inputs, on a stack that has what they need.
    :param change: an input whose change needs a new job.
    :param ends: the statuses in which a job may end.
    """

    noun: str
    operations: tuple[str, ...]
    quick: Mapping[str, Any]
    inputs: Callable[[FaultyStack], dict[str, Any]]
    change: Mapping[str, Any]
    ends: tuple[str, ...]

    def __str__(self) -> str:
        return self.noun

    def stack(self, front: str, operation: str, fault: Fault) -> FaultyStack:
        stack = FaultyStack(front, operation, fault, {}, waits=WAIT_SECONDS, **self.quick)
        stack.program = {NAME: {**self.inputs(stack), "waitTimeout": "10m", "teardownTimeout": "10m"}}
        return stack

    def force(self, stack: FaultyStack, job_id: str, status: str) -> None:
        getattr(stack.cloud.emulator, f"force_{self.noun}")(job_id, status)

    def remove(self, stack: FaultyStack, job_id: str) -> None:
        getattr(stack.cloud.emulator, f"remove_{self.noun}")(job_id)

    def standing(self, stack: FaultyStack) -> set[str]:
        return set(getattr(stack.cloud.emulator, f"{self.noun}s"))

    def made(self, stack: FaultyStack) -> int:
        return len(self.standing(stack)) + len(getattr(stack.cloud.emulator, f"gone_{self.noun}s"))

    def model_of(self, stack: FaultyStack, job_id: str) -> str:
        job = getattr(stack.cloud.emulator, f"{self.noun}s")[job_id]
        return str(job.quantized_output if self is COMPRESSION else job.model_name)

    def under_way(self, stack: FaultyStack) -> Record:
        """The record of a job that has made its model and is then under way again."""
        assert stack.run(stack.up) is None
        held = stack.state.live(NAME)
        assert held is not None
        self.force(stack, held.id, "RUNNING")
        return held


def _of_a_trained_model(stack: FaultyStack) -> dict[str, Any]:
    job_id = stack.cloud.submitted_past_the_faults(
        {"model": "qwen3.5-flash-2026-02-23", "training_file_ids": ["file-1"], "training_type": "sft"}
    )
    stack.cloud.emulator.force(job_id, "SUCCEEDED")
    return {"model": stack.cloud.emulator.jobs[job_id].finetuned_output, "templateId": "quant-w8a8"}


def _of_a_bucket(stack: FaultyStack) -> dict[str, Any]:
    return {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"}


COMPRESSION = Product(
    "compression",
    COMPRESSION_OPERATIONS,
    {"compressing_seconds": 5.0, "canceling_seconds": 1.0, "check_file_ids": False},
    _of_a_trained_model,
    {"templateId": "quant-w4a16"},
    ("SUCCEEDED", "FAILED", "CANCELED"),
)
IMPORT = Product(
    "import",
    IMPORT_OPERATIONS,
    {"pending_seconds": 1.0, "importing_seconds": 3.0},  # it can't be cancelled, so a teardown waits for its end
    _of_a_bucket,
    {"objectKey": "another/"},
    ("SUCCESSED", "FAILED"),
)
PRODUCTS = (COMPRESSION, IMPORT)
CALLS = [(product, operation) for product in PRODUCTS for operation in product.operations]
VERBS = [(product, intern(operation.partition("_")[0])) for product, operation in CALLS]
CALLS_ABOUT_ONE = [(product, name) for product, name in CALLS if not name.startswith(("create", "list"))]
RACES = [(*call, end) for call in CALLS_ABOUT_ONE for end in (*call[0].ends, None)]


@pytest.mark.rotated("product", "front", "lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize(("product", "verb"), VERBS, ids=str)
def test_nothing_made_twice_nothing_left_under_way(
    front: str, product: Product, verb: str, fault: Fault, lasting: bool
) -> None:
    operation = next(name for name in product.operations if name.startswith(verb))
    stack = product.stack(front, operation, fault)
    looks = int(stack.front.reads_first)  # what is under way is read before anything is planned

    told = stack.until_it_works(stack.up, lasting)
    hits = stack.hits
    stack.judge(told, lasting)
    assert product.made(stack) == 1
    assert stack.state.ids() == product.standing(stack)
    held = stack.state.live(NAME)
    assert held is not None
    assert held.outputs["modelId"] == product.model_of(stack, held.id)

    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    assert stack.state.live(NAME) is held, "nothing that exists leaves the state"
    stack.judge(told, lasting)

    # Another input, while the job that makes room for the new one is under way.
    product.force(stack, held.id, "RUNNING")
    assert stack.run(stack.engine.refresh) is None
    stack.program[NAME].update(product.change)
    told = stack.until_it_works(stack.up, lasting)
    hits += stack.hits
    stack.judge(told, lasting, asks=2 + looks)
    assert product.made(stack) == 2
    assert stack.state.ids() == product.standing(stack)
    assert held.id not in product.standing(stack)

    now = stack.state.live(NAME)
    assert now is not None
    product.force(stack, now.id, "RUNNING")
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    if told is not None:
        assert product.standing(stack) <= stack.state.ids(), "it left the state though it may be under way"
        stack.clear()
        assert stack.run(stack.engine.destroy) is None
    stack.clear()
    hits += stack.hits
    stack.judge(told, lasting, asks=1 + looks)
    assert stack.state == State()
    assert not product.standing(stack)
    assert product.made(stack) == 2
    assert hits, "the fault never struck: the row proves nothing"


@pytest.mark.parametrize("fault", ["unpaid account", "401", "403", "gateway page 404"])
@pytest.mark.parametrize("product", PRODUCTS, ids=str)
def test_a_create_that_waiting_cannot_help_costs_one_call_and_no_time(front: str, product: Product, fault: str) -> None:
    stack = product.stack(front, f"create_{product}", FAULTS[fault])
    stack.arm(lasting=True)
    told = stack.run(stack.up)
    assert told is not None
    assert stack.rule.fired == 1
    assert stack.took < 1
    assert "nothing was started" in told


@pytest.mark.parametrize(("product", "operation"), CALLS_ABOUT_ONE, ids=str)
@pytest.mark.parametrize("fault", ["401", "403", "gateway page 404", "200 with an error code"])
def test_a_refused_key_or_a_gateway_never_counts_as_gone(
    front: str, product: Product, operation: str, fault: str
) -> None:
    stack = product.stack(front, operation, FAULTS[fault])
    held = product.under_way(stack)
    stack.arm(lasting=True)
    stack.run(stack.engine.refresh)
    assert stack.run(stack.engine.destroy) is not None
    assert stack.state.live(NAME) == held
    assert product.standing(stack) == {held.id}


@pytest.mark.parametrize(("product", "operation", "meanwhile"), RACES, ids=lambda value: str(value or "gone"))
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_teardown_that_races_with_the_end_of_the_job(
    front: str, phase: str, product: Product, operation: str, meanwhile: str | None
) -> None:
    """While `destroy` talks to the service, the job ends, or somebody else deletes it."""
    stack = product.stack(front, operation, FAULTS["500"])
    held = product.under_way(stack)
    struck: list[str] = []

    def point(when: str, called: str, object_id: str) -> None:
        if (when, called) == (phase, operation) and not struck:
            struck.append(called)
            if held.id in product.standing(stack):
                if meanwhile is None:
                    product.remove(stack, held.id)
                else:
                    product.force(stack, held.id, meanwhile)

    stack.engine.destroy(stack.front(stack.cloud, call_point=point))
    assert struck
    assert stack.state == State()
    assert not product.standing(stack)
    assert product.made(stack) == 1
