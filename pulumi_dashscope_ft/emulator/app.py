"""The emulated API as a Starlette application.

This is the one place where HTTP meets the service. Every operation takes the same way: read the request, note it in the
log, draw the fault, carry it out under the lock, answer. A new family of endpoints adds its table to
:data:`OPERATIONS`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from pulumi_dashscope_ft.emulator.api.answers import Reply, Unanswered, acted_out, honest
from pulumi_dashscope_ft.emulator.api.compressions import COMPRESSION_OPERATIONS
from pulumi_dashscope_ft.emulator.api.deployments import DEPLOYMENT_OPERATIONS
from pulumi_dashscope_ft.emulator.api.files import FILE_OPERATIONS
from pulumi_dashscope_ft.emulator.api.imports import IMPORT_OPERATIONS
from pulumi_dashscope_ft.emulator.api.inference import INFERENCE_OPERATIONS
from pulumi_dashscope_ft.emulator.api.jobs import JOB_OPERATIONS
from pulumi_dashscope_ft.emulator.api.models import MODEL_OPERATIONS
from pulumi_dashscope_ft.emulator.api.operations import BASE as BASE
from pulumi_dashscope_ft.emulator.api.operations import JSON_BODY, MULTIPART, Endpoint
from pulumi_dashscope_ft.emulator.api.runs import RUN_OPERATIONS
from pulumi_dashscope_ft.emulator.errors import CATALOGUE, ApiProblemError, NothingThereError, wrong_verb
from pulumi_dashscope_ft.emulator.model.accounts import CallerAccount, bearer_token
from pulumi_dashscope_ft.emulator.model.service import Call, Service, Upload
from pulumi_dashscope_ft.emulator.openapi.document import openapi_route
from pulumi_dashscope_ft.emulator.page.routes import page_routes
from pulumi_dashscope_ft.emulator.page.token import Lock
from pulumi_dashscope_ft.emulator.records import RequestRecord, cut, redacted, redacted_map, summary

from .http import bodies
from .http.control import control_routes
from .http.dating import Dated
from .http.guard import Guard
from .http.intake import Intake, TooSlowError, gone, too_slow
from .http.rate_limit import RateLimit

OPERATIONS: tuple[Endpoint, ...] = (
    *JOB_OPERATIONS,
    *RUN_OPERATIONS,
    *FILE_OPERATIONS,
    *DEPLOYMENT_OPERATIONS,
    *COMPRESSION_OPERATIONS,
    *IMPORT_OPERATIONS,
    *MODEL_OPERATIONS,
    *INFERENCE_OPERATIONS,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class RequestBody:
    """The body of a request. `trouble` is what was wrong with it; it is reported once the caller is known."""

    data: Any = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    trouble: ApiProblemError | None = None

    def picture(self) -> object:
        """Return what the request log may show of the body."""
        if not self.uploads and not self.fields:
            return self.data
        return {
            **self.fields,
            "files": [{"name": upload.name, "size": upload.size, "md5": upload.md5} for upload in self.uploads],
        }


def build_app(service: Service, *, any_host: bool = False, control_token: str | None = None) -> ASGIApp:
    """Return the whole application, guarded.

    :param any_host: whether to accept a `Host` that is not loopback.
    :param control_token: opens the control API.
    """
    limit = RateLimit()
    routes = [
        Route(
            endpoint.base + endpoint.path,
            _endpoint(service, endpoint, limit),
            methods=[endpoint.method],
            include_in_schema=False,
        )
        for endpoint in OPERATIONS
    ]
    app = Starlette(
        routes=[*routes, openapi_route(OPERATIONS, BASE), *control_routes(service), *page_routes(service)],
        exception_handlers={HTTPException: _unrouted(service), TooSlowError: too_slow, ClientDisconnect: gone},
    )
    app.router.redirect_slashes = False
    locked: ASGIApp = app if control_token is None else Lock(app, control_token)
    return Dated(Intake(Guard(locked, any_host=any_host)), service.clock)


def _endpoint(service: Service, operation: Endpoint, limit: RateLimit) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        began = time.monotonic()
        body = await _read(service, request, operation.body)
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
        # A stream shows no status that could be unknown.
        if fault is None or (fault.kind == "unknown_status" and operation.respond is not None):
            reply = _carry_out(service, operation, limit, request, body, request_id, record)
            response = _answered(service, operation, reply)
        else:
            effect = fault.takes_effect
            faulty = _carry_out(service, operation, limit, request, body, request_id, record) if effect else None
            response = acted_out(fault, faulty, request_id, service.settings)
        record.status = None if isinstance(response, Unanswered) else response.status_code
        record.seconds = round(time.monotonic() - began, 6)
        return response

    return endpoint


def _answered(service: Service, operation: Endpoint, reply: Reply) -> Response:
    if reply.status != 200:
        return operation.refuse(reply)
    if operation.respond is None:
        return honest(reply)
    return operation.respond(service, reply)


def _carry_out(
    service: Service,
    operation: Endpoint,
    limit: RateLimit,
    request: Request,
    body: RequestBody,
    request_id: str,
    record: RequestRecord,
) -> Reply:
    try:
        with service.at_now() as now:
            caller = _caller(service, request)
            record.account = caller.name
            limit.admit(caller.scope, service.settings.rate_limit, now)
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
    except ApiProblemError as refused:
        return Reply.refused(refused.refusal, request_id, service.settings)
    except NothingThereError:
        return Reply(200, {"request_id": request_id, "output": None})
    except Exception:
        logger.exception("the emulator failed in operation %s", operation.name)
        return Reply.refused(CATALOGUE["internal"], request_id)
    return Reply(200, {"request_id": request_id, **payload})


def _record(request: Request, operation: str, body: RequestBody) -> RequestRecord:
    secret = bearer_token(request.headers.get("authorization"))
    return RequestRecord(
        time=0.0,
        operation=operation,
        method=request.method,
        path=cut(redacted(_path(request), secret)),
        query=redacted_map(dict(request.query_params), secret),
        user_agent=cut(redacted(request.headers.get("user-agent", ""), secret)),
        job_id=_redacted_id(request, "job_id", secret),
        deployed_model=_redacted_id(request, "deployed_model", secret),
        file_id=_redacted_id(request, "file_id", secret),
        body=summary(body.picture(), secret),
    )


def _redacted_id(request: Request, name: str, secret: str) -> str | None:
    value = request.path_params.get(name)
    return None if value is None else cut(redacted(value, secret))


def _path(request: Request) -> str:
    """Return the path. Not taken from the URL, which is built from a `Host` that may be anything."""
    return str(request.scope["path"])


def _note_ids(record: RequestRecord, payload: dict[str, Any]) -> None:
    """Note the ids that only the answer knows: of a created job or deployment, of an uploaded file."""
    output, data = payload.get("output"), payload.get("data")
    if isinstance(output, dict):
        record.job_id = record.job_id or output.get("job_id")
        made = output.get("deployed_model")
        record.deployed_model = record.deployed_model or (made and redacted(made, ""))
    if record.file_id is None and isinstance(data, dict) and data.get("uploaded_files"):
        record.file_id = data["uploaded_files"][0]["file_id"]


async def _read(service: Service, request: Request, kind: str) -> RequestBody:
    """Return the body. Not read if the head of the request already fails, for example without a key."""
    try:
        with service.at_now():
            _caller(service, request)
            most_file = service.settings.max_file_bytes
        if kind == JSON_BODY:
            return RequestBody(await bodies.json_body(request))
        if kind == MULTIPART:
            fields, uploads = await bodies.multipart_body(request, most_file)
            return RequestBody(fields=fields, uploads=uploads)
    except ApiProblemError as trouble:
        return RequestBody(trouble=trouble)
    return RequestBody()


def _caller(service: Service, request: Request) -> CallerAccount:
    headers = request.headers
    return service.accounts.identify(
        headers.get("authorization"), headers.get("x-dashscope-workspace"), service.settings
    )


def _unrouted(service: Service) -> Callable[[Request, Exception], Response]:
    """Answer 404 `NotFound` for an unknown path, 400 `InvalidParameter` for another verb (both documented)."""

    def handler(request: Request, error: Exception) -> Response:
        known = isinstance(error, HTTPException) and error.status_code == 405
        refusal = wrong_verb(request.method).refusal if known else CATALOGUE["no_such_path"]
        record = _record(request, "unknown", RequestBody())
        record.status = refusal.status
        with service.at_now() as now:
            record.time = now
            service.log.add(record)
            return honest(Reply.refused(refusal, service.ids.uuid()))

    return handler
