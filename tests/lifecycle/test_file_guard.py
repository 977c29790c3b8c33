"""Before a file is deleted, all active jobs that the key can see are searched for it, in one listing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from naming import naming
from verbs import training_file

from pulumi_dashscope_ft.api import SYSTEM_CLOCK
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.file.guard import FRESH_SECONDS, FileInUseError, FileUseUnknownError
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing, Page

OWNER, OTHER = "0wner0wner", "another000"
ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


def uploaded(world: Any, directory: Path, number: int = 0) -> tuple[str, dict[str, Any]]:
    path = directory / f"train{number}.jsonl"
    path.write_text(ROW * (number + 3))
    inputs = {"path": str(path), "__name": f"data{number}", "__owner": OWNER}
    checked = training_file.check({}, inputs, world.run_registry)
    return training_file.create(world.connection, checked.inputs)


@pytest.fixture
def file(world: Any, tmp_path: Path) -> tuple[str, dict[str, Any]]:
    return uploaded(world, tmp_path)


def kept(world: Any, file: Any) -> FileInUseError:
    """The file is kept, with this error."""
    file_id, outputs = file
    with pytest.raises(FileInUseError, match=f"file {file_id} ") as refused:
        training_file.delete(world.connection, file_id, outputs)
    assert file_id in world.emulator.files
    return refused.value


@pytest.mark.parametrize("way", list(naming("")))
@pytest.mark.parametrize("owner", [OWNER, OTHER])
@pytest.mark.parametrize("status", ["PENDING", "QUEUING", "RUNNING", "WAITING_FOR_GODOT"])
def test_an_active_job_keeps_it_and_an_ended_one_does_not(
    world: Any, file: Any, way: str, owner: str, status: str
) -> None:
    file_id, outputs = file
    job_id, _ = world.create(__owner=owner, **naming(file_id)[way])
    world.emulator.force(job_id, "RUNNING" if status.startswith("WAITING") else status)
    if status.startswith("WAITING"):
        world.emulator.add_fault(FaultRule(operation="*", kind="unknown_status"))
    world.restart()
    told = str(kept(world, file))
    assert f"{job_id} (" in told
    assert job_id in told.partition("next: ")[2]
    world.emulator.clear_faults()
    world.emulator.force(job_id, "SUCCEEDED")
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}, "the same step works once the job has ended"


@pytest.mark.parametrize(
    ("given", "said", "advised"),
    [
        ({}, "started as job by this stack", ["--target", "do not cancel it", "pulumi up", "dashscope-ft cancel"]),
        (
            {"__owner": OTHER},
            f"started as job by another stack, whose owner id is {OTHER}",
            ["Do not cancel it", "state delete"],
        ),
        ({"jobName": "nightly"}, "its name nightly has no stack's stamp", ["Do not cancel it", "state delete"]),
    ],
    ids=["ours", "another stack's", "nobody's"],
)
def test_it_says_whose_the_job_is_and_what_to_type(
    world: Any, file: Any, given: dict[str, Any], said: str, advised: list[str]
) -> None:
    job_id, _ = world.create(trainingFileIds=[file[0]], **given)
    world.restart()
    error = kept(world, file)
    assert said in error.what
    assert error.state
    assert "stays in the state" in str(error.done)
    positions = [str(error.next_step).index(text) for text in advised]
    assert positions == sorted(positions)
    assert f"dashscope-ft cancel {job_id}" in str(error.next_step)


def test_a_job_that_this_run_has_met_is_called_by_its_resource(world: Any, file: Any) -> None:
    job_id, _ = world.create(trainingFileIds=[file[0]], jobName="nightly")
    world.run_registry.note_met(job_id, "shop::tickets")
    assert "the job of this stack's resource tickets" in kept(world, file).what


def test_many_readers_are_not_all_named(world: Any, file: Any) -> None:
    for number in range(5):
        world.create(trainingFileIds=[file[0]], __name=f"job{number}")
    world.restart()
    assert "and 2 more active jobs" in kept(world, file).what


@pytest.mark.parametrize("policy", [{"onDestroy": "retain"}, {"__retain": True}])
def test_a_job_that_outlives_its_stack_keeps_it_with_a_warning(world: Any, file: Any, policy: dict[str, Any]) -> None:
    """No step of this run was about the job: Pulumi does not call a provider for what it retains."""
    file_id, outputs = file
    job_id, _ = world.create(trainingFileIds=[file_id], **policy)
    world.restart()
    training_file.delete(world.connection, file_id, outputs)
    assert file_id in world.emulator.files
    assert world.lines[-1].startswith(f"warning: file {file_id} (train0.jsonl) was not deleted: {job_id}")
    assert f"`dashscope-ft delete {file_id} --kind file`" in world.lines[-1]


@pytest.mark.parametrize("reason", ["another stack's", "kept by the program"])
def test_but_not_where_somebody_still_holds_the_job(world: Any, file: Any, reason: str) -> None:
    owner = OTHER if reason == "another stack's" else OWNER
    job_id, outputs = world.create(trainingFileIds=[file[0]], onDestroy="retain", __owner=owner)
    world.restart()
    if owner == OWNER:
        world.run_registry.note_kept(job_id, outputs["__nonce"])
    assert job_id in kept(world, file).what


def test_what_this_run_has_ended_does_not_count(world: Any, file: Any) -> None:
    file_id, outputs = file
    job_id, job = world.create(trainingFileIds=[file_id])
    world.emulator.force(job_id, "RUNNING")
    world.restart()
    world.connection.jobs.listing.all()  # still shows it
    world.delete(job_id, job)
    before = world.emulator.count("list")
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}
    assert world.emulator.count("list") == before


def test_what_an_older_listing_shows_is_looked_at_again(world: Any, file: Any) -> None:
    file_id, outputs = file
    job_id, _ = world.create(trainingFileIds=[file_id])
    world.restart()
    world.connection.jobs.listing.all()
    world.clock.sleep(1)
    world.emulator.force(job_id, "SUCCEEDED")
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}


def test_a_listing_that_is_too_old_proves_nothing(world: Any, file: Any) -> None:
    world.restart()
    world.connection.jobs.listing.all()
    body = {"model": "qwen3-8b", "training_file_ids": [file[0]], "job_name": "nightly"}
    world.client.fine_tunes.create(body)  # by somebody else, unseen by this run
    world.clock.sleep(FRESH_SECONDS + 1)
    kept(world, file)


@pytest.mark.parametrize("owner", [OWNER, OTHER])
def test_a_job_that_is_being_cancelled_is_waited_for(world: Any, file: Any, owner: str) -> None:
    file_id, outputs = file
    world.emulator.configure(canceling_seconds=100)
    job_id, _ = world.create(trainingFileIds=[file_id], __owner=owner)
    world.emulator.force(job_id, "RUNNING")
    world.client.fine_tunes.cancel(job_id)
    world.restart()
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}
    assert world.emulator.jobs[job_id].status == "CANCELED"


def test_one_that_never_ends_is_not_waited_for_without_end(world: Any, file: Any) -> None:
    world.emulator.configure(canceling_seconds=1e6)
    job_id, _ = world.create(trainingFileIds=[file[0]], __owner=OTHER)
    world.emulator.force(job_id, "RUNNING")
    world.client.fine_tunes.cancel(job_id)
    world.restart()
    began = world.clock.monotonic()
    assert "CANCELING" in kept(world, file).what
    assert world.clock.monotonic() - began < 630


@pytest.mark.parametrize("first", ["file", "job"])
def test_a_teardown_that_runs_beside_it_is_waited_for(world: Any, file: Any, first: str) -> None:
    """A job that names the file literally depends on nothing, so the engine deletes both at once."""
    file_id, outputs = file
    job_id, job = world.create(trainingFileIds=[file_id])
    world.emulator.force(job_id, "RUNNING")
    world.restart()
    sleep, begun = world.clock.sleep, threading.Event()
    other: list[threading.Thread] = []

    def beside(seconds: float) -> None:
        """While the file's step waits for the first time, the engine begins the job's."""
        sleep(seconds)
        if not begun.is_set() and threading.current_thread() is threading.main_thread():
            begun.set()
            other.append(threading.Thread(target=world.delete, args=(job_id, job)))
            other[0].start()
            other[0].join(20)

    if first == "job":
        with world.run_registry.ending(job_id):
            world.client.fine_tunes.cancel(job_id)
            training_file.delete(world.connection, file_id, outputs)
    else:
        world.clock.sleep = beside
        training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}


def test_a_teardown_that_fails_beside_it_does_not_hold_it_up(world: Any, file: Any) -> None:
    job_id, _ = world.create(trainingFileIds=[file[0]])
    world.emulator.force(job_id, "RUNNING")
    world.restart()
    began = world.clock.monotonic()
    with world.run_registry.ending(job_id):
        pass
    kept(world, file)
    assert world.clock.monotonic() - began < 10


@pytest.mark.parametrize("status", [401, 403, 500])
def test_jobs_that_cant_be_listed_may_read_it(world: Any, file: Any, status: int) -> None:
    file_id, outputs = file
    world.emulator.add_fault(FaultRule(operation="list", kind="status", status=status))
    with pytest.raises(FileUseUnknownError, match="could not find out whether an active job reads") as refused:
        training_file.delete(world.connection, file_id, outputs)
    assert ("pulumi state delete" in str(refused.value)) == (status < 500), "what passes needs no way out"
    assert list(world.emulator.files) == [file_id]
    world.emulator.clear_faults()
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}


def test_a_file_that_is_gone_is_gone_whoever_reads_it(world: Any, file: Any) -> None:
    file_id, outputs = file
    world.create(trainingFileIds=[file_id], __owner=OTHER)
    world.client.files.delete(file_id)
    training_file.delete(world.connection, file_id, outputs)
    assert "was already gone" in world.told


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_file_that_can_not_be_read_is_not_gone(world: Any, file: Any, status: int) -> None:
    world.create(trainingFileIds=[file[0]], __owner=OTHER)
    world.emulator.add_fault(FaultRule(operation="get_file", kind="status", status=status))
    kept(world, file)


def test_a_hundred_files_share_one_listing(world: Any, tmp_path: Path) -> None:
    files = [uploaded(world, tmp_path, number) for number in range(100)]
    world.restart()
    before = world.emulator.count("list")
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda file: training_file.delete(world.connection, *file), files))
    assert world.emulator.files == {}
    assert world.emulator.count("list") == before + 1


def test_a_listing_during_which_this_run_made_something_is_not_used_again() -> None:
    def page(number: int) -> Page[str]:
        asked.append(number)
        if len(asked) == 1:
            listing.outdate()  # a create begins while the page is on its way
        return Page({"ft-1": "job"}, False)

    asked: list[int] = []
    listing: Listing[str] = Listing(page, SYSTEM_CLOCK)
    listing.all()
    assert listing.latest() is None
    listing.recent(60)
    assert asked == [1, 1]
    listing.recent(60)
    assert asked == [1, 1]


def test_outside_a_stack_the_advice_names_no_state(world: Any, file: Any) -> None:
    file_id, _ = file
    world.create(trainingFileIds=[file_id])
    world.restart()
    with pytest.raises(LifecycleError) as refused:
        training_file.delete(world.connection, file_id, {"name": "train0.jsonl"})
    assert "state" not in str(refused.value.done)
    assert "--ignore-use" in str(refused.value.next_step)
    training_file.delete(world.connection, file_id, {}, ignore_use=True)
    assert world.emulator.files == {}
