"""Random schedules of deployments: nothing is deployed twice, nothing serves that the user believes torn down.

Run longer with `HYPOTHESIS_PROFILE=soak`; with `HYPOTHESIS_PROFILE=shrink` a counter-example is made small. It is
printed as the steps of a `ServingStory`: keep it in `test_serving_regressions.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from fault_table import FAULTS
from front_ends import DYNAMIC, PLUGIN
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from serving_story import BASE, TUNED, ServingStory
from shards import SHARDS, SOAK, run
from test_schedules import ctrl_c, kinds, phases
from troubled_stack import Trouble

EXAMPLES = 12
"""Schedules in each shard of a normal run: 8 × 12; with those of jobs and waits more than 300."""

names = st.sampled_from(["s", "s", "t"])
models = st.sampled_from([TUNED, BASE])
statuses = st.sampled_from(["RUNNING", "FAILED", "STOPPED", "ARREARS_DOWN", "UPDATING", "UPDATING_FAILED", "DEPLOYING"])
OPERATIONS = ("create_deployment", "get_deployment", "delete_deployment", "list_deployments")
CHANGES = ("scale_deployment", "update_deployment", "get_deployment", "create_deployment", "delete_deployment")


@st.composite
def troubles(draw: st.DrawFn, *operations: str) -> list[Trouble]:
    """What goes wrong during one Pulumi operation, mostly at the calls that it is about."""
    found: list[Trouble] = []
    for _ in range(draw(st.sampled_from([1, 2, 0, 3]))):
        kind = draw(kinds)
        call: Any
        call, phase = draw(st.sampled_from([1, 2, 3, 4, 6, *operations, *operations])), draw(phases)
        if kind == "fault":
            operation = draw(st.sampled_from([*operations, "list_deployments"]))
            count = draw(st.sampled_from([1, 1, 2, None]))
            found.append(("fault", draw(st.sampled_from(sorted(FAULTS))), operation, count))
        elif kind == "killed":
            found.append(draw(st.sampled_from([("killed_at", call, phase)] * 4 + [("killed_between_steps",)])))
        elif kind == "ctrl-c":
            found.append(draw(ctrl_c(call, phase)))
        elif kind == "status":
            found.append(("meanwhile", call, phase, "turn", draw(statuses)))
        elif kind == "refused":
            removed = ("meanwhile", call, phase, "remove_elsewhere")
            found.append(draw(st.sampled_from([removed, ("refused", draw(st.sampled_from(operations)))])))
        else:
            found.append(("meanwhile", call, phase, "somebody_deploys", draw(models), draw(st.booleans())))
    return found


class ServingSchedules(RuleBasedStateMachine):
    """Stories that hypothesis writes."""

    story: ServingStory
    front = DYNAMIC
    sockets = False

    @initialize(
        echo=st.booleans(),
        undeletable=st.booleans(),
        lag=st.sampled_from([0.0, 0.0, 3.0, 10.0]),
        deploying=st.sampled_from([0.0, 60.0, 300.0]),
        outcome=st.sampled_from(["RUNNING", "RUNNING", "FAILED"]),
        update_outcome=st.sampled_from(["RUNNING", "RUNNING", "UPDATING_FAILED"]),
        deleting=st.sampled_from([0.0, 5.0, 60.0]),
        variant=st.integers(0, 2),
        troubles=troubles("create_deployment"),
    )
    def begin(
        self,
        echo: bool,
        undeletable: bool,
        lag: float,
        deploying: float,
        outcome: str,
        update_outcome: str,
        deleting: float,
        variant: int,
        troubles: list[Trouble],
    ) -> None:
        self.story = ServingStory(
            self.front,
            echo=echo,
            undeletable=undeletable,
            sockets=self.sockets,
            lag=lag,
            deploying_seconds=deploying,
            deployment_outcome=outcome,
            update_outcome=update_outcome,
            deleting_seconds=deleting,
        )
        self.story.drop("s")
        self.story.serve("s", variant)
        self.story.befall(troubles)
        self.story.up()

    # Pulumi operations, and what befalls them

    @rule(troubles=troubles(*OPERATIONS))
    def up(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, capacity=st.integers(0, 3), troubles=troubles(*CHANGES))
    def up_with_another_capacity(self, name: str, capacity: int, troubles: list[Trouble]) -> None:
        self.story.edit(name, capacity=capacity)
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, limit=st.sampled_from([100, 200]), troubles=troubles(*CHANGES))
    def up_with_another_limit(self, name: str, limit: int, troubles: list[Trouble]) -> None:
        self.story.edit(name, rpmLimit=limit)
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, trigger=st.sampled_from(["x", "y"]), troubles=troubles(*OPERATIONS))
    def up_anew(self, name: str, trigger: str, troubles: list[Trouble]) -> None:
        self.story.edit(name, triggers=[trigger])
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, troubles=troubles(*OPERATIONS))
    def up_replacing(self, name: str, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.up(name)

    @precondition(lambda self: self.front == PLUGIN)
    @rule(troubles=troubles("get_deployment"))
    def preview(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.preview()

    @rule(troubles=troubles("get_deployment"))
    def refresh(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.refresh()

    @rule(troubles=troubles("get_deployment", "delete_deployment"))
    def destroy(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.destroy()

    @rule(call=st.integers(1, 7), phase=phases, troubles=troubles("get_deployment", "delete_deployment"))
    def two_destroys(self, call: int, phase: str, troubles: list[Trouble]) -> None:
        self.story.befall([*troubles, ("meanwhile", call, phase, "second_destroy")])
        self.story.destroy()

    # What the user writes

    @rule(name=names, suffix=st.sampled_from([None, "blue", "green", "red"]))
    def change_the_suffix(self, name: str, suffix: str | None) -> None:
        self.story.edit(name, suffix=suffix)

    @rule(name=names, plan=st.sampled_from(["lora", "mu"]))
    def change_the_plan(self, name: str, plan: str) -> None:
        self.story.edit(name, plan=plan, deploySpec="MU1", capacity=1)

    @rule(name=names, policy=st.sampled_from([None, "delete", "retain"]))
    def change_the_policy(self, name: str, policy: str | None) -> None:
        self.story.edit(name, onDestroy=policy)

    @rule(name=names, chosen=st.sampled_from([None, "mine"]))
    def choose_a_name(self, name: str, chosen: str | None) -> None:
        self.story.edit(name, name=chosen)

    @rule(variant=st.integers(0, 2))
    def add_a_deployment(self, variant: int) -> None:
        self.story.serve("t", variant)

    @rule(name=names)
    def drop_a_deployment(self, name: str) -> None:
        self.story.drop(name)

    @rule()
    def add_a_job(self) -> None:
        self.story.add("a")

    @rule()
    def rename(self) -> None:
        self.story.rename("s", "t")

    @precondition(lambda self: self.story.told and "adoptDeployment to" in self.story.told)
    @rule(name=names)
    def take_the_advice(self, name: str) -> None:
        self.story.take_advice(name)

    # The service and other people

    @rule(seconds=st.sampled_from([1.0, 7.0, 30.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.story.wait(seconds)

    @rule(status=statuses)
    def the_service_moves_on(self, status: str) -> None:
        self.story.turn(status)

    @rule(capacity=st.integers(1, 3))
    def scaled_elsewhere(self, capacity: int) -> None:
        self.story.scaled_elsewhere(capacity)

    @rule()
    def removed_elsewhere(self) -> None:
        self.story.remove_elsewhere()

    @rule(model=models, named=st.booleans())
    def somebody_deploys(self, model: str, named: bool) -> None:
        self.story.somebody_deploys(model, named)

    @rule()
    def faults_pass(self) -> None:
        self.story.clear_faults()

    def teardown(self) -> None:
        if hasattr(self, "story"):
            self.story.finish()


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize(("shard", "front"), SHARDS)
def test_nothing_is_served_that_is_believed_torn_down(shard: int, front: str) -> None:
    run(ServingSchedules, front, 100 + shard, EXAMPLES)
