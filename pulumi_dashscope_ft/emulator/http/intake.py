"""Limits how slowly a request may come in, and ends connections with an unread body.

An answer may be ready before the request has been read, for example because the key is wrong or the body is too long.
The rest of the body would have to be read before the connection can be used again, and a body may be endless. So the
answer is sent at once, with `Connection: close`, and the client gets a moment to read it before the connection ends.
"""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_dashscope_ft.emulator.api.answers import Unanswered, refusal_response

PATIENCE_SECONDS = 60.0
"""Time for a body however small it is, in seconds (real time)."""
LEAST_RATE = 10_000
"""Bytes per second that a body must reach after that."""
SMALL_BYTES = 64_000
"""Largest declared length of an unread body that the server drops, so that the connection goes on."""
LINGER_BYTES = 1_000_000
LINGER_SECONDS = 2.0
"""How much, and how long, is read on after an early answer: otherwise a client that still sends would see a reset."""


class TooSlowError(Exception):
    """The body did not arrive in time."""


class Intake:
    """ASGI wrapper around everything that answers."""

    def __init__(self, app: ASGIApp, *, patience: float = PATIENCE_SECONDS) -> None:
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; its body is limited in size and in time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Incoming(scope, receive, send, self._patience)
        await self._app(scope, request.receive, request.send)


def too_slow(request: Request, error: Exception) -> Response:
    """Answer a body that did not arrive in time."""
    return refusal_response("too_slow")


def gone(request: Request, error: Exception) -> Response:
    """Answer nothing: the client left in the middle of its body."""
    return Unanswered()


class _Incoming:
    """One request on its way in, and its answer on the way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, patience: float) -> None:
        headers = Headers(scope=scope)
        self._receive, self._send = receive, send
        self._deadline = time.monotonic() + patience
        self._arrived = 0
        self._unread = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        length = headers.get("content-length", "")
        self._small = len(length) <= len(str(SMALL_BYTES)) and 0 < int(length or "0") <= SMALL_BYTES
        # A client that waits for a go-ahead has sent nothing; after any other answer it may or may not send the body.
        self._small = self._small and "expect" not in headers
        self._closing = False

    async def receive(self) -> Message:
        """Return the next piece.

        :raises TooSlowError: the body is late and not complete.
        """
        if not self._unread:
            return await self._receive()  # only waits for the client to leave
        left = self._deadline + self._arrived / LEAST_RATE - time.monotonic()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, left))
        except TimeoutError:
            self._small = False  # the rest may never come
            raise TooSlowError from None
        self._arrived += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._closing = self._unread and not self._small
            if self._closing:
                MutableHeaders(scope=message)["connection"] = "close"
        elif self._closing and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        until, most = time.monotonic() + LINGER_SECONDS, self._arrived + LINGER_BYTES
        while self._unread and self._arrived < most:
            self._deadline = until - self._arrived / LEAST_RATE
            try:
                await self.receive()
            except TooSlowError:
                return
