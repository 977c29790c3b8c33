"""Why this exists: two thousand random schedules in a minute leave no time for sockets.

Here the real client (sessions, redirects, retries, classification: all of it) talks to the real emulator application
through a `requests` transport adapter instead of a socket. What goes wrong on a wire is raised as the very exceptions
that `requests` raises, so the client can't tell the difference; `test_over_sockets.py` holds the two together.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.emulator.api.answers import TRANSPORT
from pulumi_dashscope_ft.emulator.app import build_app

BASE_URL = "http://127.0.0.1:1/api/v1"
"""Nothing listens there: a call that escaped the adapter would fail."""

READ_TIMEOUT = 60.0

Hook = Callable[[str, str, str], None]
"""Called with `before` or `after`, the operation and the path's id (or ""), around every exchange."""

_OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("POST", r"/fine-tunes", "create"),
    ("GET", r"/fine-tunes", "list"),
    ("GET", r"/fine-tunes/([^/]+)", "get"),
    ("POST", r"/fine-tunes/([^/]+)/cancel", "cancel"),
    ("DELETE", r"/fine-tunes/([^/]+)", "delete"),
    ("GET", r"/fine-tunes/([^/]+)/logs", "logs"),
    ("GET", r"/fine-tunes/([^/]+)/checkpoints", "checkpoints"),
    ("GET", r"/fine-tunes/([^/]+)/export/[^/]+", "export"),
    ("POST", r"/files", "upload"),
    ("GET", r"/files", "list_files"),
    ("GET", r"/files/([^/]+)", "get_file"),
    ("DELETE", r"/files/([^/]+)", "delete_file"),
    ("POST", r"/deployments", "create_deployment"),
    ("GET", r"/deployments", "list_deployments"),
    ("GET", r"/deployments/([^/]+)", "get_deployment"),
    ("PUT", r"/deployments/([^/]+)/scale", "scale_deployment"),
    ("PUT", r"/deployments/([^/]+)/update", "update_deployment"),
    ("DELETE", r"/deployments/([^/]+)", "delete_deployment"),
    ("POST", r"/fine-tunes/compress/jobs", "create_compression"),
    ("GET", r"/fine-tunes/compress/jobs", "list_compressions"),
    ("GET", r"/fine-tunes/compress/jobs/([^/]+)", "get_compression"),
    ("GET", r"/fine-tunes/compress/jobs/([^/]+)/logs", "compression_logs"),
    ("POST", r"/fine-tunes/compress/jobs/([^/]+)/cancel", "cancel_compression"),
    ("DELETE", r"/fine-tunes/compress/jobs/([^/]+)", "delete_compression"),
    ("POST", r"/custom_models/import", "create_import"),
    ("GET", r"/custom_models/import", "list_imports"),
    ("GET", r"/custom_models/import/([^/]+)", "get_import"),
    ("DELETE", r"/custom_models/import/([^/]+)", "delete_import"),
)


def operation_of(method: str, path: str) -> tuple[str, str]:
    """The operation's name and the id in its path ("" without one)."""
    tail = path.removeprefix("/api/v1")
    for verb, pattern, name in _OPERATIONS:
        match = re.fullmatch(pattern, tail)
        if verb == method and match:
            return name, unquote(match.group(1)) if match.groups() else ""
    raise AssertionError(f"no operation {method} {path}")


class NoAnswerError(Exception):
    """A fault below HTTP: `refused` (no connection), `unsent` (broken before a byte), `reset`, `hang`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def as_requests_error(kind: str, request: requests.PreparedRequest) -> requests.RequestException:
    """What `requests` raises for this kind of failure."""
    nobody: Any = None
    if kind == "refused":
        reason = NewConnectionError(nobody, "Failed to establish a new connection: [Errno 111] Connection refused")
        return requests.ConnectionError(MaxRetryError(nobody, str(request.url), reason), request=request)
    if kind == "hang":
        late = ReadTimeoutError(nobody, str(request.url), "Read timed out. (read timeout=60)")
        return requests.ReadTimeout(late, request=request)
    broken = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
    return requests.ConnectionError(broken, request=request)


class _Wire:
    """The little of an asyncio transport that the emulator's faults touch."""

    def __init__(self) -> None:
        self.aborted = False

    def get_extra_info(self, name: str) -> _Wire:
        return self

    def setsockopt(self, *_: object) -> None:
        """There is no socket to set an option on."""

    def abort(self) -> None:
        self.aborted = True


class InProcessAdapter(BaseAdapter):
    """Carries requests into the emulator's application.

    :param sleep: lets simulated time pass; a hang costs the read timeout.
    :param hook: see `Hook`; whatever it raises comes out of the call, `NoAnswerError` as the error of a broken wire.
    """

    def __init__(self, emulator: EmulatorServer, sleep: Callable[[float], None], hook: Hook) -> None:
        super().__init__()
        self._app = _app_of(emulator)
        self._sleep = sleep
        self._hook = hook
        self._build = HTTPAdapter().build_response

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        path = urlsplit(str(request.url)).path
        operation, object_id = operation_of(str(request.method), path)
        try:
            self._hook("before", operation, object_id)
            answer = self._exchange(request, _body(request.body))
            self._hook("after", operation, object_id)
        except NoAnswerError as failure:
            if failure.kind == "hang":
                self._sleep(READ_TIMEOUT)
            raise as_requests_error(failure.kind, request) from failure
        return self._build(request, answer)

    def close(self) -> None:
        """Nothing is held open."""

    def _exchange(self, request: requests.PreparedRequest, body: bytes) -> HTTPResponse:
        url = urlsplit(str(request.url))
        wire = _Wire()
        sent: list[MutableMapping[str, Any]] = []
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> MutableMapping[str, Any]:
            # After its request the client is gone at once: simulated clients do not sit and wait.
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(url.path),
            "raw_path": url.path.encode(),
            "root_path": "",
            "query_string": url.query.encode(),
            "headers": [(b"host", b"127.0.0.1:1"), *_headers(request.headers)],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
            TRANSPORT: wire,
        }
        _LOOP.run_until_complete(self._app(scope, receive, send))
        if not sent:
            raise NoAnswerError("reset" if wire.aborted else "hang")
        start = sent[0]
        content = b"".join(message.get("body", b"") for message in sent[1:])
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return HTTPResponse(io.BytesIO(content), headers=headers, status=start["status"], preload_content=False)


class HookedAdapter(HTTPAdapter):
    """Real sockets, with the same hook around every exchange."""

    def __init__(self, hook: Hook) -> None:
        super().__init__(max_retries=0)
        self._hook = hook

    def send(self, request: requests.PreparedRequest, *arguments: Any, **more: Any) -> requests.Response:
        operation, object_id = operation_of(str(request.method), urlsplit(str(request.url)).path)
        try:
            self._hook("before", operation, object_id)
            response = super().send(request, *arguments, **more)
            self._hook("after", operation, object_id)
        except NoAnswerError as failure:
            raise as_requests_error(failure.kind, request) from failure
        return response


_LOOP = asyncio.new_event_loop()
"""Used by one thread at a time; making a loop for each call would cost more than the call."""

_APPS: dict[int, Any] = {}


def _app_of(emulator: EmulatorServer) -> Any:
    """One application for each emulator: building its routes takes milliseconds."""
    key = id(emulator.service)
    if key not in _APPS:
        _APPS[key] = (build_app(emulator.service), emulator)
    return _APPS[key][0]


def _headers(headers: Mapping[str, str | bytes]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers.items():
        yield name.lower().encode(), value if isinstance(value, bytes) else value.encode("latin-1")


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    return b"".join(body)
