"""How many calls a compressed model costs, exactly, in both front ends: those of a job, and the wait for the model."""

from __future__ import annotations

import pytest
from counted import Counted
from counted_front_ends import COMPRESSION, FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

pytestmark = pytest.mark.rotated("front_end")

BASE = {"model": "qwen3.5-flash-2026-02-23", "trainingType": "sft"}
SECONDS = 300.0


@pytest.fixture(params=[1, 4, 20])
def counted(request: pytest.FixtureRequest, front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep) -> Counted:
    """Nothing is compressed yet; the service takes 300 s for a model."""
    emulator.configure(compressing_seconds=SECONDS)
    front_end.data["trained"] = BASE
    trained = front_end.create("trained")
    emulator.force(trained.id, "SUCCEEDED")
    model = emulator.jobs[trained.id].finetuned_output
    front_end.kind = COMPRESSION
    front_end.data.update({f"job{number}": {"model": model} for number in range(request.param)})
    return Counted(front_end, emulator, clock, request.param)


WAITS = {
    # jobs: the look before a create, and what it costs to know when the models exist, of 300 s
    1: {"list_compressions": 1, "get_compression": 34},
    4: {"list_compressions": 35},
    20: {"list_compressions": 35},
}


def one_look(number: int) -> dict[str, int]:
    return {"get_compression": 1} if number == 1 else {"list_compressions": 1}


def test_up_preview_and_refresh(counted: Counted) -> None:
    number = counted.number
    assert counted.up() == {"create_compression": number, **WAITS[number]}
    assert counted.took <= SECONDS + 30, "a model is noticed soon after it exists"
    assert counted.operation(counted.front_end.plan, counted.jobs) == {}, "a preview of nothing new asks nobody"
    assert counted.outcomes == [False] * number, "an up has nothing to do"
    assert counted.operation(counted.front_end.read, counted.jobs) == one_look(number)
    assert counted.outcomes == [True] * number


def test_teardown_of_what_has_ended(counted: Counted) -> None:
    counted.up()
    assert counted.destroy() == {**one_look(counted.number), "delete_compression": counted.number}


LOOKS = {
    # jobs: what it costs to know when they have ended, the first look included; a cancel takes 4 s
    1: {"get_compression": 5},
    4: {"list_compressions": 6},
    20: {"list_compressions": 6},
}


def test_teardown_of_what_runs(counted: Counted) -> None:
    number = counted.number
    counted.up()
    counted.force("RUNNING")
    assert counted.destroy() == {"cancel_compression": number, "delete_compression": number, **LOOKS[number]}


def test_a_gone_job_costs_one_look(counted: Counted) -> None:
    counted.up()
    for job in counted.jobs:
        counted.emulator.remove_compression(job.id)
    # Several share a list first. These jobs show no workspace, so no list is read to compare it.
    one_list = {} if counted.number == 1 else {"list_compressions": 1}
    gone = {"get_compression": counted.number, **one_list}
    assert counted.operation(counted.front_end.delete, counted.jobs) == gone


def test_an_adopted_job_is_read_once(counted: Counted) -> None:
    """Its model exists, so there is nothing to wait for."""
    counted.up()
    for job in counted.jobs:
        counted.front_end.data[job.name]["adoptJobId"] = job.id
    assert counted.up() == {"get_compression": counted.number}
    assert counted.took < 5


@pytest.mark.parametrize(("counted", "more"), [(1, 1), (4, 1), (20, 2)], indirect=["counted"])
def test_lost_answers_cost_a_list_or_two_and_no_second_job(counted: Counted, more: int) -> None:
    """All share the list that shows their jobs. The rate limit spreads the creates of twenty, so they share two."""
    counted.emulator.add_fault(FaultRule(operation="create_compression", kind="lost"))
    waits = WAITS[counted.number]
    lists = waits["list_compressions"] + more
    assert counted.up() == {"create_compression": counted.number, **waits, "list_compressions": lists}
    assert len(counted.emulator.compressions) == counted.number
