"""A server that follows a script, over a real socket, and a clock that only counts.

Why it exists: what matters about a transport happens below HTTP: resets, silence, half an answer. Mocks of `requests`
would show what we think it does; a socket shows what it does.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pulumi_dashscope_ft.api import Client

KEY = "sk-4f6c1d0e9a8b7c6d5e4f3a2b1c0d9e8f"
OK = {"request_id": "r-1", "output": {"status": "success"}}
JOB = {"job_id": "ft-202411221200-1c7f", "job_name": "mine", "status": "RUNNING", "model": "qwen3-14b"}


@dataclass
class Reply:
    """One step of the script. `how`: answer, close, reset, hang, half, drip, raw."""

    status: int = 200
    body: Any = field(default_factory=lambda: OK)
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "answer"

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass
class Seen:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class ScriptedServer:
    """Answers the n-th request by the n-th reply, the last one for ever. Callables make it from the request."""

    def __init__(self) -> None:
        self.script: list[Reply | Callable[[Seen], Reply]] = [Reply()]
        self.seen: list[Seen] = []
        self.connections = 0
        self.lock = threading.Lock()
        self.ending = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with outer.lock:
                    outer.connections += 1

            def serve(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, content)
                with outer.lock:
                    step = outer.script[min(len(outer.seen), len(outer.script) - 1)]
                    outer.seen.append(seen)
                reply = step(seen) if callable(step) else step
                getattr(self, f"do_{reply.how}")(reply)

            do_GET = do_POST = do_PUT = do_DELETE = serve

            def head(self, reply: Reply, length: int) -> None:
                self.send_response(reply.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(length), **reply.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def do_answer(self, reply: Reply) -> None:
                self.head(reply, len(reply.content))
                self.wfile.write(reply.content)

            def do_close(self, _: Reply) -> None:
                self.close_connection = True

            def do_reset(self, _: Reply) -> None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True

            def do_hang(self, _: Reply) -> None:
                outer.ending.wait(20)
                self.close_connection = True

            def do_half(self, reply: Reply) -> None:
                self.head(reply, len(reply.content))
                self.wfile.write(reply.content[: len(reply.content) // 2])
                self.wfile.flush()
                self.close_connection = True

            def do_drip(self, reply: Reply) -> None:
                self.head(reply, 10_000)
                while not outer.ending.wait(0.02):
                    self.wfile.write(b" ")

            def do_raw(self, reply: Reply) -> None:
                self.wfile.write(reply.content)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

            def finish(self) -> None:
                with contextlib.suppress(OSError):
                    super().finish()

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def shutdown_request(self, request: Any) -> None:
                self.close_request(request)  # without the polite shutdown, so that a reset is a reset

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.base_url = f"http://127.0.0.1:{self.port}/api/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def play(self, *script: Reply | Callable[[Seen], Reply]) -> None:
        self.script = list(script)

    @property
    def calls(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.seen]

    def close(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class FakeClock:
    """Sleeping moves the hands. With threads, each sleep moves them; the sum is then more than what passed for one."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.epoch = 1_700_000_000.0
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.epoch + self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.now += max(seconds, 0.0)


MakeClient = Callable[..., Client]
"""Makes a client of the scripted server: its settings, and what else `Client` takes."""
