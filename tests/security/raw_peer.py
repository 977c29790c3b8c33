"""A peer over a real socket that reads one request and then does as it likes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType

Deed = Callable[[socket.socket, bytes], None]


class RawPeer:
    """Serves each connection by `deed(connection, request)`, until the block ends."""

    def __init__(self, deed: Deed) -> None:
        self._deed = deed
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> RawPeer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended = True
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join(15)
        self._listener.close()

    _ended = False

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with contextlib.suppress(OSError), connection:
                if self._ended:
                    return
                connection.settimeout(10)
                request = connection.recv(65536)
                self.requests.append(request)
                self._deed(connection, request)


def says(answer: bytes) -> Deed:
    """Sends these bytes and closes."""

    def deed(connection: socket.socket, request: bytes) -> None:
        connection.sendall(answer)

    return deed


def resets(connection: socket.socket, request: bytes) -> None:
    """Resets the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def echoes(connection: socket.socket, request: bytes) -> None:
    """Answers 400 with the whole request, headers included, in its body."""
    connection.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n" % len(request) + request)


def as_json(document: bytes, status: int = 200, headers: bytes = b"") -> bytes:
    """An answer with this body."""
    return b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(document), document)
