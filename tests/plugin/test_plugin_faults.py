"""The rows of the fault matrix that matter most, through the plugin: the lifecycle is shared, the answers' way to the
engine is not.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule

LOST = {"kind": "lost"}
LATE = {"kind": "effect_then_status", "status": 504}
GATEWAY = {"kind": "html", "status": 502}
RATE = {"kind": "status", "error": "rate", "headers": {"Retry-After": "0.1"}}
MALFORMED = {"kind": "malformed"}

PASSING: dict[str, dict[str, dict[str, Any]]] = {
    "answers are lost": {"upload": LOST, "create": LATE, "get": LOST, "cancel": LOST, "delete": LATE},
    "the service is busy": {"upload": RATE, "create": RATE, "get": RATE, "cancel": RATE, "delete": RATE},
    "rubbish": {"upload": GATEWAY, "create": MALFORMED, "get": MALFORMED, "cancel": GATEWAY, "delete": MALFORMED},
}

KEY_REFUSED = ("A refused key never counts as", "AccessDenied", "BailianGateway.Workspace.NotAuthorised")


def made(plugin: Any) -> Any:
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    return plugin.create("FineTuningJob", "job", {"model": "qwen3-8b", "trainingFileIds": [data.id]})


@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING.keys())
def test_what_passes_is_survived(plugin: Any, emulator: Any, faults: dict[str, dict[str, Any]]) -> None:
    rules = [emulator.add_fault(FaultRule(operation=name, count=1, **rule)) for name, rule in faults.items()]
    job = made(plugin)
    assert set(emulator.jobs) == {job.id}, "one job is bought"
    assert len(emulator.files) == 1
    assert plugin.refresh(job).id == job.id
    emulator.force(job.id, "RUNNING")
    plugin.next().delete(job)
    assert not emulator.jobs
    assert all(rule.fired for rule in rules), "it never struck"
    assert set(emulator.gone_jobs) == {job.id}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "status", "error": "quota"}, "running and succeeded jobs count"),
        ({"kind": "status", "error": "arrears"}, "the account is unpaid"),
        ({"kind": "status", "status": 401}, "A refused key never counts as"),
        ({"kind": "status", "status": 403}, "AccessDenied"),
        ({"kind": "html", "status": 404}, "does not mean that anything is gone"),
        ({"kind": "code_in_200"}, "BailianGateway.Workspace.NotAuthorised"),
    ],
    ids=str,
)
def test_what_waiting_cant_mend_fails_at_once_and_loses_nothing(
    plugin: Any, emulator: Any, fault: dict[str, Any], said: str
) -> None:
    job = made(plugin)
    emulator.force(job.id, "RUNNING")
    inputs = {"model": "qwen3-8b", "trainingFileIds": [next(iter(emulator.files))]}
    for operation, step in (
        ("create", lambda: plugin.create("FineTuningJob", "another", inputs)),
        ("get", lambda: plugin.next().refresh(job)),
        ("cancel", lambda: plugin.next().delete(job)),
    ):
        rule = emulator.add_fault(FaultRule(operation=operation, **fault))
        told = _kept_with_a_warning(plugin, job, step) if operation == "get" and said in KEY_REFUSED else _error(step)
        emulator.clear_faults()
        assert said in told
        assert "next: " in told
        assert "Traceback" not in told
        assert rule.fired == 1, "asked again, though waiting does not help"
    assert set(emulator.jobs) == {job.id}
    plugin.next().delete(job)
    assert not emulator.jobs


def _error(step: Callable[[], Any]) -> str:
    with pytest.raises(Exception, match="could not") as caught:
        step()
    return str(caught.value)


def _kept_with_a_warning(plugin: Any, job: Any, step: Callable[[], Any]) -> str:
    """What is under way is read before every plan, with the settings that the state has: an `up` has to be able to take
    over a new key, so the state stays as it was.
    """
    del plugin.lines[:]
    assert step().seen == job.seen
    return "".join(line for _, line in plugin.lines)


def under_way(step: Callable[[], Any], begun: Callable[[], bool]) -> threading.Thread:
    """The step, in a thread of its own, so far that this holds."""

    def run() -> None:
        with contextlib.suppress(Exception):  # the plugin is killed under it
            step()

    thread = threading.Thread(target=run)
    thread.start()
    ends = time.monotonic() + 30
    while not begun():
        assert time.monotonic() < ends
        time.sleep(0.02)
    return thread


def test_killed_after_the_job_was_bought(start: Any, emulator: Any) -> None:
    plugin = start().configure()
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    inputs = {"model": "qwen3-8b", "trainingFileIds": [data.id]}
    emulator.add_fault(FaultRule(operation="create", kind="hang", after_effect=True, seconds=30.0, count=1))
    thread = under_way(lambda: plugin.create("FineTuningJob", "job", inputs), lambda: bool(emulator.jobs))
    plugin.process.kill()
    thread.join(30)
    (lost,) = emulator.jobs
    again = start().configure()
    assert again.create("FineTuningJob", "job", inputs).id == lost
    assert "adopted, no new run is bought" in again.said("job")
    assert emulator.count("create") == 1


def test_killed_while_a_teardown_waits(start: Any, emulator: Any) -> None:
    plugin = start().configure()
    job = made(plugin)
    emulator.force(job.id, "RUNNING")
    emulator.configure(canceling_seconds=10_000)
    try:
        thread = under_way(lambda: plugin.delete(job), lambda: emulator.count("cancel") == 1)
        plugin.process.kill()
        thread.join(30)
        assert job.id in emulator.jobs
    finally:
        emulator.configure(canceling_seconds=10)
    emulator.force(job.id, "CANCELED")
    start().configure().delete(job)
    assert not emulator.jobs
    assert emulator.count("cancel") == 1
