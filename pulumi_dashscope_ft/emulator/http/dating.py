"""The `Date` of every answer, in the service's own time.

Clients compare with the `Date` header to learn the error of their own clock and the age of an answer. The emulator's
time may run fast or stand still; answers with the wall clock's date would contradict the times written in them.
"""

from __future__ import annotations

from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_dashscope_ft.emulator.clock import Clock


class Dated:
    """ASGI wrapper that dates answers by `clock`."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; its answer has the emulated time as `date`."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = formatdate(self._clock.now(), usegmt=True)
            await send(message)

        await self._app(scope, receive, dated if scope["type"] == "http" else send)
