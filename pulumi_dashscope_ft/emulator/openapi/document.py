"""The emulated API described in OpenAPI, served at `/openapi.json`.

Other tools (generated clients, mock checkers) can read the description, and a fuzzer finds what no example thought of.
It is built from the same table of operations as the routes, so that neither can have an endpoint that the other does
not know. Each operation gives its source: documented on which page, seen in the official SDK, or inferred.

Not described: answers of fault rules, and the control API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pulumi_dashscope_ft.emulator.api.answers import json_response
from pulumi_dashscope_ft.emulator.api.operations import JSON_BODY, MULTIPART, Endpoint
from pulumi_dashscope_ft.emulator.provenance import OPERATIONS as SOURCES

from . import custom as openapi_custom
from . import deployments as openapi_deployments
from . import files as openapi_files
from . import inference as openapi_inference
from . import jobs as openapi_jobs
from .shapes import Description, Schema, named, record, text

PATH = "/openapi.json"
DESCRIPTIONS: dict[str, Description] = {
    **openapi_jobs.DESCRIPTIONS,
    **openapi_files.DESCRIPTIONS,
    **openapi_deployments.DESCRIPTIONS,
    **openapi_custom.DESCRIPTIONS,
    **openapi_inference.DESCRIPTIONS,
}
SHARED_REFUSALS = (400, 401, 403, 408, 429, 431)
"""Refusals of every operation: unusable parameters, an unusable key, a workspace that is not the key's, a request that
comes too slowly, too many keys, a head that is too long.
"""

_ABOUT = (
    "The fine-tuning, compression, import, file, deployment and text inference endpoints of Alibaba Cloud Model Studio "
    "(DashScope) as this emulator carries them out. Success is always HTTP 200; a known path with another verb is "
    "refused with 400. An empty query parameter counts as not given."
)
_REFUSALS = {
    400: "A parameter or body that can't be used, or an operation that the present state does not allow.",
    401: "No key, or not one of this service.",
    403: "A workspace that is not the key's.",
    404: "There is no such thing in the key's workspace.",
    408: "The body did not arrive in time. The connection ends.",
    409: "The name is taken.",
    429: "Too many jobs, requests or keys.",
    431: "The first line and the headers are too long.",
}
_REQUEST_ID = text("quote it when asking the service about a call", filled=True)
_PARAMETER = re.compile(r"\{(\w+)\}")
_MEDIA = {JSON_BODY: "application/json", MULTIPART: "multipart/form-data"}


def openapi_route(operations: Iterable[Endpoint], base: str) -> Route:
    """Return the route `GET /openapi.json`. No key is needed.

    :param base: the path before that of every operation.
    """
    described = document(operations, base)

    async def endpoint(request: Request) -> Response:
        return json_response(200, described)

    return Route(PATH, endpoint, methods=["GET"], include_in_schema=False)


def document(operations: Iterable[Endpoint], base: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of these operations.

    :raises KeyError: an operation has no description.
    """
    paths: dict[str, dict[str, Any]] = {}
    served = {endpoint.name: endpoint for endpoint in operations}
    for endpoint in served.values():
        described = _operation(endpoint, DESCRIPTIONS[endpoint.name], served)
        elsewhere = {} if endpoint.base == base else {"servers": [{"url": endpoint.base}]}
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = {**described, **elsewhere}
    return {
        "openapi": "3.1.0",
        "info": {"title": "DashScope fine-tuning API, emulated", "version": "1", "description": _ABOUT},
        "servers": [{"url": base}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer sk-…"}
            },
            "schemas": {
                "Error": record(
                    {
                        "code": text("what to decide by, with the status", filled=True),
                        "request_id": _REQUEST_ID,
                        "message": text("for people"),
                    },
                    None,
                    "The envelope of every refusal.",
                ),
                **openapi_jobs.SCHEMAS,
                **openapi_files.SCHEMAS,
                **openapi_deployments.SCHEMAS,
                **openapi_custom.SCHEMAS,
                **openapi_inference.SCHEMAS,
            },
        },
    }


def _operation(operation: Endpoint, description: Description, served: dict[str, Endpoint]) -> dict[str, Any]:
    operation_object: dict[str, Any] = {
        "operationId": operation.name,
        "summary": description.summary,
        "tags": [operation.path.split("/")[1]],
        "x-source": asdict(SOURCES[operation.name]),
        "parameters": [*_path_parameters(operation), *_query_parameters(description), _WORKSPACE],
        "responses": _responses(description, served),
    }
    if description.body is not None:
        operation_object["requestBody"] = {
            "required": True,
            "content": {_MEDIA[operation.body]: {"schema": description.body}},
        }
    return operation_object


_WORKSPACE: dict[str, Any] = {
    "name": "X-DashScope-WorkSpace",
    "in": "header",
    "required": False,
    "description": "the workspace; by default the key's",
    "schema": text(),
}


def _path_parameters(operation: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": text(pattern="^[^/]+$")}
        for name in _PARAMETER.findall(operation.path)
    ]


def _query_parameters(description: Description) -> list[dict[str, Any]]:
    return [
        {"name": parameter.name, "in": "query", "required": parameter.required, "schema": parameter.schema}
        for parameter in description.query
    ]


def _responses(description: Description, served: dict[str, Endpoint]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done, or taken."}
    if description.events:
        answer["content"] = {"text/event-stream": {"schema": named("Event")}}
    elif description.whole_answer is not None:
        answer["content"] = _json(description.whole_answer)
    else:
        answer["content"] = _json(record({"request_id": _REQUEST_ID, **description.answer}))
    if description.may_stream:
        answer["content"]["text/event-stream"] = {"schema": named("ChunkEvent")}
    links = {
        f"{name}_next": {"operationId": name, "parameters": dict(parameters)}
        for name, parameters in description.follow.items()
        if name in served
    }
    if links:
        answer["links"] = links
    refused = sorted({*SHARED_REFUSALS, *description.refusals})
    return {
        "200": answer,
        **{
            str(status): {
                "description": f"{HTTPStatus(status).phrase}. {_REFUSALS[status]}",
                "content": _json(named(description.refusal)),
            }
            for status in refused
        },
    }


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
