"""Keeps web pages away from the emulator.

Every page that the user's browser shows can reach a server on loopback, and the control API needs no key unless it was
given a token (:mod:`..page.token`). Three checks prevent that: the `Host` must be loopback (a rebound DNS name is not),
a request that changes something must not come from another site, and another site may not read what is under the
control API, not even as a picture or a script.
"""

from __future__ import annotations

import ipaddress
import re
import uuid

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pulumi_dashscope_ft.emulator.api.answers import json_response, refusal_response
from pulumi_dashscope_ft.emulator.limits import HEAD_BYTES

CONTROL = "/_emulator"
"""The control API and the pieces of the page are under this path."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"", "same-origin", "none"})
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?")
_ORIGIN = re.compile(r"https?://(.+)")


def is_loopback(host: str) -> bool:
    """Whether a host name or address (no port) can only be this machine."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI wrapper.

    :param any_host: whether the emulator listens beyond loopback, on the user's request.
    """

    def __init__(self, app: ASGIApp, *, any_host: bool) -> None:
        self._app = app
        self._any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse too large heads, foreign host names and other web sites; pass on all other requests."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            # The server limits only a head that comes in pieces.
            if len(scope["raw_path"]) + sum(len(name) + len(value) for name, value in headers.raw) > HEAD_BYTES:
                await refusal_response("head_too_large")(scope, receive, send)
                return
            refused = self._refusal(scope["method"], scope["path"], headers)
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, method: str, path: str, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        authority = _AUTHORITY.fullmatch(host)
        if host and authority is None:
            return refusal_response("bad_host")
        if not self._any_host and not (authority and is_loopback(authority[1])):
            return _denied("The emulator answers only to loopback host names; start it with --host to open it up.")
        site = headers.get("sec-fetch-site", "")
        if method in _SAFE:
            # A link that somebody follows is harmless: its page is shown, but not to the site with the link.
            if is_control(path) and site not in _OWN_SITES and headers.get("sec-fetch-mode") != "navigate":
                return _denied("The emulator shows its control API to no other web site.")
            return None
        origin = headers.get("origin")
        if (origin is not None and not _is_same_origin(origin, host)) or site not in _OWN_SITES:
            return _denied("The emulator takes no changes from other web sites.")
        return None


def is_control(path: str) -> bool:
    """Whether a path belongs to the control API or the page's pieces."""
    return path == CONTROL or path.startswith(CONTROL + "/")


def _is_same_origin(origin: str, host: str) -> bool:
    match = _ORIGIN.fullmatch(origin)
    return match is not None and match[1].lower() == host.lower()


def _denied(reason: str) -> Response:
    return json_response(403, {"code": "AccessDenied", "request_id": str(uuid.uuid4()), "message": reason})
