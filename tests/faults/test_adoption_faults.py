"""The look before an adoption × every fault, once and lasting: a file and a job that were made by hand are taken over,
or it is said why not; nothing is uploaded, nothing is bought, and the same command works once the fault has passed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine import State
from fault_table import FAULTS, Fault
from faulty_stack import FaultyStack

from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


class Adopting:
    """A stack that takes over one object that was there before, under a fault that hits one operation."""

    def __init__(self, front: str, kind: str, fault: Fault, folder: Path, data_form: str = "datasets") -> None:
        data = folder / "train.jsonl"
        data.write_text(ROW * 3)
        job = {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "hyperParameters": {"n_epochs": 3}}
        operation, inputs = ("get_file", {"path": str(data)}) if kind == "file" else ("get", job)
        service: dict[str, Any] = {"check_file_ids": False, "running_seconds": 1e6, "data_form": data_form}
        self.stack = FaultyStack(front, operation, fault, {kind: inputs}, **service)
        by_hand = self.stack.front(self.stack.cloud).client
        if kind == "file":
            self.object_id = by_hand.files.upload(data).file_id
            self.stack.program[kind]["adoptFileId"] = self.object_id
        else:
            body = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}}
            self.object_id = by_hand.fine_tunes.create(body).job_id
            self.stack.program[kind]["adoptJobId"] = self.object_id

    @property
    def made(self) -> list[str]:
        """What was made since, by call."""
        calls = [record.operation for record in self.stack.cloud.emulator.requests]
        return [name for name in calls if name in ("upload", "create")][1:]

    @property
    def there(self) -> set[str]:
        """All objects on the service."""
        return {*self.stack.cloud.emulator.files, *self.stack.cloud.emulator.jobs}


@pytest.mark.rotated("front", "lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize(("kind", "data_form"), [("file", "datasets"), *(("job", form) for form in DATA_FORMS)])
def test_what_is_there_is_taken_over_or_left_and_nothing_is_made(
    front: str, kind: str, data_form: str, fault: Fault, lasting: bool, tmp_path: Path
) -> None:
    adopting = Adopting(front, kind, fault, tmp_path, data_form)
    stack = adopting.stack
    stack.arm(lasting)
    told = stack.run(stack.up)
    stack.clear()
    assert stack.hits, "the fault never struck: the row proves nothing"
    stack.judge(told, lasting)
    assert (adopting.made, adopting.there) == ([], {adopting.object_id})
    if told is None:
        assert stack.state.ids() == {adopting.object_id}
    else:
        assert "adopt" in told
        assert stack.state.ids() == set(), "what was not verified is not the stack's"
        assert stack.run(stack.up) is None, f"did not converge after: {told}"
    assert stack.state.ids() == {adopting.object_id}
    assert adopting.made == []
    assert stack.run(lambda process: stack.engine.destroy(process)) is None
    assert (stack.state, adopting.there) == (State(), set())


@pytest.mark.parametrize("kind", ["file", "job"])
def test_an_adoption_that_was_killed_after_its_look_is_done_again(front: str, kind: str, tmp_path: Path) -> None:
    adopting = Adopting(front, kind, FAULTS["500"], tmp_path)
    stack = adopting.stack
    process = stack.front(stack.cloud)
    stack.up(process)
    stack.state.records.clear()  # killed before the record was written
    assert stack.run(stack.up) is None
    assert (adopting.made, stack.state.ids()) == ([], {adopting.object_id})
