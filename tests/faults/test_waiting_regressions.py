"""Stories of a resource that waits for its model: what may end the wait, and what must never follow from that. New ones
come from `test_waiting_schedules.py`.
"""

from __future__ import annotations

import pytest
from waiting_story import WaitingStory

from pulumi_dashscope_ft.emulator import FaultRule


def test_ctrl_c_at_any_moment_leaves_the_job_and_the_next_up_goes_on() -> None:
    for seconds in (0.0, 1.0, 12.0, 100.0, 299.0):
        story = WaitingStory()
        story.ctrl_c_in(seconds)
        story.up()
        assert story.told is not None
        assert "interrupted (Ctrl-C)" in story.told
        assert story.state.ids() == set(story.cloud.bought())
        assert story.cloud.active() == story.state.ids()
        story.up()
        assert [story.told, len(story.cloud.bought())] == [None, 1]
        story.finish()


def test_ctrl_c_at_any_call_loses_nothing() -> None:
    for call in range(1, 7):
        for phase in ("before", "after"):
            story = WaitingStory(lag=3.0)
            story.ctrl_c_at(call, phase)
            story.up()
            story.up()
            assert [story.told, len(story.cloud.bought())] == [None, 1]
            story.force("RUNNING")
            story.ctrl_c_at(call, phase)
            story.destroy()
            story.finish()
            assert len(story.cloud.bought()) == 1


@pytest.mark.usual("job_name_get")
def test_a_run_that_is_killed_at_any_call_ends_in_the_right_place() -> None:
    for call in range(1, 9):
        for phase in ("before", "after"):
            story = WaitingStory(lag=3.0)
            story.killed_at(call, phase)
            story.up()
            story.up()
            assert [story.told, len(story.cloud.bought())] == [None, 1]
            story.finish()


@pytest.mark.parametrize("by", ["waitTimeout", "customTimeouts"])
def test_a_wait_that_is_over_is_gone_on_with(by: str) -> None:
    story = WaitingStory()
    if by == "waitTimeout":
        story.edit("m", waitTimeout="1m")
    else:
        story.limit("m", create=60.0, update=120.0)
    story.up()
    assert story.told is not None
    assert "has no model yet after 1m" in story.told
    (record,) = story.state.records
    assert record.unfinished
    assert record.under_way
    for _ in range(6):
        if story.told is not None:
            story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    assert record.inputs["waitTimeout"] == record.outputs["waitTimeout"] == ("1m" if by == "waitTimeout" else "10m")
    story.finish()


def test_what_was_written_is_recorded_although_the_wait_ends_early_again() -> None:
    story = WaitingStory()
    story.ctrl_c_in(100.0)
    story.up()
    story.edit("m", waitTimeout="1m", onDestroy="cancel")
    story.up()
    assert story.told is not None
    (record,) = story.state.records
    assert record.unfinished
    for recorded in (record.inputs, record.outputs):
        assert (recorded["waitTimeout"], recorded["onDestroy"]) == ("1m", "cancel")
    story.destroy()
    assert story.told is None
    (job_id,) = story.cloud.bought()
    assert story.cloud.status(job_id) == "CANCELED"
    story.finish()


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
@pytest.mark.parametrize("way_out", [{"rerunOn": ["FAILED", "CANCELED"]}, {"triggers": ["again"]}])
def test_a_run_without_a_model_is_paid_for_again_only_if_that_is_wanted(
    status: str, way_out: dict[str, object]
) -> None:
    story = WaitingStory()
    story.meanwhile("get", "after", "force", status)
    story.up()
    assert [record.outputs["status"] for record in story.state.records] == [status]
    for _ in range(3):
        assert story.told is not None
        assert "has ended without a model" in story.told
        assert len(story.cloud.bought()) == 1
        story.up()
    story.edit("m", **way_out)
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 2]
    story.finish()


def test_another_input_while_it_is_waited_for_ends_the_old_run_first() -> None:
    story = WaitingStory()
    story.ctrl_c_in(100.0)
    story.up()
    story.edit("m", hyperParameters={"n_epochs": 2})
    story.up()
    made = [record.operation for record in story.cloud.emulator.requests]
    order = [operation for operation in made if operation in ("create", "cancel", "delete")]
    assert order == ["create", "cancel", "delete", "create"]
    assert story.told is None
    story.finish()


def test_a_job_that_goes_while_it_is_waited_for_is_told_and_then_started_anew() -> None:
    story = WaitingStory()
    story.meanwhile("logs", "before", "remove_elsewhere")
    story.up()
    assert story.told is not None
    assert "is gone" in story.told
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 2]
    story.finish()


def test_what_has_its_model_waits_no_more_whatever_is_shown_of_its_job() -> None:
    """A refresh that saw a status of no documentation took the model out of the state, and the next `up` waited."""
    story = WaitingStory()
    story.serve_it()
    story.up()
    (model,) = (record.outputs["modelId"] for record in story.state.records if record.name == "m")
    for operation in ("get", "list"):
        story.cloud.emulator.add_fault(FaultRule(operation=operation, kind="unknown_status"))
    story.refresh()
    began = story.cloud.clock.monotonic()
    story.up()
    assert story.told is None
    assert story.cloud.clock.monotonic() - began < 1
    assert [record.outputs.get("modelId", model) for record in story.state.records] == [model, model]
    assert len(story.cloud.deployed()) == 1
    story.edit("m", waitTimeout="5m")
    story.up()
    assert [story.told, story.steps] == [None, ["update m"]]
    assert [record.outputs.get("modelId", model) for record in story.state.records] == [model, model]
    story.finish()


@pytest.mark.parametrize("limit", ["10m", None])
def test_an_up_that_has_nothing_to_do_does_nothing(limit: str | None) -> None:
    story = WaitingStory()
    story.edit("m", waitTimeout=limit, triggers=["x"])
    story.serve_it()
    story.up()
    for step in ("up", "refresh", "up"):
        getattr(story, step)()
        assert [story.told, story.steps] == [None, []]
    story.finish()


def test_who_could_not_be_looked_at_is_not_looked_at_once_more() -> None:
    """An outage at the end of a wait took two minutes instead of one."""
    story = WaitingStory()
    story.meanwhile("create", "after", "fault", "503", "get", None)
    began = story.cloud.clock.monotonic()
    story.up()
    assert story.told is not None
    assert story.cloud.clock.monotonic() - began < 70
    assert story.state.ids() == story.cloud.active()
    story.clear_faults()
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    story.finish()


@pytest.mark.parametrize("policy", ["delete", "cancel", "retain"])
def test_it_is_ended_at_any_time_as_its_policy_says(policy: str) -> None:
    for seconds in (5.0, 20.0, 100.0):
        story = WaitingStory()
        story.edit("m", onDestroy=policy)
        story.ctrl_c_in(seconds)
        story.up()
        story.destroy()
        assert story.told is None
        (job_id,) = story.cloud.bought()
        status = story.cloud.status(job_id)
        assert (status is None) == (policy == "delete")
        assert policy != "cancel" or status == "CANCELED"
        assert (job_id in story.cloud.active()) == (policy == "retain")
        story.finish()


def test_a_preview_shows_what_is_not_known_yet_and_buys_nothing() -> None:
    story = WaitingStory()
    story.serve_it()
    story.preview()
    assert [story.told, story.cloud.bought(), story.cloud.deployed()] == [None, {}, []]
    story.ctrl_c_in(100.0)
    story.up()
    story.preview()
    assert [story.told, len(story.cloud.bought()), story.cloud.deployed()] == [None, 1, []]
    story.up()
    assert [story.told, len(story.cloud.bought()), len(story.cloud.deployed())] == [None, 1, 1]
    # Whatever a property has to look like: what is not known yet is taken for it.
    story.program["n"] = {**story.program["m"], "waitTimeout": "@m.usage", "triggers": ["@s.deployedModel"]}
    story.edit("m", triggers=["again"])
    story.preview()
    assert story.told is None
    story.drop("n")
    story.finish()
