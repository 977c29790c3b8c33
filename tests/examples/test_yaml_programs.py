"""The YAML programs that we show are right by the schema, with or without Pulumi's YAML host; mistakes are seen."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import yaml_program

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "quickstart-yaml"
PAGE = (ROOT / "docs" / "plugin.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PROGRAMS = [one for text in SHOWN if {"resources", "variables"} & set(one := yaml.safe_load(text))]


@pytest.fixture
def program() -> Any:
    return yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text(encoding="utf-8"))


def test_the_example_is_right(program: Any) -> None:
    assert yaml_program.problems(program) == []
    assert program["runtime"] == "yaml"
    assert (EXAMPLE / program["resources"]["tickets"]["properties"]["path"]).is_file()


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_what_the_docs_show_is_right(number: int) -> None:
    assert yaml_program.problems(PROGRAMS[number]) == []


def triage(program: Any) -> Any:
    return program["resources"]["triage"]


def call(program: Any, **arguments: Any) -> Any:
    program["variables"] = {"found": {"fn::invoke": {"function": "dashscope-ft:getJob", "arguments": arguments}}}


def test_functions_and_their_results(program: Any) -> None:
    call(program, jobId="${triage.jobId}")
    program["outputs"] = {"status": "${found.status}", "more": "job ${found.jobId}, ${triage.failure.message}"}
    assert yaml_program.problems(program) == []
    program["outputs"]["status"] = "${found.state}"
    assert yaml_program.problems(program) == ["outputs.status: ${found.state}: found has no state"]
    call(program, jobID="ft-1")
    assert {"found: there is no jobID", "found: jobId is missing"} <= set(yaml_program.problems(program))


MISTAKES: dict[str, Callable[[Any], Any]] = {
    "the program: there is no output": lambda it: it.update(output={}),
    "triage: there is no type dashscope-ft:FineTunedModl": lambda it: triage(it).update(
        type="dashscope-ft:FineTunedModl"
    ),
    "triage: there is no inputs": lambda it: triage(it).update(inputs={}),
    "triage: trainingTyp: ": lambda it: triage(it)["properties"].update(trainingTyp="sft"),
    "triage: model: ": lambda it: triage(it)["properties"].update(model=8),
    "triage: trainingFileIds: ": lambda it: triage(it)["properties"].update(trainingFileIds="file"),
    "triage: hyperParameters.n_epochs: ": lambda it: triage(it)["properties"]["hyperParameters"].update(n_epochs=0),
    "triage: hyperParameters.max_length: ": lambda it: triage(it)["properties"]["hyperParameters"].pop("max_length"),
    "tickets: path: ": lambda it: it["resources"]["tickets"]["properties"].pop("path"),
    "triage.options: there is no timeouts": lambda it: triage(it)["options"].update(timeouts={}),
    "triage.customTimeouts: there is no make": lambda it: triage(it)["options"]["customTimeouts"].update(make="1h"),
    "${ticket.fileId}: there is no ticket": lambda it: triage(it)["properties"].update(modelName="${ticket.fileId}"),
    "${tickets.fileID}: tickets has no fileID": lambda it: triage(it)["properties"].update(
        modelName="${tickets.fileID}"
    ),
    "trainingFileIds: ${tickets.size} is of type integer or number": lambda it: triage(it)["properties"].update(
        trainingFileIds=["${tickets.size}"]
    ),
    "outputs.size: ${triage.size}: triage has no size": lambda it: it["outputs"].update(size="${triage.size}"),
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_is_seen(program: Any, said: str) -> None:
    MISTAKES[said](program)
    assert said in "\n".join(yaml_program.problems(program))
