"""What a service may send about compression jobs that no documentation has (see `test_hostile_answers.py`)."""

from __future__ import annotations

from typing import Any

import pytest
from compression_story import CompressionCloud
from engine import TOLD
from hostile_service import NASTY, ScriptedCalls, another, begun, create, is_printable
from processes import ProviderProcess, RefusedError
from records import COMPRESSED, Record

from pulumi_dashscope_ft.emulator import FaultRule


@pytest.fixture
def process(front: str) -> ProviderProcess:
    return begun(front, CompressionCloud)


@pytest.fixture
def compressed(process: ProviderProcess) -> Record:
    """A compressed model whose job is under way."""
    cloud: Any = process.cloud
    cloud.emulator.configure(compressing_seconds=60.0)
    record = create(process, COMPRESSED, {"model": cloud.trained(), "templateId": "quant-w8a8"})
    cloud.emulator.force_compression(record.id, "RUNNING")
    return record


@pytest.mark.parametrize(
    "line",
    [None, 7, {"loss": 1}, ["x"], NASTY, "x" * 100_000, "\ud800"],
    ids=["null", "number", "object", "list", "nasty", "long", "surrogate"],
)
def test_the_log_of_a_failed_compression_reaches_no_terminal_raw(
    process: ProviderProcess, compressed: Record, line: Any
) -> None:
    process.cloud.emulator.force_compression(compressed.id, "FAILED")
    process.cloud.clock.sleep(10)
    process = another(process)
    ScriptedCalls(process, "compressions", {"compression_logs": {"output": {"total": 50, "logs": [line] * 50}}})
    fresh = process.read(compressed)
    assert fresh is not None
    texts = [*fresh.outputs["failure"]["logTail"], fresh.outputs["failure"]["message"]]
    assert all(is_printable(text) and len(text) < 5000 for text in texts)


def test_unknown_statuses_of_a_compression_are_never_final(process: ProviderProcess, compressed: Record) -> None:
    emulator = process.cloud.emulator
    for operation in ("get_compression", "list_compressions"):
        emulator.add_fault(FaultRule(operation=operation, kind="unknown_status", shown_status=NASTY))
    process.cloud.clock.sleep(10)
    process = another(process)
    fresh = process.read(compressed)
    assert fresh is not None
    assert is_printable(fresh.outputs["status"])
    assert fresh.outputs["teardown"] == "cancel, then delete"
    compressed.take(fresh)
    with pytest.raises(TOLD) as caught:
        process.delete(compressed)
    assert is_printable(str(caught.value))
    emulator.clear_faults()
    another(process).delete(compressed)
    assert emulator.compressions == {}


def test_a_compression_that_is_not_the_one_that_was_asked_for_is_no_answer(
    process: ProviderProcess, compressed: Record
) -> None:
    cloud: Any = process.cloud
    body = {"model": compressed.inputs["model"], "template_id": "quant-w8a8"}
    other = cloud.submitted_past_the_faults(body)

    def swapped(answer: Any) -> Any:
        return {**answer, "output": {**answer["output"], "job_id": other, "status": "SUCCEEDED"}}

    process = another(process)
    ScriptedCalls(process, "compressions", {"get_compression": swapped})
    with pytest.raises(TOLD):
        process.delete(compressed)
    assert set(cloud.emulator.compressions) == {compressed.id, other}


@pytest.mark.parametrize("product", [None, "", ["x"], {"model": "x"}], ids=["null", "empty", "list", "map"])
def test_a_success_that_names_no_model_is_no_model(process: ProviderProcess, product: Any) -> None:
    """The wait goes on until its time is up, and the job is recorded."""
    cloud: Any = process.cloud

    def nameless(answer: Any) -> Any:
        output = answer["output"]
        jobs = {"jobs": [{**one, "quantized_output": product} for one in output["jobs"]]} if "jobs" in output else {}
        return {**answer, "output": {**output, "quantized_output": product, **jobs}}

    ScriptedCalls(
        process, "compressions", dict.fromkeys(("get_compression", "list_compressions", "create_compression"), nameless)
    )
    written = {"model": cloud.trained(), "templateId": "quant-w8a8", "waitTimeout": "60s"}
    inputs = process.check(COMPRESSED, "s", {}, written, b"")
    with pytest.raises(RefusedError) as refused:
        process.create(COMPRESSED, "s", inputs, 600.0)
    assert refused.value.made is not None
    assert "modelId" not in refused.value.made.outputs
    assert list(cloud.emulator.compressions) == [refused.value.made.id]
