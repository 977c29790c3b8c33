"""Ctrl-C at any moment of any operation: what waits ends, what was sent comes back, and the next run goes on from it.

A dynamic provider hears nothing of it: there the engine lets the steps under way finish, and begins no other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from compression_story import CompressionStory
from engine import TOLD
from front_ends import PLUGIN
from import_story import ImportStory
from plugin_process import PluginProcess
from records import CHECKPOINT, COMPRESSED, DEPLOYMENT, FILE, IMPORTED, JOB, MODEL, Record
from serving_story import TUNED, ServingStory
from simulation import Cloud, an_emulator
from story import Story

MOMENTS = [0.0, 0.5, 1.5, 5.0, 12.0]


@pytest.mark.parametrize("seconds", MOMENTS)
def test_a_teardown_ends_at_once_and_is_gone_on_with(front: str, seconds: float) -> None:
    story = Story(front, canceling_seconds=20.0, running_seconds=1e6)
    story.add("b", 1)
    story.up()
    story.wait(12)
    story.ctrl_c_in(seconds)
    began = story.cloud.clock.monotonic()
    story.destroy()
    spent = story.cloud.clock.monotonic() - began
    assert story.state.records
    if front == PLUGIN:
        assert spent == pytest.approx(seconds, abs=0.01)
        assert story.told is not None
        assert "interrupted (Ctrl-C)" in story.told
    else:
        assert story.told is None
        assert spent > 20, "a step under way is not told"
    story.destroy()
    assert (story.told, story.cloud.active()) == (None, set())
    story.finish()


@pytest.mark.usual("job_name_get")
@pytest.mark.parametrize("seconds", MOMENTS)
def test_the_look_for_a_lost_answer_ends_at_once_and_the_next_up_finds_it(front: str, seconds: float) -> None:
    for lag in (0.0, 10.0):
        story = Story(front, lag=lag)
        story.fault("answer lost after it took effect", "create", 1)
        story.ctrl_c_in(seconds)
        story.up()
        story.clear_faults()
        story.cloud.let_lists_show()
        story.up()
        assert (story.told, len(story.cloud.bought())) == (None, 1)
        story.finish()


@pytest.mark.parametrize("kind", ["job", "deployment", "compressed model", "imported model"])
def test_at_any_call_of_any_operation(front: str, kind: str) -> None:
    name = "s" if kind == "deployment" else "a"
    stories: dict[str, Callable[[], Any]] = {
        "job": lambda: Story(front, canceling_seconds=5.0),
        "deployment": lambda: ServingStory(front),
        "compressed model": lambda: CompressionStory(front, canceling_seconds=5.0),
        "imported model": lambda: ImportStory(front),
    }
    for call in range(1, 8):
        for phase in ("before", "after"):
            story = stories[kind]()
            for change in ({}, {"triggers": ["again"]}):
                story.edit(name, **change)
                story.ctrl_c_at(call, phase)
                story.up()
                story.up()
                assert story.told is None
                assert len(story.state.records) == 1
            assert len(story.cloud.deployed() if kind == "deployment" else story.cloud.bought()) == 2
            for operation in (story.refresh, story.destroy):
                story.ctrl_c_at(call, phase)
                operation()
            story.finish()


def test_a_change_in_place_ends_at_once_and_is_gone_on_with(front: str) -> None:
    story = ServingStory(front, updating_seconds=100.0)
    story.program = {"s": {"modelName": TUNED, "plan": "mu", "deploySpec": "MU1", "capacity": 1, "suffix": "x"}}
    story.up()
    story.wait(100)
    story.edit("s", capacity=2, rpmLimit=100)
    story.ctrl_c_in(30.0)
    story.up()
    assert story.told is not None
    story.up()
    assert story.told is None
    (deployed,) = story.cloud.standing().values()
    assert (deployed.capacity, deployed.units["rpm_limit"]) == (2, 100)
    story.finish()


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
@pytest.mark.parametrize("kind", [JOB, MODEL, FILE, CHECKPOINT, DEPLOYMENT, COMPRESSED, IMPORTED])
def test_a_step_that_comes_too_late_is_not_begun(kind: str, verb: str, tmp_path: Path) -> None:
    """The engine sends none after Ctrl-C, but some may be on their way."""
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n' * 3)
    written: dict[str, Any] = {"model": "qwen3-8b", "trainingFileIds": ["file-1"]}
    if kind == FILE:
        written = {"path": str(data)}
    elif kind == CHECKPOINT:
        written = {"jobId": "ft-1", "checkpoint": "checkpoint-1", "modelDisplayName": "x"}
    elif kind == DEPLOYMENT:
        written = {"modelName": "qwen3-8b", "plan": "lora"}
    elif kind == COMPRESSED:
        written = {"model": "qwen3-8b-ft-1", "templateId": "quant-w8a8"}
    elif kind == IMPORTED:
        written = {"baseModel": "qwen3-8b", "weightType": "lora", "bucketName": "weights", "objectKey": "triage/"}
    process = PluginProcess(Cloud(an_emulator()))
    process.configure(process.new_owner())
    inputs = process.check(kind, "r", {}, written, b"")
    record = Record(kind, "r", "some-id", inputs, {**inputs, "__inputs": sorted(written)})
    steps: dict[str, Callable[[], object]] = {
        "create": lambda: process.create(kind, "r", inputs),
        "update": lambda: process.update(record, inputs),
        "delete": lambda: process.delete(record),
    }
    process.cancel()
    with pytest.raises(TOLD, match=r"interrupted \(Ctrl-C\)"):
        steps[verb]()
    assert process.cloud.emulator.requests == []
