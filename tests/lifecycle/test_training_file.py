"""A training file is its content: uploaded once, found again when an answer was lost, replaced when it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from verbs import training_file

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import UNKNOWN

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    path.write_text(ROW * 3)
    return path


def checked(
    path: Any, run_registry: RunRegistry | None = None, olds: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    given = {"path": str(path) if isinstance(path, Path) else path, "__name": "data", "__owner": "0wner0wner", **more}
    found = training_file.check(olds or {}, given, run_registry or RunRegistry())
    assert not found.violations, found.violations
    return found.inputs


def test_a_check_knows_everything_that_needs_no_call(world: Any, data: Path) -> None:
    inputs = checked(data)
    assert inputs["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()
    assert (inputs["size"], inputs["name"], inputs["format"]) == (len(ROW) * 3, "train.jsonl", "chat")
    assert world.counts() == {}


def test_an_unknown_path_is_left_for_later() -> None:
    inputs = checked(UNKNOWN)
    assert inputs["sha256"] is UNKNOWN


@pytest.mark.parametrize(
    ("content", "named"),
    [(None, "train.jsonl"), (b"", "empty"), (b"\x00\x01\x02", "line 1"), (b'{"messages": [}\n', "line 1"),
     (ROW.encode() * 2 + b"oops\n", "line 3"), (b'{"prompt": "x"}\n', "messages")],
)  # fmt: skip
def test_bad_data_is_refused_with_its_place(data: Path, content: bytes | None, named: str) -> None:
    if content is None:
        data.unlink()
    else:
        data.write_bytes(content)
    found = training_file.check({}, {"path": str(data)}, RunRegistry())
    assert found.violations
    text = "\n".join(violation.message() for violation in found.violations)
    assert "path" in text
    assert named in text


def test_upload_read_delete(world: Any, data: Path) -> None:
    inputs = checked(data, description="support tickets")
    file_id, outputs = training_file.create(world.connection, inputs)
    assert outputs["fileId"] == file_id
    assert outputs["description"] == "support tickets"
    assert world.emulator.files[file_id].description.startswith("support tickets [")
    assert training_file.read(world.connection, file_id, outputs) == outputs
    training_file.delete(world.connection, file_id, outputs)
    assert world.emulator.files == {}
    assert training_file.read(world.connection, file_id, outputs) is None
    training_file.delete(world.connection, file_id, outputs)
    assert "was already gone" in world.told


@pytest.mark.parametrize("missing_status", [404, 400])
def test_gone_is_gone_in_either_spelling(world: Any, data: Path, missing_status: int) -> None:
    world.emulator.configure(missing_file_status=missing_status)
    outputs = {**checked(data), "fileId": "file-gone"}
    assert training_file.read(world.connection, "file-gone", outputs) is None
    training_file.delete(world.connection, "file-gone", outputs)


@pytest.mark.parametrize("kind", ["lost", "effect_then_status", "malformed", "no_output", "reset", "html"])
def test_an_upload_whose_answer_is_lost_leaves_one_file(world: Any, data: Path, kind: str) -> None:
    world.emulator.add_fault(FaultRule(operation="upload", kind=kind, count=1))
    file_id, _ = training_file.create(world.connection, checked(data))
    assert list(world.emulator.files) == [file_id]


def test_a_file_left_by_a_killed_run_is_adopted(world: Any, data: Path) -> None:
    first, _ = training_file.create(world.connection, checked(data))
    world.restart()
    second, _ = training_file.create(world.connection, checked(data))
    assert first == second
    assert "adopted" in world.told


def test_a_file_that_the_state_holds_is_no_leftover(world: Any, data: Path) -> None:
    inputs = checked(data)
    first, _ = training_file.create(world.connection, inputs)
    world.restart()
    checked(data, run_registry=world.run_registry, olds=inputs)
    second, _ = training_file.create(world.connection, checked(data))
    assert first != second


def test_plans(world: Any, data: Path, tmp_path: Path) -> None:
    inputs = checked(data)
    file_id, outputs = training_file.create(world.connection, inputs)
    before = world.counts()

    def plan(path: Any, **more: Any) -> Any:
        return training_file.diff(world.connection, file_id, outputs, checked(path, **more))

    assert not plan(data).changes
    moved = tmp_path / "moved.jsonl"
    moved.write_bytes(data.read_bytes())
    assert (plan(moved).changes, plan(moved).replaces) == (True, ())
    assert (plan(data, description="d").changes, plan(data, description="d").replaces) == (True, ())
    assert plan(data, workspaceId="llm-2").replaces == ("workspaceId",)
    assert plan(UNKNOWN).replaces == ("sha256",)
    moved.write_text(ROW * 4)
    assert plan(moved).replaces == ("sha256",)
    updated = training_file.update(world.connection, file_id, outputs, checked(data, description="d"))
    assert updated["fileId"] == outputs["fileId"]
    assert updated["description"] == "d"
    assert world.counts() == before


@pytest.mark.parametrize("change", ["rewritten", "removed"])
def test_a_file_that_changes_after_the_check_is_not_uploaded(world: Any, data: Path, change: str) -> None:
    inputs = checked(data)
    data.write_text(ROW * 9) if change == "rewritten" else data.unlink()
    with pytest.raises(LifecycleError, match="pulumi up"):
        training_file.create(world.connection, inputs)
    assert world.counts() == {}


@pytest.mark.parametrize("operation", ["upload", "delete_file", "get_file"])
def test_a_refused_key_is_an_error(world: Any, data: Path, operation: str) -> None:
    inputs = checked(data)
    file_id, outputs = training_file.create(world.connection, inputs)
    world.emulator.add_fault(FaultRule(operation=operation, kind="status", status=401, code="InvalidApiKey"))
    steps: dict[str, Callable[[], object]] = {
        "upload": lambda: training_file.create(world.connection, checked(data)),
        "delete_file": lambda: training_file.delete(world.connection, file_id, outputs),
        "get_file": lambda: training_file.read(world.connection, file_id, outputs),
    }
    world.run_registry.hold(file_id)
    with pytest.raises(LifecycleError, match="check the key"):
        steps[operation]()
    assert file_id in world.emulator.files
