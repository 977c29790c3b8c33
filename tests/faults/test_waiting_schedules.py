"""Random schedules of a resource that waits for its model: it is never bought twice, never lost, and made once there is
a model.

Run longer with `HYPOTHESIS_PROFILE=soak`. A counter-example is printed as the steps of a `WaitingStory`: keep it in
`test_waiting_regressions.py`.
"""

from __future__ import annotations

import pytest
from front_ends import PLUGIN
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from shards import SOAK, run
from test_schedules import endings, statuses, troubles
from troubled_stack import Trouble
from waiting_story import WaitingStory

from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS

SHARDS = 2
EXAMPLES = 20
"""Schedules in each shard of a normal run."""

names = st.sampled_from(["m", "m", "n"])
CREATING = ("create", "get", "logs")


class WaitingSchedules(RuleBasedStateMachine):
    """Stories that hypothesis writes."""

    story: WaitingStory
    front = PLUGIN

    @initialize(
        echo=st.booleans(),
        literal=st.booleans(),
        lag=st.sampled_from([0.0, 0.0, 3.0]),
        running=st.sampled_from([20.0, 300.0, 900.0]),
        outcome=st.sampled_from(["SUCCEEDED", "SUCCEEDED", "FAILED"]),
        canceling=st.sampled_from([0.0, 1.0, 20.0]),
        cancel_outcome=endings,
        data_form=st.sampled_from(DATA_FORMS),
        troubles=troubles(*CREATING),
    )
    def begin(
        self,
        echo: bool,
        literal: bool,
        lag: float,
        running: float,
        outcome: str,
        canceling: float,
        cancel_outcome: str,
        data_form: str,
        troubles: list[Trouble],
    ) -> None:
        self.story = WaitingStory(
            echo=echo,
            literal=literal,
            lag=lag if echo else 0.0,  # see `Schedules`
            running_seconds=running,
            outcome=outcome,
            canceling_seconds=canceling,
            cancel_outcome=cancel_outcome,
            data_form=data_form,
        )
        self.story.befall(troubles)
        self.story.up()

    # Pulumi operations, and what befalls them

    @rule(troubles=troubles(*CREATING))
    def up(self, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, epochs=st.integers(1, 3), troubles=troubles(*CREATING, "cancel", "delete"))
    def up_with_another_input(self, name: str, epochs: int, troubles: list[Trouble]) -> None:
        self.story.edit(name, hyperParameters={"n_epochs": epochs})
        self.story.befall(troubles)
        self.story.up()

    @rule(name=names, troubles=troubles(*CREATING, "delete"))
    def up_replacing(self, name: str, troubles: list[Trouble]) -> None:
        self.story.befall(troubles)
        self.story.up(name)

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

    @rule(call=st.integers(1, 7), phase=st.sampled_from(["before", "after"]), troubles=troubles("get", "delete"))
    def two_destroys(self, call: int, phase: str, troubles: list[Trouble]) -> None:
        self.story.befall([*troubles, ("meanwhile", call, phase, "second_destroy")])
        self.story.destroy()

    # What the user writes

    @rule(name=names, limit=st.sampled_from([None, "1m", "10m"]))
    def change_how_long_to_wait(self, name: str, limit: str | None) -> None:
        self.story.edit(name, waitTimeout=limit or "15m")

    @rule(name=names, create=st.sampled_from([5.0, 60.0]), update=st.sampled_from([5.0, 60.0, 600.0]))
    def custom_timeouts(self, name: str, create: float, update: float) -> None:
        self.story.limit(name, create=create, update=update)

    @rule(name=names)
    def no_custom_timeouts(self, name: str) -> None:
        self.story.limit(name)

    @rule(name=names, ends=st.sampled_from([None, ["FAILED"], ["FAILED", "CANCELED"]]))
    def rerun(self, name: str, ends: list[str] | None) -> None:
        self.story.edit(name, rerunOn=ends)

    @rule(name=names, trigger=st.sampled_from([None, ["x"], ["y"]]))
    def change_triggers(self, name: str, trigger: list[str] | None) -> None:
        self.story.edit(name, triggers=trigger)

    @rule(name=names, policy=st.sampled_from([None, "cancel", "retain"]))
    def change_the_policy(self, name: str, policy: str | None) -> None:
        self.story.edit(name, onDestroy=policy)

    @rule(variant=st.integers(0, 1))
    def add_a_model(self, variant: int) -> None:
        self.story.add_model("n", variant)

    @rule()
    def serve_it(self) -> None:
        self.story.serve_it()

    @rule(name=st.sampled_from(["m", "n", "s"]))
    def drop(self, name: str) -> None:
        self.story.drop(name)

    # The service and other people

    @rule(seconds=st.sampled_from([1.0, 30.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.story.wait(seconds)

    @rule(status=statuses)
    def the_service_moves_on(self, status: str) -> None:
        self.story.force(status)

    @rule(what=st.sampled_from(["RUNNING", "FAILED", "STOPPED"]))
    def the_deployment_moves_on(self, what: str) -> None:
        self.story.turn(what)

    @rule()
    def removed_elsewhere(self) -> None:
        self.story.remove_elsewhere()

    @rule(twin=st.booleans(), named=st.booleans())
    def somebody_elses(self, twin: bool, named: bool) -> None:
        self.story.somebody_elses(twin, named)

    @rule()
    def faults_pass(self) -> None:
        self.story.clear_faults()

    def teardown(self) -> None:
        if hasattr(self, "story"):
            self.story.finish()


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_model_is_waited_for_and_never_bought_twice(shard: int) -> None:
    run(WaitingSchedules, PLUGIN, 200 + shard, EXAMPLES)
