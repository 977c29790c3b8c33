"""From one flavour to the other, and back: the job stays what it is, nothing is bought and nothing is ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from pickles import PROTOCOLS, in_protocol

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="train.jsonl", **settings.get("data", {}))
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3},
                    **settings.get("job", {}))
pulumi.export("job_id", job.job_id)
"""


def taken_out(stage: Any) -> dict[str, str]:
    """What `pulumi state delete` of all our resources does; the ids that they had, by resource name."""
    state = stage.stack.export()
    resources = state["deployment"]["resources"]
    ours = [one for one in resources if "dashscope-ft" in one["type"]]
    state["deployment"]["resources"] = [one for one in resources if one not in ours]
    stage.stack.import_state(state)
    return {one["urn"].rpartition("::")[2]: one["id"] for one in ours}


@pytest.mark.parametrize("flavour", ["dynamic"], indirect=True)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_state_that_another_python_wrote_plans_no_change(stage: Any, protocol: int) -> None:
    """Python 3.14 writes providers in another protocol than earlier ones."""
    stage.write(PROGRAM)
    stage.stack.up()
    state = stage.stack.export()
    ours = [one for one in state["deployment"]["resources"] if "__provider" in one.get("inputs", {})]
    assert len(ours) >= 2
    for one in ours:
        for properties in (one["inputs"], one["outputs"]):
            properties["__provider"] = in_protocol(properties["__provider"], protocol)
    stage.stack.import_state(state)
    stage.stack.preview(expect_no_changes=True)
    stage.stack.refresh()
    stage.stack.up()
    assert stage.counts()["create"] == 1
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_out_of_the_old_state_and_adopted_by_the_new_one(stage: Any, flavours: Any, status: str) -> None:
    stage.write(PROGRAM)
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, status)
    before = stage.counts()

    ids = taken_out(stage)
    other = flavours["dynamic" if stage.flavour.is_plugin else "plugin"]
    (stage.directory / "Pulumi.yaml").write_text(other.project("shop"))
    (stage.directory / "__main__.py").write_text(other.program(PROGRAM))
    adopting = {"data": {"adopt_file_id": ids["data"]}, "job": {"adopt_job_id": job_id}}
    stage.stack.set_config("settings", json.dumps(adopting))
    up = stage.stack.up()
    assert up.outputs["job_id"] == job_id
    assert stage.counts() == before
    assert stage.emulator.jobs[job_id].status == status
    stage.stack.preview(expect_no_changes=True)

    stage.stack.destroy()
    assert stage.nothing_left()
