"""What is wrong with a Pulumi YAML program that uses the plugin.

Why it exists: only Pulumi's YAML host runs such a program, and not every machine has it. This checks against the schema
what a newcomer would stumble over: types, properties, references, options. What the plugin itself would refuse is asked
of its own validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.document import definition

Spec = Mapping[str, Any]

PACKAGE = "dashscope-ft"
_PROVIDER = f"pulumi:providers:{PACKAGE}"
_TOP = {"name", "runtime", "description", "config", "packages", "plugins", "resources", "variables", "outputs"}
_RESOURCE = {"type", "properties", "options"}
_OPTIONS = {"customTimeouts", "dependsOn", "provider", "protect", "retainOnDelete", "ignoreChanges"}
_OF_THE_ENGINE = {"id": {"type": "string"}, "urn": {"type": "string"}}
_ALL = {"string", "integer", "number", "boolean", "array", "object"}
_REFERENCE = re.compile(r"\$\{([^}]*)\}")


def problems(program: Spec) -> list[str]:
    """What is wrong, each with its place; nothing when the program is right."""
    return [*_problems(program)]


def _problems(program: Spec) -> Iterator[str]:
    yield from _unknown("the program", program, _TOP)
    calls, resources = program.get("variables", {}), program.get("resources", {})
    known: dict[str, Spec] = {name: {} for name in program.get("config", {})}
    known |= {name: _object(_result(call)) for name, call in calls.items()}
    known |= {name: _object(_outputs(str(one.get("type")))) for name, one in resources.items()}
    for name, call in calls.items():
        yield from _call(name, call)
        yield from _references(name, call, known)
    for name, resource in resources.items():
        yield from _unknown(name, resource, _RESOURCE)
        yield from _inputs(name, resource, known)
        yield from _references(name, resource, known)
        options = resource.get("options", {})
        yield from _unknown(f"{name}.options", options, _OPTIONS)
        yield from _unknown(f"{name}.customTimeouts", options.get("customTimeouts", {}), {"create", "update", "delete"})
    yield from _references("outputs", program.get("outputs", {}), known)


def _unknown(place: str, given: Spec, allowed: set[str]) -> Iterator[str]:
    for key in set(given) - allowed:
        yield f"{place}: there is no {key}"


def _definition(token: str) -> Spec | None:
    if token == _PROVIDER:
        return definition("Provider")
    package, _, name = token.partition(":")
    found: Spec | None = schema.load()["resources"].get(f"{package}:index:{name.removeprefix('index:')}")
    return found


def _object(properties: Spec) -> Spec:
    return {"type": "object", "properties": properties}


def _outputs(token: str) -> Spec:
    return {**_OF_THE_ENGINE, **(_definition(token) or {}).get("properties", {})}


def _function(call: Any) -> Spec | None:
    name = call["fn::invoke"]["function"] if isinstance(call, Mapping) and "fn::invoke" in call else ""
    package, _, short = name.partition(":")
    found: Spec | None = schema.load()["functions"].get(f"{package}:index:{short.removeprefix('index:')}")
    return found


def _result(call: Any) -> Spec:
    function = _function(call)
    properties: Spec = function["outputs"]["properties"] if function else {}
    return properties


def _call(name: str, call: Any) -> Iterator[str]:
    function = _function(call)
    if function is None:
        yield f"{name}: calls no function of this package"
        return
    given = call["fn::invoke"].get("arguments", {})
    yield from _unknown(name, given, set(function["inputs"]["properties"]))
    for missing in set(function["inputs"].get("required", ())) - set(given):
        yield f"{name}: {missing} is missing"


def _inputs(name: str, resource: Spec, known: Mapping[str, Spec]) -> Iterator[str]:
    token, given = str(resource.get("type")), resource.get("properties", {})
    found = _definition(token)
    if found is None:
        yield f"{name}: there is no type {token}"
        return
    short = "Provider" if token == _PROVIDER else token.rpartition(":")[2]
    report = schema.validate(short, _with_unknowns(given))
    for said in (*report.violations, *report.warnings):
        yield f"{name}: {said}"
    for key, value in given.items():
        yield from _kinds_differ(f"{name}.{key}", found["inputProperties"].get(key, {}), value, known)


def _kinds_differ(place: str, wanted: Spec, value: Any, known: Mapping[str, Spec]) -> Iterator[str]:
    """A reference to something of another type than is wanted."""
    if isinstance(value, list):
        for item in value:
            yield from _kinds_differ(place, wanted.get("items", {}), item, known)
    elif isinstance(value, str) and (reference := _REFERENCE.fullmatch(value)):
        try:
            kinds = _kinds(_leads_to(reference[1], known))
        except LookupError:
            return  # which `_references` says
        if not kinds & _kinds(wanted):
            yield f"{place}: {value} is of type {' or '.join(sorted(kinds))}"


def _kinds(spec: Spec) -> set[str]:
    if "oneOf" in spec:
        return set().union(*(_kinds(one) for one in spec["oneOf"]))
    if spec.get("$ref", "").startswith("#/types/"):
        return _kinds(schema.load()["types"][spec["$ref"].removeprefix("#/types/")])
    kind = spec.get("type")
    return _ALL if kind is None else {kind, "number"} if kind == "integer" else {kind}


def _with_unknowns(value: Any) -> Any:
    if isinstance(value, str):
        return UNKNOWN if _REFERENCE.search(value) else value
    if isinstance(value, Mapping):
        return {key: _with_unknowns(child) for key, child in value.items()}
    return [_with_unknowns(child) for child in value] if isinstance(value, list) else value


def _references(place: str, value: Any, known: Mapping[str, Spec]) -> Iterator[str]:
    if isinstance(value, str):
        for text in _REFERENCE.findall(value):
            try:
                _leads_to(text, known)
            except LookupError as error:
                yield f"{place}: ${{{text}}}: {error.args[0]}"
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _references(f"{place}.{key}", child, known)
    elif isinstance(value, list):
        for child in value:
            yield from _references(place, child, known)


def _leads_to(text: str, known: Mapping[str, Spec]) -> Spec:
    """What is referred to; an empty one stands for anything."""
    name, *path = (step for step in re.split(r"[.\[\]]", text) if step)
    if name not in known:
        raise LookupError(f"there is no {name}")
    spec = known[name]
    for step in path:
        if spec.get("type") == "object" and "properties" in spec and step not in spec["properties"]:
            raise LookupError(f"{name} has no {step}")
        spec = spec.get("properties", {}).get(step) or spec.get("items", {})
        spec = schema.load()["types"].get(spec.get("$ref", "").removeprefix("#/types/"), spec)
    return spec
