"""Limits the number of connections, and how long they may be silent.

A connection costs a descriptor and memory, and opening a thousand of them costs a client nothing. So each has a time
limit for the head of its first request and of every further one. An answer that the client does not read is abandoned.
When there are too many connections, the one that has been idle the longest is closed. Input that is not HTTP is
answered in the API's shape, as far as the connection still allows an answer.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any, cast

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from pulumi_dashscope_ft.emulator.api.answers import TRANSPORT, Reply
from pulumi_dashscope_ft.emulator.errors import CATALOGUE

from .intake import LINGER_BYTES, LINGER_SECONDS

HEAD_SECONDS = 30.0
"""Longest time for a head, from the connection or from its first byte on (real time)."""
IDLE_SECONDS = 75.0
"""Longest time between two requests of a connection."""
STALLED_SECONDS = 60.0
"""Longest time that an answer waits for a client that reads none of it."""
MOST_CONNECTIONS = 500
_UNANSWERED = frozenset({h11.IDLE, h11.SEND_RESPONSE})


class Protocol(H11Protocol):
    """HTTP/1.1 within bounds. Puts the connection's transport into the scope of each request."""

    head_seconds = HEAD_SECONDS
    stalled_seconds = STALLED_SECONDS
    most_connections = MOST_CONNECTIONS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._late_head = _Timer(self.loop)
        self._stalled_answer = _Timer(self.loop)
        self._end = _Timer(self.loop)
        self._heard = time.monotonic()
        self._refused = False
        self._dropped = 0

    @property
    def is_idle(self) -> bool:
        """Whether no request is under way."""
        return self._open_request is None

    @property
    def _open_request(self) -> RequestResponseCycle | None:
        # its annotation ignores the time before the first request
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return None if cycle is None or cycle.response_complete else cycle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base
        """Begin the time limit for the head; refuse the connection if there are too many and none can be closed."""
        if len(self.connections) >= self.most_connections and not self._make_room():
            transport.abort()
        super().connection_made(transport)
        self.app = functools.partial(_with_transport, self.app, transport)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers of the connection."""
        for timer in (self._late_head, self._stalled_answer, self._end):
            timer.stop()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; those that follow a refusal are dropped, up to a limit."""
        if self._refused:
            self._dropped += len(data)
            if self._dropped > LINGER_BYTES:
                self.transport.abort()
            return
        self._heard = time.monotonic()
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        """Note when the client was last heard, for the choice of a connection to close."""
        self._heard = time.monotonic()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Begin the time limit for a client that does not read its answer."""
        super().pause_writing()
        self._stalled_answer.start(self.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """End that time limit: the client reads again."""
        super().resume_writing()
        self._stalled_answer.stop()

    def send_400_response(self, msg: str) -> None:
        """Answer input that is not HTTP. `msg`, the library's own words, is not shown."""
        cycle = self._open_request
        if cycle is not None:
            # In the middle of a body: its reader must learn that no more will come.
            cycle.disconnected = True
            cycle.message_event.set()
        trouble = sys.exception()
        hint = trouble.error_status_hint if isinstance(trouble, h11.RemoteProtocolError) else 400
        self._refuse("head_too_large" if hint == 431 else "bad_request")

    def _refuse(self, name: str) -> None:
        """Answer, if no answer has begun, and close the connection once the client has had time to read the answer."""
        self._refused = True
        self._late_head.stop()
        if self.conn.our_state not in _UNANSWERED:
            self.transport.abort()
            return
        self.transport.write(_refusal(name))
        self.transport.write_eof()
        self.flow.resume_reading()  # a client that still sends would see a reset instead of the answer
        self._end.start(LINGER_SECONDS, self.transport.abort)

    def _watch_head(self) -> None:
        """Limit the time of a head, but not of a request that is being answered."""
        if not self.is_idle or self._refused or self.transport.is_closing():
            self._late_head.stop()
        elif not self._late_head.is_running and self.timeout_keep_alive_task is None:
            self._late_head.start(self.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        if self.transport.is_closing() or not self.is_idle:
            return
        begun, _ = self.conn.trailing_data
        if begun:
            self._refuse("too_slow")
        else:
            self.transport.close()

    def _make_room(self) -> bool:
        """Close the connection that has been idle the longest. Return `False` if all of them are in use."""
        idle = [
            connection for connection in self.connections if isinstance(connection, Protocol) and connection.is_idle
        ]
        if not idle:
            return False
        oldest = min(idle, key=lambda connection: connection._heard)
        oldest.transport.abort()
        self.connections.discard(oldest)  # the loop reports its end later
        return True


class _Timer:
    """One call in the future, or none."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._handle is not None

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        self.stop()
        self._handle = self._loop.call_later(seconds, self._fire, call)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self, call: Callable[[], None]) -> None:
        self._handle = None
        call()


def _refusal(name: str) -> bytes:
    """Return a whole answer as bytes: the library's state machine has already given up on this connection."""
    reply = Reply.refused(CATALOGUE[name], str(uuid.uuid4()))
    body = json.dumps(reply.payload).encode("ascii")
    head = (
        f"HTTP/1.1 {reply.status} {_PHRASES[reply.status]}\r\nContent-Type: application/json;charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


_PHRASES = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


async def _with_transport(
    app: ASGIApp, transport: asyncio.Transport, scope: Scope, receive: Receive, send: Send
) -> None:
    scope[TRANSPORT] = transport
    await app(scope, receive, send)
