"""Under an operator: somebody who runs `up` and `destroy` again and again, has no program, and reads no logs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")


@pytest.fixture
def report(stage: Any, tmp_path: Path) -> Path:
    """The file that `DASHSCOPE_FT_REPORT` names for the stage's stack."""
    path = tmp_path / "teardown.jsonl"
    stage.stack.env["DASHSCOPE_FT_REPORT"] = str(path)
    return path


def endings(report: Path) -> dict[str, list[dict[str, Any]]]:
    """The lines of the report, by kind, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in report.read_text().splitlines():
        one = json.loads(line)
        found.setdefault(one["kind"], []).append(one)
    return found


def only_the_project_file(directory: Path) -> None:
    """Take away all that an operator's workspace need not have: program, data, configuration."""
    for path in directory.iterdir():
        if path.name in ("Pulumi.yaml", ".local-engine", ".pulumi-command"):  # the engines keep their states here
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_destroy_needs_nothing_but_the_project_file(stage: Any, report: Path) -> None:
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    only_the_project_file(stage.directory)
    stage.stack.destroy()
    assert stage.nothing_left()
    assert stage.counts() == {"upload": 1, "create": 1, "cancel": 1, "delete": 1, "delete_file": 1}
    told = endings(report)
    (job,) = told["job"]
    assert (job["id"], job["statusBefore"], job["outcome"], job["stays"]) == (job_id, "RUNNING", "deleted", None)
    identities = told.get("stack", [])
    assert [one["outcome"] for one in (*told["file"], *identities)] == ["deleted"] * (1 + stage.flavour.identities)


def test_refresh_needs_nothing_but_the_project_file(stage: Any) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    only_the_project_file(stage.directory)
    stage.stack.refresh()
    assert stage.job["outputs"]["status"] == "RUNNING"
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_destroy_that_is_called_again_and_again_sends_one_cancel(stage: Any, report: Path) -> None:
    """The cancel takes longer than each destroy may: every one goes on where the last has stopped."""
    stage.emulator.configure(canceling_seconds=100_000)
    stage.program(arguments={"teardown_timeout": "1s"})
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, "RUNNING")
    for _ in range(3):
        with pytest.raises(StackOperationFailed) as caught:
            stage.stack.destroy()
        message = str(caught.value)
        assert job_id in message
        assert "CANCELING" in message
        assert "pulumi destroy" in message
        assert stage.job is not None
    stage.emulator.clock.advance(100_000)
    stage.stack.destroy()
    assert stage.nothing_left()
    assert stage.counts() == {"upload": 1, "create": 1, "cancel": 1, "delete": 1, "delete_file": 1}
    told = endings(report)["job"]
    assert [one["outcome"] for one in told] == ["refused", "refused", "refused", "deleted"]
    assert told[0]["next"]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_a_job_that_is_never_deleted_does_not_block_the_stack(stage: Any, report: Path, status: str) -> None:
    """The service keeps the records of finished jobs, as its documentation says in one place."""
    stage.emulator.configure(literal_reading=True)
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, status)
    stage.stack.destroy()
    assert stage.stack.resources == []
    (job,) = endings(report)["job"]
    assert (job["id"], job["statusBefore"], job["outcome"]) == (job_id, status, "kept")
    assert job["stays"]
    assert job["why"]
    assert ("counts toward the 20 jobs" in job["stays"]) == (status == "SUCCEEDED")
    stage.stack.destroy()  # once more, on the empty stack


def test_a_policy_can_make_it_an_error_and_can_be_taken_back(stage: Any, report: Path) -> None:
    stage.emulator.configure(literal_reading=True)
    stage.program(arguments={"on_undeletable": "error"})
    stage.stack.up()
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    for _ in range(2):
        with pytest.raises(StackOperationFailed) as caught:
            stage.stack.destroy()
        assert "on_undeletable" in str(caught.value).replace("onUndeletable", "on_undeletable")
    assert stage.job is not None
    # What the message says to type.
    stage.program(arguments={"on_undeletable": "warn"})
    stage.stack.up()
    stage.stack.destroy()
    assert stage.stack.resources == []
    assert [one["outcome"] for one in endings(report)["job"]] == ["refused", "refused", "kept"]


def test_a_refusal_that_stays_is_an_error_every_time_and_nothing_is_forgotten(stage: Any, report: Path) -> None:
    stage.stack.up()
    stage.emulator.force(stage.job_id, "SUCCEEDED")
    stage.emulator.add_fault(FaultRule(operation="delete", kind="status", status=403, code="AccessDenied"))
    for _ in range(2):
        with pytest.raises(StackOperationFailed, match="AccessDenied"):
            stage.stack.destroy()
        assert stage.job is not None
    stage.emulator.clear_faults()
    stage.stack.destroy()
    assert stage.nothing_left()
    assert [one["outcome"] for one in endings(report)["job"]] == ["refused", "refused", "deleted"]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_reconciling_a_finished_job_buys_nothing(stage: Any, status: str) -> None:
    """What an operator does on every resync: refresh, then up."""
    stage.stack.up()
    job_id = stage.job_id
    stage.emulator.force(job_id, status)
    for _ in range(2):
        stage.stack.refresh()
        stage.stack.up()
    assert stage.job_id == job_id
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.stack.destroy()
    assert stage.nothing_left()


def test_an_operator_that_dies_while_a_cancel_runs_goes_on_where_it_was(stage: Any, report: Path) -> None:
    """The workspace is taken away in the middle: the host dies, and the next destroy starts from the state alone."""
    import threading

    stage.emulator.configure(canceling_seconds=60)
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")

    def die() -> None:
        for _ in range(600):
            if stage.emulator.count("cancel"):
                stage.stack.kill_host()
                return
            stopped.wait(0.05)

    stopped = threading.Event()
    killer = threading.Thread(target=die)
    killer.start()
    try:
        with pytest.raises(StackOperationFailed):
            stage.stack.destroy()
    finally:
        stopped.set()
        killer.join()
    assert stage.job is not None
    only_the_project_file(stage.directory)
    stage.stack.destroy()
    assert stage.nothing_left()
    assert stage.counts()["cancel"] == 1
    assert endings(report)["job"][-1]["outcome"] == "deleted"
