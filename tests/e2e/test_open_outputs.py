"""A program waits for each resource once, not for each of its outputs, and still leaves nothing unfinished."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")

PROGRAM = """
import pulumi
from pulumi.runtime.settings import SETTINGS
from pulumi_dashscope_ft import FineTuningJob

job = FineTuningJob("job", model="qwen3-8b", training_file_ids=["file-1"], hyper_parameters={"n_epochs": %s})
outputs = {name: value for name, value in vars(job).items() if isinstance(value, pulumi.Output)}
waited_for = sorted(name for name, output in outputs.items() if output._data in SETTINGS.outputs)
pulumi.export("outputs", len(outputs))
pulumi.export("waited_for", waited_for)
job.status.apply(lambda status: print(f"the program knows that it is {status}"))
"""


def test_only_the_registration_is_waited_for_and_what_is_derived_from_it(stage: Any) -> None:
    stage.emulator.configure(check_file_ids=False)
    stage.write(PROGRAM % 3)
    up = stage.stack.up()
    assert up.outputs["waited_for"] == ["id", "urn"]
    assert up.outputs["outputs"] > 30
    assert "the program knows that it is PENDING" in "\n".join(up.output)


def test_a_job_that_fails_ends_the_program_with_its_message_alone(stage: Any) -> None:
    stage.emulator.configure(check_file_ids=False)
    stage.write(PROGRAM % -1)
    with pytest.raises(StackOperationFailed) as failed:
        stage.stack.up()
    said = "\n".join(failed.value.result.output)
    assert "n_epochs" in said
    assert "never retrieved" not in said
    assert "the program knows" not in said
