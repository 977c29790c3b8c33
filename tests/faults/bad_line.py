"""Why this exists: faults of the emulator are decided inside of a server that keeps to HTTP; a bad line does not ask.
Here a proxy stands between client and emulator and breaks connections where real ones break: in the middle of a request
or an answer, between two requests on one connection, or not at all, with nothing coming any more.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable

PIECE = 65536
NORMAL = "pass"
TROUBLES = (
    "reset in the request",
    "reset before the answer",
    "reset in the answer",
    "closed in the answer",
    "silence",
    "drip",
    "closed after the answer",
    "closed under the next request",
)


class BadLine:
    """Passes exchanges on to `port`, each by a kind that `choose` gives. `seen` counts what happened."""

    def __init__(self, port: int, choose: Callable[[], str]) -> None:
        self._target = port
        self._choose = choose
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.seen: Counter[str] = Counter()
        self._ending = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def close(self) -> None:
        self._ending.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._threads[0].join(15)  # not in the middle of its loop: it would accept at a closed listener
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(15)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while not self._ending.is_set():
            connection, _ = self._listener.accept()
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with contextlib.suppress(OSError), connection:
            while request := _message(connection):
                kind = self._choose()
                self.seen[kind] += 1
                if not self._exchange(connection, request, kind):
                    return
                if kind == "closed under the next request":
                    connection.recv(1)  # it is there, or on its way; whoever sent it learns that nobody is
                    return

    def _exchange(self, connection: socket.socket, request: bytes, kind: str) -> bool:
        """Whether the connection goes on. The service has dealt with a request before anything befalls its answer."""
        if kind == "reset in the request":
            with socket.create_connection(("127.0.0.1", self._target), timeout=10) as onward:
                onward.sendall(request[: len(request) - 3])
                _reset(onward)
            return _reset(connection)
        with socket.create_connection(("127.0.0.1", self._target), timeout=10) as onward:
            onward.sendall(request)
            answer = _message(onward)
        if kind == "reset before the answer":
            return _reset(connection)
        if kind == "silence":
            self._ending.wait(3)
            return False
        if kind == "drip":
            for byte in range(len(answer)):
                connection.sendall(answer[byte : byte + 1])
                if self._ending.wait(0.02):
                    break
            return False
        cut = kind in ("reset in the answer", "closed in the answer")
        connection.sendall(answer[: len(answer) // 2] if cut else answer)
        if kind == "reset in the answer":
            return _reset(connection)
        return kind in (NORMAL, "closed under the next request")


def chances(seed: int, share: float) -> Callable[[], str]:
    """Any trouble, in `share` of the exchanges."""
    source = random.Random(seed)
    return lambda: source.choice(TROUBLES) if source.random() < share else NORMAL


def _message(connection: socket.socket) -> bytes:
    """One request or answer, whole; empty when the other side has closed."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(PIECE)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = (int(lengths[0]) if lengths else 0) - len(body)
    while left > 0:
        piece = connection.recv(PIECE)
        if not piece:
            return b""
        received, left = received + piece, left - len(piece)
    return received


def _reset(connection: socket.socket) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return False
