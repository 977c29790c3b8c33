"""A token for the control API and the page.

All users of a machine share loopback, and a caller of the control API can move the clock, read what jobs were created
with, and break every answer. With a token, only its holders can. It is sent as `Authorization: Bearer …`: never in an
address, which ends up in histories and in the `Referer`, and never as a cookie, which a browser sends to every port of
this machine, including that of another user.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pulumi_dashscope_ft.emulator.api.answers import json_response
from pulumi_dashscope_ft.emulator.http.guard import CONTROL, is_control
from pulumi_dashscope_ft.emulator.model.accounts import bearer_token

from . import render as page_render
from .routes import HEADERS, OPEN, html

VARIABLE = "DASHSCOPE_EMULATOR_CONTROL_TOKEN"
"""The environment variable that the command reads a token from."""
_USABLE = re.compile(r"[!-~]{16,200}")


def checked_token(token: str) -> str:
    """Return the token.

    :raises ValueError: it is too short or can't be sent as a header. The message does not quote it.
    """
    if not _USABLE.fullmatch(token):
        raise ValueError("a control token must be 16 to 200 visible ASCII characters, without spaces")
    return token


def new_token() -> str:
    """Return a token that nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


class Lock:
    """ASGI wrapper: the control API and the page need the token. The API itself has keys of its own."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._digest = _digest(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what needs no token or has the right one; answer everything else with 401."""
        if scope["type"] != "http" or not self._is_locked(scope):
            await self._app(scope, receive, send)
        elif scope["path"] == "/":
            await html(page_render.locked(), 401, _CHALLENGE)(scope, receive, send)
        else:
            said = f"{CONTROL} needs the control token of this emulator: send Authorization: Bearer TOKEN"
            await json_response(401, {"error": said}, {**HEADERS, **_CHALLENGE})(scope, receive, send)

    def _is_locked(self, scope: Scope) -> bool:
        path = scope["path"]
        if path in OPEN or not (path == "/" or is_control(path)):
            return False
        scheme, _, _ = (authorization := Headers(scope=scope).get("authorization", "")).partition(" ")
        sent = bearer_token(authorization) if scheme.lower() == "bearer" else ""
        return not hmac.compare_digest(_digest(sent), self._digest)


_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def _digest(token: str) -> bytes:
    """Return a digest. All digests have the same length, so that a comparison does not reveal the token's length."""
    return hashlib.sha256(token.encode("utf-8")).digest()
