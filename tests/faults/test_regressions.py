"""Stories that once ended badly, each under the name of what went wrong. New ones come from `test_schedules.py`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine import Engine, State
from front_ends import DYNAMIC, PLUGIN
from records import TIMEOUTS
from story import Story

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


def test_a_colleagues_job_without_a_name_is_not_the_lost_one(front: str) -> None:
    """Ours never started (500); meanwhile a colleague starts a job of the same model and data without naming it. It
    was adopted as ours, though the service shows names and would have shown our stamp."""
    story = Story(front)
    story.fault("500", "create", 1)
    story.meanwhile(1, "after", "somebody_elses", True, False)
    story.up()
    story.finish()


def test_a_colleagues_job_that_shows_before_ours_is_not_the_lost_one(front: str) -> None:
    """Ours took effect, but a colleague's job of the user's own name shows first: the first fit was taken."""
    story = Story(front, lag=10.0)
    story.edit("a", jobName="mine")
    story.somebody_elses(True, False)
    story.wait(5)
    story.fault("answer lost after it took effect", "create", 1)
    story.up()
    assert story.told is None
    story.finish()


@pytest.mark.usual("job_name_get")
def test_one_that_was_started_to_outlive_its_stack_is_told_of_though_no_state_ever_held_it() -> None:
    """Killed between the POST and its record, with `onDestroy: retain`: `destroy` let it run on without a word."""
    story = Story(DYNAMIC)
    story.edit("a", onDestroy="retain")
    story.killed_at("create", "after")
    story.up()
    (lost,) = story.cloud.active()
    story.destroy()
    assert [story.told, story.told_to_stay] == [None, {lost}]
    story.finish()
    assert story.cloud.active() == {lost}


def test_one_that_this_run_has_kept_is_not_told_of_twice() -> None:
    story = Story(DYNAMIC)
    story.edit("a", onDestroy="retain")
    story.up()
    story.destroy()
    assert [story.told, story.told_to_stay] == [None, set()]
    assert story.cloud.active()
    story.finish()


@pytest.mark.usual("job_name_get")
@pytest.mark.parametrize("after_the_kill", [["up"], ["destroy"], ["refresh", "destroy"], ["destroy", "up", "destroy"]])
def test_a_killed_create_is_found_by_up_and_told_by_destroy(front: str, after_the_kill: list[str]) -> None:
    """Killed between the POST and its record, and then destroyed: the job ran on, and nobody was told."""
    story = Story(front)
    story.killed_at("create", "after")
    story.up()
    assert len(story.cloud.active()) == 1
    for step in after_the_kill:
        getattr(story, step)()
        if step != "destroy":
            continue
        assert len(story.cloud.bought()) == 1
        if front == DYNAMIC and story.cloud.active():
            assert story.told is not None
            assert all(job_id in story.told for job_id in story.cloud.active())
        else:
            assert story.told is None
        if front == PLUGIN:
            break  # from here on it is forgotten: docs/plugin.md says so
    story.finish()


@pytest.mark.usual("job_name_get")
def test_an_outage_after_a_lost_answer_is_settled_by_the_next_up(front: str) -> None:
    story = Story(front)
    story.fault("answer lost after it took effect", "create", 1)
    story.meanwhile("create", "before", "fault", "503", "list", None)
    story.up()
    assert story.told is not None
    assert "not known" in story.told
    story.clear_faults()
    story.cloud.let_lists_show()
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    story.finish()


def test_a_job_that_is_kept_on_purpose_does_not_hold_up_the_destroy(front: str) -> None:
    story = Story(front)
    story.edit("a", onDestroy="retain")
    story.up()
    story.destroy()
    assert story.told is None
    assert story.cloud.active() == story.let_go
    story.finish()


def test_two_destroys_end_in_the_same_place(front: str) -> None:
    for call in range(1, 8):
        for phase in ("before", "after"):
            story = Story(front, canceling_seconds=20.0)
            story.up()
            story.wait(12)
            story.meanwhile(call, phase, "second_destroy")
            story.destroy()
            assert story.told is None
            story.finish()


@pytest.mark.usual("job_name_get")
def test_a_run_that_is_killed_at_any_call_ends_in_the_right_place(front: str) -> None:
    for call in range(1, 9):
        for phase in ("before", "after"):
            story = Story(front, lag=3.0)
            story.killed_at(call, phase)
            story.up()
            story.up()
            assert [story.told, len(story.cloud.bought())] == [None, 1]
            story.killed_at(call, phase)
            story.destroy()
            story.finish()
            assert len(story.cloud.bought()) == 1


def test_a_renamed_resource_keeps_its_job_though_the_rename_was_cut_short(front: str) -> None:
    """Killed after the new resource had adopted the job and before the old one was dropped: the next `up` tore the job
    down for the old resource, though the new one held it."""
    story = Story(front)
    story.up()
    story.rename("a", "b")
    story.killed_between_steps()
    story.up()
    story.up()
    assert story.told is None
    assert [record.name for record in story.state.records] == ["b"]
    assert len(story.cloud.active()) == 1
    story.finish()


@pytest.mark.usual("job_name_get")
def test_two_stacks_of_one_name_do_not_take_each_others_jobs(front: str) -> None:
    """Names of projects and stacks are not unique among those who share an account."""
    story = Story(front)
    story.killed_at("create", "after")
    story.up()
    theirs = Engine(State())
    theirs.up(story.front(story.cloud), story.program)
    story.cloud.foreign |= theirs.state.ids()
    assert len(story.cloud.bought()) == len(theirs.state.ids()) == 1
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    story.destroy()
    assert [story.told, story.cloud.active()] == [None, set()]
    story.finish()


def test_two_resources_can_not_adopt_one_job(front: str) -> None:
    story = Story(front)
    story.up()
    (job_id,) = story.cloud.bought()
    story.add("b")
    story.edit("b", adoptJobId=job_id)
    story.up()
    assert story.told is not None
    assert "is the job of a already" in story.told
    story.drop("a")
    story.up()
    assert story.told is None
    assert [(record.name, record.id) for record in story.state.records] == [("b", job_id)]
    story.finish()


@pytest.mark.usual("job_name_get")
@pytest.mark.parametrize("changed", [{}, {"onDestroy": "cancel"}])
@pytest.mark.parametrize("adopted_by", ["stamp", "adoptJobId"])
def test_a_job_that_replaced_itself_is_kept_though_the_replacement_was_cut_short(
    front: str, adopted_by: str, changed: dict[str, str]
) -> None:
    """`--replace` of a job that was adopted adopts it again; killed before the old record was dropped, the next `up`
    tore the job down for that record; and did so even later, when an input changed in place meanwhile."""
    story = Story(front)
    if adopted_by == "stamp":
        story.killed_at("create", "after")
        story.up()
        story.up()
    else:
        story.up()
        story.edit("a", adoptJobId=next(iter(story.cloud.bought())))
    story.killed_between_steps()
    story.up("a")
    assert len(story.state.records) == 2
    story.edit("a", **changed)
    story.up()
    assert story.told is None
    assert len(story.state.records) == len(story.cloud.active()) == 1
    story.up("a")
    story.finish()


@pytest.mark.parametrize("then", ["up", "up --replace"])
def test_a_job_that_replaced_itself_twice_is_kept(front: str, then: str) -> None:
    """Two forced replacements, each of which found the job and kept it, and the first was killed before it had dropped
    the old record: the second dropped one record for its own job, and tore the job down for the other."""
    story = Story(front)
    story.up()
    for _ in range(2):
        story.killed_between_steps()
        story.up("a")
    assert len(story.state.records) == 3
    story.up(*(["a"] if then == "up --replace" else []))
    assert story.told is None
    assert len(story.state.records) == len(story.cloud.active()) == 1
    story.finish()


@pytest.mark.parametrize("then", ["up", "up --replace"])
def test_a_file_that_replaced_itself_is_kept_though_the_replacement_was_cut_short(
    front: str, then: str, tmp_path: Path
) -> None:
    """The next `up` deleted it for the old record, though the new one held it, and a job that was to use it failed."""
    story = Story(front)
    (tmp_path / "train.jsonl").write_text(ROW * 3)
    story.program = {"data": {"path": str(tmp_path / "train.jsonl")}}
    story.up()
    for _ in range(2):
        story.killed_between_steps()
        story.up("data")
    assert len(story.state.records) == 3
    story.up(*(["data"] if then == "up --replace" else []))
    assert story.told is None
    assert story.state.ids() == set(story.cloud.emulator.files)
    assert len(story.state.records) == 1
    story.destroy()
    assert [story.told, story.cloud.emulator.files] == [None, {}]
    story.finish()


def test_a_cancel_that_is_refused_while_the_job_runs_is_tried_again(front: str) -> None:
    story = Story(front, running_seconds=1e6)
    story.up()
    story.wait(12)
    story.refused("cancel")
    story.destroy()
    assert [story.told, story.cloud.active()] == [None, set()]
    story.finish()


def test_a_delete_that_is_refused_because_the_job_runs_again_does_not_forget_it(front: str) -> None:
    story = Story(front)
    story.up()
    story.force("CANCELED")
    story.refused("delete")
    story.meanwhile("delete", "after", "resume")
    story.destroy()
    assert [story.told, story.cloud.active()] == [None, set()]
    story.finish()


@pytest.mark.parametrize(
    ("status", "order"),
    [("RUNNING", ["create", "cancel", "delete", "create"]), ("SUCCEEDED", ["create", "create", "delete"])],
)
def test_old_and_new_follow_each_other_as_the_plan_says(front: str, status: str, order: list[str]) -> None:
    story = Story(front)
    story.up()
    story.force(status)
    story.edit("a", triggers=["again"])
    story.up()
    made = [record.operation for record in story.cloud.emulator.requests]
    assert [operation for operation in made if operation in ("create", "cancel", "delete")] == order
    story.finish()


@pytest.mark.usual("job_name_get")
def test_a_lost_job_that_succeeded_is_for_the_user_to_decide(front: str) -> None:
    story = Story(front)
    story.killed_at("create", "after")
    story.up()
    story.force("SUCCEEDED")
    story.up()
    assert story.told is not None
    assert "has already trained this" in story.told
    story.take_advice()
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    story.finish()


@pytest.mark.usual("job_name_get")
def test_a_forced_replacement_finds_the_job_and_keeps_it(front: str) -> None:
    """`--replace` reaches a provider as a plain create, with no word of what is replaced (see docs/guarantees.md)."""
    story = Story(front)
    story.up()
    story.cloud.let_lists_show()
    story.up("a")
    assert story.told is None
    assert len(story.cloud.bought()) == 1
    assert story.state.ids() == story.cloud.active()
    story.force("SUCCEEDED")
    story.up("a")
    assert story.told is not None
    assert "has already trained this" in story.told
    story.edit("a", triggers=["again"])
    story.up("a")
    assert [story.told, len(story.cloud.bought())] == [None, 2]
    assert story.state.ids() == story.cloud.active()
    story.finish()


def test_a_number_that_is_spelled_otherwise_buys_nothing(front: str) -> None:
    story = Story(front)
    story.edit("a", hyperParameters={"learning_rate": "1.6e-5", "n_epochs": 3})
    story.up()
    story.force("SUCCEEDED")
    story.refresh()
    story.edit("a", hyperParameters={"learning_rate": 0.000016, "n_epochs": "3"})
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    story.finish()


@pytest.mark.parametrize("refreshed", [False, True])
def test_values_of_every_kind_come_back_as_they_were_and_change_nothing(front: str, refreshed: bool) -> None:
    hyper = {"n_epochs": 3, "learning_rate": 1.6e-5, "shuffle": True, "layers": [1, "two", False], "more": {"x": 0.5}}
    story = Story(front)
    story.edit("a", hyperParameters=hyper, triggers=["x"], onDestroy="delete")
    story.up()
    (job,) = (job for job_id, job in story.cloud.emulator.jobs.items() if job_id not in story.cloud.foreign)
    assert json.dumps(job.hyper_parameters, sort_keys=True) == json.dumps(hyper, sort_keys=True)
    for status in ("RUNNING", "SUCCEEDED"):
        story.force(status)
        if refreshed:
            story.refresh()
        story.up()
        assert [story.told, story.steps] == [None, []]
    story.finish()


def test_a_custom_timeout_bounds_a_teardown() -> None:
    """Of those a dynamic provider is not told."""
    story = Story(PLUGIN, canceling_seconds=1000.0)
    story.edit("a", **{TIMEOUTS: {"delete": 60}})
    story.up()
    story.wait(12)
    began = story.cloud.clock.monotonic()
    story.destroy()
    assert story.told is not None
    assert "was not torn down within 1m" in story.told
    assert story.cloud.clock.monotonic() - began < 70
    assert story.state.ids() == story.cloud.active()
    story.wait(1000)
    story.destroy()
    assert story.told is None
    story.finish()
