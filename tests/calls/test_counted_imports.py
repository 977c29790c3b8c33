"""How many calls an imported model costs, exactly, in both front ends: those of a job, and the wait for the model."""

from __future__ import annotations

import pytest
from counted import Counted
from counted_front_ends import IMPORT, FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

pytestmark = pytest.mark.rotated("front_end")

SECONDS = 300.0


@pytest.fixture(params=[1, 4, 20])
def counted(request: pytest.FixtureRequest, front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep) -> Counted:
    """Nothing is imported yet; the service takes 300 s for a model."""
    emulator.configure(importing_seconds=SECONDS)
    front_end.kind = IMPORT
    return Counted(front_end, emulator, clock, request.param)


WAITS = {
    # imports: the look before a create, and what it costs to know when the models exist, of 300 s
    1: {"list_imports": 1, "get_import": 33},
    4: {"list_imports": 34},
    20: {"list_imports": 34},
}


def one_look(number: int) -> dict[str, int]:
    return {"get_import": 1} if number == 1 else {"list_imports": 1}


def test_up_preview_and_refresh(counted: Counted) -> None:
    number = counted.number
    assert counted.up() == {"create_import": number, **WAITS[number]}
    assert counted.took <= SECONDS + 30, "a model is noticed soon after it exists"
    assert counted.operation(counted.front_end.plan, counted.jobs) == {}, "a preview of nothing new asks nobody"
    assert counted.outcomes == [False] * number, "an up has nothing to do"
    assert counted.operation(counted.front_end.read, counted.jobs) == one_look(number)
    assert counted.outcomes == [True] * number


def test_teardown_of_what_has_ended(counted: Counted) -> None:
    counted.up()
    assert counted.destroy() == {**one_look(counted.number), "delete_import": counted.number}


def test_teardown_of_what_is_under_way_waits_and_asks_no_more_than_an_up(counted: Counted) -> None:
    counted.up()
    counted.force("RUNNING")
    counts = counted.destroy()
    assert counts.pop("delete_import") == counted.number
    assert sum(counts.values()) <= sum(WAITS[counted.number].values())


def test_a_gone_import_costs_one_look(counted: Counted) -> None:
    counted.up()
    for job in counted.jobs:
        counted.emulator.remove_import(job.id)
    # Several share a list first. Imports show no workspace, so no list is read to compare it.
    one_list = {} if counted.number == 1 else {"list_imports": 1}
    gone = {"get_import": counted.number, **one_list}
    assert counted.operation(counted.front_end.delete, counted.jobs) == gone


def test_an_adopted_import_is_read_once(counted: Counted) -> None:
    """Its model exists, so there is nothing to wait for."""
    counted.up()
    for job in counted.jobs:
        counted.front_end.data[job.name] = {"adoptImportId": job.id}
    assert counted.up() == {"get_import": counted.number}
    assert counted.took < 5


@pytest.mark.parametrize(("counted", "more"), [(1, 1), (4, 1), (20, 2)], indirect=["counted"])
def test_lost_answers_cost_a_list_or_two_and_no_second_import(counted: Counted, more: int) -> None:
    """All share the list that shows theirs. The rate limit spreads the creates of twenty, so they share two."""
    counted.emulator.add_fault(FaultRule(operation="create_import", kind="lost"))
    waits = WAITS[counted.number]
    lists = waits["list_imports"] + more
    assert counted.up() == {"create_import": counted.number, **waits, "list_imports": lists}
    assert len(counted.emulator.imports) == counted.number
