"""The way of a deployment through its statuses: one jump of the clock equals many steps."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.emulator.model.deployments import STATUSES, STEPS, DeploymentPlan, EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.fleet import Fleet

seconds = st.integers(0, 30).map(float)
schedules = st.lists(
    st.tuples(st.sampled_from(["add", "change", "delete", "force"]), seconds, st.integers(0, 9)), max_size=12
)
plans = st.builds(
    DeploymentPlan,
    deploying_seconds=seconds,
    updating_seconds=seconds,
    deleting_seconds=seconds,
    deployment_outcome=st.sampled_from(["RUNNING", "FAILED"]),
    update_outcome=st.sampled_from(["RUNNING", "UPDATING_FAILED"]),
)


def play(schedule: Any, plan: DeploymentPlan, steps: int) -> list[list[Any]]:
    """The histories of all deployments of a schedule; ``steps`` > 1 also looks in between."""
    fleet, now = Fleet(plan), 0.0
    made: list[Any] = []
    for action, wait, number in [*schedule, ("end", 500.0, 0)]:
        for step in range(1, steps + 1):
            fleet.advance(now + wait * step / steps)
        now += wait
        if action == "add":
            made.append(EmulatedDeployment(f"d{len(made)}", len(made), "m", "m", 1, number % 2, "w", "u"))
            fleet.add(made[-1], now)
        elif made and action != "end":
            one = made[number % len(made)]
            if one.deployed_model not in fleet.deployments:
                continue
            if action == "force":
                fleet.force(one.deployed_model, STATUSES[number % len(STATUSES)], now)
            elif action == "delete":
                fleet.delete(one, now)
            else:
                fleet.change(one, now, "scale")
    assert {one.deployed_model for one in made} == fleet.deployments.keys() | fleet.gone.keys()
    return [one.transitions for one in made]


@settings(max_examples=150, deadline=None)
@given(schedules, plans, st.integers(2, 5))
def test_one_jump_equals_many_steps(schedule: Any, plan: DeploymentPlan, steps: int) -> None:
    histories = play(schedule, plan, 1)
    assert histories == play(schedule, plan, steps)
    for history in histories:
        times = [step.at for step in history]
        assert times == sorted(times)
        assert "GONE" not in [step.status for step in history[:-1]]
        assert history[-1].status not in STEPS, "nothing passing stays"
