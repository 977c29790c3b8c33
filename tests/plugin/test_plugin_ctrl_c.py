"""Ctrl-C ends what waits, the wait for an answer included, and touches nothing. What a call changes is known by its
answer alone: that is waited for, and recorded.
"""

from __future__ import annotations

import pickle
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2

sys.path.insert(0, str(Path(__file__).parent))

from steps import Step, job_inputs, until

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import OperationInterruptedError
from pulumi_dashscope_ft.plugin.cancelling import (
    GRACE,
    CancellableRequests,
    CancelToken,
    InterruptibleClock,
)

PATIENCE = 30.0
"""Seconds that a fault lasts in these tests: a step that has waited for its end was not interrupted."""


def test_ctrl_c_ends_the_wait_for_a_model_and_leaves_the_job(start: Any, emulator: Any) -> None:
    plugin = start().configure()
    inputs = job_inputs(plugin)
    under_way = Step(lambda: plugin.create("FineTunedModel", "model", inputs))
    until(lambda: "ft-" in plugin.said("model"))
    began = time.monotonic()
    plugin.call("Cancel", empty_pb2.Empty())
    failed = under_way.ended()
    assert time.monotonic() - began < PATIENCE
    assert failed.partial.id in emulator.jobs
    assert "interrupted (Ctrl-C)" in str(failed)
    assert not emulator.count("cancel")


@pytest.mark.parametrize(("operation", "number"), [("get", 1), ("list", 2)])
def test_it_ends_a_wait_of_a_service_that_hangs(start: Any, emulator: Any, operation: str, number: int) -> None:
    plugin = start().configure()
    inputs = job_inputs(plugin)
    waits = [Step(lambda name=f"m{one}": plugin.create("FineTunedModel", name, inputs)) for one in range(number)]
    until(lambda: all("ft-" in plugin.said(f"m{one}") for one in range(number)))
    rule = emulator.add_fault(FaultRule(operation=operation, kind="hang", seconds=PATIENCE))
    until(lambda: rule.fired)
    began = time.monotonic()
    plugin.call("Cancel", empty_pb2.Empty())
    failed = [one.ended() for one in waits]
    assert time.monotonic() - began < PATIENCE
    assert {one.partial.id for one in failed} == set(emulator.jobs), "the state has them"
    assert all("interrupted (Ctrl-C)" in str(one) for one in failed)
    assert not emulator.count("cancel")


@pytest.mark.parametrize("operation", ["get", "list"])
def test_it_ends_teardowns_of_a_service_that_hangs(start: Any, emulator: Any, operation: str) -> None:
    plugin = start().configure()
    inputs = job_inputs(plugin)
    jobs = [plugin.create("FineTuningJob", f"job{one}", inputs) for one in range(1 if operation == "get" else 3)]
    rule = emulator.add_fault(FaultRule(operation=operation, kind="hang", seconds=PATIENCE))
    deletes = [Step(lambda job=job: plugin.delete(job)) for job in jobs]
    until(lambda: rule.fired)
    began = time.monotonic()
    plugin.call("Cancel", empty_pb2.Empty())
    told = [str(one.ended()) for one in deletes]
    assert time.monotonic() - began < PATIENCE
    assert all("interrupted (Ctrl-C)" in one for one in told)
    assert set(emulator.jobs) == {job.id for job in jobs}


def test_the_answer_to_what_buys_is_waited_for_and_recorded(start: Any, emulator: Any) -> None:
    plugin = start().configure()
    inputs = job_inputs(plugin)
    rule = emulator.add_fault(FaultRule(operation="create", kind="latency", seconds=GRACE + 1))
    create = Step(lambda: plugin.create("FineTuningJob", "job", inputs))
    until(lambda: rule.fired)
    plugin.call("Cancel", empty_pb2.Empty())
    assert create.ended().id in emulator.jobs


def test_a_cancelled_clock_waits_for_nothing_and_begins_nothing() -> None:
    token = CancelToken()
    clock = InterruptibleClock(token)
    token.raise_if_cancelled()
    clock.sleep(0.01)
    token.cancel()
    clock.sleep(0)
    for step in (token.raise_if_cancelled, lambda: clock.sleep(60)):
        with pytest.raises(OperationInterruptedError) as caught:
            step()
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own


def test_what_is_read_is_returned_or_raised() -> None:
    token = CancelToken()
    requests = CancellableRequests(token)
    assert requests.read(lambda: 1) == 1
    with pytest.raises(ZeroDivisionError):
        requests.read(lambda: 1 / 0)
    token.cancel()
    token.cancel()
    assert requests.read(lambda: 1) == 1, "there is a moment for what was on its way"


def test_a_read_that_does_not_end_is_left_to_itself() -> None:
    token, answer = CancelToken(), threading.Event()
    try:
        threading.Timer(0.05, token.cancel).start()
        began = time.monotonic()
        for _ in range(20):  # in turn, as those do that share a poller
            with pytest.raises(OperationInterruptedError):
                CancellableRequests(token).read(answer.wait)
        assert GRACE <= time.monotonic() - began < 10 * GRACE, "the moment is one for all"
    finally:
        answer.set()


def test_nothing_is_bought_after_it(start: Any, emulator: Any) -> None:
    """It comes while the look before a create is answered, in time: the create itself would be something new."""
    plugin = start().configure()
    inputs = job_inputs(plugin)
    rule = emulator.add_fault(FaultRule(operation="list", kind="latency", seconds=GRACE / 2))
    create = Step(lambda: plugin.create("FineTuningJob", "job", inputs))
    until(lambda: rule.fired)
    plugin.call("Cancel", empty_pb2.Empty())
    assert "interrupted (Ctrl-C)" in str(create.ended())
    assert not emulator.jobs
    assert not emulator.count("create")
