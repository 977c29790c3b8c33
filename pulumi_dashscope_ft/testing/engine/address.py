"""The engine's gRPC server for plugins.

A plugin gets the engine's address, and sends there what the user should read, resource by resource. In process nobody
needs an address, so this server starts with the first plugin.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc

_THREADS = 4


class EngineServer:
    """Serves `log` (an object with the protocol's `Log`) on a port of its own, from the first use of `address`."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._server: Any = None
        self._address = ""

    def address(self) -> str:
        """Return host and port, and start listening with the first call."""
        with self._lock:
            if self._server is None:
                self._server = grpc.server(ThreadPoolExecutor(_THREADS, thread_name_prefix="engine-log"))
                engine_pb2_grpc.add_EngineServicer_to_server(_Servicer(self._log), self._server)
                self._address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
                self._server.start()
            return self._address

    def stop(self) -> None:
        """Stop listening, and end the calls that are under way."""
        with self._lock:
            if self._server is not None:
                self._server.stop(None).wait()


class _Servicer(engine_pb2_grpc.EngineServicer):
    def __init__(self, log: Any) -> None:
        self._log = log

    def Log(self, request: Any, context: Any) -> Any:
        self._log.Log(request)
        return empty_pb2.Empty()
