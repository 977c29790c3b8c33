"""Whatever ends a run, nothing stays: Ctrl-C, a lost answer, a fault; and what a killed run leaves, the next one ends.
Objects of others are never touched.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path

import pytest
from emulated_clock import EmulatedClock
from verify_stage import KEY, Stage

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.verify import plan
from pulumi_dashscope_ft.verify.account import require_room
from pulumi_dashscope_ft.verify.calls import OutOfCallsError
from pulumi_dashscope_ft.verify.labels import FILE_NAME
from pulumi_dashscope_ft.verify.presence import Presence
from pulumi_dashscope_ft.verify.workbench import TroubleError

FAULTS = [
    *product(
        ("upload", "create", "cancel", "delete", "get", "list", "list_files", "delete_file"),
        ("lost", "malformed", "effect_then_status", "reset", "html", "no_output"),
        ("1", "2", "3"),
    )
]
FORMS = {
    "as documented": {},
    "no names": {"echo_job_name": False, "deployment_name": "absent"},
    "ids": {"echo_job_name": False, "data_form": "file_ids", "list_order": "oldest_first"},
}


@contextmanager
def of_others(stage: Stage, tmp_path: Path) -> Iterator[None]:
    """Somebody else's jobs, file and deployment are there, and must be there afterwards as they were."""
    settings = resolve_settings(base_url=stage.emulator.base_url, api_key=KEY, environ={})
    with Client(settings, clock=stage.clock) as client:
        file = tmp_path / FILE_NAME
        file.write_bytes(plan.rows())
        file_id = client.files.upload(file, description="ours").file_id
        body = plan.job_body(file_id)
        done = client.fine_tunes.create({**body, "job_name": "verify"}).job_id
        stage.emulator.force(done, "SUCCEEDED")
        model = client.fine_tunes.get(done).model_id
        deployment = client.deployments.create({"model_name": model, "plan": "lora", "capacity": 1}).deployed_model
        stage.clock.sleep(1000)
    before = {job_id: job.status for job_id, job in stage.emulator.jobs.items()}
    yield
    assert {job_id: job.status for job_id, job in stage.emulator.jobs.items()} == before
    assert set(stage.emulator.files) == {file_id}
    assert set(stage.emulator.deployments) == {deployment}


def killed_after(stage: Stage, calls: int, *groups: str) -> Presence:
    """A run that ends after so many calls, without its clean-up."""
    verification = stage.verification(*groups)
    account = verification.look()
    spent = verification.calls.made
    verification.bench.presence.begin()
    with pytest.MonkeyPatch.context() as patch:
        for group in ("base", "train", "deploy"):
            patch.setitem(plan.EXPERIMENT_CALLS, group, max(calls - spent, 0) if group == "base" else 0)
        with suppress(OutOfCallsError):
            verification._end_leftovers(account)
            verification._experiment()
    verification.bench.presence.end(nothing_left=False)  # as the system does for a process that is gone
    return verification.bench.presence


@pytest.mark.parametrize("form", FORMS)
def test_what_a_killed_run_leaves_the_next_one_ends(stage: Stage, form: str, tmp_path: Path) -> None:
    stage.configure(**FORMS[form])
    with of_others(stage, tmp_path):
        for calls in range(6 + 6 * list(FORMS).index(form), 72, 18):
            killed_after(stage, calls)
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(plan.EXPERIMENT_CALLS, "base", 0)
                verification = stage.run()
            assert verification.stopped == "as many calls were made as are allowed"
            assert not verification.left


def test_what_a_killed_deployment_leaves_the_next_run_ends(stage: Stage, tmp_path: Path) -> None:
    stage.configure(deployment_name="absent", echo_job_name=False)
    with of_others(stage, tmp_path):
        for calls in (124, 134):
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(plan.EXPERIMENT_CALLS, "train", 100)
                patch.setitem(plan.EXPERIMENT_CALLS, "deploy", 60)
                killed_after(stage, calls, "train", "deploy")
                patch.setitem(plan.EXPERIMENT_CALLS, "base", 0)
                verification = stage.run()
            assert not verification.left


def test_a_killed_process_is_cleaned_up_after(tmp_path: Path) -> None:
    """The real command, ended with SIGKILL while its job runs."""
    with EmulatorServer(speed=30) as emulator:
        environment = {**os.environ, "DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        command = [str(Path(sys.executable).with_name("dashscope-ft")), "verify", "--yes"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while len(emulator.jobs) < 2 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert emulator.jobs
        assert emulator.files
        emulator.clock.set_speed(None)
        stage = Stage(emulator)
        verification = stage.run()
        assert not verification.left
        assert stage.nothing_is_left()
        assert any("an earlier run has left" in line for line in stage.said)


# Two at once


class MeanwhileClock(EmulatedClock):
    """Something happens at the sleep of this number."""

    def __init__(self, emulator: EmulatorServer, number: int, what: Callable[[], None]) -> None:
        super().__init__(emulator)
        self._left, self._what = number, what

    def sleep(self, seconds: float) -> None:
        self._left -= 1
        if self._left == 0:
            self._what()
        super().sleep(seconds)


def standing(stage: Stage) -> tuple[set[str], set[str]]:
    return set(stage.emulator.jobs), set(stage.emulator.files)


def refused(stage: Stage, **options: bool) -> str:
    """Why a verification does not start."""
    with pytest.raises(TroubleError) as caught:
        require_room(stage.verification().look(**options), beside_others=False)
    return str(caught.value)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", [2, 7, 13])
def test_of_two_at_once_none_ends_what_the_other_has_made(stage: Stage, number: int, form: str) -> None:
    stage.configure(**FORMS[form], runners=9)
    clock, ended = stage.clock, []

    def second() -> None:
        first, stage.clock = stage.clock, clock
        jobs, files = standing(stage)
        asked = len(stage.emulator.requests)
        assert "another verification may be running" in refused(stage)
        ended.append(stage.run())
        assert standing(stage) == (jobs, files)
        changed = [record for record in stage.emulator.requests[asked:] if record.method in ("PUT", "POST", "DELETE")]
        assert changed
        assert not {record.job_id for record in changed} & jobs
        stage.clock = first

    stage.clock = MeanwhileClock(stage.emulator, number, second)
    first = stage.run()
    assert ended
    assert not ended[0].left
    assert not first.left
    assert stage.nothing_is_left()


def test_what_was_made_elsewhere_is_ended_after_half_a_day_or_when_told(stage: Stage) -> None:
    for how in ("told", "half a day"):
        presence = killed_after(stage, 25)
        presence.path.unlink()  # as on another machine
        assert "--after-kill" in refused(stage)
        assert standing(stage)[0]
        if how == "half a day":
            stage.clock.sleep(12.1 * 3600)
        verification = stage.verification()
        verification.run(verification.look(after_kill=how == "told"))
        assert not verification.left
        assert stage.nothing_is_left()


def test_what_is_known_to_run_is_never_ended(stage: Stage) -> None:
    """However long it takes, and whatever the user says of it."""
    presence = killed_after(stage, 25)
    presence.begin()
    stage.clock.sleep(13 * 3600)
    assert "another verification may be running" in refused(stage, after_kill=True)
    presence.end(nothing_left=False)
    assert not stage.run().left
    assert stage.nothing_is_left()


class InterruptingClock(EmulatedClock):
    """Ctrl-C comes with the sleep of this number."""

    def __init__(self, emulator: EmulatorServer, number: int) -> None:
        super().__init__(emulator)
        self._left = number

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._left -= 1
            if self._left == 0:
                raise KeyboardInterrupt
        super().sleep(seconds)


@pytest.mark.parametrize("number", [1, 4, 9, 14])
def test_ctrl_c_leaves_nothing(stage: Stage, number: int, tmp_path: Path) -> None:
    with of_others(stage, tmp_path):
        stage.clock = InterruptingClock(stage.emulator, number)
        verification = stage.run()
        assert verification.interrupted
        assert not verification.left
        assert any(finding.why == "interrupted" for finding in verification.found())


@pytest.mark.portion(most=8)
@pytest.mark.parametrize("fault", FAULTS, ids="-".join)
def test_a_fault_leaves_nothing(stage: Stage, fault: tuple[str, str, str], tmp_path: Path) -> None:
    operation, kind, nth = fault
    after_effect = True if kind == "no_output" else None
    with of_others(stage, tmp_path):
        number = int(nth) + (operation == "list")  # the first list shows what there is, before anything is made
        stage.emulator.add_fault(FaultRule(operation=operation, kind=kind, nth=number, after_effect=after_effect))
        assert not stage.run().left


def test_a_service_that_is_down_for_good_is_not_waited_for_forever(stage: Stage) -> None:
    stage.emulator.add_fault(FaultRule(operation="get", kind="html", status=503))
    verification = stage.run()
    assert verification.must_end
    assert verification.left
    stage.emulator.clear_faults()
    assert not stage.run().left
    assert stage.nothing_is_left()


def test_an_id_that_was_there_before_is_not_taken_for_ours(stage: Stage) -> None:
    """A service that answers a create with somebody else's job must not make us end that job."""
    job_id = "ft-202410291653-1c7f"
    verification = stage.verification()
    account = verification.look()
    verification.bench.others |= {job_id}
    stage.emulator.next_ids(jobs=[job_id])
    verification.run(account)
    assert verification.stopped == "the answer to a create shows a job that was there before"
    assert stage.emulator.count("cancel") == stage.emulator.count("delete") == 0
