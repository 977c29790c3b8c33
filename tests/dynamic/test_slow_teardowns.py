"""In the real provider host, as a process: what takes long does not hold up what does not. And where the host can't be
widened, four at a time are the limit, as docs/concurrency.md says.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_dashscope_ft.dynamic.provider import FineTuningJobProvider
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.pages import page
from pulumi_dashscope_ft.testing.providers.client import ProviderClient
from pulumi_dashscope_ft.testing.providers.pool import DYNAMIC_PACKAGE, Launcher

KEY = "sk-host-0123456789abcdef"
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:pulumi-python::default"
QUICK = 40.0
"""Seconds for what should take a tenth of one: this machine may be busy. The teardowns here never end."""


def serialized() -> str:
    from pulumi.dynamic.dynamic import serialize_provider

    return str(serialize_provider(FineTuningJobProvider()))


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as server:
        server.configure(check_file_ids=False, quota=1000, runners=1000, canceling_seconds=1e6)
        yield server


Start = Callable[..., ProviderClient]


@pytest.fixture
def start(emulator: EmulatorServer, tmp_path: Path) -> Iterator[Start]:
    hosts: list[ProviderClient] = []

    def begin(lines: list[str], **environment: str) -> ProviderClient:
        known = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        host = Launcher("shop", tmp_path, {**known, **environment}, lines.append).launch(DYNAMIC_PACKAGE)
        hosts.append(host)
        host.configure(PROVIDER, "some-id", {})
        return host

    yield begin
    for one in hosts:
        one.kill()
        one.stop()


def urn(name: str) -> str:
    return f"urn:pulumi:dev::shop::pulumi-python:dynamic/dashscope-ft:FineTuningJob::{name}"


def job(emulator: EmulatorServer, name: str) -> tuple[str, dict[str, Any]]:
    """A job that runs, and its bag as the state keeps it."""
    session = requests.Session()
    body = {"model": "qwen3-8b", "training_file_ids": ["file-1"]}
    made = session.post(f"{emulator.base_url}/fine-tunes", json=body, headers={"Authorization": f"Bearer {KEY}"})
    job_id = made.json()["output"]["job_id"]
    emulator.force(job_id, "RUNNING")
    return job_id, {**inputs(name), "jobId": job_id, "status": "RUNNING", "__inputs": ["model", "trainingFileIds"]}


def inputs(name: str) -> dict[str, Any]:
    hidden = {"__provider": serialized(), "__name": name, "__owner": "0wner0wner", "__nonce": "n0nce1"}
    return {"model": "qwen3-8b", "trainingFileIds": ["file-1"], **hidden}


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def tear_down(host: ProviderClient, emulator: EmulatorServer, number: int) -> None:
    """So many teardowns, of which none ends."""
    for position in range(number):
        name = f"job{position}"
        job_id, bag = job(emulator, name)

        def step(name: str = name, job_id: str = job_id, bag: dict[str, Any] = bag) -> None:
            with contextlib.suppress(Exception):  # the host is killed under it
                host.delete(urn(name), job_id, inputs=inputs(name), outputs=bag, timeout=0)

        threading.Thread(target=step, daemon=True).start()


def quick(host: ProviderClient, emulator: EmulatorServer) -> threading.Thread:
    """A check, a diff and a read of another resource."""
    job_id, bag = job(emulator, "other")

    def steps() -> None:
        assert host.check(urn("other"), {}, inputs("other")).failures == []
        old = inputs("other")
        assert not host.diff(urn("other"), job_id, old_inputs=old, old_outputs=bag, news=old).changes
        assert host.read(urn("other"), job_id, inputs=old, outputs=bag).id == job_id

    thread = threading.Thread(target=steps, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [30, 140])
def test_teardowns_hold_up_no_check_diff_or_read(start: Start, emulator: EmulatorServer, number: int) -> None:
    """However many: a machine of many cores asks for as many at once (`--parallel` is four times their number)."""
    lines: list[str] = []
    host = start(lines)
    tear_down(host, emulator, number)
    until(lambda: emulator.count("cancel") == number)
    thread = quick(host, emulator)
    thread.join(QUICK)
    assert not thread.is_alive()
    assert not emulator.count("delete"), "the teardowns go on"
    assert not [line for line in lines if "four steps at a time" in line]


def test_a_service_that_hangs_for_the_one_answers_the_other(start: Start, emulator: EmulatorServer) -> None:
    """Not only waits by the clock: eight calls without an answer block nobody either."""
    host = start([])
    emulator.add_fault(FaultRule(operation="cancel", kind="hang", seconds=60.0))
    tear_down(host, emulator, 8)
    until(lambda: emulator.count("cancel") == 8)
    thread = quick(host, emulator)
    thread.join(QUICK)
    assert not thread.is_alive()


def test_a_host_that_is_not_widened_serves_four_and_says_so(start: Start, emulator: EmulatorServer) -> None:
    lines: list[str] = []
    host = start(lines, DASHSCOPE_FT_PLAIN_HOST="1")
    tear_down(host, emulator, 4)
    until(lambda: emulator.count("cancel") == 4)
    thread = quick(host, emulator)
    thread.join(1.0)
    assert thread.is_alive(), "a fifth call waits"
    assert emulator.count("cancel") == 4
    for job_id in list(emulator.jobs):
        if emulator.jobs[job_id].status == "CANCELING":
            emulator.force(job_id, "CANCELED")
    thread.join(30)
    assert not thread.is_alive()
    assert [line for line in lines if "four steps at a time" in line] == [
        f"note: Pulumi's provider host serves four steps at a time here (see {page('concurrency')})"
    ]
