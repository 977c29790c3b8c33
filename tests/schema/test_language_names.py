"""The classes of other languages compile, as far as their names tell: no clash, and no word of a language."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import language_names

from pulumi_dashscope_ft.plugin.package_schema import served_schema


@pytest.fixture
def served() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(served_schema())
    return document


def test_no_compiler_has_anything_to_say(served: dict[str, Any]) -> None:
    assert language_names.problems(served) == []


TEXT = {"type": "string"}
STATUS = {"$ref": "#/types/dashscope-ft:index:JobStatus"}


def checkpoint(document: Any) -> Any:
    return document["types"]["dashscope-ft:index:Checkpoint"]["properties"]


def job(document: Any) -> Any:
    return document["resources"]["dashscope-ft:index:FineTuningJob"]["properties"]


def resource(document: Any, name: str) -> None:
    new = document["resources"]["dashscope-ft:index:TrainingFile"]
    document["resources"][f"dashscope-ft:index:{name}"] = new


def kind(document: Any, name: str, *values: str) -> None:
    enum = {"type": "string", "enum": [{"name": value, "value": value} for value in values]}
    document["types"][f"dashscope-ft:index:{name}"] = enum


WRONG: dict[str, Callable[[Any], Any]] = {
    "checkpoint: in csharp, a member can't be called as its class, Checkpoint": lambda it: checkpoint(it)[
        "checkpoint"
    ].pop("language"),
    "in csharp, jobId and ticket are both JobId": lambda it: checkpoint(it).update(
        ticket={**TEXT, "language": {"csharp": {"name": "JobId"}}}
    ),
    "in csharp, every class has GetType already": lambda it: job(it).update(getType=TEXT),
    "in java, every class has wait already": lambda it: job(it).update(wait=TEXT),
    "default: a word of java": lambda it: job(it).update(default=TEXT),
    "from: a word of python": lambda it: job(it).update({"from": TEXT}),
    "in python, every class has get already": lambda it: job(it).update(get=TEXT),
    "in nodejs, every class has constructor already": lambda it: job(it).update(constructor=TEXT),
    "in go, every class has ElementType already": lambda it: job(it).update(elementType=TEXT),
    "Colour/Colour: in csharp, its class is called so": lambda it: kind(it, "Colour", "Colour"),
    "dashscope-ft:index:Output: a name that generated packages need": lambda it: resource(it, "Output"),
    "one file where a file system ignores case": lambda it: resource(it, "GetJob"),
    "in go, both are TrainingFileArgs": lambda it: kind(it, "TrainingFileArgs", "One"),
    "in go, both are GetTrainingFile": lambda it: kind(it, "GetTrainingFile", "One"),
    "in go, both are JobStatusPending": lambda it: kind(it, "Job", "StatusPending"),
    "FineTuningJob/status: the service may say another value": lambda it: job(it).update(status=STATUS),
    "Checkpoint/status: the service may say another value": lambda it: checkpoint(it).update(status=STATUS),
}


@pytest.mark.parametrize("said", WRONG)
def test_a_name_that_would_not_compile_is_seen(served: dict[str, Any], said: str) -> None:
    WRONG[said](served)
    assert said in "\n".join(language_names.problems(served))
