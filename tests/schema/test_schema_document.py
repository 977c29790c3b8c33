"""schema.json is a valid package schema, good enough to be the reference, and the only place of what it says."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import pulumi_dashscope_ft
from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.schema.document import definition

RESOURCES = (
    "CompressedModel",
    "ExportedCheckpoint",
    "FineTunedModel",
    "FineTuningJob",
    "ImportedModel",
    "ModelDeployment",
    "TrainingFile",
)
PACKAGE = Path(pulumi_dashscope_ft.__file__).parent


def every_property() -> list[tuple[str, dict[str, Any]]]:
    document = schema.load()
    found = [(f"config.{name}", spec) for name, spec in document["config"]["variables"].items()]
    found += [(f"provider.{name}", spec) for name, spec in document["provider"]["inputProperties"].items()]
    for token, resource in document["resources"].items():
        short = token.rpartition(":")[2]
        found += [(f"{short}.in.{name}", spec) for name, spec in resource["inputProperties"].items()]
        found += [(f"{short}.out.{name}", spec) for name, spec in resource["properties"].items()]
    for token, function in document["functions"].items():
        for place in ("inputs", "outputs"):
            found += [(f"{token}.{place}.{name}", spec) for name, spec in function[place]["properties"].items()]
    for token, kind in document["types"].items():
        found += [(f"{token}.{name}", spec) for name, spec in kind.get("properties", {}).items()]
        found += [(f"{token}.{item['value']}", item) for item in kind.get("enum", [])]
    known = definition("FineTuningJob")["inputProperties"]["hyperParameters"]["language"]["jsonschema"]["properties"]
    found += [(f"hyperParameters.{name}", spec) for name, spec in known.items()]
    return found


@pytest.mark.parametrize(("name", "spec"), every_property(), ids=[name for name, _ in every_property()])
def test_everything_is_described(name: str, spec: dict[str, Any]) -> None:
    assert len(spec.get("description", "")) >= 20, name
    assert spec["description"].endswith("."), name


def test_the_schema_names_what_issue_and_design_ask_for() -> None:
    document = schema.load()
    assert document["name"] == "dashscope-ft"
    assert set(document["resources"]) == {f"dashscope-ft:index:{name}" for name in RESOURCES}
    assert set(document["config"]["variables"]) == {
        *("baseUrl", "apiKey", "workspaceId", "region", "apiKeyEnvs", "waitForQuota"),
        *("maxCost", "maxCostPerUp", "prices"),
    }
    assert set(document["config"]["variables"]) == set(document["provider"]["inputProperties"])
    functions = ("getCheckpoints", "getJob", "getLogs", "listJobs")
    assert set(document["functions"]) == {f"dashscope-ft:index:{name}" for name in functions}
    assert schema.enum_values("OnDestroy") == ("delete", "cancel", "retain")
    assert schema.enum_values("OnUndeletable") == ("warn", "error")


def test_the_key_is_secret_and_taken_from_no_default_that_the_state_would_keep() -> None:
    for place in (schema.load()["config"]["variables"], schema.load()["provider"]["inputProperties"]):
        assert place["apiKey"]["secret"] is True
        assert "defaultInfo" not in place["apiKey"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_references_and_required_names_lead_somewhere(resource: str) -> None:
    section = definition(resource)
    assert set(section["requiredInputs"]) <= set(section["inputProperties"])
    assert set(section["required"]) <= set(section["properties"])
    assert set(section["inputProperties"]) <= set(section["properties"]), "every input is an output too"
    tokens = set(re.findall(r"#/types/([\w:-]+)", str(section)))
    assert tokens <= set(schema.load()["types"])


@pytest.mark.parametrize("resource", [*RESOURCES, "Provider"])
def test_the_inputs_are_plain_json_schema(resource: str) -> None:
    converted = schema.to_json_schema(resource)
    Draft202012Validator.check_schema(converted)
    assert converted["properties"].keys() == definition(resource)["inputProperties"].keys()


def test_a_foreign_validator_agrees_on_the_essentials() -> None:
    foreign = Draft202012Validator(schema.to_json_schema("FineTuningJob"))
    job = {"model": "qwen3-8b", "trainingFileIds": ["a"], "hyperParameters": {"n_epochs": 3, "learning_rate": "1e-5"}}
    assert foreign.is_valid(job)
    assert not foreign.is_valid({**job, "trainingDatasets": [{"data_source_type": "file_id", "file_id": "a"}]})
    assert not foreign.is_valid({**job, "hyperParameters": {"n_epochs": 0}})
    assert not foreign.is_valid({**job, "onDestroy": "drop"})
    assert not foreign.is_valid({**job, "unheardOf": 1})


def test_defaults() -> None:
    assert schema.defaults("FineTuningJob") == {
        "onDestroy": "delete",
        "onUndeletable": "warn",
        "teardownTimeout": "10m",
    }
    assert schema.defaults("TrainingFile") == {}
    assert schema.defaults("ExportedCheckpoint") == {"exportTimeout": "30m"}
    schema.defaults("FineTuningJob").clear()
    assert schema.defaults("FineTuningJob"), "a caller's changes stay with the caller"
    assert schema.validate(
        "FineTuningJob", {"model": "m", "trainingFileIds": ["a"], **schema.defaults("FineTuningJob")}
    ).ok


def test_what_steers_this_provider_changes_in_place_and_all_else_replaces() -> None:
    steering = {
        *("onDestroy", "onUndeletable", "rerunOn", "teardownTimeout"),
        *("expiresIn", "maxRuntime", "waitForQuota", "apiKeyEnv"),
        *("maxCost", "maxTokens", "allowUnknownCost"),
    }
    assert set(schema.input_names("FineTuningJob")) - schema.replacing("FineTuningJob") == steering


def client_sources() -> list[Path]:
    return [path for part in ("api", "lifecycle", "dynamic", "schema") for path in (PACKAGE / part).rglob("*.py")]


@pytest.mark.parametrize("source", client_sources(), ids=lambda path: "/".join(path.parts[-2:]))
def test_no_default_is_written_down_in_python(source: Path) -> None:
    with_default = {schema.to_snake_case(name) for name in schema.defaults("FineTuningJob")}
    timeout = schema.defaults("FineTuningJob")["teardownTimeout"]
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and node.value == timeout), f"{timeout!r} belongs in schema.json"
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments, given = [*node.args.posonlyargs, *node.args.args], node.args.defaults
            pairs = [*zip(arguments[len(arguments) - len(given) :], given, strict=True)]
            pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
            for argument, default in pairs:
                if argument.arg in with_default:
                    assert isinstance(default, ast.Constant), argument.arg
                    assert default.value is None, f"{argument.arg} has its default in schema.json"


def test_unknown_names_say_what_there_is() -> None:
    with pytest.raises(KeyError, match=", ".join(RESOURCES)):
        schema.to_json_schema("Nonsense")
    assert schema.to_json_schema(schema.token("TrainingFile"))["required"] == ["path"]


def test_importing_costs_no_jsonschema() -> None:
    code = "import sys, pulumi_dashscope_ft.schema; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the pulumi command is not on PATH")
def test_pulumi_accepts_the_schema(tmp_path: Path) -> None:
    source = tmp_path / "schema.json"
    source.write_text((PACKAGE.parent / "schema.json").read_text(encoding="utf-8"), encoding="utf-8")
    environment = {**os.environ, "PULUMI_HOME": str(tmp_path), "PULUMI_SKIP_UPDATE_CHECK": "1"}
    result = subprocess.run(
        ["pulumi", "schema", "check", str(source)], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


LENGTHS_OF_TIME = [
    name
    for name, spec in every_property()
    if ".in." in name and spec.get("language", {}).get("jsonschema", {}).get("format") == "length-of-time"
]


def test_all_lengths_of_time_are_known_here() -> None:
    assert {name.rpartition(".")[2] for name in LENGTHS_OF_TIME} == {
        *("teardownTimeout", "expiresIn", "maxRuntime", "waitForQuota", "exportTimeout", "waitTimeout")
    }


@pytest.mark.parametrize("name", LENGTHS_OF_TIME)
@pytest.mark.parametrize("value", ["3d", "1d12h", "90m", 600])
def test_a_length_of_time_may_be_told_in_days_everywhere(name: str, value: Any) -> None:
    kind, _, written = name.partition(".in.")
    report = schema.validate(kind, {written: value})
    assert written not in {violation.property for violation in report.violations}
