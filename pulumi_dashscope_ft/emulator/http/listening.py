"""Sockets and the HTTP server: uvicorn, adapted to what tests need.

An emulator in a test has to listen at once, end at once, and give each request its connection, so that faults can reset
it. uvicorn does the HTTP; its polling start and its patient end are replaced here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from pulumi_dashscope_ft.emulator.limits import HEAD_BYTES

from .connections import IDLE_SECONDS, Protocol


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    :raises OSError: the address is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP on purpose: asyncio turns off Nagle's delay (40 ms per answer) only if the protocol is explicit.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        # Connections that come before the loop runs wait here instead of being refused.
        listening.listen(2048)
    except BaseException:
        listening.close()
        raise
    return listening


def for_url(host: str) -> str:
    """Return the host as part of a URL that this machine can call."""
    bare = host.strip("[]")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return host
    if address.is_unspecified:  # listens on all addresses; this machine uses loopback
        return "[::1]" if address.version == 6 else "127.0.0.1"
    return f"[{bare}]" if address.version == 6 else bare


def server_for(app: ASGIApp) -> Server:
    """Return a server of this application that logs nothing."""
    return Server(
        uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,  # see `dating`
            date_header=False,  # see `dating`
            timeout_keep_alive=int(IDLE_SECONDS),
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
    )


class Server(uvicorn.Server):
    """uvicorn that says when it is ready and ends on request, instead of polling ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until the end is asked for. The base class would look for it every 0.1 s."""
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything now. The base class would first wait for open answers, which may be hanging on purpose."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # lets the connections notice

    def end(self) -> None:
        """End the server. Called from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end.set)
