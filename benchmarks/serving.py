"""A small HTTP server on loopback, for services that the benchmarks and tests play themselves."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _QuietServer(ThreadingHTTPServer):
    """A server whose threads nobody waits for, and that says nothing when somebody hangs up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], **members: Any) -> Iterator[str]:
    """Serve as long as the block lasts; yield the address, `http://127.0.0.1:…`.

    :param members: what each handler gets as members of its class.
    """
    with _QuietServer(("127.0.0.1", 0), type("Handler", (handler,), members)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
