"""Whatever the service says: no line and no error of the plugin moves a cursor or holds the key; and whatever stands in
a state: an id stays one segment of a path.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
from pulumi.runtime.proto import provider_pb2

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.plugin.wire import encode

KEY = "sk-plugin-0123456789abcdef"
NASTY = f"no \x1b]0;owned\x07\x1b[31m\u202e\x9b2J\r {KEY}"


def harmless(text: str) -> bool:
    return KEY not in text and all(char == "\n" or char.isprintable() for char in text)


def job(plugin: Any, **more: Any) -> Any:
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    return plugin.create("FineTuningJob", "job", {"model": "qwen3-8b", "trainingFileIds": [data.id], **more})


@pytest.mark.parametrize("operation", ["create", "get", "cancel"])
def test_no_error_moves_a_cursor_or_holds_the_key(plugin: Any, emulator: Any, operation: str) -> None:
    made = job(plugin, teardownTimeout="1s")
    emulator.force(made.id, "RUNNING")
    emulator.add_fault(FaultRule(operation=operation, status=400, code=f"X{NASTY}", message=NASTY))
    steps = {
        "create": lambda: job(plugin, triggers=["again"]),
        "get": lambda: plugin.next().refresh(made),
        "cancel": lambda: plugin.next().delete(made),
    }
    with pytest.raises(Exception, match=r"\\x1b") as caught:
        steps[operation]()
    assert harmless(str(caught.value))
    assert harmless(plugin.said())


def test_no_name_in_an_error_moves_a_cursor(plugin: Any, emulator: Any) -> None:
    """What a message tells of a job is not cleaned by the client: names are kept as they are."""
    emulator.configure(check_file_ids=False)
    try:
        body = {"model": f"m{NASTY}", "training_file_ids": ["file-1"]}
        headers = {"Authorization": f"Bearer {KEY}"}
        made = requests.post(f"{emulator.base_url}/fine-tunes", json=body, headers=headers, timeout=10).json()
    finally:
        emulator.configure(check_file_ids=True)
    with pytest.raises(Exception, match=r"\\x1b\]0;owned") as caught:
        job(plugin, adoptJobId=made["output"]["job_id"])
    assert harmless(str(caught.value))


def test_no_line_moves_a_cursor_or_holds_the_key(plugin: Any, emulator: Any) -> None:
    made = job(plugin)
    emulator.force(made.id, "RUNNING")
    emulator.add_fault(FaultRule(operation="*", kind="unknown_status", shown_status=NASTY, count=3))
    plugin.delete(made)
    assert r"\x1b]0;owned" in plugin.said()
    assert harmless(plugin.said())


def test_no_function_moves_a_cursor_in_its_error(plugin: Any, emulator: Any) -> None:
    emulator.add_fault(FaultRule(operation="*", status=400, code="X", message=NASTY))
    for function in ("getJob", "getLogs", "getCheckpoints"):
        with pytest.raises(Exception, match=r"\\x1b") as caught:
            plugin.invoke(function, jobId="ft-1")
        assert harmless(str(caught.value))


@pytest.mark.parametrize("id_", ["../files", "ft-1?x=1", "%2e%2e", "..", "", "\x1b[31m", "x" * 10_000])
def test_an_id_from_a_state_stays_one_segment(plugin: Any, emulator: Any, id_: str) -> None:
    bag = encode({"model": "m", "trainingFileIds": ["f"], "jobId": id_, "__inputs": ["model", "trainingFileIds"]})
    urn = "urn:pulumi:dev::shop::dashscope-ft:index:FineTuningJob::job"
    refusals = []
    for verb, request in (
        ("Read", provider_pb2.ReadRequest(id=id_, urn=urn, properties=bag)),
        ("Delete", provider_pb2.DeleteRequest(id=id_, urn=urn, properties=bag)),
    ):
        try:
            plugin.call(verb, request)
        except Exception as refused:
            refusals.append(str(refused))  # else it counts as gone
    assert all(map(harmless, (*refusals, plugin.said())))
    # What is sent is looked at in tests/api; the emulator decodes a path before it finds its route.
    assert {record.operation for record in emulator.requests} <= {"get", "list", "unknown"}


def test_a_password_in_the_base_url_is_refused_and_not_repeated(start: Any) -> None:
    url = "https://user:hunter2@dashscope.aliyuncs.com/api/v1"
    answer = start().call("CheckConfig", provider_pb2.CheckRequest(news=encode({"baseUrl": url})))
    plugin = start(DASHSCOPE_HTTP_BASE_URL=url).configure()
    checked = plugin.check("FineTuningJob", "job", {"model": "m", "trainingFileIds": ["f"]})
    for (failure,) in (answer.failures, checked.failures):
        assert "user name" in failure.reason
        assert "hunter2" not in str(failure)
