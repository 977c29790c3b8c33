"""The program that takes over a live job: it plans no new run, and says what `destroy` would do."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import TakeoverOptions
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.job.takeover import takeover

JOB_ID, OWNER = "ft-202410291653-1c7f", "k7m2x9qd4t"


def live(**shown: Any) -> Job:
    return Job.from_json(
        {
            "job_id": JOB_ID,
            "status": "RUNNING",
            "model": "qwen3-8b",
            "training_file_ids": ["file-1"],
            "training_type": "sft",
            "hyper_parameters": {"n_epochs": 3.0, "learning_rate": "1e-4"},
            **shown,
        }
    )


def notes(job: Job, **options: Any) -> str:
    return "\n".join(takeover(job, TakeoverOptions(**options)).notes)


def test_the_inputs_are_those_of_the_job() -> None:
    found = takeover(live(), TakeoverOptions())
    assert found.inputs == {
        "adoptJobId": JOB_ID,
        "model": "qwen3-8b",
        "trainingFileIds": ["file-1"],
        "trainingType": "sft",
        "hyperParameters": {"n_epochs": 3, "learning_rate": "1e-4"},
    }
    assert found.object_id == JOB_ID


@pytest.mark.parametrize(
    ("shown", "retain", "said"),
    [
        ({}, False, "`pulumi destroy` would: cancel, then delete"),
        ({}, True, "`pulumi destroy` would: keep"),
        ({"status": "SUCCEEDED"}, False, "`pulumi destroy` would: delete"),
        ({"training_type": "rl"}, False, "would: cancel, then delete; billed by the minute until it ends"),
        ({"training_type": "rl"}, True, "would: keep; billed by the minute until it ends"),
        ({"training_type": "rl", "status": "SUCCEEDED"}, False, "`pulumi destroy` would: delete"),
    ],
)
def test_it_says_what_destroy_would_do(shown: dict[str, Any], retain: bool, said: str) -> None:
    told = notes(live(**shown), retain=retain)
    assert any(line.endswith(said) for line in told.splitlines())
    written = takeover(live(**shown), TakeoverOptions(retain=retain)).inputs
    assert written.get("onDestroy") == ("retain" if retain else None)


def test_a_job_that_the_program_would_not_fit_is_not_written_down() -> None:
    with pytest.raises(ValueError, match="what the service shows of its model can't be written down"):
        takeover(live(model=None), TakeoverOptions())
    assert "the provider refuses this: training_file_ids: is required" in notes(live(training_file_ids=[]))
    assert "refuses" not in notes(live())


def test_the_stack_that_has_started_it_is_named() -> None:
    name = str(stamp.make("job", OWNER, "nonce6", {}))
    assert f"the stack with owner id {OWNER} has started it" in notes(live(job_name=name))
    assert "has started it" not in notes(live(job_name="mine"))


@pytest.mark.parametrize(
    ("shown", "is_told"),
    [
        ({"status": "FAILED"}, True),
        ({"status": "SUCCEEDED", "finetuned_output": "m-1"}, False),
        ({"status": "RUNNING"}, False),
    ],
)
def test_an_ended_job_without_a_model_is_hardly_worth_it(shown: dict[str, Any], is_told: bool) -> None:
    assert ("it has no model. Is there anything to keep?" in notes(live(**shown))) is is_told
