"""Random schedules: whatever users, the service, the network and the reaper do in whatever order, the promises hold.

Run longer with `HYPOTHESIS_PROFILE=soak`. A counter-example is printed as the steps of a `Story`: keep it in
`test_regressions.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from fault_table import FAULTS
from front_ends import DYNAMIC, PLUGIN
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from liked import other
from shards import SHARDS, SOAK, run
from story import Story
from troubled_stack import Trouble

from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS

EXAMPLES = 25
"""Schedules in each shard of a normal run: 8 × 25 = 200; with those of deployments and waits more than 300."""

names = st.sampled_from(["a", "a", "b"])
phases = st.sampled_from(["before", "after"])
kinds = st.sampled_from(["fault", "killed", "fault", "killed", "fault", "status", "somebody", "refused", "ctrl-c"])
statuses = st.sampled_from(["RUNNING", "QUEUING", "CANCELING", "SUCCEEDED", "FAILED", "CANCELED"])
endings = st.sampled_from(["SUCCEEDED", "FAILED", "CANCELED"])


def ctrl_c(call: int | str, phase: str) -> st.SearchStrategy[Trouble]:
    """At a call, or after a while: most of the time is spent waiting."""
    later = st.sampled_from([0.0, 1.0, 3.0, 15.0, 40.0, 200.0]).map(lambda seconds: ("ctrl_c_in", seconds))
    return st.just(("ctrl_c_at", call, phase)) | later


@st.composite
def troubles(draw: st.DrawFn, *operations: str) -> list[Trouble]:
    """What goes wrong during one Pulumi operation, mostly at the calls that it is about."""
    found: list[Trouble] = []
    for _ in range(draw(st.sampled_from([1, 2, 0, 3]))):
        kind = draw(kinds)
        call: Any
        call, phase = draw(st.sampled_from([1, 2, 3, 4, 6, *operations, *operations])), draw(phases)
        if kind == "fault":
            count = draw(st.sampled_from([1, 1, 2, None]))
            found.append(
                ("fault", draw(st.sampled_from(sorted(FAULTS))), draw(st.sampled_from([*operations, "list"])), count)
            )
        elif kind == "killed":
            found.append(draw(st.sampled_from([("killed_at", call, phase)] * 4 + [("killed_between_steps",)])))
        elif kind == "ctrl-c":
            found.append(draw(ctrl_c(call, phase)))
        elif kind == "status":
            found.append(("meanwhile", call, phase, "force", draw(statuses)))
        elif kind == "refused":
            removed = ("meanwhile", call, phase, "remove_elsewhere")
            found.append(draw(st.sampled_from([removed, ("refused", "cancel"), ("refused", "delete")])))
        else:
            other = ("meanwhile", call, phase, "somebody_elses", draw(st.booleans()), draw(st.booleans()))
            found.append(draw(st.sampled_from([other, ("meanwhile", call, phase, "repeated")])))
    return found


class Schedules(RuleBasedStateMachine):
    """Stories that hypothesis writes."""

    story: Story
    story_of = Story
    front = DYNAMIC
    sockets = False

    @initialize(
        echo=st.booleans(),
        literal=st.booleans(),
        lag=st.sampled_from([0.0, 0.0, 3.0, 10.0]),
        canceling=st.sampled_from([0.0, 1.0, 20.0]),
        outcome=endings,
        refuse=st.booleans(),
        ends_before=st.booleans(),
        data_form=st.sampled_from(DATA_FORMS),
        troubles=troubles("create"),
    )
    def begin(
        self,
        echo: bool,
        literal: bool,
        lag: float,
        canceling: float,
        outcome: str,
        refuse: bool,
        ends_before: bool,
        data_form: str,
        troubles: list[Trouble],
    ) -> None:
        self.story = self.story_of(
            self.front,
            echo=echo,
            literal=literal,
            sockets=self.sockets,
            # Names that are not shown and a list that lags: not survivable, and documented as such.
            lag=lag if echo and not other("job_name_get", "job_name_list") else 0.0,
            canceling_seconds=canceling,
            cancel_outcome=outcome,
            refuse_cancel_while_canceling=refuse,
            ends_before_cancel=ends_before,
            data_form=data_form,
        )
        self.story.befall(troubles)
        self.story.up()

    # Pulumi operations, and what befalls them

    @rule(troubles=troubles("create", "create", "cancel", "delete", "get"))
    def up(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, variant=st.integers(1, 3), troubles=troubles("create", "create", "cancel", "delete"))
    def up_with_another_input(self, name: str, variant: int, troubles: list[Trouble]) -> None:
        self.story.vary(name, variant)
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, troubles=troubles("create", "cancel", "delete"))
    def up_replacing(self, name: str, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.up(name)

    @precondition(lambda self: self.front == PLUGIN)
    @rule(troubles=troubles("get"))
    def preview(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.preview()

    @rule(troubles=troubles("get"))
    def refresh(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.refresh()

    @rule(troubles=troubles("get", "cancel", "delete"))
    def destroy(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.destroy()

    @rule(call=st.integers(1, 7), phase=phases, troubles=troubles("get", "cancel", "delete"))
    def two_destroys(self, call: int, phase: str, troubles: list[Trouble]) -> None:
        self.story.befall([*troubles, ("meanwhile", call, phase, "second_destroy")])
        self.story.destroy()

    # What the user writes

    @rule(name=names, trigger=st.sampled_from([None, ["x"], ["y"]]))
    def change_triggers(self, name: str, trigger: list[str] | None) -> None:
        self.story.edit(name, triggers=trigger)

    @rule(name=names, policy=st.sampled_from([None, "delete", "cancel", "retain"]))
    def change_the_policy(self, name: str, policy: str | None) -> None:
        self.story.edit(name, onDestroy=policy)

    @rule(name=names, chosen=st.sampled_from([None, "mine", "mine too"]))
    def choose_a_name(self, name: str, chosen: str | None) -> None:
        self.story.edit(name, **{self.story.naming: chosen})

    @rule(variant=st.integers(0, 1))
    def add_a_resource(self, variant: int) -> None:
        self.story.add("b", variant)

    @rule(name=names)
    def drop_a_resource(self, name: str) -> None:
        self.story.drop(name)

    @rule(name=names)
    def respell(self, name: str) -> None:
        self.story.respell(name)

    @rule()
    def rename(self) -> None:
        self.story.rename("a", "b")

    @precondition(lambda self: self.story.told and f"{self.story.adopting} to" in self.story.told)
    @rule()
    def take_the_advice(self) -> None:
        self.story.take_advice()

    # The service and other people

    @rule(seconds=st.sampled_from([1.0, 7.0, 30.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.story.wait(seconds)

    @rule(status=statuses)
    def the_service_moves_on(self, status: str) -> None:
        self.story.force(status)

    @rule()
    def removed_elsewhere(self) -> None:
        self.story.remove_elsewhere()

    @rule(twin=st.booleans(), named=st.booleans())
    def somebody_elses(self, twin: bool, named: bool) -> None:
        self.story.somebody_elses(twin, named)

    @rule()
    def repeated(self) -> None:
        self.story.repeated()

    @rule()
    def faults_pass(self) -> None:
        self.story.clear_faults()

    def teardown(self) -> None:
        if hasattr(self, "story"):
            self.story.finish()


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize(("shard", "front"), SHARDS)
def test_the_promises_hold_in_any_order(shard: int, front: str) -> None:
    run(Schedules, front, shard, EXAMPLES)
