"""Answers on the wire, good and bad.

Most misbehaviour of a service is not an error envelope. A gateway answers with a page, a proxy drops the connection, a
body breaks off. Each kind of :class:`~..model.faults.FaultRule` is carried out here, down to the TCP reset.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pulumi_dashscope_ft.emulator.errors import CATALOGUE, Refusal
from pulumi_dashscope_ft.emulator.model.faults import FaultRule
from pulumi_dashscope_ft.emulator.model.settings import Settings

TRANSPORT = "dashscope_emulator.transport"
"""Key of the ASGI scope under which the server puts the connection's asyncio transport."""
HANG_SECONDS = 60.0
RATE_HEADERS: Mapping[str, Mapping[str, str]] = {
    "none": {},
    "retry_after": {"Retry-After": "1"},
    "other": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
}
"""Setting `rate_limit_headers` → the headers of a refused call. No page names any."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Reply:
    """An honest answer: HTTP status and JSON payload, including `request_id`."""

    status: int
    payload: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refused(cls, refusal: Refusal, request_id: str, settings: Settings | None = None) -> Reply:
        """Return the documented error envelope (8.1).

        :param settings: say which headers a refusal of the rate limit has.
        """
        payload = {"code": refusal.code, "request_id": request_id, "message": refusal.message}
        named = settings is not None and refusal.code == CATALOGUE["rate"].code
        return cls(refusal.status, payload, RATE_HEADERS[settings.rate_limit_headers] if settings and named else {})


def json_response(status: int, payload: object, headers: Mapping[str, str] | None = None) -> Response:
    """Return ASCII-only JSON, so that any string of a client can be echoed."""
    return Response(
        json.dumps(payload), status, headers=dict(headers or {}), media_type="application/json;charset=UTF-8"
    )


def refusal_response(name: str) -> Response:
    """Return an entry of the error catalogue, for requests that are refused before the service sees them."""
    reply = Reply.refused(CATALOGUE[name], str(uuid.uuid4()))
    return json_response(reply.status, reply.payload)


def honest(reply: Reply) -> Response:
    """Return the service's own answer, without any fault."""
    return json_response(reply.status, reply.payload, reply.headers)


def acted_out(rule: FaultRule, reply: Reply | None, request_id: str, settings: Settings) -> Response:
    """Return the answer of a faulty call.

    :param reply: the answer of the operation, if it was carried out.
    """
    kind = rule.kind
    if kind in ("reset", "lost"):
        return Reset()
    if kind == "hang":
        return Hang(HANG_SECONDS if rule.seconds is None else rule.seconds)
    if kind == "html":
        status = rule.http_status
        return Response(_page(status, rule.message), status, headers=rule.headers, media_type="text/html")
    if kind in ("status", "effect_then_status", "code_in_200"):
        refused = Reply.refused(rule.refusal, request_id, settings)
        return json_response(refused.status, refused.payload, rule.headers or refused.headers)
    if kind == "not_accepted":
        return json_response(rule.http_status, {"request_id": request_id, "output": False}, rule.headers)
    said = Reply(200, {"request_id": request_id}) if reply is None else reply
    if kind == "no_output":
        return json_response(rule.http_status, {"request_id": request_id}, rule.headers)
    if kind == "malformed":
        text = json.dumps(said.payload)
        return Response(
            text[: max(1, len(text) * 2 // 3)],
            rule.status or said.status,
            headers=rule.headers,
            media_type="application/json",
        )
    return json_response(said.status, _renamed(said.payload, rule), rule.headers)


def _page(status: int, message: str | None) -> str:
    title = message or ("Bad Gateway" if status == 502 else "Error")
    return f"<html>\n<head><title>{status} {title}</title></head>\n<body><h1>{status} {title}</h1></body>\n</html>\n"


def _renamed(payload: dict[str, Any], rule: FaultRule) -> dict[str, Any]:
    """Return the payload with an unknown status in each job, checkpoint or deployment that the rule matches."""

    def changed(entry: dict[str, Any]) -> dict[str, Any]:
        concerned = (
            "status" in entry
            and ("job_id" in entry or "deployed_model" in entry)
            and rule.job_id in (None, entry.get("job_id"))
            and rule.deployed_model in (None, entry.get("deployed_model"))
        )
        return {**entry, "status": rule.shown_status} if concerned else entry

    output = payload.get("output")
    if isinstance(output, list):
        return {**payload, "output": [changed(entry) for entry in output]}
    if not isinstance(output, dict):
        return payload
    for items in ("jobs", "deployments", "list"):
        if items in output:
            return {**payload, "output": {**output, items: [changed(entry) for entry in output[items]]}}
    return {**payload, "output": changed(output)}


class Unanswered(Response):
    """A request that never gets an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing: the client has left."""


class Reset(Unanswered):
    """No answer: the connection is closed with a TCP reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request, then reset its connection."""
        await _drop(scope, receive)


class Hang(Unanswered):
    """No answer until the client leaves, or `seconds` (real time) have passed; then the connection is dropped."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the client to leave, at most `seconds`; then reset the connection."""
        try:
            await asyncio.wait_for(_client_gone(receive), self.seconds)
        except TimeoutError:
            await _drop(scope, receive)


async def _drop(scope: Scope, receive: Receive) -> None:
    transport: asyncio.Transport = scope[TRANSPORT]
    connection = transport.get_extra_info("socket")
    # A linger time of zero makes the kernel send RST instead of a polite FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    # The server must learn of the loss before this returns, or it would write a 500 of its own.
    await _client_gone(receive)


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
