"""Show lines at the resource that they are about, and warnings as warnings.

The engine offers that (`Engine.Log`). If it can't be reached, lines are printed and appear at the stack, which is still
better than nothing.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Sequence

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_dashscope_ft.display.watching import is_watched
from pulumi_dashscope_ft.frontend.lines import TerminalText

_PATIENCE = 5.0
"""Seconds that sending a line may take; a provider does not wait for a screen."""

_WARNING = "warning: "
_ADDRESS = re.compile(r"[\w.\-\[\]:]+:\d{1,5}")


def address_in(arguments: Sequence[str]) -> str:
    """Return the engine's address among the arguments of a provider process; empty if there is none.

    The engine puts it last, after its own options and their values (`--tracing URL`).
    """
    last = arguments[-1] if arguments else ""
    return last if _ADDRESS.fullmatch(last) else ""


class EngineLog:
    """Receives finished lines of text for the user. Thread-safe.

    :param address: of the engine that started this process, `host:port`; empty when none has. With an address, only
        that engine gets the lines, because any process of this machine can name another one.
    :param is_watched: whether a person watches the engine's display at the moment.
    """

    def __init__(self, address: str = "", is_watched: Callable[[], bool] = is_watched) -> None:
        self._lock = threading.Lock()
        self._said: set[tuple[str, str]] = set()
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._address = ""
        self._is_settled = False
        self._is_watched = is_watched
        self.attach(address)
        self._is_settled = bool(address)

    def attach(self, address: str) -> None:
        """Send to the engine at this address from now on, unless an engine started this process."""
        if address and not self._is_settled and address != self._address:
            self._address = address
            self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    @property
    def is_attached(self) -> bool:
        """Whether there is an engine to send to. Otherwise lines are printed."""
        return self._stub is not None

    def say(self, text: TerminalText, urn: str = "") -> None:
        """Show a line, at the resource with this URN. One that begins with `warning: ` is shown as a warning."""
        warning = text.startswith(_WARNING)
        severity = engine_pb2.WARNING if warning else engine_pb2.INFO
        message = text.removeprefix(_WARNING)
        if self._sent(engine_pb2.LogRequest(severity=severity, message=message, urn=urn)):
            return
        with self._lock:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    def say_once(self, text: TerminalText, urn: str = "") -> None:
        """Show a line unless it was shown at this resource before: the engine asks some things twice."""
        with self._lock:
            if (text, urn) in self._said:
                return
            self._said.add((text, urn))
        self.say(text, urn)

    def show_status(self, text: TerminalText, urn: str) -> None:
        """Show a line at this resource until the next one, if a person watches. It gets into no log."""
        if self._is_watched():
            self._sent(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=urn, ephemeral=True))

    def _sent(self, request: engine_pb2.LogRequest) -> bool:
        if self._stub is None:
            return False
        try:
            self._stub.Log(request, timeout=_PATIENCE)
        except grpc.RpcError:
            return False  # the engine is ending
        return True
