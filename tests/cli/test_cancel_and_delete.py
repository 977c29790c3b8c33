"""`cancel` and `delete`: the provider's teardown from the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.cli.commands import cancel_and_delete
from pulumi_dashscope_ft.emulator import FaultRule


def test_delete_cancels_waits_and_deletes(line: Any) -> None:
    job_id = line.job("RUNNING")
    result = line.run("delete", "--yes", job_id)
    assert result.exit_code == 0
    assert line.counts() == {"cancel": 1, "delete": 1}
    assert not line.emulator.jobs
    assert f"{job_id} is RUNNING: cancelling" in result.stderr
    assert "deleted" in result.stdout
    again = line.run("delete", "--yes", job_id)
    assert again.exit_code == 0
    assert "gone" in again.stdout


@pytest.mark.parametrize("arguments", [["cancel"], ["delete", "--keep-record"]])
def test_a_job_is_ended_and_its_record_kept(line: Any, arguments: list[str]) -> None:
    job_id = line.job("RUNNING")
    shown = line.json(*arguments, "--yes", job_id)
    assert line.counts() == {"cancel": 1}
    assert line.emulator.jobs[job_id].status == "CANCELED"
    (ending,) = shown["endings"]
    assert (ending["id"], ending["statusBefore"], ending["outcome"]) == (job_id, "RUNNING", "kept")
    assert ending["done"] == ["cancel was accepted"]
    assert line.json(*arguments, "--yes", job_id)["endings"][0]["done"] == []


@pytest.mark.parametrize(
    ("typed", "several", "done"),
    [
        ("", False, False),
        ("yes\n", False, False),
        ("1\n", False, False),
        ("{id}\n", False, True),
        ("{id}\n", True, False),
        ("2\n", True, True),
    ],
)
def test_only_a_typed_confirmation_goes_on(line: Any, typed: str, several: bool, done: bool) -> None:
    ids = [line.job("RUNNING"), *([line.job("RUNNING")] if several else [])]
    result = line.run("delete", *ids, stdin=typed.format(id=ids[0]))
    assert all(f"job {one}" in result.stderr for one in ids), "what would be deleted is listed"
    assert (result.exit_code == 0) is done
    assert bool(line.counts()) is done
    if not done:
        assert "nothing was done" in result.stderr


def test_kinds_are_told_by_their_form_and_go_in_order(line: Any, tmp_path: Path) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages": []}\n')
    file_id = line.client.files.upload(data).file_id
    deployed = line.deployment()
    (job_id,) = line.emulator.jobs
    shown = line.json("delete", "--yes", file_id, job_id, deployed)
    assert [(one["kind"], one["outcome"]) for one in shown["endings"]] == [
        ("deployment", "deleted"),
        ("job", "deleted"),
        ("file", "deleted"),
    ]
    assert (*line.emulator.jobs, *line.emulator.files, *line.emulator.deployments) == ()
    assert line.run("delete", "--yes", file_id, deployed).exit_code == 0


@pytest.fixture
def file_in_use(line: Any, tmp_path: Path) -> tuple[str, str]:
    """A file, and the job that reads it and runs."""
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages": []}\n')
    file_id = line.client.files.upload(data).file_id
    job_id = line.job("RUNNING", training_file_ids=[file_id])
    return file_id, job_id


def test_a_file_that_an_active_job_reads_stays(line: Any, file_in_use: Any) -> None:
    file_id, job_id = file_in_use
    refused = line.run("delete", "--yes", "--kind", "file", file_id)
    assert refused.exit_code == 1
    for text in (f"is read by {job_id} (RUNNING", "wait until the job has ended", "--ignore-use", f"cancel {job_id}"):
        assert text in refused.stderr
    assert "pulumi" not in refused.stderr
    assert list(line.emulator.files) == [file_id]
    line.emulator.force(job_id, "SUCCEEDED")
    assert line.run("delete", "--yes", "--kind", "file", file_id).exit_code == 0
    assert not line.emulator.files


def test_it_goes_with_the_job_and_when_told_to(line: Any, file_in_use: Any) -> None:
    file_id, job_id = file_in_use
    assert line.run("delete", "--yes", "--ignore-use", "--kind", "file", file_id).exit_code == 0
    assert not line.emulator.files
    assert line.emulator.jobs[job_id].status == "RUNNING"


def test_a_job_and_its_file_go_in_one_command(line: Any, file_in_use: Any) -> None:
    file_id, job_id = file_in_use
    assert line.run("delete", "--yes", file_id, job_id).exit_code == 0
    assert (*line.emulator.jobs, *line.emulator.files) == ()


def test_a_key_that_may_not_list_jobs_deletes_no_file(line: Any, file_in_use: Any) -> None:
    file_id, _ = file_in_use
    line.emulator.add_fault(FaultRule(operation="list", status=403, code="AccessDenied"))
    refused = line.run("delete", "--yes", "--kind", "file", file_id)
    assert refused.exit_code == 1
    assert "could not find out whether an active job reads" in refused.stderr
    assert "--ignore-use" in refused.stderr
    assert "pulumi" not in refused.stderr
    assert list(line.emulator.files) == [file_id]
    assert line.run("delete", "--yes", "--ignore-use", "--kind", "file", file_id).exit_code == 0


def test_a_kind_that_the_form_does_not_tell(line: Any) -> None:
    deployed = line.deployment()
    assert line.run("delete", "--yes", "--kind", "job", deployed).exit_code == 0
    assert list(line.emulator.deployments) == [deployed], "there is no such job: nothing is deleted"


def test_fifty_cancels_take_as_long_as_one_and_one_failure_stops_no_other(line: Any) -> None:
    line.emulator.configure(quota=100, runners=100)
    ids = [line.job("RUNNING") for _ in range(50)]
    line.emulator.add_fault(FaultRule(operation="delete", job_id=ids[3], status=403, code="AccessDenied"))
    before = line.clock.monotonic()
    result = line.run("delete", "--yes", *ids)
    assert result.exit_code == 1
    assert list(line.emulator.jobs) == [ids[3]]
    assert line.clock.monotonic() - before < 200
    assert "1 could not be dealt with" in result.stderr
    assert "AccessDenied" in result.stderr
    assert "pulumi" not in result.stderr
    line.emulator.clear_faults()
    assert line.run("delete", "--yes", *ids).exit_code == 0
    assert not line.emulator.jobs


def test_records_that_the_service_keeps(line: Any) -> None:
    line.emulator.configure(literal_reading=True)
    job_id = line.job("SUCCEEDED")
    refused = line.run("delete", "--yes", job_id)
    assert refused.exit_code == 1
    assert "nothing runs and nothing is billed" in refused.stderr
    kept = line.run("delete", "--yes", "--on-undeletable", "warn", job_id)
    assert kept.exit_code == 0
    assert "kept" in kept.stdout
    assert "state" not in kept.stderr


def test_too_little_time_says_how_to_go_on(line: Any) -> None:
    line.emulator.configure(canceling_seconds=10_000)
    result = line.run("cancel", "--yes", "--timeout", "20s", line.job("RUNNING"))
    assert result.exit_code == 1
    assert "was not torn down within 20s." in result.stderr
    assert "run the same cancel again" in result.stderr


def test_ctrl_c_ends_the_waiting_only(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    job_id = line.job("RUNNING")
    real = threading.Thread.join

    def interrupted(self: Any, timeout: float | None = None) -> None:
        real(self, 0.3)
        raise KeyboardInterrupt

    line.emulator.configure(latency_seconds=0.1)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "join", interrupted)
        result = line.run("delete", "--yes", job_id)
    line.emulator.configure(latency_seconds=0)
    for thread in threading.enumerate():
        if thread.name == "teardown":
            real(thread, 10)
    assert result.exit_code == 130
    assert "it goes on from here" in result.stderr
    assert line.run("delete", "--yes", job_id).exit_code == 0
    assert job_id not in line.emulator.jobs


def test_a_refused_key_is_an_exit_code_of_its_own(line: Any) -> None:
    job_id = line.job("RUNNING")
    line.emulator.add_fault(FaultRule(operation="*", status=401, code="InvalidApiKey"))
    assert line.run("jobs").exit_code == 3
    assert line.run("wait", job_id).exit_code == 3
    result = line.run("delete", "--yes", job_id)
    assert result.exit_code == 3
    assert "check the key" in result.stderr
    assert line.counts() == {}


def test_an_empty_id_is_wrong_usage(line: Any) -> None:
    line.job("RUNNING")
    assert line.run("delete", "--yes", "").exit_code == 2
    assert line.run("delete", "--yes").exit_code == 2
    assert line.counts() == {}


def test_the_report_file_has_what_was_done(line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.jsonl"
    monkeypatch.setenv("DASHSCOPE_FT_REPORT", str(path))
    line.run("delete", "--yes", line.job("RUNNING", "*"))
    (written,) = [json.loads(words) for words in path.read_text().splitlines()]
    assert written["outcome"] == "deleted"
    assert written["done"] == ["cancel was accepted", "delete was accepted"]


def test_a_real_ctrl_c(line: Any) -> None:
    job_id = line.job("RUNNING")
    line.emulator.configure(canceling_seconds=10_000)
    # What runs the tests may ignore SIGINT, as a shell's background jobs do; a terminal's foreground job does not.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from pulumi_dashscope_ft.cli import main; main()"
    )
    command = [sys.executable, "-c", program]
    for arguments in (["logs", "-f", job_id], ["delete", "--yes", job_id]):
        before = len(line.emulator.requests)
        with subprocess.Popen(
            [*command, *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            while len(line.emulator.requests) < before + 2 and child.poll() is None:
                time.sleep(0.02)
            time.sleep(0.3)
            child.send_signal(signal.SIGINT)
            _, told = child.communicate(timeout=20)
        assert child.returncode == 130, told
        assert "goes on" in told
        assert "Traceback" not in told
    assert line.counts() == {"cancel": 1}
    assert job_id in line.emulator.jobs


def test_a_failure_stops_no_other_even_one_by_one(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel_and_delete, "_AT_ONCE", 1)
    ids = [line.job("RUNNING"), line.job("SUCCEEDED")]
    line.emulator.add_fault(FaultRule(operation="delete", job_id=ids[0], status=403, code="AccessDenied"))
    assert line.run("delete", "--yes", *ids).exit_code == 1
    assert list(line.emulator.jobs) == [ids[0]]
