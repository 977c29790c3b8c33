"""The teardown report: one whole line for each object, whatever becomes of it, and never an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from verbs import exported_checkpoint, training_file

from pulumi_dashscope_ft.api import SettingsError
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.report import VARIABLE, TeardownRecord, records_to_file
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity

KEYS = {
    *("version", "time", "kind", "id", "name", "statusBefore", "outcome", "done", "stays", "why", "next", "cost"),
}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: Any) -> Path:
    found = tmp_path / "destroy.jsonl"
    monkeypatch.setenv(VARIABLE, str(found))
    world.restart()
    return found


def written(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(set(line) == KEYS for line in lines)
    return lines


@pytest.mark.parametrize(
    ("status", "inputs", "settings", "outcome", "done", "stays"),
    [
        ("RUNNING", {}, {}, "deleted", ["cancel was accepted", "delete was accepted"], None),
        ("SUCCEEDED", {}, {}, "deleted", ["delete was accepted"], "the model qwen3-8b-ft-"),
        ("FAILED", {}, {}, "deleted", ["delete was accepted"], None),
        ("SUCCEEDED", {}, {"literal_reading": True}, "kept", ["delete was refused"], "counts toward the 20 jobs"),
        ("RUNNING", {"onDestroy": "cancel"}, {}, "kept", ["cancel was accepted"], "its record, CANCELED"),
        ("RUNNING", {"onDestroy": "retain"}, {}, "kept", [], "goes on if it was active"),
    ],
)
def test_what_becomes_of_a_job(
    world: Any, path: Path, status: str, inputs: Any, settings: Any, outcome: str, done: list[str], stays: str | None
) -> None:
    world.emulator.configure(**settings)
    job_id, outputs = world.create(**inputs)
    world.emulator.force(job_id, status)
    world.clock.sleep(3)
    world.delete(job_id, outputs)
    (line,) = written(path)
    assert (line["version"], line["kind"], line["id"]) == (1, "job", job_id)
    assert line["statusBefore"] == (None if inputs.get("onDestroy") == "retain" else status)
    assert (line["outcome"], line["done"]) == (outcome, done)
    assert line["stays"] is None if stays is None else stays in line["stays"]
    assert bool(line["why"]) is (stays is not None)
    assert line["time"].endswith("Z")


def test_a_job_that_is_gone_already(world: Any, path: Path) -> None:
    job_id, outputs = world.create()
    world.emulator.remove_job(job_id)
    world.delete(job_id, outputs)
    assert [(line["outcome"], line["statusBefore"]) for line in written(path)] == [("gone", None)]


def test_what_is_refused_and_then_mended_is_two_lines(world: Any, path: Path) -> None:
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    world.emulator.add_fault(FaultRule(operation="delete", status=403, code="AccessDenied"))
    with pytest.raises(LifecycleError):
        world.delete(job_id, outputs)
    world.emulator.clear_faults()
    world.restart()
    world.delete(job_id, outputs)
    first, second = written(path)
    assert first["outcome"] == "refused"
    assert first["done"] == ["cancel was accepted"]
    assert "AccessDenied" in first["why"]
    assert "pulumi destroy" in first["next"]
    assert (second["outcome"], second["statusBefore"]) == ("deleted", "CANCELED")


def test_an_interrupt_is_told_as_such(world: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")

    def interrupted(seconds: float) -> None:
        if world.emulator.count("cancel"):
            raise KeyboardInterrupt

    monkeypatch.setattr(world.clock, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        world.delete(job_id, outputs)
    (line,) = written(path)
    assert (line["outcome"], line["done"]) == ("unfinished", ["cancel was accepted"])


def test_deployments_files_checkpoints_and_the_stack(fleet: Any, path: Path) -> None:
    world = fleet.world
    deployed, outputs = fleet.running()
    world.restart()
    fleet.delete(deployed, outputs)
    training_file.delete(world.connection, "file-1", {"name": "train.jsonl"})
    exported_checkpoint.delete(world.connection, "ft-1/checkpoint-20", {"modelName": "qwen3-8b-ft-x"})
    stack_identity.delete(world.connection, "an0ther000")
    told = [(line["kind"], line["outcome"], line["stays"]) for line in written(path)]
    assert told == [
        ("deployment", "deleted", None),
        ("file", "gone", None),
        ("checkpoint", "kept", "the exported model qwen3-8b-ft-x"),
        ("stack", "deleted", None),
    ]


def test_a_leaked_job_keeps_the_stack_and_is_named(world: Any, path: Path) -> None:
    job_id, _ = world.create()
    with pytest.raises(LifecycleError):
        stack_identity.delete(world.connection, "0wner0wner")
    (line,) = written(path)
    assert (line["kind"], line["outcome"]) == ("stack", "refused")
    assert job_id in line["why"]


def test_without_a_key_it_is_refused_and_says_why(world: Any, path: Path) -> None:
    with pytest.raises(SettingsError), world.connection.endings.of("job", "ft-1"):
        raise SettingsError("no API key", field="api_key")
    (line,) = written(path)
    assert (line["outcome"], line["why"]) == ("refused", "no API key")


@pytest.mark.parametrize("bad", ["", "directory", "pipe", "missing/parent", "zero"])
def test_a_file_that_cannot_be_written_is_a_warning(world: Any, tmp_path: Path, bad: str) -> None:
    places = {"directory": tmp_path, "pipe": tmp_path / "pipe", "missing/parent": tmp_path / "no" / "file"}
    if bad == "pipe":
        os.mkfifo(places[bad])
    lines: list[str] = []
    value = {"": "", "zero": "a\0b"}.get(bad) if bad in ("", "zero") else str(places[bad])
    endings = records_to_file(world.clock, lines.append, environ={VARIABLE: str(value)})
    with endings.of("job", "ft-1") as ending:
        ending.went()
    assert bool(lines) is bool(bad)
    assert all(line.startswith("warning: could not write to the report") for line in lines)


def test_keys_and_control_characters_stay_out() -> None:
    ending = TeardownRecord("job", "ft-1")
    ending.met("RUN\x1b[2J", "name sk-0123456789abcdef")
    text = json.dumps(ending.to_json(0.0))
    assert "sk-0123" not in text
    assert "u001b" not in text


def test_processes_that_write_at_once_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "destroy.jsonl"
    program = (
        "import sys\n"
        "from pulumi_dashscope_ft.api import SYSTEM_CLOCK\n"
        "from pulumi_dashscope_ft.lifecycle.base.report import records_to_file\n"
        "endings = records_to_file(SYSTEM_CLOCK, print)\n"
        "for number in range(300):\n"
        "    with endings.of('job', f'ft-{sys.argv[1]}-{number}') as ending:\n"
        "        ending.kept('x' * 900, 'y' * 900)\n"
    )
    environment = {**os.environ, VARIABLE: str(path)}
    writers = [subprocess.Popen([sys.executable, "-c", program, str(number)], env=environment) for number in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len({line["id"] for line in written(path)}) == 900
