"""One example for each resource and function of the API reference, in four languages.

An example is written once, as the schema spells it. What each language needs around it is added here, so no example can
be right in one language and out of date in another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.schema import to_snake_case

Spec = Mapping[str, Any]

JOB = "ft-202410291653-1c7f"
MODEL = f"qwen3-8b-{JOB}"
_PARAMETERS = {"n_epochs": 3, "batch_size": 16, "max_length": 2048}

RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "TrainingFile": {"path": "data/train.jsonl", "description": "customer messages, sorted"},
    "FineTuningJob": {
        "model": "qwen3-8b",
        "trainingType": "efficient_sft",
        "trainingFileIds": ["976bd01a-f30b-4414-86fd-50c54486e3ef"],
        "hyperParameters": _PARAMETERS,
        "maxRuntime": "12h",
    },
    "FineTunedModel": {
        "model": "qwen3-8b",
        "trainingType": "efficient_sft",
        "trainingFileIds": ["976bd01a-f30b-4414-86fd-50c54486e3ef"],
        "hyperParameters": _PARAMETERS,
        "waitTimeout": "6h",
    },
    "ModelDeployment": {"modelName": MODEL, "plan": "lora", "capacity": 1},
    "ExportedCheckpoint": {"jobId": JOB, "checkpoint": "checkpoint-20", "modelDisplayName": "triage-early"},
    "CompressedModel": {"model": f"qwen3.5-flash-2026-02-23-{JOB}", "templateId": "quant-w8a8"},
    "ImportedModel": {
        "baseModel": "qwen3-8b",
        "weightType": "lora",
        "bucketName": "my-weights",
        "objectKey": "triage/v3/",
    },
}
FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    "getJob": {"jobId": JOB},
    "listJobs": {"status": "RUNNING"},
    "getLogs": {"jobId": JOB, "lines": 20},
    "getCheckpoints": {"jobId": JOB},
}
_ONLY_NATIVE = {"FineTunedModel"}
"""What Python reaches through the plugin alone."""


def resource(name: str) -> dict[str, str]:
    """Return the example of a resource by language: `python`, `yaml`, `typescript`, `go`."""
    inputs = RESOURCES[name]
    specs = schema.load()["resources"][f"dashscope-ft:index:{name}"]["inputProperties"]
    package = "pulumi_dashscope_ft.native" if name in _ONLY_NATIVE else "pulumi_dashscope_ft"
    arguments = "".join(f"    {to_snake_case(key)}={_python(value)},\n" for key, value in inputs.items())
    fields = "".join(f"    {key}: {_typescript(value)},\n" for key, value in inputs.items())
    members = _go_members({key: _go(value, specs[key]) for key, value in inputs.items()})
    return {
        "python": f'from {package} import {name}\n\nexample = {name}(\n    "example",\n{arguments})\n',
        "yaml": _yaml({"resources": {"example": {"type": f"dashscope-ft:{name}", "properties": dict(inputs)}}}),
        "typescript": f'{_import()}const example = new dashscope.{name}("example", {{\n{fields}}});\n',
        "go": _go_program(f'New{name}(ctx, "example", &dashscopeft.{name}Args{{\n{members}\t\t}})'),
    }


def function(name: str) -> dict[str, str]:
    """Return the example of a function by language."""
    inputs = FUNCTIONS[name]
    python = f"{to_snake_case(name)}_output"
    arguments = ", ".join(f"{to_snake_case(key)}={_python(value)}" for key, value in inputs.items())
    fields = ", ".join(f"{key}: {_typescript(value)}" for key, value in inputs.items())
    invoked = {"fn::invoke": {"function": f"dashscope-ft:{name}", "arguments": dict(inputs)}}
    required = schema.load()["functions"][f"dashscope-ft:index:{name}"]["inputs"].get("required", ())
    members = _go_members({key: _go_plain(value, key in required) for key, value in inputs.items()})
    upper = name[0].upper() + name[1:]
    return {
        "python": f"from pulumi_dashscope_ft.native import {python}\n\nexample = {python}({arguments})\n",
        "yaml": _yaml({"variables": {"example": invoked}, "outputs": {"example": "${example}"}}),
        "typescript": f"{_import()}export const example = dashscope.{name}Output({{ {fields} }});\n",
        "go": _go_program(f"{upper}(ctx, &dashscopeft.{upper}Args{{\n{members}\t\t}})"),
    }


def _yaml(program: Spec) -> str:
    return yaml.safe_dump(dict(program), sort_keys=False, allow_unicode=True, width=120)


def node_package() -> str:
    """Return the name of the package that Pulumi generates for Node.js."""
    name: str = schema.load()["language"]["nodejs"]["packageName"]
    return name


def go_package() -> str:
    """Return the import path of the package that Pulumi generates for Go."""
    path: str = schema.load()["language"]["go"]["importBasePath"]
    return path


def _import() -> str:
    return f'import * as dashscope from "{node_package()}";\n\n'


def _python(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f'"{key}": {_python(child)}' for key, child in value.items()) + "}"
    return json.dumps(value) if not isinstance(value, bool) else str(value)


def _typescript(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key}: {_typescript(child)}" for key, child in value.items()) + " }"
    return json.dumps(value)


def _go(value: Any, spec: Spec) -> str:
    reference = spec.get("$ref", "")
    if reference.startswith("#/types/"):
        return f"dashscopeft.{reference.rpartition(':')[2]}({json.dumps(value)})"
    if isinstance(value, Mapping):
        return "pulumi.Map{" + ", ".join(f'"{key}": {_go(child, {})}' for key, child in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "pulumi.StringArray{" + ", ".join(_go(item, {}) for item in value) + "}"
    kind = {str: "String", bool: "Bool", int: "Int", float: "Float64"}[type(value)]
    return f"pulumi.{kind}({json.dumps(value)})"


def _go_plain(value: Any, is_required: bool) -> str:
    if is_required:
        return json.dumps(value)
    return f"pulumi.{'IntRef' if isinstance(value, int) else 'StringRef'}({json.dumps(value)})"


def _go_members(values: Mapping[str, str]) -> str:
    """Return the fields as gofmt aligns them."""
    width = max(map(len, values)) + 2
    return "".join(f"\t\t\t{f'{key[0].upper()}{key[1:]}:':{width}}{value},\n" for key, value in values.items())


def _go_program(call: str) -> str:
    body = f"_, err := dashscopeft.{call}\n\t\treturn err"
    return (
        "package main\n\nimport (\n"
        f'\t"{go_package()}"\n\t"github.com/pulumi/pulumi/sdk/v3/go/pulumi"\n)\n\n'
        f"func main() {{\n\tpulumi.Run(func(ctx *pulumi.Context) error {{\n\t\t{body}\n\t}})\n}}\n"
    )
