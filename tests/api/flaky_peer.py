"""A peer on a bad line: it answers slowly, breaks off, or sends what is no HTTP."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable

JOB_ID = "ft-202411221200-1c7f"
JOB = {"job_id": JOB_ID, "status": "RUNNING"}
BODY = json.dumps({"output": JOB}).encode()
PATIENCE = 0.3
"""Seconds; the read timeout here."""

Behaviour = Callable[[socket.socket, int, int], None]
"""What the peer does after a request: the connection, the connection's number, the request's number on it."""


def answer(body: bytes = BODY, *headers: bytes) -> bytes:
    lines = (b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Peer:
    """Answers each request by `behaviour`; keeps what it was sent."""

    def __init__(self, behaviour: Behaviour, host: str = "127.0.0.1") -> None:
        self._behaviour = behaviour
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0
        self.ending = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.ending.is_set():
                connection.close()
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, self.connections))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(10)
            for request_number in range(1, 1000):
                request = _request(connection)
                if not request:
                    return
                self.requests.append(request)
                self._behaviour(connection, number, request_number)

    def drip(self, connection: socket.socket, piece: bytes) -> None:
        """Send `piece` again and again, long before the timeout each time, for as long as anybody listens."""
        while not self.ending.wait(PATIENCE / 10):
            connection.sendall(piece)

    def close(self) -> None:
        self.ending.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname()[:2], timeout=1).close()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(15)
            assert not thread.is_alive()


def _request(connection: socket.socket) -> bytes:
    """One request, headers and body."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = (int(lengths[0]) if lengths else 0) - len(body)
    while left > 0:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body, left = body + piece, left - len(piece)
    return head + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
