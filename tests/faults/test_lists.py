"""Lists that lag or show no names: stories that once ended badly."""

from __future__ import annotations

import pytest
from front_ends import DYNAMIC
from story import Story

from pulumi_dashscope_ft.emulator import FaultRule


@pytest.mark.parametrize("others", [True, False], ids=["others are listed", "nothing is listed"])
@pytest.mark.parametrize("fault", ["no output", "malformed JSON"])
@pytest.mark.parametrize("step", ["refresh", "destroy", "up"])
def test_answers_without_a_job_do_not_make_it_gone_while_the_list_lags(
    front: str, step: str, fault: str, others: bool
) -> None:
    """Every get was answered by 200 without a job for a minute, and the list did not show the new job yet: it was taken
    for gone, and left the state while it ran."""
    story = Story(front, lag=100.0)
    if others:
        story.wait(story.lag)
    story.up()
    (job_id,) = story.cloud.active()
    story.fault(fault, "get", None)
    story.edit("a", triggers=["again"])
    getattr(story, step)()
    assert job_id in story.state.ids()
    story.clear_faults()
    story.wait(story.lag)
    story.up()
    story.finish()


@pytest.mark.usual("job_name_get")
@pytest.mark.parametrize("form", ["absent", "job_id"])
def test_a_list_without_names_does_not_hide_what_a_killed_run_has_started(front: str, form: str) -> None:
    """The list showed no names, so a killed run's job was not known: `up` bought another, `destroy` was silent."""
    for step in ("up", "destroy"):
        story = Story(front, job_name_list=form)
        for _ in range(3):
            story.somebody_elses(True, True)
        story.killed_at("create", "after")
        story.up()
        (lost,) = story.cloud.active()
        asked = len(story.cloud.emulator.requests)
        getattr(story, step)()
        gets = [record.job_id for record in story.cloud.emulator.requests[asked:] if record.operation == "get"]
        if step == "up":
            assert [story.told, story.cloud.bought().keys()] == [None, {lost}]
            assert len(gets) == len(set(gets)) <= 4, "each is read once"
        elif front == DYNAMIC:
            assert lost in str(story.told)
        else:
            continue  # Pulumi does not tell a plugin when its stack goes (docs/plugin.md)
        story.finish()


def test_half_an_answer_is_never_taken_for_none(front: str) -> None:
    """The list never shows this job; each read breaks off in the middle, and the next job can be read."""
    story = Story(front, lag=1e6)
    story.cloud.clock.sleep(1e6)
    story.up()
    (job_id,) = story.cloud.active()
    story.cloud.emulator.add_fault(FaultRule(operation="get", kind="malformed", job_id=job_id))
    story.refresh()
    assert story.state.ids() == {job_id}


@pytest.mark.parametrize("lag", [20.0, 60.0, 290.0])
def test_a_list_that_lags_by_minutes_buys_nothing_twice(front: str, lag: float) -> None:
    story = Story(front, lag=lag)
    story.fault("answer lost after it took effect", "create", 1)
    story.up()
    assert [story.told, len(story.cloud.bought())] == [None, 1]
    story.finish()
