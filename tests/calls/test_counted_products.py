"""How many calls a compressed or imported model costs, exactly, in both front ends: those of a job, and of the wait."""

from __future__ import annotations

import pytest
from counted import Counted, Counts
from counted_front_ends import COMPRESSION, IMPORT, FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

pytestmark = pytest.mark.rotated("front_end")

BASE = {"model": "qwen3.5-flash-2026-02-23", "trainingType": "sft"}
SECONDS = 300.0
ADOPTING = {COMPRESSION: "adoptJobId", IMPORT: "adoptImportId"}
GETS = {COMPRESSION: 34, IMPORT: 33}
"""Looks that it takes to know when a model exists, of 300 s; the delays of an import grow a little faster."""


class Products:
    """A stack of models that are yet to be made, each in 300 s.

    :param noun: how the calls of the kind end.
    """

    def __init__(self, counted: Counted, noun: str) -> None:
        self.counted, self.noun = counted, noun
        self.front_end, self.emulator, self.number = counted.front_end, counted.emulator, counted.number
        self.kind = counted.front_end.kind

    def calls(self, **counts: int) -> Counts:
        """Counts by the full names of the calls."""
        return {f"{verb}_{self.noun}{'s' if verb == 'list' else ''}": number for verb, number in counts.items()}

    @property
    def looks(self) -> Counts:
        """The look before a create, and those of the wait, which several share."""
        gets = GETS[self.kind]
        return self.calls(list=1, get=gets) if self.number == 1 else self.calls(list=1 + gets)

    @property
    def one_look(self) -> Counts:
        return self.calls(get=1) if self.number == 1 else self.calls(list=1)


@pytest.fixture(params=[1, 4, 20])
def number(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=[COMPRESSION, IMPORT])
def products(
    request: pytest.FixtureRequest, front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep, number: int
) -> Products:
    emulator.configure(compressing_seconds=SECONDS, importing_seconds=SECONDS)
    if request.param == COMPRESSION:
        front_end.data["trained"] = BASE
        trained = front_end.create("trained")
        emulator.force(trained.id, "SUCCEEDED")
        model = emulator.jobs[trained.id].finetuned_output
        front_end.data.update({f"job{position}": {"model": model} for position in range(number)})
    front_end.kind = request.param
    noun = {COMPRESSION: "compression", IMPORT: "import"}[request.param]
    return Products(Counted(front_end, emulator, clock, number), noun)


def test_up_preview_and_refresh(products: Products) -> None:
    counted, number = products.counted, products.number
    assert counted.up() == {**products.calls(create=number), **products.looks}
    assert counted.took <= SECONDS + 30, "a model is noticed soon after it exists"
    assert counted.operation(products.front_end.plan, counted.jobs) == {}, "a preview of nothing new asks nobody"
    assert counted.outcomes == [False] * number, "an up has nothing to do"
    assert counted.operation(products.front_end.read, counted.jobs) == products.one_look
    assert counted.outcomes == [True] * number


def test_teardown_of_what_has_ended(products: Products) -> None:
    products.counted.up()
    assert products.counted.destroy() == {**products.one_look, **products.calls(delete=products.number)}


def test_teardown_of_what_runs(products: Products) -> None:
    """A compression is cancelled, which takes 4 s. An import can't be: its end is awaited, as an `up` awaits it."""
    counted, number = products.counted, products.number
    counted.up()
    counted.force("RUNNING")
    counts = counted.destroy()
    if products.kind == COMPRESSION:
        looks = products.calls(get=5) if number == 1 else products.calls(list=3)
        assert counts == {**products.calls(cancel=number, delete=number), **looks}
    else:
        assert counts.pop("delete_import") == number
        assert sum(counts.values()) <= sum(products.looks.values())


def test_a_gone_job_costs_one_look(products: Products) -> None:
    """Several share a list first. These jobs show no workspace, so no list is read to compare it."""
    products.counted.up()
    for job in products.counted.jobs:
        getattr(products.emulator, f"remove_{products.noun}")(job.id)
    first = {} if products.number == 1 else products.one_look
    gone = {**products.calls(get=products.number), **first}
    assert products.counted.operation(products.front_end.delete, products.counted.jobs) == gone


def test_an_adopted_job_is_read_once(products: Products) -> None:
    """Its model exists, so there is nothing to wait for."""
    counted = products.counted
    counted.up()
    for job in counted.jobs:
        products.front_end.data.setdefault(job.name, {})[ADOPTING[products.kind]] = job.id
    assert counted.up() == products.calls(get=products.number)
    assert counted.took < 5


def test_lost_answers_cost_one_list_and_no_second_job(products: Products) -> None:
    """All share the list that shows their jobs."""
    number, noun = products.number, products.noun
    products.emulator.add_fault(FaultRule(operation=f"create_{noun}", kind="lost"))
    lists = products.looks[f"list_{noun}s"] + 1
    expected = {**products.calls(create=number), **products.looks, **products.calls(list=lists)}
    assert products.counted.up() == expected
    assert len(getattr(products.emulator, f"{noun}s")) == number
