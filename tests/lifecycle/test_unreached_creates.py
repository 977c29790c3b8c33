"""A create that surely never reached the service is sent again at once, without a search for what it may have made."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.lifecycle.base.connection import connect

TRIES = 3


class Relay:
    """A port that leads to the emulator while it is open, and refuses every connection while it is closed."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._joined: list[socket.socket] = []
        self._serve(self._listener)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # ends a pending `accept`
        for end in [self._listener, *self._joined]:
            with contextlib.suppress(OSError):
                end.close()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve(self._listener)

    def _serve(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._joined += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(world: Any) -> Iterator[Relay]:
    """The way to the service, of a process that has looked for left-over jobs a moment ago."""
    port = urlsplit(world.emulator.base_url).port
    relay = Relay(port)
    settings = resolve_settings(base_url=f"http://127.0.0.1:{relay.port}/api/v1", api_key="sk-test-key", environ={})
    tries: list[float] = []

    def retrying(operation: str, resource_id: str | None, error: Any, wait: float) -> None:
        assert (operation, error.ambiguous) == ("create", False)
        tries.append(wait)
        if len(tries) == TRIES:
            relay.open()

    world.client = Client(settings, clock=world.clock, on_retry=retrying)
    world.connection = connect(
        world.client, clock=world.clock, run_registry=world.run_registry, report=world.lines.append
    )
    world.create(model="qwen3-14b")
    world.client.close()
    relay.close()
    yield relay
    relay.close()
    world.client.close()


def test_a_refused_create_is_sent_again_without_a_search(world: Any, relay: Relay) -> None:
    began = world.clock.monotonic()
    world.create()
    assert world.counts() == {"list": 1, "create": 2}
    assert len(world.emulator.jobs) == 2
    assert "no usable answer" not in world.told
    assert world.clock.monotonic() - began < 0.5 + 1 + 2 + 1, "the pauses between the tries, and no search"
