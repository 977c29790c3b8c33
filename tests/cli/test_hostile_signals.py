"""Signals at any moment of a sweep, two of them, and two sweeps at once: what was begun is finished, and said."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import pytest
from hostile_shell import LOST, start, strangers, until


def test_ctrl_c_while_it_looks_changes_nothing(line: Any) -> None:
    ids = strangers(line)
    line.emulator.add_fault(latency(line, "list_deployments"))
    with start(*LOST, "--execute", "--yes") as child:
        until(lambda: line.emulator.count("list_deployments") > 0)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=30)
    assert child.returncode == 130, told
    assert told.endswith("dashscope-ft: interrupted.\n")
    assert set(line.emulator.jobs) == ids
    assert line.counts() == {}


def latency(line: Any, operation: str) -> Any:
    from pulumi_dashscope_ft.emulator import FaultRule

    return FaultRule(operation=operation, kind="hang", count=1)


def test_ctrl_c_at_the_question_is_an_interrupt(line: Any) -> None:
    strangers(line)
    with start(*LOST, "--execute") as child:
        assert child.stderr is not None
        seen = ""
        while "Type 3 to end these" not in seen:
            seen += child.stderr.read(1)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=30)
    assert child.returncode == 130, told
    assert "interrupted" in told
    assert line.counts() == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_object_at_hand_and_reports(line: Any, number: signal.Signals) -> None:
    ids = strangers(line)
    line.emulator.configure(canceling_seconds=1e6)
    with start(*LOST, "--execute", "--yes") as child:
        until(lambda: line.emulator.count("cancel") > 0)
        child.send_signal(number)
        time.sleep(0.5)
        line.later(2e6)
        out, told = child.communicate(timeout=30)
    assert child.returncode == 130, told
    assert "stopping after the current object" in told
    assert "1 done, 2 not reached" in out
    assert len(ids & set(line.emulator.jobs)) == 2


def test_a_second_ctrl_c_stops_at_once_and_the_next_sweep_goes_on(line: Any) -> None:
    strangers(line)
    line.emulator.configure(canceling_seconds=1e6)
    with start(*LOST, "--execute", "--yes") as child:
        until(lambda: line.emulator.count("cancel") > 0)
        for _ in range(2):
            child.send_signal(signal.SIGINT)
            time.sleep(0.5)
        _, told = child.communicate(timeout=30)
    assert child.returncode == 130, told
    assert "Traceback" not in told
    line.later(2e6)
    line.emulator.configure(canceling_seconds=1)
    assert "done" in line.run(*LOST, "--execute", "--yes", "--finished").stdout
    assert not line.emulator.jobs


# At once


def test_two_sweeps_at_once_end_each_object_once(line: Any) -> None:
    ids = strangers(line, 6)
    line.emulator.configure(canceling_seconds=0.5)
    mover = threading.Event()

    def move() -> None:
        while not mover.wait(0.05):
            line.later(0.5)

    clock = threading.Thread(target=move)
    clock.start()
    try:
        children = [start(*LOST, "--execute", "--yes") for _ in range(2)]
        told = [child.communicate(timeout=60) for child in children]
    finally:
        mover.set()
        clock.join()
    assert [child.returncode for child in children] == [0, 0], told
    assert not line.emulator.jobs
    cancelled = [record.job_id for record in line.emulator.requests if record.operation == "cancel"]
    assert set(cancelled) == ids
    for out, err in told:
        assert "failed" not in out
        assert "Traceback" not in err
