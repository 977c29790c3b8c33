"""A gate between a client and the emulator, which stops in the middle of each upload."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

FIRST_PART = 256 * 1024


class Gate:
    """Passes connections on to the emulator. In the middle of each upload it calls `meanwhile`.

    :ivar uploads: for each upload the bytes that were announced and those that came.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.meanwhile: Callable[[], None] = lambda: None
        self.uploads: list[tuple[int, int]] = []
        self._target = target
        self._sockets: list[socket.socket] = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1"

    def settle(self) -> None:
        """Wait until all that the clients have sent has arrived. They have closed their connections."""
        for thread in self._threads[1:]:
            thread.join()

    def close(self) -> None:
        for one in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):  # most are closed
                one.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with (
            client,
            contextlib.suppress(ConnectionError, BrokenPipeError),
            socket.create_connection(self._target) as up,
        ):
            back = threading.Thread(target=_copy, args=(up, client))
            back.start()
            try:
                self._forward(client, up)
            finally:
                with contextlib.suppress(OSError):
                    up.shutdown(socket.SHUT_WR)
                back.join()

    def _forward(self, client: socket.socket, up: socket.socket) -> None:
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(64 * 1024)
                if not piece:
                    return
                head += piece
            up.sendall(head)
            announced = _content_length(head)
            came = len(head.partition(b"\r\n\r\n")[2])
            if head.startswith(b"POST") and b"multipart/form-data" in head:
                came = self._upload(client, up, announced, came)
            while came < announced:
                piece = client.recv(64 * 1024)
                if not piece:
                    return
                up.sendall(piece)
                came += len(piece)

    def _upload(self, client: socket.socket, up: socket.socket, announced: int, came: int) -> int:
        called = False
        try:
            while came < announced:
                piece = client.recv(64 * 1024)
                if not piece:
                    break
                up.sendall(piece)
                came += len(piece)
                if not called and came >= min(FIRST_PART, announced):
                    called = True
                    self.meanwhile()
        finally:
            self.uploads.append((announced, came))
        return came


def _content_length(head: bytes) -> int:
    lines = head.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(64 * 1024):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
