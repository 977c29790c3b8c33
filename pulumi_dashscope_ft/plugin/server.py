"""The executable `pulumi-resource-dashscope-ft`.

As the engine expects: its only argument is the engine's address, its first line of output is the port that it listens
on, and it ends when it is told to. It also ends when the engine is gone without a word.

Each call has a thread of its own. Threads start when they are needed, and there may be more than any `--parallel`, so a
wait holds up neither another wait nor a `Check` or a `Cancel`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_dashscope_ft.display.engine_log import EngineLog, address_in
from pulumi_dashscope_ft.frontend.stopping import StopRequest
from pulumi_dashscope_ft.plugin.cancelling import CancelToken
from pulumi_dashscope_ft.plugin.servicer import ProviderServicer

WIDTH = 256
"""Calls served at once; the engine's own limit is `--parallel`."""

_LARGEST_MESSAGE = 400 * 1024 * 1024
"""The largest message, in bytes, as in the engine."""

_GRACE = 2.0
"""Seconds that calls get to end when the process has to stop."""

_PARENT_LOOK = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if any(argument in ("-h", "--help", "--version") for argument in given):
        from pulumi_dashscope_ft._version import __version__

        sys.stdout.write(f"pulumi-resource-dashscope-ft {__version__}: started by `pulumi`, not by hand.\n")
        return 0
    token = CancelToken()
    server, port = serve(EngineLog(address_in(given)), token)
    stopping = StopRequest()
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # the engine ends a plugin with SIGINT; a user's Ctrl-C is `Cancel`
        signal.signal(number, lambda number, frame: stopping.ask())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    _wait(stopping, os.getppid)
    token.cancel()
    server.stop(_GRACE).wait()
    return 0


def serve(log: EngineLog, token: CancelToken) -> tuple[grpc.Server, int]:
    """Start a server on this machine only; return it and its port."""
    sizes = [("grpc.max_send_message_length", _LARGEST_MESSAGE), ("grpc.max_receive_message_length", _LARGEST_MESSAGE)]
    pool = ThreadPoolExecutor(max_workers=WIDTH, thread_name_prefix="call")
    server = grpc.server(pool, options=[*sizes, ("grpc.so_reuseport", 0)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderServicer(log, token), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _wait(stopping: StopRequest, parent: Callable[[], int]) -> None:
    """Wait until somebody asks to stop, or the process that started this one is gone: then nobody else would end it."""
    before = parent()
    while not stopping.wait(_PARENT_LOOK):
        if parent() != before:
            return
