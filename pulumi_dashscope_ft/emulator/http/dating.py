"""The `Date` and the `Server` of every answer: the service's own time, and that this is an emulator.

Clients compare with the `Date` header to learn the error of their own clock and the age of an answer. The emulator's
time may run fast or stand still; answers with the wall clock's date would contradict the times written in them.

The `Server` header says that this is an emulator, of which version, and how fast its time goes:
`dashscope-ft-emulator/0.1.0 (speed 60)`, with speed 0 for a clock that stands still. `dashscope-ft doctor` reads it.
"""

from __future__ import annotations

from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.emulator.clock import Clock


class Dated:
    """ASGI wrapper that dates answers by `clock`, and names the emulator."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; its answer has the emulated time as `date`, and names this server."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["date"] = formatdate(self._clock.now(), usegmt=True)
                headers["server"] = f"dashscope-ft-emulator/{__version__} (speed {self._clock.speed or 0:g})"
            await send(message)

        await self._app(scope, receive, dated if scope["type"] == "http" else send)
