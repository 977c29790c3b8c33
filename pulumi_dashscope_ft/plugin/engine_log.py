"""Show lines at the resource that they are about, and warnings as warnings.

The engine offers that (`Engine.Log`). If it can't be reached, lines are printed and appear at the stack, which is still
better than nothing.
"""

from __future__ import annotations

import sys
import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_dashscope_ft.frontend.lines import TerminalText

_PATIENCE = 5.0
"""Seconds that sending a line may take; a plugin does not wait for a screen."""

_WARNING = "warning: "


class EngineLog:
    """Receives finished lines of text for the user. Thread-safe.

    :param address: of the engine that started this process, `host:port`; empty when none has. With an address, only
        that engine gets the lines, because any process of this machine can name another one.
    """

    def __init__(self, address: str = "") -> None:
        self._lock = threading.Lock()
        self._said: set[tuple[str, str]] = set()
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._is_settled = False
        self.attach(address)
        self._is_settled = bool(address)

    def attach(self, address: str) -> None:
        """Send to the engine at this address from now on, unless an engine started this process."""
        if address and not self._is_settled:
            self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def say(self, text: TerminalText, urn: str = "") -> None:
        """Show a line, at the resource with this URN. One that begins with `warning: ` is shown as a warning."""
        warning = text.startswith(_WARNING)
        severity = engine_pb2.WARNING if warning else engine_pb2.INFO
        message = text.removeprefix(_WARNING)
        if self._stub is not None:
            try:
                self._stub.Log(engine_pb2.LogRequest(severity=severity, message=message, urn=urn), timeout=_PATIENCE)
                return
            except grpc.RpcError:
                pass  # the engine is ending: print the line instead
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
