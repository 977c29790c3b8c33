"""The description at /openapi.json: valid, complete, and served to anybody."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.emulator.app import BASE, OPERATIONS
from pulumi_dashscope_ft.emulator.openapi.document import DESCRIPTIONS, document

DOCUMENT = document(OPERATIONS, BASE)
DESCRIBED = [
    (method, path, described) for path, methods in DOCUMENT["paths"].items() for method, described in methods.items()
]


def test_it_is_served_without_a_key(emulator: EmulatorServer) -> None:
    answer = requests.get(f"{emulator.root_url}/openapi.json", timeout=5)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == json.loads(json.dumps(DOCUMENT))


def test_it_is_valid() -> None:
    assert [problem.message for problem in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_describes_every_operation_and_no_other() -> None:
    served = {(one.method.lower(), one.path, one.name) for one in OPERATIONS}
    assert {(method, path, described["operationId"]) for method, path, described in DESCRIBED} == served
    assert set(DESCRIPTIONS) == {one.name for one in OPERATIONS}


def test_an_operation_nobody_described_is_noticed() -> None:
    stranger = type(OPERATIONS[0])("stranger", "GET", "/strangers", OPERATIONS[0].handle)
    with pytest.raises(KeyError, match="stranger"):
        document([stranger], BASE)


@pytest.mark.parametrize(("method", "path", "described"), DESCRIBED, ids=[one["operationId"] for *_, one in DESCRIBED])
def test_each_operation_is_told_in_full(method: str, path: str, described: dict[str, Any]) -> None:
    assert described["summary"]
    assert described["x-source"]["standing"] in ("documented", "sdk", "inferred")
    assert described["x-source"]["where"]
    in_path = {one["name"] for one in described["parameters"] if one["in"] == "path"}
    assert in_path == set(re.findall(r"\{(\w+)\}", path))
    assert {"200", "400", "401", "403"} <= set(described["responses"])
    assert ("404" in described["responses"]) or not in_path
    assert ("requestBody" in described) == any(
        (one.method.lower(), one.path) == (method, path) and one.body != "none" for one in OPERATIONS
    )
    for status, answer in described["responses"].items():
        for media in answer["content"]:
            assert media == "application/json" or (status == "200" and media == "text/event-stream")


def test_every_shape_is_used_and_every_use_has_a_shape() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    assert used == set(DOCUMENT["components"]["schemas"])


def test_what_follows_from_an_answer_can_be_called() -> None:
    for *_, described in DESCRIBED:
        for link in described["responses"]["200"].get("links", {}).values():
            target = next(one for *_, one in DESCRIBED if one["operationId"] == link["operationId"])
            assert set(link["parameters"]) <= {one["name"] for one in target["parameters"]}
