"""The emulated API as a Starlette application.

Why it exists: this is the one place where HTTP meets the service. Every operation goes the same way: read the
request, note it in the log, draw the fault, carry it out under the lock, answer. Adding a family of endpoints
means adding its table to :data:`OPERATIONS`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .accounts import bearer_token
from .answers import Reply, Unanswered, acted_out, honest
from .control import control_routes
from .dating import Dated
from .deployment_operations import DEPLOYMENT_OPERATIONS
from .errors import CATALOGUE, ApiProblem, problem, wrong_verb
from .file_operations import FILE_OPERATIONS
from .guard import Guard
from .inference_operations import INFERENCE_OPERATIONS
from .job_operations import JOB_OPERATIONS
from .model_operations import MODEL_OPERATIONS
from .openapi import openapi_route
from .operations import BASE as BASE
from .operations import JSON_BODY, MULTIPART, Operation
from .page import page_routes
from .records import RequestRecord, redacted, redacted_map, summary
from .run_operations import RUN_OPERATIONS
from .service import Call, Service, Upload

OPERATIONS: tuple[Operation, ...] = (
    *JOB_OPERATIONS,
    *RUN_OPERATIONS,
    *FILE_OPERATIONS,
    *DEPLOYMENT_OPERATIONS,
    *MODEL_OPERATIONS,
    *INFERENCE_OPERATIONS,
)
JSON_LIMIT = 10_000_000
_CHUNK = 1 << 20

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Body:
    """A request's body, read; ``trouble`` is what was wrong with it, to be told once the caller is known."""

    data: Any = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    trouble: ApiProblem | None = None

    def picture(self) -> object:
        """What the request log may show of it."""
        if not self.uploads and not self.fields:
            return self.data
        return {
            **self.fields,
            "files": [{"name": one.name, "size": one.size, "md5": one.md5} for one in self.uploads],
        }


def build_app(service: Service, *, any_host: bool = False) -> ASGIApp:
    """The whole application, guarded; ``any_host`` lifts the check that the ``Host`` is loopback."""
    routes = [
        Route(one.base + one.path, _endpoint(service, one), methods=[one.method], include_in_schema=False)
        for one in OPERATIONS
    ]
    app = Starlette(
        routes=[*routes, openapi_route(OPERATIONS, BASE), *control_routes(service), *page_routes(service)],
        exception_handlers={HTTPException: _unrouted(service)},
    )
    app.router.redirect_slashes = False
    return Dated(Guard(app, any_host=any_host), service.clock)


def _endpoint(service: Service, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        began = time.monotonic()
        body = await _read(request, operation.body)
        record = _record(request, operation.name, body)
        with service.at_now() as now:
            record.time = now
            service.log.add(record)
            fault, delay = service.faults.draw(
                operation.name, request.path_params.get("job_id"), request.path_params.get("deployed_model")
            )
            request_id = service.ids.uuid()
            delay += service.settings.latency_seconds
            record.fault = fault.kind if fault else None
        if delay > 0:
            await asyncio.sleep(delay)
        # A stream shows no status that could be unheard of.
        if fault is None or (fault.kind == "unknown_status" and operation.respond is not None):
            response = _answered(service, operation, _carry_out(service, operation, request, body, request_id, record))
        else:
            effect = fault.takes_effect
            reply = _carry_out(service, operation, request, body, request_id, record) if effect else None
            response = acted_out(fault, reply, request_id)
        record.status = None if isinstance(response, Unanswered) else response.status_code
        record.seconds = round(time.monotonic() - began, 6)
        return response

    return endpoint


def _answered(service: Service, operation: Operation, reply: Reply) -> Response:
    if reply.status != 200:
        return operation.refuse(reply)
    if operation.respond is None:
        return honest(reply)
    return operation.respond(service, reply)


def _carry_out(
    service: Service,
    operation: Operation,
    request: Request,
    body: Body,
    request_id: str,
    record: RequestRecord,
) -> Reply:
    headers = request.headers
    try:
        with service.at_now() as now:
            caller = service.accounts.identify(
                headers.get("authorization"), headers.get("x-dashscope-workspace"), service.settings
            )
            record.account = caller.name
            if body.trouble is not None:
                raise body.trouble
            call = Call(
                caller=caller,
                workspace=service.workspace(caller.scope, now),
                now=now,
                settings=service.settings,
                path=request.path_params,
                query=dict(request.query_params),
                body=body.data,
                fields=body.fields,
                uploads=body.uploads,
            )
            payload = operation.handle(service, call)
            _note_ids(record, payload)
            if operation.changes:
                service.on_change()
    except ApiProblem as refused:
        return Reply.refused(refused.refusal, request_id)
    except Exception:
        logger.exception("the emulator failed in operation %s", operation.name)
        return Reply.refused(CATALOGUE["internal"], request_id)
    return Reply(200, {"request_id": request_id, **payload})


def _record(request: Request, operation: str, body: Body) -> RequestRecord:
    secret = bearer_token(request.headers.get("authorization"))
    return RequestRecord(
        time=0.0,
        operation=operation,
        method=request.method,
        path=redacted(request.url.path, secret),
        query=redacted_map(dict(request.query_params), secret),
        user_agent=redacted(request.headers.get("user-agent", ""), secret),
        job_id=_redacted_id(request, "job_id", secret),
        deployed_model=_redacted_id(request, "deployed_model", secret),
        file_id=_redacted_id(request, "file_id", secret),
        body=summary(body.picture(), secret),
    )


def _redacted_id(request: Request, name: str, secret: str) -> str | None:
    value = request.path_params.get(name)
    return None if value is None else redacted(value, secret)


def _note_ids(record: RequestRecord, payload: dict[str, Any]) -> None:
    """Ids that only the answer knows: of a created job or deployment, of an uploaded file."""
    output, data = payload.get("output"), payload.get("data")
    if isinstance(output, dict):
        record.job_id = record.job_id or output.get("job_id")
        made = output.get("deployed_model")
        record.deployed_model = record.deployed_model or (made and redacted(made, ""))
    if record.file_id is None and isinstance(data, dict) and data.get("uploaded_files"):
        record.file_id = data["uploaded_files"][0]["file_id"]


async def _read(request: Request, kind: str) -> Body:
    if kind == JSON_BODY:
        return _decoded(await request.body())
    if kind == MULTIPART:
        return await _parts(request)
    return Body()


def _decoded(raw: bytes) -> Body:
    if len(raw) > JSON_LIMIT:
        return Body(trouble=problem("too_large"))
    try:
        return Body(json.loads(raw, parse_constant=_not_json, parse_float=_finite) if raw.strip() else None)
    except (ValueError, RecursionError):
        return Body(trouble=problem("illegal_input"))


def _not_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


async def _parts(request: Request) -> Body:
    body = Body()
    uploads = []
    try:
        async with request.form() as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    uploads.append(await run_in_threadpool(_measured, part))
                else:
                    body.fields.setdefault(name, []).append(part)
    except HTTPException:
        body.trouble = problem("invalid_body")
    body.uploads = tuple(uploads)
    return body


def _measured(part: UploadFile) -> Upload:
    digest, size = hashlib.md5(usedforsecurity=False), 0
    while chunk := part.file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Upload(part.filename or "", size, digest.hexdigest())


def _unrouted(service: Service) -> Callable[[Request, Exception], Response]:
    """Unknown path: 404 ``NotFound``; known path, other verb: 400 ``InvalidParameter`` (both documented)."""

    def handler(request: Request, error: Exception) -> Response:
        known = isinstance(error, HTTPException) and error.status_code == 405
        refusal = wrong_verb(request.method).refusal if known else CATALOGUE["no_such_path"]
        record = _record(request, "unknown", Body())
        record.status = refusal.status
        with service.at_now() as now:
            record.time = now
            service.log.add(record)
            return honest(Reply.refused(refusal, service.ids.uuid()))

    return handler
