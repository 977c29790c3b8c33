"""A job that is left running on purpose may yet read its files: nobody has written down that it can do without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from naming import naming
from verbs import training_file

from pulumi_dashscope_ft.lifecycle.base.report import VARIABLE

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


@pytest.fixture
def file(world: Any, tmp_path: Path) -> tuple[str, dict[str, Any]]:
    path = tmp_path / "train.jsonl"
    path.write_text(ROW * 3)
    inputs = {"path": str(path), "__name": "data", "__owner": "0wner0wner"}
    checked = training_file.check({}, inputs, world.run_registry)
    return training_file.create(world.connection, checked.inputs)


@pytest.mark.parametrize("way", list(naming("")))
@pytest.mark.parametrize("status", ["PENDING", "QUEUING", "RUNNING"])
def test_it_stays_while_the_job_may_read_it(
    world: Any, file: Any, way: str, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "destroy.jsonl"
    monkeypatch.setenv(VARIABLE, str(written))
    file_id, outputs = file
    job_id, job = world.create(onDestroy="retain", **naming(file_id)[way])
    world.emulator.force(job_id, status)
    world.restart()
    before = world.counts()
    world.delete(job_id, job)
    training_file.delete(world.connection, file_id, outputs)
    assert list(world.emulator.files) == [file_id]
    assert world.counts() == before, "it is known without a call"
    (line,) = [line for line in world.lines if line.startswith(f"warning: file {file_id} (train.jsonl)")]
    assert job_id in line
    assert "leaves the state" in line
    assert f"`dashscope-ft delete {file_id} --kind file`" in line
    told = json.loads(written.read_text().splitlines()[-1])
    assert (told["kind"], told["id"], told["outcome"], told["stays"]) == ("file", file_id, "kept", "the file")
    assert job_id in told["why"]


@pytest.mark.parametrize(
    ("policy", "named", "status"),
    [("retain", "file-other", "RUNNING"), ("cancel", "it", "RUNNING"), ("retain", "it", "SUCCEEDED")],
)
def test_it_goes_when_no_retained_job_may_read_it(world: Any, file: Any, policy: str, named: str, status: str) -> None:
    file_id, outputs = file
    names = [file_id if named == "it" else named]
    job_id, job = world.create(onDestroy=policy, trainingFileIds=names)
    world.emulator.force(job_id, status)
    world.restart()
    world.delete(job_id, {**job, "status": status})
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}


def test_a_listing_of_this_run_knows_that_the_job_has_ended(world: Any, file: Any) -> None:
    """The state may be older: the dynamic flavour's says PENDING until a refresh."""
    file_id, outputs = file
    job_id, job = world.create(onDestroy="retain", trainingFileIds=[file_id])
    world.emulator.force(job_id, "SUCCEEDED")
    world.restart()
    world.connection.jobs.read_many({job_id, "ft-other"})
    world.delete(job_id, job)
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}
