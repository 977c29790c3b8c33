"""The served schema is a right package schema, by our own account of the format; the account sees mistakes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).parent))

import package_grammar

from pulumi_dashscope_ft.plugin.package_schema import served_schema


@pytest.fixture
def served() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(served_schema())
    return document


def test_the_served_schema_is_right(served: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(package_grammar.GRAMMAR)
    assert package_grammar.problems(served) == []


def test_a_python_program_may_have_classes_generated_without_losing_this_package(served: dict[str, Any]) -> None:
    # `pulumi package add` installs what it generates; under our own name it would take our place, executable and all.
    assert served["language"]["python"]["packageName"] not in ("pulumi_dashscope_ft", "pulumi-dashscope-ft")


def test_generated_classes_have_a_name_of_our_own(served: dict[str, Any]) -> None:
    """Pulumi's default names (`@pulumi/…`, `com.pulumi…`, `Pulumi.…`) belong to Pulumi."""
    repository = served["repository"].removeprefix("https://")
    language = served["language"]
    assert language["nodejs"]["packageName"].startswith("@pulumi-dashscope-ft/")
    assert language["go"]["importBasePath"].startswith(f"{repository}/")
    assert language["java"]["basePackage"].startswith("io.github.")
    assert not language["csharp"]["rootNamespace"].startswith("Pulumi.")


def resource(document: Any, name: str = "TrainingFile") -> Any:
    return document["resources"][f"dashscope-ft:index:{name}"]


def job_input(document: Any, name: str) -> Any:
    return resource(document, "FineTuningJob")["inputProperties"][name]


def enum(document: Any) -> Any:
    return document["types"]["dashscope-ft:index:OnDestroy"]["enum"]


WRONG_IN_FORM: dict[str, Callable[[Any], Any]] = {
    "no such type": lambda it: job_input(it, "model").update(type="text"),
    "no version": lambda it: it.pop("version"),
    "a field of our own": lambda it: resource(it).update(jsonschema={}),
    "a language of our own": lambda it: resource(it).update(language={"jsonschema": {"allOf": []}}),
    "a list of nothing": lambda it: job_input(it, "trainingFileIds").pop("items"),
    "an object of nothing": lambda it: job_input(it, "hyperParameters").pop("additionalProperties"),
    "a default of a union": lambda it: job_input(it, "teardownTimeout").update(default="10m"),
    "a default of a list": lambda it: job_input(it, "trainingFileIds").update(default=["file"]),
    "snake case": lambda it: resource(it)["properties"].update(file_id={"type": "string"}),
    "a type in lower case": lambda it: it["types"].update({"dashscope-ft:index:job": {"type": "string", "enum": []}}),
}
WRONG_IN_MEANING: dict[str, Callable[[Any], Any]] = {
    "#/types/dashscope-ft:index:Nothing leads nowhere": lambda it: job_input(it, "onDestroy").update(
        {"$ref": "#/types/dashscope-ft:index:Nothing"}
    ),
    "requiredInputs: size is no property": lambda it: resource(it)["requiredInputs"].append("size"),
    "required: nothing is no property": lambda it: resource(it)["required"].append("nothing"),
    "inputs/required: name is no property": lambda it: it["functions"]["dashscope-ft:index:getJob"]["inputs"].update(
        required=["name"]
    ),
    "onDestroy: the default 'drop' is none of the values": lambda it: job_input(it, "onDestroy").update(default="drop"),
    "the default 5 is not of its type": lambda it: job_input(it, "model").update(default=5),
    "the default True is not of its type": lambda it: job_input(it, "model").update(type="integer", default=True),
    "OnDestroy: has a name twice": lambda it: enum(it).append({"name": "Delete", "value": "drop"}),
    "OnDestroy: has a value twice": lambda it: enum(it).append({"name": "Drop", "value": "delete"}),
    "OnDestroy: has a value of another type than string": lambda it: enum(it).append({"name": "Drop", "value": 1}),
    "TrainingFile: urn is the engine's": lambda it: resource(it)["properties"].update(urn={"type": "string"}),
    "config/defaults: key is no variable": lambda it: it["config"]["defaults"].append("key"),
    "other:index:Job: belongs to another package": lambda it: it["resources"].update({"other:index:Job": resource(it)}),
}


@pytest.mark.parametrize("name", WRONG_IN_FORM)
def test_a_wrong_form_is_seen(served: dict[str, Any], name: str) -> None:
    WRONG_IN_FORM[name](served)
    assert package_grammar.problems(served)


@pytest.mark.parametrize("said", WRONG_IN_MEANING)
def test_a_wrong_meaning_is_seen(served: dict[str, Any], said: str) -> None:
    WRONG_IN_MEANING[said](served)
    assert said in "\n".join(package_grammar.problems(served))
