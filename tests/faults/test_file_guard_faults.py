"""Every fault × every call that a file's delete makes, while a job of somebody else reads the file and after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine import State
from fault_table import FAULTS
from faulty_stack import FaultyStack

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


@pytest.mark.usual("data_form=neither")
@pytest.mark.rotated("front", "lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["list", "get_file", "delete_file"])
def test_a_file_is_deleted_only_when_nothing_reads_it(
    front: str, operation: str, fault: str, lasting: bool, tmp_path: Path
) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text(ROW * 3)
    program: dict[str, dict[str, Any]] = {"data": {"path": str(data)}}
    stack = FaultyStack(front, operation, FAULTS[fault], program, running_seconds=1e6)
    assert stack.run(stack.up) is None
    (file_id,) = stack.cloud.emulator.files
    theirs = stack.cloud.submitted_past_the_faults({"model": "qwen3-8b", "training_file_ids": [file_id]})
    stack.cloud.emulator.force(theirs, "RUNNING")
    stack.cloud.let_lists_show()

    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    stack.clear()
    hits = stack.hits
    assert told is not None
    assert file_id in told
    assert (theirs in told) or (operation == "list" and hits), "what can't be listed is not assumed to be absent"
    assert list(stack.cloud.emulator.files) == [file_id]
    assert stack.state.ids() == {file_id}, "it stays in the state"
    if operation == "list" and fault != "unknown status":
        stack.judge(told, lasting)

    stack.cloud.emulator.force(theirs, "SUCCEEDED")
    stack.arm(lasting)
    told = stack.run(stack.engine.destroy)
    stack.clear()
    hits += stack.hits
    if told is not None:
        assert stack.run(stack.engine.destroy) is None
    assert stack.state == State()
    assert stack.cloud.emulator.files == {}
    assert stack.cloud.touched() == set(), "nobody else's job is touched"
    assert hits, "the fault never struck: the row proves nothing"
