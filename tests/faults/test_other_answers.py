"""The promises on a service that answers one inferred fact otherwise: no job lost, none bought twice, a teardown
converges, finished is not drift, whatever `dashscope-ft verify` may find.

Each row is one other answer of one fact (`verify/facts.json`), set as `emulator --like` sets it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from engine import State
from fault_table import FAULTS
from faulty_stack import FaultyStack
from front_ends import DYNAMIC, PLUGIN
from simulation import FINAL

from pulumi_dashscope_ft.emulator.likeness.table import changes_for
from pulumi_dashscope_ft.verify.facts import facts

NUMBERS_AND_CODES = {
    "list_page_limit": ["7", "30", "50", "1000"],
    "cancel_refusal": ["OperationDenied", "InvalidParameter", "409_Conflict", "JobHasEnded", "taken"],
    "delete_refusal": ["OperationDenied", "InvalidParameter", "409_Conflict", "JobIsActive"],
    "gone_job": ["404_ResourceNotFound", "404_JobMissing", "400_InvalidParameter", "200_NotFound", "200_empty"],
    "deployment_gone": ["200_DELETED", "404_ModelNotFound", "400_InvalidParameter", "200_empty"],
}
OTHERS = [
    (fact.fact_id, answer)
    for fact in facts().values()
    for answer in NUMBERS_AND_CODES.get(fact.fact_id, fact.answers)
    if answer != fact.assumed
]
APART = ("wrong_", "deployment_", "checkpoints_", "export_", "logs_", "suffix_", "rate_limit_", "train_end", "failure_")
"""Facts that the life of one usual job does not touch: that it has none to do with them is tried once."""
CORE = [other for other in OTHERS if not other[0].startswith(APART)]
ENDINGS = [other for other in CORE if other[0].startswith(("cancel_", "delete_", "gone_"))]
ACTIVE = ("PENDING", "QUEUING", "RUNNING", "CANCELING")
STANDINGS = [(*other, status) for other in ENDINGS for status in (*ACTIVE, *sorted(FINAL))]
STANDINGS += [(*other, "RUNNING") for other in OTHERS if other not in ENDINGS]
UNSTOPPABLE = [("cancel_pending", "refused"), ("cancel_queuing", "refused"), ("cancel_running", "refused")]


def _rows(others: Sequence[tuple[str, ...]], first: int) -> list[Any]:
    """Each answer on one front end; on the other one in the next test."""
    fronts = (DYNAMIC, PLUGIN)
    rows = ((other, fronts[(number + first) % 2]) for number, other in enumerate(others))
    return [pytest.param(other, front, id=f"{'='.join(other)}-{front}") for other, front in rows]


others = pytest.mark.parametrize(("other", "front"), _rows(CORE, 0))
others_too = pytest.mark.parametrize(("other", "front"), _rows(CORE, 1))


def a_stack(front: str, other: tuple[str, str], fault: str = "answer lost after it took effect", **job: Any) -> Stack:
    service: dict[str, Any] = {"check_file_ids": False, "running_seconds": 3000.0, "canceling_seconds": 4.0}
    program = {"job": {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "hyperParameters": {"n_epochs": 3}, **job}}
    return Stack(front, "create", FAULTS[fault], program, **service | changes_for(*other))


class Stack(FaultyStack):
    """One stack with one job."""

    @property
    def job_id(self) -> str:
        job = self.state.live("job")
        assert job is not None
        return job.id

    def started(self, status: str | None = None) -> str:
        """`up`, and the job reaches a status; its id."""
        assert self.run(self.up) is None
        if status is not None:
            self.cloud.emulator.force(self.job_id, status)
        return self.job_id

    def torn_down(self, *, tries: int = 1) -> None:
        """`destroy` works, after as many tries as the service gives it no other way, and leaves nothing active."""
        for _ in range(tries - 1):
            if self.run(self.engine.destroy) is None:
                break
            self.cloud.clock.sleep(3000.0)  # nothing can stop the run: it ends by itself
        if self.state.records:
            assert self.run(self.engine.destroy) is None
        assert self.state == State()
        assert not self.cloud.active()


@others
def test_a_lost_answer_buys_nothing_twice(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    told = stack.until_it_works(stack.up, lasting=False)
    assert stack.hits == 1
    assert told is None
    assert len(stack.cloud.bought()) == 1
    assert stack.job_id in stack.cloud.bought()


@others_too
def test_a_name_of_ones_own_and_a_lost_answer_buy_nothing_twice(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other, jobName="nightly")
    stack.until_it_works(stack.up, lasting=False)
    assert len(stack.cloud.bought()) == 1


@pytest.mark.usual("job_name_get")
@others
def test_what_a_killed_run_has_started_is_taken_over(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    job_id = stack.started("RUNNING")
    stack.state.records.clear()  # killed before its record
    stack.cloud.clock.sleep(61.0)
    told = stack.run(stack.up)
    assert told is None
    assert (stack.job_id, len(stack.cloud.bought())) == (job_id, 1)


@others_too
def test_what_has_not_changed_costs_nothing_and_is_no_drift(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    for status in ("RUNNING", "SUCCEEDED"):
        job_id = stack.started(status)
        stack.cloud.clock.sleep(5.0)
        assert stack.run(stack.engine.refresh) is None
        assert stack.run(stack.up) is None
        assert (stack.job_id, len(stack.cloud.bought())) == (job_id, 1)
    assert not stack.cloud.touched()


@pytest.mark.parametrize(("standing", "front"), _rows(STANDINGS, 0))
def test_a_teardown_converges(front: str, standing: tuple[str, str, str]) -> None:
    other, status = standing[:2], standing[2]
    stack = a_stack(front, other)
    stack.started(status)
    slow = other in UNSTOPPABLE or other == ("cancel_duration", "later")
    stack.torn_down(tries=4 if slow else 1)


@others
def test_a_job_that_ends_just_before_its_cancel_is_torn_down(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    job_id = stack.started("RUNNING")
    stack.cloud.emulator.replan(job_id, ends_before_cancel=True)
    stack.torn_down(tries=4 if other in UNSTOPPABLE else 1)


@others_too
def test_a_teardown_whose_answers_are_lost_converges(front: str, other: tuple[str, str]) -> None:
    for operation in ("cancel", "delete"):
        stack = a_stack(front, other)
        stack.started("RUNNING")
        stack.operation = operation
        stack.arm(lasting=False)
        told = stack.run(stack.engine.destroy)
        stack.clear()
        assert told is None or stack.state.records or other in UNSTOPPABLE
        stack.torn_down(tries=4 if other in UNSTOPPABLE else 1)


@others
def test_what_somebody_else_has_deleted_leaves_the_state(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    stack.cloud.remove(stack.started())
    assert stack.run(stack.engine.refresh) is None
    assert stack.state.records == []
    stack.cloud.remove(stack.started("RUNNING"))
    stack.torn_down()


@others_too
def test_a_changed_input_ends_the_old_run_and_starts_one(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    old = stack.started("RUNNING")
    stack.program["job"]["hyperParameters"] = {"n_epochs": 5}
    for _ in range(4):
        if stack.run(stack.up) is None:
            break
        stack.cloud.clock.sleep(3000.0)
    assert len(stack.cloud.bought()) == 2
    assert stack.job_id != old
    assert stack.cloud.status(old) in (None, *FINAL)


@others
def test_an_existing_job_is_adopted(front: str, other: tuple[str, str]) -> None:
    stack = a_stack(front, other)
    job_id = stack.started("SUCCEEDED")
    stack.state.records.clear()
    stack.cloud.clock.sleep(61.0)
    stack.program["job"]["adoptJobId"] = job_id
    assert stack.run(stack.up) is None
    assert (stack.job_id, len(stack.cloud.bought())) == (job_id, 1)


def test_every_fact_has_a_row_or_only_one_answer() -> None:
    assert {fact for fact, _ in OTHERS} == set(facts())


# Deployments

DEPLOYED = [other for other in OTHERS if other[0].startswith(("deployment_", "suffix_", "list_page", "list_order"))]
MODEL = "qwen3-8b-ft-202511132025-0260"


def a_deployment(front: str, other: tuple[str, str], operation: str = "delete_deployment") -> Stack:
    program = {"serving": {"modelName": MODEL, "plan": "lora", "waitTimeout": "5m"}}
    service = {"deploying_seconds": 60.0, "deleting_seconds": 2.0, **changes_for(*other)}
    stack = Stack(front, operation, FAULTS["answer lost after it took effect"], program, waits=300.0, **service)
    stack.cloud.train(MODEL, "qwen3-8b")
    return stack


@pytest.mark.parametrize(("other", "front"), _rows(DEPLOYED, 0))
def test_a_deployment_is_made_once_and_goes(front: str, other: tuple[str, str]) -> None:
    for operation in ("create_deployment", "delete_deployment"):
        stack = a_deployment(front, other, operation)
        assert stack.until_it_works(stack.up, lasting=operation == "none") is None
        stack.cloud.clock.sleep(400.0)
        assert stack.run(stack.engine.refresh) is None
        assert stack.run(stack.up) is None
        (made,) = stack.cloud.deployed()
        if operation == "delete_deployment":
            stack.arm(lasting=False)
        if other == ("deployment_delete_running", "refused"):
            told = stack.run(stack.engine.destroy)
            assert told is not None
            assert "stop it first" in told
            stack.cloud.emulator.force_deployment(made.deployed_model, "STOPPED")
        told = stack.run(stack.engine.destroy)
        stack.clear()
        if told is not None:
            assert stack.run(stack.engine.destroy) is None
        assert stack.state == State()
        assert not stack.cloud.standing()


@pytest.mark.parametrize(("other", "front"), _rows(DEPLOYED, 1))
def test_a_deployment_that_somebody_else_has_deleted_leaves_the_state(front: str, other: tuple[str, str]) -> None:
    stack = a_deployment(front, other)
    for attempt in (stack.engine.refresh, stack.engine.destroy):
        assert stack.run(stack.up) is None
        (live,) = stack.cloud.standing()
        stack.cloud.emulator.remove_deployment(live)
        assert stack.run(attempt) is None
        assert stack.state.records == []


# Several answers at a time

TOGETHER = [other for other in CORE if other not in UNSTOPPABLE]


def _some(number: int) -> dict[str, Any]:
    """The settings of four to eight other answers, the same for the same number."""
    chance = random.Random(number)
    chosen = dict(chance.sample(TOGETHER, chance.randint(4, 8)))
    settings: dict[str, Any] = {}
    for other in chosen.items():
        settings |= changes_for(*other)
    return settings


@pytest.mark.parametrize("number", range(30))
def test_several_other_answers_together_lose_nothing(number: int) -> None:
    stack = a_stack((DYNAMIC, PLUGIN)[number % 2], ("list_order", "newest_first"))
    stack.cloud.emulator.configure(**_some(number))
    stack.started("SUCCEEDED")
    assert stack.run(stack.engine.refresh) is None
    assert stack.run(stack.up) is None
    assert len(stack.cloud.bought()) == 1
    stack.torn_down(tries=2)
    stack.cloud.remove(stack.started("RUNNING"))
    stack.torn_down()
    stack.started("RUNNING")
    stack.torn_down(tries=2)
