"""What a service may send about imports that no documentation has (see `test_hostile_answers.py`)."""

from __future__ import annotations

from typing import Any

import pytest
from dynamic_process import DynamicProcess
from engine import TOLD
from hostile_service import NASTY, ScriptedCalls, another, begun, create, is_printable
from processes import ProviderProcess, RefusedError
from records import IMPORTED, Record

from pulumi_dashscope_ft.api import Import
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.program.terminal import sanitize_for_python

WEIGHTS = {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"}


@pytest.fixture
def process(front: str) -> ProviderProcess:
    process = begun(front)
    process.cloud.emulator.configure(importing_seconds=60.0)
    return process


@pytest.fixture
def under_way(process: ProviderProcess) -> Record:
    """An imported model whose import is under way."""
    record = create(process, IMPORTED, WEIGHTS)
    process.cloud.emulator.force_import(record.id, "RUNNING")
    return record


def shown(process: ProviderProcess, failure: BaseException) -> str:
    """The message as it reaches the user's terminal."""
    text = str(failure)
    return sanitize_for_python(text) if isinstance(process, DynamicProcess) else text


def rewritten(**fields: Any) -> Any:
    """Answers in which every import has these fields."""

    def rewrite(answer: Any) -> Any:
        output = answer["output"]
        if "list" in output:
            return {**answer, "output": {**output, "list": [{**one, **fields} for one in output["list"]]}}
        return {**answer, "output": {**output, **fields}}

    return rewrite


ALL = ("create_import", "get_import", "list_imports")
UNUSABLE: dict[str, Any] = {
    "null": None,
    "number": 7,
    "list": [],
    "no output": {"request_id": "r"},
    "null output": {"output": None},
    "no id": {"output": {"status": "FAILED"}},
    "an id that is no text": {"output": {"job_id": {"x": 1}, "status": "FAILED"}},
    "rows of null": {"output": {"list": [None], "total": 1}},
}


@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_answer_proves_nothing(process: ProviderProcess, under_way: Record, body: Any) -> None:
    process.cloud.clock.sleep(10)
    process = another(process)
    ScriptedCalls(process, "imports", dict.fromkeys((*ALL, "delete_import"), body))
    for operation in (process.read, process.delete):
        with pytest.raises(TOLD) as caught:
            operation(under_way)
        assert "next:" in str(caught.value)
    assert set(process.cloud.emulator.imports) == {under_way.id}
    another(process).delete(under_way)
    assert process.cloud.emulator.imports == {}


@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_after_an_unusable_answer_to_a_create_it_is_found_and_not_sent_twice(
    process: ProviderProcess, body: Any
) -> None:
    ScriptedCalls(process, "imports", {"create_import": body})
    record = create(process, IMPORTED, WEIGHTS)
    assert list(process.cloud.emulator.imports) == [record.id]
    assert record.outputs["modelId"] == process.cloud.emulator.imports[record.id].model_name


def test_unknown_statuses_of_an_import_are_never_final(process: ProviderProcess, under_way: Record) -> None:
    emulator = process.cloud.emulator
    for operation in ("get_import", "list_imports"):
        emulator.add_fault(FaultRule(operation=operation, kind="unknown_status", shown_status=NASTY))
    process.cloud.clock.sleep(10)
    process = another(process)
    fresh = process.read(under_way)
    assert fresh is not None
    assert is_printable(fresh.outputs["status"])
    assert fresh.outputs["teardown"] == "wait for its end, then delete, with the model's files"
    under_way.take(fresh)
    with pytest.raises(TOLD) as caught:
        process.delete(under_way)
    assert is_printable(str(caught.value))
    assert set(emulator.imports) == {under_way.id}
    emulator.clear_faults()
    another(process).delete(under_way)
    assert emulator.imports == {}


@pytest.mark.parametrize("word", [None, 7, "", "successed", ["SUCCESSED"], f"\x1b[2J\x07{'A' * 500}"])
def test_a_status_that_is_none_is_fit_to_be_printed_and_not_final(word: Any) -> None:
    read = Import.from_json({"job_id": "j", "status": word, "model_name": "m"})
    assert is_printable(read.status)
    assert len(read.status) <= 60
    assert (read.is_final, read.model_id) == (False, None)


def test_either_spelling_of_the_success_is_one() -> None:
    for word in ("SUCCESSED", "SUCCEEDED"):
        read = Import.from_json({"job_id": "j", "status": word, "model_name": "m"})
        assert (read.status, read.model_id) == ("SUCCESSED", "m")


def test_an_import_that_is_not_the_one_that_was_asked_for_is_no_answer(
    process: ProviderProcess, under_way: Record
) -> None:
    emulator = process.cloud.emulator
    other = create(process, IMPORTED, {**WEIGHTS, "objectKey": "other/"})
    process = another(process)
    ScriptedCalls(process, "imports", {"get_import": rewritten(job_id=other.id, status="SUCCESSED")})
    with pytest.raises(TOLD):
        process.delete(under_way)
    assert set(emulator.imports) == {under_way.id, other.id}


def test_a_delete_that_is_answered_with_another_import_is_asked_for_again(
    process: ProviderProcess, under_way: Record
) -> None:
    """Until the service says that there is none."""
    emulator = process.cloud.emulator
    other = create(process, IMPORTED, {**WEIGHTS, "objectKey": "other/"})
    emulator.force_import(under_way.id, "FAILED")
    process = another(process)
    ScriptedCalls(process, "imports", {"delete_import": rewritten(job_id=other.id)})
    process.delete(under_way)
    assert set(emulator.imports) == {other.id}
    deletes = [one.job_id for one in emulator.requests if one.operation == "delete_import"]
    assert deletes == [under_way.id, under_way.id]


@pytest.mark.parametrize("product", [None, "", ["x"], {"model": "x"}], ids=["null", "empty", "list", "map"])
def test_a_success_that_names_no_model_is_no_model(process: ProviderProcess, product: Any) -> None:
    """The wait goes on until its time is up, and the import is recorded."""
    ScriptedCalls(process, "imports", dict.fromkeys(ALL, rewritten(model_name=product)))
    inputs = process.check(IMPORTED, "s", {}, {**WEIGHTS, "waitTimeout": "10m"}, b"")
    with pytest.raises(RefusedError) as refused:
        process.create(IMPORTED, "s", inputs, 600.0)
    assert refused.value.made is not None
    assert "modelId" not in refused.value.made.outputs
    assert list(process.cloud.emulator.imports) == [refused.value.made.id]


@pytest.mark.parametrize("code", [None, 7, ["x"], NASTY, "x" * 100_000, "\ud800"])
def test_the_code_of_a_failed_import_reaches_no_terminal_raw(process: ProviderProcess, code: Any) -> None:
    process.cloud.emulator.plan_next_import(import_outcome="FAILED")
    ScriptedCalls(process, "imports", dict.fromkeys(ALL, rewritten(error_code=code)))
    inputs = process.check(IMPORTED, "s", {}, dict(WEIGHTS), b"")
    with pytest.raises(RefusedError) as refused:
        process.create(IMPORTED, "s", inputs, 600.0)
    made = refused.value.made
    assert made is not None
    texts = [shown(process, refused.value), *map(str, made.outputs.get("failure", {}).values())]
    assert all(is_printable(text) and len(text) < 5000 for text in texts)


@pytest.mark.parametrize(
    "storage",
    [
        None,
        7,
        ["x"],
        {"bucket_name": ["x"], "object_key": 7},
        {"bucket_name": NASTY, "object_key": NASTY},
        {"bucket_name": {"x": NASTY}, "object_key": "x" * 100_000},
        {"bucket_name": "\ud800", "object_key": None},
    ],
    ids=["null", "number", "list", "no texts", "nasty", "long", "surrogate"],
)
def test_a_folder_that_is_none_reaches_no_terminal_raw(
    process: ProviderProcess, under_way: Record, storage: Any
) -> None:
    """Where the import is adopted that has it: what the service does not show counts as fitting."""
    process = another(process)
    hostile = rewritten(storage_info=storage, model_name=f"{NASTY}-offline-20240101-abc1")
    ScriptedCalls(process, "imports", dict.fromkeys(ALL, hostile))
    with pytest.raises(TOLD, match="was made with another") as caught:
        create(process, IMPORTED, {**WEIGHTS, "adoptImportId": under_way.id})
    text = shown(process, caught.value)
    assert is_printable(text)
    assert len(text) < 5000
    assert set(process.cloud.emulator.imports) == {under_way.id}
