"""A job whose model is in use stays, whoever uses it and by whichever of its names."""

from __future__ import annotations

from typing import Any

import pytest
from judging import EXPIRES, state, thing, verdict
from nouns import DEPLOYMENT, JOB

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.job.view import live_object
from pulumi_dashscope_ft.lifecycle.sweep.ownership import EXPIRED, IN_USE, NOT_CHECKED

DONE = thing(status="SUCCEEDED", active=False, model="m-ft-1")


def user(kind: str, need: str, **more: Any) -> LiveObject:
    return thing(kind, f"{kind}-9", owner=None, needs=frozenset([need]), **more)


@pytest.mark.parametrize(
    ("using", "said"),
    [
        (user(DEPLOYMENT, "m-ft-1"), "deployment deployment-9 serves its model"),
        (user(DEPLOYMENT, "m-ft-1-c160"), "deployment deployment-9 serves its model"),
        (user(JOB, "m-ft-1"), "job job-9 needs its model"),
        (user(JOB, "m-ft-1-c40"), "job job-9 needs its model"),
    ],
)
def test_a_job_stays_while_its_model_is_in_use(using: LiveObject, said: str) -> None:
    expired = verdict(DONE, state(DONE, **EXPIRES), objects=(using,))
    assert (expired.label, expired.action) == (EXPIRED, "")
    assert said in expired.reason
    left = verdict(DONE, state(), objects=(using,), finished=True)
    assert (left.label, left.action, left.reason) == (IN_USE, "", said)


@pytest.mark.parametrize("need", ["m-ft-12", "m-ft-1-cx", "m-ft-1-c", "m-ft-1-c4-lora", "qwen3-8b"])
def test_another_model_is_another(need: str) -> None:
    assert verdict(DONE, state(DONE, **EXPIRES), objects=(user(DEPLOYMENT, need),)).action == "delete"


def test_who_has_ended_needs_nothing() -> None:
    ended = user(JOB, "m-ft-1", status="SUCCEEDED", active=False)
    assert verdict(DONE, state(DONE, **EXPIRES), objects=(ended,)).action == "delete"


@pytest.mark.parametrize("kind", [JOB, DEPLOYMENT])
def test_who_cant_be_listed_may_use_it(kind: str) -> None:
    found = verdict(DONE, state(DONE, **EXPIRES), unlisted={kind: "the list could not be read"})
    assert (found.label, found.action) == (NOT_CHECKED, "")
    without = thing()  # which has no model, as far as anybody can see
    assert verdict(without, state(), unlisted={kind: "the list could not be read"}).action


def test_a_job_needs_the_model_that_it_trains_and_may_be_served_before_it_has_ended() -> None:
    one = live_object(Job("ft-1", "RUNNING", model="m-ft-0", finetuned_output="m-ft-1", training_file_ids=("file-1",)))
    assert one.needs == {"m-ft-0", "file-1"}
    assert one.model == "m-ft-1"
    assert live_object(Job("ft-2", "RUNNING")).needs == frozenset()
