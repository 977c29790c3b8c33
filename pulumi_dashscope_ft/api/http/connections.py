"""Connections that end in time and keep the key to themselves.

Two defaults below `requests` are not good enough. First, a socket's timeout starts anew with every byte. A peer that
sends one byte of a header now and then (a broken gateway, a bad line) holds a call for days, because status lines,
headers, `100 Continue`s, sizes of chunks and trailers are all read before anybody can look at a clock. Here every
single read gets the remaining time. Second, `http.client.HTTPConnection.debuglevel`, which many recipes set to see what
is sent, prints the `Authorization` header to the standard output. Here it has no effect.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

__all__ = ["PunctualAdapter"]


class _Punctual(io.RawIOBase):
    """Reads from a socket until a fixed moment, however often data arrives.

    The time is the socket's timeout when the object is made; `extend` adds as much again.

    :raises TimeoutError: data comes too late, as from the socket itself.
    """

    def __init__(self, sock: socket.socket, stream: io.RawIOBase) -> None:
        super().__init__()
        self._sock = sock
        self._stream = stream
        self._timeout = sock.gettimeout()
        self._ends = 0.0
        self.extend()

    def extend(self) -> None:
        if self._timeout is not None:
            self._ends = time.monotonic() + self._timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._timeout is not None:
            left = self._ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        # urllib3 sets the socket's timeout again before it reuses a connection.
        self._stream.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer whose headers come within the timeout, and then its body within another."""

    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None):
        super().__init__(sock, 0, method, url)
        self._punctual = _Punctual(sock, self.fp.detach())
        self.fp = io.BufferedReader(self._punctual)

    def begin(self) -> None:
        super().begin()
        self._punctual.extend()


class _Connection(HTTPConnection):
    debuglevel = 0
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    debuglevel = 0
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class PunctualAdapter(HTTPAdapter):
    """An adapter of `requests` with these connections, also through a proxy. SOCKS proxies have their own."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool as the base class does, with our connections in it."""
        super().init_poolmanager(*args, **kwargs)
        _equip(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pool for a proxy, with our connections in it except for SOCKS, which has its own."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            _equip(manager)
        return manager


def _equip(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
