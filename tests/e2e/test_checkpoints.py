"""From a job's checkpoints to an exported model, end to end; and what a destroy leaves in the account."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import ExportedCheckpoint, FineTuningJob, TrainingFile, get_checkpoints, get_checkpoints_output

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={
    "n_epochs": 3, "batch_size": 8, "save_strategy": "steps", "save_steps": 5, "save_total_limit": 5})
pulumi.export("job_id", job.job_id)
if settings.get("list"):
    def told(found):
        return [f"{one.checkpoint} {one.status}" for one in found]
    pulumi.export("later", get_checkpoints_output(job.job_id).apply(told))
    if settings["list"] != "later":
        pulumi.export("now", told(get_checkpoints(settings["list"])))
if "export" in settings:
    exported = ExportedCheckpoint("early", **{
        "job_id": job.job_id, "model_display_name": "early tickets", **settings["export"]})
    for name in ("model_name", "status", "full_name", "create_time", "expire_time"):
        pulumi.export(name, getattr(exported, name))
"""


def text(result: Any) -> str:
    return "\n".join(result.output)


@pytest.fixture
def served(stage: Any) -> Any:
    """A stage whose job has succeeded."""
    stage.write(PROGRAM)
    stage.emulator.configure(export_seconds=20)
    stage.stack.up()
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    return stage


def exported(stage: Any) -> dict[str, Any] | None:
    return next((r for r in stage.stack.resources if r["type"].endswith(":ExportedCheckpoint")), None)


def inner(stage: Any) -> str:
    """The name of a checkpoint that is not the last, as the program is shown it."""
    stage.program(list="later")
    listed = stage.stack.up().outputs["later"]
    assert listed[0].endswith(" SUCCEEDED")
    assert listed[1].endswith(" PENDING")
    return str(listed[1].split()[0])


def test_list_export_refresh_destroy(served: Any) -> None:
    name = inner(served)
    served.program(list=served.job_id, export={"checkpoint": name})
    assert served.emulator.count("export") == 0
    assert served.stack.preview().summary["create"] == 1
    assert served.emulator.count("export") == 0

    up = served.stack.up()
    assert up.outputs["status"] == "SUCCEEDED"
    assert up.outputs["model_name"]
    assert up.outputs["full_name"] == f"{served.job_id}-{name}"
    assert up.outputs["expire_time"] > up.outputs["create_time"]
    assert f"{name} PENDING" in up.outputs["now"]
    assert f"{name} of {served.job_id} is PENDING: exporting it as" in text(up)
    resource = exported(served)
    assert resource is not None
    assert resource["id"] == f"{served.job_id}/{name}"
    assert resource["outputs"]["modelName"] == up.outputs["model_name"]

    served.stack.refresh()
    served.stack.preview(expect_no_changes=True)
    destroyed = served.stack.destroy()
    assert f"the exported model {up.outputs['model_name']} stays in the account" in text(destroyed)
    assert "My models" in text(destroyed)
    assert served.emulator.count("export") == 1
    assert served.nothing_left()


def test_an_answer_that_was_lost(served: Any) -> None:
    name = inner(served)
    served.program(export={"checkpoint": name})
    served.emulator.add_fault(FaultRule(operation="export", kind="lost", count=1))
    served.emulator.configure(export_seconds=60)
    up = served.stack.up()
    assert "not asked for twice" in text(up)
    assert up.outputs["status"] == "SUCCEEDED"
    assert served.emulator.count("export") == 1


def test_a_limit_that_runs_out_is_resumed(served: Any) -> None:
    name = inner(served)
    served.emulator.configure(export_seconds=100)
    served.program(export={"checkpoint": name, "export_timeout": "1s"})
    with pytest.raises(StackOperationFailed) as caught:
        served.stack.up()
    told = str(caught.value)
    assert served.flavour.told("was not exported within 1s (export_timeout)") in told
    assert "run `pulumi up` again" in told
    assert "Traceback" not in told
    assert exported(served) is None
    served.program(export={"checkpoint": name})
    served.stack.up()
    assert served.emulator.count("export") == 1


def test_a_checkpoint_that_is_not_there(served: Any) -> None:
    served.program(export={"checkpoint": "checkpoint-7777"})
    with pytest.raises(StackOperationFailed) as caught:
        served.stack.up()
    told = str(caught.value)
    assert "the job has no such checkpoint" in told
    assert "the job is SUCCEEDED. Its checkpoints: checkpoint-" in told
    assert "Traceback" not in told


@pytest.mark.rotated  # here the flavours differ
def test_bad_input_is_told_as_the_program_spells_it(served: Any) -> None:
    served.program(export={"checkpoint": "a/b", "export_timeout": "soon", "model_display_name": " "})
    with pytest.raises(StackOperationFailed) as caught:
        served.stack.preview()
    for field in ("checkpoint", "export_timeout", "model_display_name"):
        named = "property {} value" if served.flavour.is_plugin else "{}: must be"
        assert named.format(served.flavour.told(field)) in str(caught.value)


def test_a_new_name_and_another_checkpoint(served: Any) -> None:
    name = inner(served)
    served.program(export={"checkpoint": name})
    first = served.stack.up().outputs["model_name"]
    served.program(export={"checkpoint": name, "model_display_name": "renamed"})
    planned = served.stack.preview()
    assert served.flavour.told("model_display_name: the exported model") in text(planned)
    assert "keeps the name it was exported with" in text(planned)
    assert planned.summary["update"] == 1
    served.stack.up()
    served.stack.preview(expect_no_changes=True)
    assert served.emulator.count("export") == 1

    last = served.stack.up().outputs  # the job's own model is published by the service
    assert last["model_name"] == first
    served.program(list="later", export={"checkpoint": name})
    newest = served.stack.up().outputs["later"][0].split()[0]
    served.program(export={"checkpoint": newest})
    replaced = served.stack.up()
    assert "checkpoint: exports another checkpoint" in text(replaced)
    assert f"the exported model {first} stays in the account" in text(replaced)
    assert replaced.outputs["model_name"] != first
    assert served.emulator.count("export") == 1


def test_a_checkpoint_goes_with_its_job(served: Any) -> None:
    name = inner(served)
    served.program(export={"checkpoint": name})
    served.stack.up()
    served.emulator.remove_job(served.job_id)
    refreshed = served.stack.refresh()
    assert "the job is gone, and with it this checkpoint" in text(refreshed)
    assert exported(served) is None


def test_settings_come_from_the_stack_first(served: Any) -> None:
    """The key of the stack's secret configuration is used, and shows in no output."""
    other = "sk-config-0123456789abcdef"
    served.emulator.configure(keys={other: "account"})
    job_id = served.job_id
    served.program(list=job_id)
    with pytest.raises(StackOperationFailed, match="HTTP 401"):
        served.stack.up()
    served.stack.set_config("dashscope-ft:apiKey", other, secret=True)
    with pytest.raises(StackOperationFailed) as caught:  # the job is another account's
        served.stack.up()
    assert f"list the checkpoints of job {job_id}" in str(caught.value)
    assert "404" in str(caught.value)
    assert other not in str(caught.value) + "\n".join(served.lines)
