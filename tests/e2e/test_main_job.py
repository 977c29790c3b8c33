"""The main job, end to end: what `up`, `refresh`, `preview` and `destroy` do to a job in every state it can be in."""

from __future__ import annotations

from typing import Any

import pytest
from liked import let_lists_show

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")

FINAL = ("SUCCEEDED", "FAILED", "CANCELED")


def text(result: Any) -> str:
    return "\n".join(result.output)


def test_up_refresh_preview_destroy(stage: Any) -> None:
    planned = stage.stack.preview()
    assert planned.summary["create"] >= 3
    assert stage.counts() == {}

    up = stage.stack.up()
    assert up.outputs["job_id"] == stage.job_id
    assert stage.job_id.startswith("ft-")
    assert up.outputs["teardown"] == "cancel, then delete"
    assert up.outputs["size"] == (stage.directory / "train.jsonl").stat().st_size
    assert stage.counts() == {"upload": 1, "create": 1}

    stage.emulator.force(stage.job_id, "RUNNING")
    stage.stack.refresh()
    assert stage.job["outputs"]["status"] == "RUNNING"
    stage.stack.preview(expect_no_changes=True)

    reads = sum(stage.emulator.count().values())
    destroyed = stage.stack.destroy()
    assert "is RUNNING: cancelling" in text(destroyed)
    assert stage.counts() == {"upload": 1, "create": 1, "cancel": 1, "delete": 1, "delete_file": 1}
    assert sum(stage.emulator.count().values()) - reads <= 8
    assert stage.nothing_left()


@pytest.mark.parametrize("status", FINAL)
def test_destroy_of_a_finished_job_only_deletes(stage: Any, status: str) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, status)
    stage.stack.refresh()
    assert stage.job["outputs"]["teardown"] == "delete"
    stage.stack.preview(expect_no_changes=True)
    stage.stack.destroy()
    assert "cancel" not in stage.counts()
    assert stage.nothing_left()


@pytest.mark.parametrize("ending", ["SUCCEEDED", "FAILED"])
def test_destroy_while_the_job_ends_by_itself(stage: Any, ending: str) -> None:
    stage.emulator.configure(cancel_outcome=ending)
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    model = f"qwen3-8b-{stage.job_id}"
    destroyed = text(stage.stack.destroy())
    assert f"was {ending}: deleted" in destroyed
    assert (f"its model {model} stays in the account" in destroyed) == (ending == "SUCCEEDED")
    assert stage.nothing_left()


@pytest.mark.rotated  # here the flavours differ
def test_destroy_of_a_job_that_is_gone_already(stage: Any) -> None:
    stage.stack.up()
    stage.emulator.remove_job(stage.job_id)
    destroyed = stage.stack.destroy()
    if stage.flavour.is_plugin:  # it has the engine look at a job that runs before anything else
        assert "delete" not in stage.counts()
    else:
        assert "was already gone" in text(destroyed)
    assert stage.nothing_left()


def test_refresh_after_the_job_was_removed_elsewhere(stage: Any) -> None:
    stage.stack.up()
    stage.emulator.remove_job(stage.job_id)
    stage.stack.refresh()
    assert stage.job is None
    assert stage.stack.preview().summary["create"] == 1
    stage.stack.destroy()


def test_destroy_under_the_literal_reading(stage: Any) -> None:
    stage.emulator.configure(literal_reading=True)
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "SUCCEEDED")
    destroyed = text(stage.stack.destroy())
    assert f"warning: job: {job_id} is SUCCEEDED" in destroyed
    assert "20 jobs" in destroyed
    assert stage.nothing_left()
    assert list(stage.emulator.jobs) == [job_id]


def test_the_literal_reading_as_an_error_keeps_it_in_the_state(stage: Any) -> None:
    stage.emulator.configure(literal_reading=True)
    stage.program(arguments={"on_undeletable": "error"})
    stage.stack.up()
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.destroy()
    assert "can't be deleted" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert stage.job is not None
    stage.program()
    stage.stack.up()
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_change_while_running_cancels_the_old_job_first_and_says_so(stage: Any) -> None:
    stage.stack.up()
    old = stage.job_id
    stage.emulator.force(old, "RUNNING")
    stage.program(arguments={"model": "qwen3-14b"})
    told = f"model: replaces {old}, which is RUNNING: it will be cancelled first (tokens so far are billed)"
    assert told in text(stage.stack.preview())
    before = stage.counts()
    assert "cancel" not in before
    assert told in text(stage.stack.up())
    order = [r.operation for r in stage.emulator.requests if r.operation in ("create", "cancel", "delete")]
    assert order == ["create", "cancel", "delete", "create"]
    assert stage.job_id != old
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_change_after_success_deletes_the_old_job_last(stage: Any) -> None:
    stage.stack.up()
    old = stage.job_id
    stage.emulator.force(old, "SUCCEEDED")
    stage.program(arguments={"model": "qwen3-14b"})
    assert "which is SUCCEEDED: it will be deleted after" in text(stage.stack.preview())
    stage.stack.up()
    order = [r.operation for r in stage.emulator.requests if r.operation in ("create", "cancel", "delete")]
    assert order == ["create", "create", "delete"]
    assert old not in stage.emulator.jobs
    stage.stack.destroy()
    assert stage.nothing_left()


@pytest.mark.rotated  # here the flavours differ
def test_a_change_of_policy_alone_makes_no_call(stage: Any) -> None:
    stage.stack.up()
    before = stage.emulator.count()
    stage.program(arguments={"on_destroy": "cancel", "teardown_timeout": "30m"})
    assert stage.stack.up().summary["update"] == 1
    looks = {"get": 1} if stage.flavour.is_plugin else {}  # before the plan: the job may have moved on
    assert stage.emulator.count() == {**before, **looks}
    assert stage.job["outputs"]["teardown"] == "cancel, keep the record"
    assert stage.job["outputs"]["jobId"] == stage.job_id
    stage.stack.destroy()
    assert "delete" not in stage.counts()
    assert [job.status for job in stage.emulator.jobs.values()] == ["CANCELED"]


def test_changed_data_replaces_file_and_job_in_the_right_order(stage: Any) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    (old_file,) = stage.emulator.files
    with (stage.directory / "train.jsonl").open("a") as data:
        data.write('{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}\n')
    before = stage.emulator.count()
    planned = stage.stack.preview()
    assert planned.summary["replace"] == 2
    assert stage.counts() == {"upload": 1, "create": 1}
    assert stage.emulator.count("upload") == before["upload"]
    stage.stack.up()
    order = [
        r.operation for r in stage.emulator.requests if r.operation in ("upload", "create", "delete", "delete_file")
    ]
    assert order == ["upload", "create", "upload", "create", "delete", "delete_file"]
    assert old_file not in stage.emulator.files
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_lost_answer_buys_one_job_and_leaves_none(stage: Any) -> None:
    stage.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    assert "no second run is bought" in text(stage.stack.up())
    assert list(stage.emulator.jobs) == [stage.job_id]
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_failed_teardown_stays_in_the_state_and_the_next_one_resumes(stage: Any) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    fault = FaultRule(operation="delete", kind="status", status=403, code="AccessDenied")
    stage.emulator.add_fault(fault)
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.destroy()
    message = str(caught.value)
    for needed in (stage.job_id, "AccessDenied", "cancel was accepted", "pulumi destroy"):
        assert needed in message
    assert "Traceback" not in message
    assert stage.job is not None
    stage.emulator.clear_faults()
    stage.stack.destroy()
    assert stage.counts()["cancel"] == 1
    assert stage.nothing_left()


def test_retain_keeps_the_job_running(stage: Any) -> None:
    stage.program(arguments={"on_destroy": "retain"})
    stage.stack.up()
    job_id, (file_id,) = stage.job_id, stage.emulator.files
    destroyed = text(stage.stack.destroy())
    assert "cancel" not in stage.counts()
    assert stage.emulator.jobs[job_id].status != "CANCELED"
    assert list(stage.emulator.files) == [file_id], "the job may still read it"
    assert f"dashscope-ft delete {file_id} --kind file" in destroyed
    assert stage.stack.resources == []


def test_protect_refuses_destroy(stage: Any) -> None:
    stage.program(options={"protect": True})
    stage.stack.up()
    with pytest.raises(StackOperationFailed, match="protect"):
        stage.stack.destroy()
    assert stage.job is not None
    assert "cancel" not in stage.counts()


def test_an_existing_job_is_adopted_and_shows_no_drift(stage: Any) -> None:
    stage.stack.up()
    job_id = stage.job_id
    stage.program(arguments={"on_destroy": "retain"})
    stage.stack.up()
    file_id = stage.stack.resources[-1]["outputs"].get("trainingFileIds", [None])[0] or next(iter(stage.emulator.files))
    stage.program(file=True, job=False)
    stage.stack.up()
    stage.program(arguments={"adopt_job_id": job_id, "training_file_ids": [file_id]})
    stage.stack.up()
    assert stage.job_id == job_id
    stage.stack.preview(expect_no_changes=True)
    assert stage.counts()["create"] == 1
    stage.stack.destroy()
    assert stage.nothing_left()


def test_naming_the_file_that_the_stack_already_has_buys_nothing(stage: Any) -> None:
    """Naming the file one already has, and no longer naming it, changes nothing: above all not the job."""
    stage.stack.up()
    job_id, (file_id,) = stage.job_id, stage.emulator.files
    stage.program(data={"adopt_file_id": file_id})
    planned = stage.stack.preview()
    assert planned.summary.get("update") == 1
    stage.stack.up()
    stage.stack.preview(expect_no_changes=True)
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.program()
    stage.stack.up()
    stage.stack.preview(expect_no_changes=True)
    assert (stage.job_id, stage.counts()) == (job_id, {"upload": 1, "create": 1})
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_file_that_was_uploaded_by_hand_is_adopted_and_another_content_is_not(stage: Any) -> None:
    client = Client(resolve_settings(base_url=stage.emulator.base_url, api_key=stage.key, environ={}))
    path = stage.directory / "train.jsonl"
    file_id = client.files.upload(path, description="by hand").file_id
    rows = path.read_text()
    path.write_text(rows + rows)
    stage.program(job=False, data={"adopt_file_id": file_id})
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.up()
    assert stage.flavour.told(f"adopt_file_id: the content of {file_id} is not that of train.jsonl: ") in str(
        caught.value
    )
    assert "Traceback" not in str(caught.value)
    path.write_text(rows)
    stage.program(data={"adopt_file_id": file_id})
    up = stage.stack.up()
    assert up.outputs["file_id"] == file_id
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.stack.preview(expect_no_changes=True)
    stage.stack.refresh()
    stage.stack.preview(expect_no_changes=True)
    assert stage.emulator.files[file_id].description == "by hand"
    stage.stack.destroy()
    assert stage.nothing_left()


def test_jobs_of_one_name_below_different_parents_are_different_jobs(stage: Any) -> None:
    stage.program(job=False, components=2)
    stage.stack.up()
    first, second = stage.emulator.jobs
    assert first != second
    stage.program(components=2, arguments={"hyper_parameters": None})
    stage.stack.up()
    assert len(stage.emulator.jobs) == 3
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_renamed_resource_with_an_alias_keeps_its_job_and_a_secret_stays_one(stage: Any) -> None:
    stage.program(arguments={"triggers": ["1"]}, secret="hyper-s3cr3t")
    stage.stack.up()
    assert "hyper-s3cr3t" not in str(stage.job)
    stage.program(arguments={"triggers": ["1"]}, secret="hyper-s3cr3t", name="renamed", alias="job")
    stage.stack.preview(expect_no_changes=True)
    stage.stack.up()
    assert stage.counts()["create"] == 1
    stage.stack.destroy()
    assert stage.nothing_left()


def test_replacing_a_running_job_by_command_keeps_it(stage: Any) -> None:
    """`--replace` reaches the provider as a plain create followed by a delete: the job must survive both."""
    stage.stack.up()
    job_id = stage.job_id
    let_lists_show(stage.emulator)
    stage.stack.up(replace=[stage.job["urn"]])
    assert stage.job_id == job_id
    assert stage.emulator.jobs[job_id].status not in ("CANCELING", "CANCELED")
    assert stage.counts()["create"] == 1
    stage.stack.destroy()
    assert stage.nothing_left()


def test_destroy_needs_neither_the_program_nor_the_data(stage: Any) -> None:
    stage.stack.up()
    (stage.directory / "train.jsonl").unlink()
    (stage.directory / "__main__.py").write_text("raise SystemExit('the program is not needed')")
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_key_that_was_changed_while_the_job_runs(stage: Any) -> None:
    """The engine reads what runs with the settings of the state, and only then takes over the new ones."""
    old, new = "sk-old-0123456789abcdef", "sk-new-0123456789abcdef"
    stage.emulator.configure(keys={old: "account", new: "account"})
    stage.stack.set_config("dashscope-ft:apiKey", old, secret=True)
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    stage.emulator.configure(keys={new: "account"})
    stage.stack.set_config("dashscope-ft:apiKey", new, secret=True)
    stage.stack.up()
    assert stage.job_id == job_id
    stage.stack.refresh()
    assert stage.job["outputs"]["status"] == "RUNNING"
    stage.stack.destroy()
    assert stage.counts()["create"] == 1
    assert stage.nothing_left()


def test_the_key_is_in_no_state_line_or_record(stage: Any) -> None:
    stage.stack.up()
    stage.emulator.add_fault(FaultRule(operation="delete", kind="status", status=401, code="InvalidApiKey", count=1))
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.destroy()
    written = "".join(path.read_text(errors="replace") for path in stage.directory.rglob("*") if path.is_file())
    for place in (written, str(caught.value), "\n".join(stage.lines), repr(stage.emulator.requests)):
        assert stage.key not in place
        assert stage.key[-8:] not in place
    stage.stack.destroy()
