"""A key that does not know a job: the job is gone, or the key is somebody else's. Only the former may be believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from verbs import fine_tuning_job, model_deployment

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

OURS, THEIRS = "llm-ours", "llm-theirs"
BASE = "qwen3-14b"
KEYS = {"sk-test-key": OURS, "sk-other-key": THEIRS}


@pytest.fixture
def ours(fleet: Any) -> Any:
    """A job and a deployment of our workspace; `switch` uses the key of another one from then on."""
    fleet.emulator.configure(keys=KEYS)
    world = fleet.world

    def switch(fill: bool) -> None:
        world.restart(api_key="sk-other-key")
        if fill:
            world.create(__name="theirs", __owner="another000")
            fleet.create(__name="theirs", __owner="another000", modelName=BASE)
        world.restart(api_key="sk-other-key")

    fleet.switch = switch
    return fleet


def ways(fleet: Any) -> dict[str, Callable[[], Any]]:
    """What asks for an object that this key may not see."""
    world = fleet.world
    job_id, job = world.create()
    deployed, deployment = fleet.create(modelName=BASE)
    return {
        "refresh of a job": lambda: fine_tuning_job.read(world.connection, job_id, job),
        "destroy of a job": lambda: fine_tuning_job.delete(world.connection, job_id, job),
        "refresh of a deployment": lambda: model_deployment.read(world.connection, deployed, deployment),
        "destroy of a deployment": lambda: model_deployment.delete(world.connection, deployed, deployment),
    }


WAYS = ("refresh of a job", "destroy of a job", "refresh of a deployment", "destroy of a deployment")


@pytest.mark.parametrize("way", WAYS)
def test_a_key_of_another_workspace_does_not_make_it_gone(ours: Any, way: str) -> None:
    ask = ways(ours)[way]
    ours.switch(fill=True)
    with pytest.raises(LifecycleError) as caught:
        ask()
    for needed in (OURS, THEIRS, "stays in the state", "DASHSCOPE_API_KEY", "pulumi " + way.split()[0]):
        assert needed in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_where_the_key_shows_nothing_the_service_is_believed(ours: Any, way: str) -> None:
    ask = ways(ours)[way]
    ours.switch(fill=False)
    assert ask() is None


@pytest.mark.parametrize("way", WAYS)
def test_nor_does_a_list_that_can_not_be_read_keep_a_stack_for_ever(ours: Any, way: str) -> None:
    ask = ways(ours)[way]
    ours.switch(fill=True)
    for operation in ("list", "list_deployments"):
        ours.emulator.add_fault(FaultRule(operation=operation, kind="status", status=403, code="AccessDenied"))
    assert ask() is None


def test_what_is_gone_from_its_own_workspace_is_gone(ours: Any) -> None:
    world = ours.world
    job_id, outputs = world.create()
    world.create(__name="another")
    world.emulator.remove_job(job_id)
    world.restart()
    assert fine_tuning_job.read(world.connection, job_id, outputs) is None
    world.delete(job_id, outputs)
    assert f"{job_id} was already gone" in "\n".join(world.lines)
