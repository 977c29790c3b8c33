"""Stories of deployments that once ended badly, or that must never. New ones come from `test_serving_schedules.py`."""

from __future__ import annotations

import pytest
from front_ends import DYNAMIC, PLUGIN
from serving_story import BASE, TUNED, ServingStory


def test_one_that_is_made_anew_under_the_same_id_is_not_taken_down_for_the_old_record(front: str) -> None:
    """Gone elsewhere, then `--replace`: the service gives the same id again, and the delete of the old record took the
    new deployment down, while the state believed it to serve."""
    story = ServingStory(front)
    story.up()
    story.remove_elsewhere()
    story.up("s")
    assert story.told is None
    assert list(story.cloud.standing()) == [TUNED] == [record.id for record in story.state.records]
    story.finish()


@pytest.mark.parametrize("changed", [{}, {"teardownTimeout": "20m"}])
def test_nor_is_it_when_the_up_was_killed_before_the_old_record_was_dropped(
    front: str, changed: dict[str, str]
) -> None:
    """With an input that changes in place, the run that cleans up took the new one for the old one."""
    story = ServingStory(front)
    story.up()
    story.wait(100)
    story.refresh()
    story.remove_elsewhere()
    story.killed_between_steps()
    story.up("s")
    assert len(story.state.records) == 2
    story.edit("s", **changed)
    story.up()
    assert story.told is None
    assert list(story.cloud.standing()) == [TUNED] == [record.id for record in story.state.records]
    story.finish()


@pytest.mark.parametrize("then", ["up", "up --replace"])
def test_one_that_replaced_itself_twice_is_kept(front: str, then: str) -> None:
    story = ServingStory(front)
    story.up()
    for _ in range(2):
        story.killed_between_steps()
        story.up("s")
    assert len(story.state.records) == 3
    story.up(*(["s"] if then == "up --replace" else []))
    assert story.told is None
    assert list(story.cloud.standing()) == [TUNED] == [record.id for record in story.state.records]
    story.finish()


@pytest.mark.parametrize("after_the_kill", [["up"], ["destroy"], ["refresh", "destroy"], ["destroy", "up", "destroy"]])
@pytest.mark.parametrize("variant", [0, 1])
def test_a_killed_create_is_found_by_up_and_told_by_destroy(
    front: str, after_the_kill: list[str], variant: int
) -> None:
    story = ServingStory(front)
    story.drop("s")
    story.serve("s", variant)
    story.killed_at("create_deployment", "after")
    story.up()
    assert len(story.cloud.standing()) == 1
    for step in after_the_kill:
        getattr(story, step)()
        if step != "destroy":
            continue
        assert len(story.cloud.deployed()) == 1
        if front == DYNAMIC and story.cloud.standing():
            assert story.told is not None
            assert all(deployed_model in story.told for deployed_model in story.cloud.standing())
        else:
            assert story.told is None
        if front == PLUGIN:
            break  # from here on it is forgotten: docs/plugin.md says so
    story.finish()


def test_a_run_that_is_killed_at_any_call_ends_in_the_right_place(front: str) -> None:
    for call in range(1, 8):
        for phase in ("before", "after"):
            story = ServingStory(front, lag=3.0)
            story.killed_at(call, phase)
            story.up()
            story.up()
            assert [story.told, len(story.cloud.deployed())] == [None, 1]
            story.killed_at(call, phase)
            story.destroy()
            story.finish()
            assert len(story.cloud.deployed()) == 1


def test_two_destroys_end_in_the_same_place(front: str) -> None:
    for call in range(1, 7):
        for phase in ("before", "after"):
            story = ServingStory(front, deleting_seconds=20.0)
            story.up()
            story.wait(100)
            story.meanwhile(call, phase, "second_destroy")
            story.destroy()
            assert [story.told, story.cloud.standing()] == [None, {}]
            story.finish()


@pytest.mark.usual("job_name_get", "job_name_list")  # the story's colleague deploys nothing where names are hidden
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("then", ["suffix", "advice"])
def test_somebody_who_deploys_the_same_model_between_the_list_and_the_create(
    front: str, named: bool, then: str
) -> None:
    """Theirs is not taken for ours, and both ways out that the message names lead out."""
    story = ServingStory(front)
    story.meanwhile("create_deployment", "before", "somebody_deploys", TUNED, named)
    story.up()
    assert story.told is not None
    assert "exists already" in story.told
    assert TUNED in story.told
    assert story.cloud.standing() == {}
    if then == "suffix":
        assert "suffix" in story.told
        story.edit("s", suffix="mine")
    else:
        story.cloud.let_lists_show()
        story.up()  # where the list lags, only now does the message know whose it is
        story.take_advice()
    story.cloud.let_lists_show()
    story.up()
    assert [story.told, len(story.cloud.standing())] == [None, 1]
    story.finish()


def test_an_outage_after_a_lost_answer_is_settled_by_the_next_up(front: str) -> None:
    story = ServingStory(front)
    story.fault("answer lost after it took effect", "create_deployment", 1)
    story.meanwhile("create_deployment", "before", "fault", "503", "list_deployments", None)
    story.up()
    assert story.told is not None
    assert "not known" in story.told
    story.clear_faults()
    story.cloud.let_lists_show()
    story.up()
    assert [story.told, len(story.cloud.deployed())] == [None, 1]
    story.finish()


def test_a_running_one_that_may_not_be_deleted_is_told_and_kept(front: str) -> None:
    story = ServingStory(front, undeletable=True)
    story.up()
    story.wait(100)
    story.destroy()
    assert story.told is not None
    assert "goes on serving" in story.told
    assert story.state.ids() == set(story.cloud.standing())
    story.turn("STOPPED")
    story.destroy()
    assert [story.told, story.cloud.standing()] == [None, {}]
    story.finish()


def test_one_that_is_kept_on_purpose_does_not_hold_up_the_destroy(front: str) -> None:
    story = ServingStory(front)
    story.edit("s", onDestroy="retain")
    story.up()
    story.destroy()
    assert story.told is None
    assert list(story.cloud.standing()) == [TUNED]
    story.finish()


def test_a_rename_that_was_cut_short_keeps_the_deployment(front: str) -> None:
    story = ServingStory(front)
    story.up()
    story.rename("s", "t")
    story.killed_between_steps()
    story.up()
    story.up()
    assert story.told is None
    assert [(record.name, record.id) for record in story.state.records] == [("t", TUNED)]
    assert list(story.cloud.standing()) == [TUNED]
    story.finish()


def test_one_that_failed_is_recorded_and_replaced_once(front: str) -> None:
    story = ServingStory(front, deployment_outcome="FAILED")
    story.up()
    assert story.told is not None
    assert "is FAILED" in story.told
    assert story.state.ids() == {TUNED}
    story.cloud.emulator.configure(deployment_outcome="RUNNING")
    story.up()
    assert [story.told, len(story.cloud.deployed())] == [None, 2]
    story.refresh()
    story.up()
    assert [one.status for one in story.cloud.standing().values()] == ["RUNNING"]
    story.finish()


def test_one_that_failed_is_replaced_once_and_only_if_the_state_knows(front: str) -> None:
    """Without the wait, the state knows only what a refresh has told it."""
    story = ServingStory(front, deployment_outcome="FAILED")
    story.edit("s", waitUntilRunning=False)
    story.up()
    story.wait(400)
    if front == DYNAMIC:  # a plugin reads what is under way before it plans
        story.up()
        assert len(story.cloud.deployed()) == 1
        story.refresh()
    story.cloud.emulator.configure(deployment_outcome="RUNNING")
    story.up()
    assert [story.told, len(story.cloud.deployed())] == [None, 2]
    story.wait(400)
    story.refresh()
    story.up()
    assert [one.status for one in story.cloud.standing().values()] == ["RUNNING"]
    story.finish()


@pytest.mark.parametrize(
    ("change", "order"),
    [
        ({"triggers": ["again"]}, ["delete_deployment", "create_deployment"]),
        ({"suffix": "blue"}, ["create_deployment", "delete_deployment"]),
        ({"modelName": BASE}, ["create_deployment", "delete_deployment"]),
    ],
)
def test_old_and_new_follow_each_other_as_the_plan_says(
    front: str, change: dict[str, object], order: list[str]
) -> None:
    story = ServingStory(front)
    story.up()
    story.wait(100)
    story.edit("s", **change)
    story.up()
    made = [record.operation for record in story.cloud.emulator.requests]
    assert [one for one in made if one in order] == ["create_deployment", *order]
    assert len(story.cloud.standing()) == 1
    story.finish()


@pytest.mark.parametrize("named", [True, False])
def test_somebodys_new_deployment_of_the_model_is_not_the_lost_one(front: str, named: bool) -> None:
    """Ours never came about (500), and a colleague's of the same base model appears instead."""
    story = ServingStory(front)
    story.drop("s")
    story.serve("s", 2)
    story.fault("500", "create_deployment", 1)
    story.meanwhile("create_deployment", "after", "somebody_deploys", BASE, named)
    story.up()
    assert [story.told, len(story.cloud.deployed())] == [None, 1]
    story.finish()


@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize("variant", [0, 1, 2])
def test_an_up_that_has_nothing_to_do_does_nothing(front: str, variant: int, refreshed: bool) -> None:
    story = ServingStory(front)
    story.drop("s")
    story.serve("s", variant)
    story.edit("s", rpmLimit=100, triggers=["x"], onDestroy="delete")
    story.up()
    for seconds in (0.0, 30.0, 400.0):
        story.wait(seconds)
        if refreshed:
            story.refresh()
        story.up()
        assert [story.told, story.steps] == [None, []]
    story.finish()


def test_one_that_was_started_to_outlive_its_stack_is_told_of_though_no_state_ever_held_it() -> None:
    """Killed between the POST and its record, with `onDestroy: retain`: `destroy` let it serve on without a word."""
    story = ServingStory(DYNAMIC)
    story.edit("s", onDestroy="retain")
    story.killed_at("create_deployment", "after")
    story.up()
    (lost,) = story.cloud.standing().values()
    story.destroy()
    assert story.told is None
    assert [one is lost for one in story.kept] == [True]
    story.finish()


def test_a_colleagues_one_whose_id_ours_begins_with_is_not_named() -> None:
    """The look for it in the message took a part of our id for theirs."""
    story = ServingStory(DYNAMIC)
    story.drop("s")
    story.serve("s", 1)
    story.killed_at("create_deployment", "after")
    story.up()
    story.somebody_deploys(TUNED, False)
    story.finish()


def test_an_id_that_is_given_again_is_deleted_once(front: str) -> None:
    """A `destroy` was killed after its delete. Another resource of the same model then gets the same id, and two
    records have it: not one deployment too many, and none left (docs/guarantees.md).
    """
    story = ServingStory(front, deploying_seconds=0.0)
    story.up()
    story.killed_at("delete_deployment", "after")
    story.destroy()
    assert [record.name for record in story.state.records if record.id == TUNED] == ["s"]
    story.wait(400)
    story.serve("t", 0)
    story.up()
    assert [record.id for record in story.state.records if record.id == TUNED] == [TUNED, TUNED]
    assert len(story.cloud.standing()) == 1
    story.finish()


def test_ctrl_c_in_one_of_two_destroys_is_heeded_by_that_one() -> None:
    """The look at how long a destroy went on after Ctrl-C took the other one's waits for its own."""
    story = ServingStory(PLUGIN, deleting_seconds=60.0)
    story.up()
    story.ctrl_c_at(1, "before")
    story.meanwhile(1, "before", "second_destroy")
    story.destroy()
    story.finish()
