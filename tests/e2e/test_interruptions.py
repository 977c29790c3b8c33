"""Killed, interrupted, doubled: the next run ends in the right place. And many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackInUse, StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@dataclass
class Underway:
    """An operation in the background, and what it has raised once it has ended."""

    thread: threading.Thread
    failures: list[BaseException]

    def finish(self) -> None:
        self.thread.join(60)
        assert not self.thread.is_alive()

    def fail(self) -> None:
        self.finish()
        assert self.failures


@pytest.fixture
def waiting_destroy(stage: Any, in_background: Any) -> Callable[[float], Underway]:
    """Begins a `destroy` of a job that runs, up to where it waits for the end of the cancel, which takes so many
    seconds.
    """

    def begin(canceling_seconds: float) -> Underway:
        stage.stack.up()
        stage.emulator.force(stage.job_id, "RUNNING")
        stage.emulator.configure(canceling_seconds=canceling_seconds)
        destroy = Underway(*in_background(stage.stack.destroy))
        wait_until(lambda: stage.emulator.count("cancel") == 1)
        return destroy

    return begin


@pytest.fixture
def unanswered_up(stage: Any, in_background: Any) -> Underway:
    """An `up` whose job has been bought, while the answer to the create has yet to come."""
    stage.emulator.add_fault(FaultRule(operation="create", kind="hang", after_effect=True, seconds=30.0, count=1))
    up = Underway(*in_background(stage.stack.up))
    wait_until(lambda: bool(stage.emulator.jobs))
    return up


def require_converging(stage: Any) -> None:
    """A `destroy` that goes on where another one ended leaves nothing, and cancels nothing twice."""
    stage.stack.destroy()
    assert stage.counts()["cancel"] == 1
    assert stage.nothing_left()


def require_adopting(stage: Any) -> None:
    """An `up` takes the job that was lost, and buys none."""
    (lost,) = stage.emulator.jobs
    up = stage.stack.up()
    assert stage.job_id == lost
    assert "adopted, no new run is bought" in "\n".join(up.output)
    assert stage.counts()["create"] == 1
    stage.stack.destroy()
    assert stage.nothing_left()


def test_the_host_is_killed_while_it_waits_for_a_cancel(stage: Any, waiting_destroy: Any) -> None:
    destroy = waiting_destroy(10_000)
    stage.stack.kill_host()
    destroy.fail()
    assert stage.job is not None
    stage.emulator.configure(canceling_seconds=1)
    require_converging(stage)


@pytest.mark.usual("job_name_get", "job_name_list", "list_lag")
def test_the_host_is_killed_after_the_job_was_bought_and_before_anybody_knows(stage: Any, unanswered_up: Any) -> None:
    stage.stack.kill_host()
    unanswered_up.fail()
    assert stage.job is None
    require_adopting(stage)


@pytest.mark.usual("job_name_get", "job_name_list", "list_lag")
def test_destroy_after_a_killed_create_names_the_job_that_no_state_holds(stage: Any, unanswered_up: Any) -> None:
    stage.stack.kill_host()
    unanswered_up.finish()
    (lost,) = stage.emulator.jobs
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.destroy()
    assert lost in str(caught.value)
    assert "pulumi up" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    stage.emulator.force(lost, "CANCELED")
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.parametrize("engine", ["command"], indirect=True)
@pytest.mark.parametrize("everything", [False, True], ids=["the command alone", "and all it started"])
def test_the_command_is_killed_while_a_teardown_waits(stage: Any, waiting_destroy: Any, everything: bool) -> None:
    destroy = waiting_destroy(100)
    stage.stack.kill(everything=everything)
    destroy.fail()
    with pytest.raises(StackInUse, match="pulumi cancel"):
        stage.stack.destroy()
    stage.stack.unlock()
    require_converging(stage)


@pytest.mark.parametrize("engine", ["command"], indirect=True)
@pytest.mark.parametrize("everything", [False, True], ids=["the command alone", "and all it started"])
def test_the_command_is_killed_after_the_job_was_bought(stage: Any, unanswered_up: Any, everything: bool) -> None:
    stage.stack.kill(everything=everything)
    unanswered_up.fail()
    stage.stack.unlock()
    stage.stack.refresh(clear_pending_creates=True)
    require_adopting(stage)


@pytest.mark.parametrize("engine", ["command"], indirect=True)
def test_the_command_is_killed_while_a_create_waits_to_be_tried_again(stage: Any, in_background: Any) -> None:
    """What the killed command leaves behind must not wake up and buy a job beside that of the next `up`."""
    told: dict[str, Any] = {
        "status": 429,
        "code": "Throttling",
        "message": "Too many requests.",
        "headers": {"Retry-After": "20"},
    }
    stage.emulator.add_fault(FaultRule(operation="create", kind="status", count=1, **told))
    up = Underway(*in_background(stage.stack.up))
    wait_until(lambda: "trying again in" in "\n".join(stage.lines))
    providers = stage.stack.providers()
    assert providers
    stage.stack.kill()
    up.fail()
    wait_until(lambda: not any(Path(f"/proc/{one}").exists() for one in providers))
    assert not stage.emulator.jobs
    stage.stack.unlock()
    stage.stack.refresh(clear_pending_creates=True)
    stage.stack.up()
    assert list(stage.emulator.jobs) == [stage.job_id]
    stage.stack.destroy()
    assert stage.nothing_left()


def test_ctrl_c_while_a_teardown_waits(stage: Any, waiting_destroy: Any) -> None:
    destroy = waiting_destroy(60)
    stage.stack.interrupt()
    destroy.finish()
    require_converging(stage)


@pytest.mark.usual("job_name_get", "job_name_list", "list_lag")
def test_a_create_left_pending_in_the_state_is_found_by_the_next_up(stage: Any) -> None:
    stage.stack.up()
    job_id = stage.job_id
    state = stage.stack.export()
    (resource,) = (r for r in state["deployment"]["resources"] if r["type"].endswith(":FineTuningJob"))
    state["deployment"]["resources"].remove(resource)
    bare = {name: value for name, value in resource.items() if name not in ("id", "outputs")}
    state["deployment"]["pending_operations"] = [{"resource": bare, "type": "creating"}]
    stage.stack.import_state(state)
    stage.stack.refresh(clear_pending_creates=True)
    stage.stack.up()
    assert stage.job_id == job_id
    assert stage.counts()["create"] == 1
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.usual("delete_cancelled")
@pytest.mark.parametrize("plain", [False, True], ids=["widened", "four threads"])
@pytest.mark.rotated  # here the flavours differ
def test_many_teardowns_run_at_once_where_the_host_can_be_widened(stage: Any, plain: bool) -> None:
    if plain and stage.flavour.is_plugin:
        pytest.skip("the plugin has no host that would have to be widened")
    stage.emulator.configure(runners=12)
    stage.stack.env["DASHSCOPE_FT_PLAIN_HOST"] = "1" if plain else ""
    stage.program(job=False, more=8)
    stage.stack.up()
    for job_id in stage.emulator.jobs:
        stage.emulator.force(job_id, "RUNNING")
    stage.emulator.configure(canceling_seconds=60)
    stage.stack.destroy()
    moments = [(t.at, job.job_id, t.status) for job in stage.emulator.gone_jobs.values() for t in job.transitions]
    canceling: set[str] = set()
    most = 0
    for _, job_id, status in sorted(moments):
        (canceling.add if status == "CANCELING" else canceling.discard)(job_id)
        most = max(most, len(canceling))
    assert most <= 4 if plain else most == 8
    assert stage.nothing_left()


def test_two_destroys_at_once(stage: Any, waiting_destroy: Any) -> None:
    """Another machine tears the same job down at the same time: both reach the end."""
    destroy = waiting_destroy(40)
    (job_id,) = stage.emulator.jobs
    stage.emulator.force(job_id, "CANCELED")
    stage.emulator.remove_job(job_id)
    destroy.finish()
    assert not destroy.failures
    assert stage.nothing_left()
