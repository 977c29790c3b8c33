"""Keeps web pages away from the emulator.

Why it exists: a server on loopback is reachable from every page the user's browser shows, and the control API
needs no key. Two checks close that door: the ``Host`` must be loopback (a rebound DNS name is not), and a
request that changes something must not come from another site.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .answers import json_response

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"", "same-origin", "none"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address (no port) means this machine only."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI wrapper. ``any_host`` is for an emulator that was told to listen beyond loopback."""

    def __init__(self, app: ASGIApp, *, any_host: bool) -> None:
        self._app = app
        self._any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            reason = self._refusal(scope["method"], Headers(scope=scope))
            if reason is not None:
                await json_response(403, {"code": "AccessDenied", "message": reason})(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> str | None:
        host = headers.get("host", "")
        if not self._any_host and not is_loopback(urlsplit(f"//{host}").hostname or ""):
            return "The emulator answers only to loopback host names; start it with --host to open it up."
        if method in _SAFE:
            return None
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc.lower() != host.lower()
        if foreign or headers.get("sec-fetch-site", "") not in _OWN_SITES:
            return "The emulator takes no changes from other web sites."
        return None
