"""A file that an active job reads is not deleted silently, whoever owns the job and whatever hid it from the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = [pytest.mark.timeout(300), pytest.mark.rotated("flavour", among="tests"), pytest.mark.usual("list_lag")]

ROW = '{"messages":[{"role":"user","content":"Where is it?"},{"role":"assistant","content":"On its way."}]}\n'

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="train.jsonl") if settings.get("file", True) else None
if settings.get("job", True):
    given = settings.get("arguments") or {"training_file_ids": [data.file_id]}
    options = pulumi.ResourceOptions(**settings.get("options", {}))
    FineTuningJob("job", model="qwen3-8b", opts=options, **given)
"""

MANY = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
for number in range(settings["number"]):
    data = TrainingFile(f"data{number}", path=f"train{number}.jsonl")
    FineTuningJob(f"job{number}", model="qwen3-8b", training_file_ids=[data.file_id])
"""


def shapes(file_id: str) -> dict[str, dict[str, Any]]:
    """How a job may name a file that it reads; `file-other` is another one."""
    row, other = ({"data_source_type": "file_id", "file_id": name} for name in (file_id, "file-other"))
    return {
        "training": {"training_file_ids": [file_id]},
        "validation": {"training_file_ids": ["file-other"], "validation_file_ids": [file_id]},
        "training data sets": {"training_datasets": [row]},
        "validation data sets": {
            "training_datasets": [other],
            "validation_datasets": [row],
        },
    }


def change_data(stage: Any) -> None:
    (stage.directory / "train.jsonl").write_text(ROW * 12)


def running(stage: Any) -> tuple[str, str]:
    """The only job, which runs now, and the only file."""
    job_id, (file_id,) = stage.job_id, stage.emulator.files
    stage.emulator.force(job_id, "RUNNING")
    return job_id, file_id


def refused(operation: Any, *said: str) -> str:
    """The operation fails, and says all of this and what to do."""
    with pytest.raises(StackOperationFailed) as failed:
        operation()
    message = str(failed.value)
    for text in ("is read by", "RUNNING", "the file was not deleted", "next:", *said):
        assert text in message
    assert "Traceback" not in message
    return message


def test_ignored_changes_keep_the_old_file_for_the_running_job(stage: Any) -> None:
    stage.stack.up()
    job_id, file_id = running(stage)
    change_data(stage)
    stage.program(options={"ignore_changes": ["training_file_ids"]})
    refused(stage.stack.up, job_id, file_id, "the job of this stack's resource job", "pulumi state delete")
    assert file_id in stage.emulator.files
    assert stage.emulator.jobs[job_id].status == "RUNNING"
    stage.emulator.force(job_id, "SUCCEEDED")
    stage.stack.up()
    assert file_id not in stage.emulator.files


def test_a_removed_file_stays_while_a_job_names_it_literally(stage: Any) -> None:
    stage.stack.up()
    job_id, file_id = running(stage)
    stage.program(file=False, arguments={"training_file_ids": [file_id]})
    refused(stage.stack.up, job_id, file_id, "the job of this stack's resource job")
    assert file_id in stage.emulator.files
    stage.emulator.force(job_id, "SUCCEEDED")
    stage.stack.up()
    assert not stage.emulator.files


def test_a_file_and_a_job_that_names_it_literally_go_together(stage: Any) -> None:
    """The engine sees no dependency, and deletes both at once: the file waits for the job."""
    stage.stack.up()
    job_id, file_id = running(stage)
    stage.program(arguments={"training_file_ids": [file_id]})
    stage.stack.up()
    stage.stack.destroy()
    assert stage.nothing_left()
    assert list(stage.emulator.gone_jobs) == [job_id]


@pytest.mark.parametrize("shape", list(shapes("")))
def test_the_job_of_another_stack_keeps_the_file(stage: Any, other_stage: Any, shape: str, emulator: Any) -> None:
    emulator.configure(check_file_ids=False)
    stage.program(job=False)
    stage.stack.up()
    (file_id,) = emulator.files
    other_stage.program(file=False, arguments=shapes(file_id)[shape])
    other_stage.stack.up()
    job_id, _ = running(other_stage)
    message = refused(stage.stack.destroy, job_id, file_id, "by another stack, whose owner id is", "Do not cancel it")
    owner = emulator.jobs[job_id].job_name.split("--p1-")[1][:10]
    assert owner in message
    assert file_id in emulator.files
    other_stage.stack.destroy()
    stage.stack.destroy()
    assert stage.nothing_left()


def test_pulumis_own_retain_option_keeps_the_file_of_the_job(stage: Any) -> None:
    """The program's classes see the option, and the name of the job says so."""
    stage.program(options={"retain_on_delete": True})
    stage.stack.up()
    job_id, file_id = running(stage)
    destroyed = "\n".join([*stage.lines, str(stage.stack.destroy())])
    assert stage.stack.resources == []
    assert f"{job_id}, which goes on after its stack" in destroyed
    assert f"dashscope-ft delete {file_id} --kind file" in destroyed
    assert list(stage.emulator.files) == [file_id]
    assert stage.emulator.jobs[job_id].status == "RUNNING"
    assert "cancel" not in stage.counts()


IN_OTHER_WORDS = """
import pulumi
from pulumi_dashscope_ft import TrainingFile

data = TrainingFile("data", path="train.jsonl")
properties = {"model": "qwen3-8b", "trainingFileIds": [data.file_id]}
options = pulumi.ResourceOptions(retain_on_delete=True)
pulumi.CustomResource("dashscope-ft:index:FineTuningJob", "job", properties, options)
"""
"""What a program in another language sends: nothing says that the job is retained."""


@pytest.mark.rotated  # here the flavours differ
def test_a_program_that_does_not_tell_its_options_is_asked(stage: Any) -> None:
    if not stage.flavour.is_plugin:
        pytest.skip("programs in other languages use the plugin")
    stage.write(IN_OTHER_WORDS)
    stage.stack.up()
    job_id, file_id = running(stage)
    for _ in range(2):  # the first run drops the job from the state
        refused(stage.stack.destroy, job_id, file_id, "retainOnDelete", "pulumi state delete")
    assert list(stage.emulator.files) == [file_id]
    assert stage.emulator.jobs[job_id].status == "RUNNING"
    assert "cancel" not in stage.counts()
    stage.emulator.force(job_id, "SUCCEEDED")
    stage.stack.destroy()
    assert stage.stack.resources == []


def test_a_run_that_leaves_the_job_out_keeps_its_old_file(stage: Any) -> None:
    stage.stack.up()
    job_id, file_id = running(stage)
    change_data(stage)
    (urn,) = (one["urn"] for one in stage.stack.resources if one["type"].endswith(":TrainingFile"))
    refused(lambda: stage.stack.up(target=[urn]), job_id, file_id, "--target")
    assert file_id in stage.emulator.files
    stage.stack.up()
    assert job_id in stage.emulator.gone_jobs
    assert file_id not in stage.emulator.files


def test_a_job_that_was_moved_to_another_stack_keeps_its_file(stage: Any) -> None:
    stage.stack.up()
    job_id, file_id = running(stage)
    state = stage.stack.export()
    resources = state["deployment"]["resources"]
    state["deployment"]["resources"] = [one for one in resources if one.get("id") != job_id]
    stage.stack.import_state(state)
    message = refused(stage.stack.destroy, job_id, file_id, "pulumi state move")
    assert message.index("do not cancel it") < message.index("dashscope-ft cancel")
    assert list(stage.emulator.files) == [file_id]
    stage.emulator.force(job_id, "SUCCEEDED")
    stage.stack.destroy()
    assert not stage.emulator.files
    assert not stage.stack.resources


def test_a_key_that_may_not_list_jobs_deletes_no_file(stage: Any) -> None:
    stage.program(job=False)
    stage.stack.up()
    (file_id,) = stage.emulator.files
    stage.emulator.add_fault(FaultRule(operation="list", kind="status", status=403, code="AccessDenied"))
    with pytest.raises(StackOperationFailed) as failed:
        stage.stack.destroy()
    message = str(failed.value)
    for text in (file_id, "could not find out whether an active job reads", "AccessDenied", "pulumi state delete"):
        assert text in message
    assert list(stage.emulator.files) == [file_id]
    stage.emulator.clear_faults()
    stage.stack.destroy()
    assert stage.nothing_left()


def test_many_files_and_jobs_go_in_order(stage: Any) -> None:
    number = 6
    for position in range(number):
        (stage.directory / f"train{position}.jsonl").write_text(ROW * (position + 2))
    stage.emulator.configure(runners=number)
    stage.write(MANY)
    stage.stack.set_config("settings", json.dumps({"number": number}))
    stage.stack.up()
    for job_id in stage.emulator.jobs:
        stage.emulator.force(job_id, "RUNNING")
    stage.stack.destroy()
    assert stage.nothing_left()
    made = [(record.operation, record.status) for record in stage.emulator.requests]
    assert ("delete_file", 200) in made
    assert [status for operation, status in made if operation == "delete_file"] == [200] * number
    gone = [operation for operation, _ in made if operation in ("delete", "delete_file")]
    assert gone.index("delete_file") > gone.index("delete")


@pytest.fixture
def stage(stage: Any) -> Any:
    stage.write(PROGRAM)
    return stage


@pytest.fixture
def other_stage(stage: Any, tmp_path: Path, emulator: Any) -> Any:
    """Another stack of the same flavour, on the same engine and account."""
    other = type(stage)(stage.engine, stage.flavour, tmp_path / "other", emulator)
    other.write(PROGRAM)
    return other
