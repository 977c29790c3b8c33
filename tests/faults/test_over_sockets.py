"""What keeps the in-process seam honest: the same faults and the same schedules over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dynamic_process import DynamicProcess
from fault_table import FAULTS, Fault
from inprocess import NoAnswerError
from shards import run
from simulation import Cloud
from test_schedules import Schedules

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.emulator import EmulatorServer

BODY = {"model": "qwen3-8b", "training_file_ids": ["file-1"]}


class OverSockets(Schedules):
    """The same stories, told over a socket."""

    sockets = True


@pytest.mark.timeout(300)
def test_the_promises_hold_over_sockets(front: str) -> None:
    run(OverSockets, front, 7, 20)


@pytest.fixture(scope="module")
def listening() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as emulator:
        yield emulator


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_looks_the_same_in_process_and_on_a_socket(fault: Fault, listening: EmulatorServer) -> None:
    assert _seen(EmulatorServer(speed=None), fault) == _seen(listening, fault)


def _seen(emulator: EmulatorServer, fault: Fault) -> dict[str, tuple[object, ...]]:
    """For a call with and one without a body: the error's class, its two answers, and what took effect."""
    emulator.configure(check_file_ids=False)
    cloud = Cloud(emulator)

    def point(phase: str, operation: str, object_id: str) -> None:
        if fault.wire and phase == "before":
            raise NoAnswerError(fault.wire)

    found: dict[str, tuple[object, ...]] = {}
    for operation in ("create", "cancel"):
        job_id = cloud.submitted_past_the_faults(dict(BODY))
        if fault.wire is None:
            emulator.add_fault(fault.arm(operation, 1))
        client = DynamicProcess(cloud, call_point=point, retry_timeout=0).client
        before = len(cloud.bought())
        seen: tuple[object, ...] = ("no error",)
        try:
            if operation == "create":
                client.fine_tunes.create(BODY)
            else:
                client.fine_tunes.cancel(job_id)
        except ApiError as error:
            seen = (type(error).__name__, error.ambiguous, error.retryable)
        emulator.clear_faults()
        ended = cloud.status(job_id) in ("CANCELING", "CANCELED")
        found[operation] = (*seen, len(cloud.bought()) - before, ended)
    return found
