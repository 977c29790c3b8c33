"""What plans say where Pulumi's options decide the order and the end."""

from __future__ import annotations

from typing import Any

import pytest
from press import Press
from verbs import compressed_model, fine_tuning_job

from pulumi_dashscope_ft.frontend.replacing import ReplacementWatch
from pulumi_dashscope_ft.lifecycle.base import engine_options
from pulumi_dashscope_ft.lifecycle.base.engine_options import handling
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.deployment import diff as deployment_diff
from pulumi_dashscope_ft.lifecycle.deployment import plan as deployment_plan
from pulumi_dashscope_ft.lifecycle.job import diff as job_diff

NOTHING, OLD = Request.of({}), Request.of({"a": 1.0})
OPTIONS, RETAIN_OPTION = KEYS["options"], KEYS["retained"]
AFTER = "after the new run was started"
UNLESS = " (unless deleteBeforeReplace, retainOnDelete or deletedWith says otherwise)"
PARENT = " (unless a parent's retainOnDelete or deletedWith says otherwise)"
BEFORE = {"deleteBeforeReplace": True}
LATER = {"deleteBeforeReplace": False}


@pytest.fixture
def press(world: Any) -> Press:
    return Press(world)


JOBS = [
    # status, onDestroy, old inputs, new inputs, what is said
    ("RUNNING", "delete", {}, {}, "it will be cancelled first (tokens so far are billed), then it is deleted"),
    (
        "RUNNING",
        "delete",
        {},
        {OPTIONS: BEFORE},
        "it will be cancelled first (tokens so far are billed), then it is deleted",
    ),
    (
        *("RUNNING", "delete", {}, {OPTIONS: LATER}),
        f"it will be cancelled {AFTER} (tokens until then are billed), then it is deleted",
    ),
    (
        *("RUNNING", "cancel", {}, {OPTIONS: LATER}),
        f"it will be cancelled {AFTER} (tokens until then are billed), its record is kept",
    ),
    ("CANCELING", "delete", {}, {}, "its end is awaited first (tokens so far are billed)"),
    ("CANCELING", "delete", {}, {OPTIONS: LATER}, f"its end is awaited {AFTER} (tokens so far are billed)"),
    ("SUCCEEDED", "delete", {}, {}, f"it will be deleted {AFTER}"),
    ("SUCCEEDED", "delete", {}, {OPTIONS: BEFORE}, "it will be deleted before the new run is started"),
    ("SUCCEEDED", "delete", {}, {OPTIONS: LATER}, f"it will be deleted {AFTER}"),
    ("SUCCEEDED", "cancel", {}, {OPTIONS: BEFORE}, "its record is kept (onDestroy: cancel)"),
    ("RUNNING", "delete", {RETAIN_OPTION: True}, {}, "it is left running and billed (retainOnDelete)"),
    (
        "RUNNING",
        "delete",
        {},
        {RETAIN_OPTION: True},
        "it will be cancelled first (tokens so far are billed), then it is deleted",
    ),
    ("RUNNING", "retain", {}, {OPTIONS: BEFORE}, "it is left running and billed (onDestroy: retain)"),
    ("SUCCEEDED", "delete", {RETAIN_OPTION: True}, {OPTIONS: BEFORE}, "it is kept (retainOnDelete)"),
    (
        *("RUNNING", "delete", {OPTIONS: {"protect": True}}, {OPTIONS: {"protect": True}}),
        "Pulumi refuses that, because the resource is protected; the job stays as it is",
    ),
    ("SUCCEEDED", "delete", {OPTIONS: {"protect": True}}, {}, f"it will be deleted {AFTER}"),
    ("SUCCEEDED", "delete", {}, {OPTIONS: {"untold": True}}, f"it will be deleted {AFTER}{UNLESS}"),
    (
        "SUCCEEDED",
        "delete",
        {OPTIONS: {"inherits": True}},
        {OPTIONS: {"inherits": True}},
        f"it will be deleted {AFTER}{PARENT}",
    ),
    ("SUCCEEDED", "delete", {}, {OPTIONS: {"inherits": True}}, f"it will be deleted {AFTER}{PARENT}"),
    (
        *("SUCCEEDED", "delete", {OPTIONS: {"deletedWith": "space"}}, {}),
        f"it will be deleted {AFTER} (unless space is deleted in the same run: then it goes on, deletedWith)",
    ),
]


def handled(olds: Any, news: Any) -> engine_options.Handling:
    before = State.of(olds)
    return handling(before.options, Request.of(news).options, retained=before.retained)


@pytest.mark.parametrize(("status", "on_destroy", "olds", "news", "said"), JOBS)
def test_of_a_job(status: str, on_destroy: str, olds: Any, news: Any, said: str) -> None:
    told = job_diff.consequence("ft-1", status, on_destroy, handled(olds, news))
    assert told == f"ft-1, which is {status}: {said}"


COMPRESSIONS = [
    # status, onDestroy, old inputs, new inputs, what is said
    (None, "delete", {}, {}, "ft-1, which is already gone: only the new one is started"),
    ("RUNNING", "delete", {}, {}, "it is cancelled first, then it is deleted"),
    ("RUNNING", "cancel", {}, {}, "it is cancelled first, its record is kept"),
    ("RUNNING", "delete", {}, {OPTIONS: LATER}, "it is cancelled after the new one has its model, then it is deleted"),
    ("RUNNING", "retain", {}, {}, "it is kept (onDestroy: retain)"),
    ("RUNNING", "delete", {RETAIN_OPTION: True}, {}, "it is kept (retainOnDelete)"),
    ("SUCCEEDED", "cancel", {}, {}, "its record is kept (onDestroy: cancel); the model that it has produced stays"),
    (
        *("SUCCEEDED", "delete", {OPTIONS: {"protect": True}}, {OPTIONS: {"protect": True}}),
        "Pulumi refuses that, because the resource is protected; the job stays as it is",
    ),
]


@pytest.mark.parametrize(("status", "on_destroy", "olds", "news", "said"), COMPRESSIONS)
def test_of_a_compression(press: Press, status: str | None, on_destroy: str, olds: Any, news: Any, said: str) -> None:
    job_id, outputs = press.under_way(status or "RUNNING", onDestroy=on_destroy)
    if status is None:
        press.emulator.remove_compression(job_id)
    press.begin()
    told = press.diff(job_id, {**outputs, **olds}, onDestroy=on_destroy, templateId="quant-w4a16", **news).consequence
    assert said.replace("ft-1", job_id) in str(told)
    assert press.calls == []


@pytest.mark.parametrize(
    ("given", "olds", "news", "said"),
    [
        ({}, {}, {}, "is compressed anew; the job that it has now is ended and deleted"),
        ({"onDestroy": "cancel"}, {}, {}, "the job that it has now is ended keeping its record"),
        ({"onDestroy": "retain"}, {}, {}, "is compressed anew; the job that it has now is kept"),
        ({}, {RETAIN_OPTION: True}, {}, "is compressed anew; the job that it has now is kept"),
        ({"adoptJobId": "quant-1"}, {}, {}, "is adopted again, and nothing is compressed anew"),
        ({}, {OPTIONS: {"protect": True}}, {OPTIONS: {"protect": True}}, "the job stays as it is"),
    ],
)
def test_of_a_replacement_of_a_compression_that_nobody_has_asked_for(
    press: Press, given: Any, olds: Any, news: Any, said: str
) -> None:
    inputs = press.inputs(**given)
    told = compressed_model.replaced_unasked(press.world.connection, None, {**inputs, **olds}, {**inputs, **news})
    assert said in told


REFUSED = "it stays as it is, because the new one is made first, and refused while both would have the same id"
OFFLINE = "it goes offline first, "


@pytest.mark.parametrize(
    ("collides", "olds", "news", "said"),
    [
        (True, {}, {}, OFFLINE),
        (False, {}, {}, "it serves until the new one runs; until then both are billed"),
        (False, {}, {OPTIONS: BEFORE}, OFFLINE),
        (True, {}, {OPTIONS: LATER}, REFUSED),
        (True, {RETAIN_OPTION: True}, {}, "it is kept, and billed as before (retainOnDelete); the new one is refused"),
        (False, {RETAIN_OPTION: True}, {}, "it is kept, and billed as before (retainOnDelete)"),
        (False, {OPTIONS: {"protect": True}}, {OPTIONS: {"protect": True}}, "Pulumi refuses that"),
    ],
)
def test_of_a_deployment(collides: bool, olds: Any, news: Any, said: str) -> None:
    diff = deployment_diff.Diff(("plan",), old_first=collides)
    told = deployment_plan.replacement("m-1", "RUNNING", diff, State.of(olds), Request.of(news))
    assert f"which is RUNNING: {said}" in told


@pytest.mark.parametrize(
    ("olds", "news", "said"),
    [
        ({}, {}, "After the new run was started, the job that it has now is cancelled if it is still active"),
        ({}, {OPTIONS: BEFORE}, "Before the new run is started, the job that it has now is cancelled if it is still"),
        ({RETAIN_OPTION: True}, {}, "is kept, and goes on if it is active (retainOnDelete)"),
        ({"onDestroy": "cancel"}, {}, "its record is kept"),
        ({"adoptJobId": "ft-1"}, {"adoptJobId": "ft-1"}, "is adopted again, and no new run is bought"),
        ({OPTIONS: {"protect": True}}, {OPTIONS: {"protect": True}}, "it refuses that"),
    ],
)
def test_of_a_replacement_that_nobody_has_asked_for(world: Any, olds: Any, news: Any, said: str) -> None:
    before = world.counts()
    assert said in fine_tuning_job.replaced_unasked(world.connection, None, olds, news)
    assert world.counts() == before


def test_of_such_a_replacement_of_a_job_that_is_known(world: Any) -> None:
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    world.clock.sleep(3)
    told = fine_tuning_job.replaced_unasked(world.connection, (job_id, "PENDING"), outputs, outputs)
    assert told.startswith(f"replaces {job_id}, which is RUNNING: it will be cancelled after the new run was started")


def test_options_cause_no_difference_and_are_not_kept_in_outputs(world: Any) -> None:
    job_id, outputs = world.create(__options={"deleteBeforeReplace": True})
    assert OPTIONS not in outputs
    planned = fine_tuning_job.diff(world.connection, job_id, outputs, world.inputs(__options={"protect": True}))
    assert not planned.changes


def test_a_warning_names_what_would_not_end_it() -> None:
    news = {"model": "m", "trainingFileIds": ["f"], OPTIONS: {engine_options.TAKEN_OFF: "data"}}
    (warning,) = fine_tuning_job.check({}, news, RunRegistry()).warnings
    assert "deletedWith is ignored, because deleting data does not end this job" in str(warning)
    news[OPTIONS] = {"deletedWith": "space"}
    (warning,) = fine_tuning_job.check({}, news, RunRegistry()).warnings
    assert "when space is deleted, Pulumi drops this job from the state without a call" in str(warning)


def test_a_second_check_without_old_inputs_is_a_replacement() -> None:
    watch = ReplacementWatch()
    assert watch.checked("new", NOTHING) is None
    assert watch.checked("kept", OLD) is None
    watch.planned("kept", "ft-1", "RUNNING", DiffResult(("model",), True, True, None))
    assert watch.checked("kept", NOTHING) is None
    assert watch.checked("unasked", OLD) is None
    found = watch.checked("unasked", NOTHING)
    assert found is not None
    assert (found.olds, found.known) == (OLD, None)
    watch.checked("updated", OLD)
    watch.planned("updated", "ft-2", "RUNNING", DiffResult((), True, False, None))
    found = watch.checked("updated", NOTHING)
    assert found is not None
    assert found.known == ("ft-2", "RUNNING")
