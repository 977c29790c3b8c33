"""Bytes to an emulator and back, without a library that would refuse to send nonsense."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pulumi_dashscope_ft.emulator import EmulatorServer

KEY = "sk-hostile-0123456789"
SECONDS = 20.0


@dataclass
class Answer:
    """What came back: nothing at all has status 0."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1]) if self.raw.startswith(b"HTTP/1.1 ") else 0

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    def json(self) -> Any:
        return json.loads(self.body)

    def is_refusal(self) -> bool:
        """Whether it is a 4xx in the shape of the API."""
        return 400 <= self.status < 500 and {"code", "message", "request_id"} <= set(self.json())


@contextmanager
def connected(emulator: EmulatorServer) -> Iterator[socket.socket]:
    address = urlsplit(emulator.root_url)
    with socket.create_connection((address.hostname or "", address.port or 0), SECONDS) as wire:
        yield wire


def answer_on(wire: socket.socket) -> Answer:
    """The next answer, by its length, or what came before the connection ended."""
    raw = b""
    with contextlib.suppress(ConnectionError):
        while chunk := wire.recv(65536):
            raw += chunk
            head, found, body = raw.partition(b"\r\n\r\n")
            if found and head.startswith(b"HTTP/1.1 100"):
                break
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            if found and length and len(body) >= int(length[0].split(b":")[1]):
                break
    return Answer(raw)


def ended(wire: socket.socket) -> bool:
    """Whether the emulator ends the connection, within the usual time."""
    try:
        while wire.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def send(emulator: EmulatorServer, *pieces: bytes) -> Answer:
    """One connection, these bytes, and the answer."""
    with connected(emulator) as wire:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                wire.sendall(piece)
        return answer_on(wire)


def request(
    method: str = "GET", target: str = "/api/v1/fine-tunes", *headers: str, key: str | None = KEY, body: bytes = b""
) -> bytes:
    """A request that is well formed but for what it is given."""
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(line.lower().startswith("host:") for line in headers):
        lines.append("Host: 127.0.0.1")
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    lines += headers
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def pour(wire: socket.socket, pieces: Iterable[bytes], most: int) -> int:
    """Send until the other side wants no more, or ``most`` bytes; how many were taken."""
    sent = 0
    try:
        for piece in pieces:
            if sent >= most:
                break
            wire.sendall(piece)
            sent += len(piece)
    except OSError:
        pass
    return sent


def alive(emulator: EmulatorServer) -> bool:
    """Whether it answers an honest client: the API, the control API and the page."""
    paths = ("/api/v1/fine-tunes", "/_emulator/state", "/_emulator/requests", "/")
    return all(send(emulator, request(target=path)).status == 200 for path in paths)
