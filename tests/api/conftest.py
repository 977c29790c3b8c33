"""A scripted server, and clients of it whose clock only counts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.api import Client, KeySource, RateLimiter, Settings

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from scripted_server import JOB, KEY, FakeClock, MakeClient, Reply, ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def fake_clock() -> type[FakeClock]:
    """For property tests, which need a new clock for each example."""
    return FakeClock


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def job() -> dict[str, Any]:
    return dict(JOB)


@pytest.fixture
def make_client(server: ScriptedServer, clock: FakeClock) -> Iterator[MakeClient]:
    made: list[Client] = []

    def make(
        *, real_clock: bool = False, on_retry: Any = None, limiter: RateLimiter | None = None, **settings: Any
    ) -> Client:
        defaults: dict[str, Any] = {
            "base_url": server.base_url,
            "key": KeySource(literal=KEY),
            "rate": 1000.0,
            "burst": 1000,
        }
        arguments: dict[str, Any] = {} if real_clock else {"clock": clock}
        client = Client(Settings(**defaults | settings), on_retry=on_retry, limiter=limiter, **arguments)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client()
