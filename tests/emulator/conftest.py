"""An emulator on a manual clock, and a small caller that speaks plain HTTP to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from caller import Caller
from deployed import MODEL
from seen_page import Seen


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as server:
        yield server


@pytest.fixture
def call(emulator: EmulatorServer) -> Iterator[Caller]:
    caller = Caller(emulator)
    yield caller
    caller.session.close()


@pytest.fixture
def caller_of() -> type[Caller]:
    return Caller


@pytest.fixture
def deploy(call: Caller) -> Callable[..., Any]:
    def create(model_name: str = MODEL, expect: int = 200, **fields: Any) -> Any:
        body = {"model_name": model_name, "capacity": 1, "plan": "lora", **fields}
        answer = call("POST", "/deployments", json={name: one for name, one in body.items() if one is not None})
        assert answer.status_code == expect, answer.text
        return answer.json()["output"] if expect == 200 else answer.json()

    return create


@pytest.fixture
def tuned(emulator: EmulatorServer, call: Caller) -> str:
    job_id = call.create(hyper_parameters={"n_epochs": 4, "save_total_limit": 3})
    emulator.clock.advance(700)
    return str(call("GET", f"/fine-tunes/{job_id}").json()["output"]["finetuned_output"])


@pytest.fixture
def look(emulator: EmulatorServer) -> Callable[[], Seen]:
    return lambda: Seen(requests.get(emulator.root_url, timeout=20).content.decode())


@pytest.fixture
def press(emulator: EmulatorServer) -> Iterator[Callable[..., requests.Response]]:
    """A form of the page, sent as a browser would; the answer is not followed."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Origin"] = emulator.root_url

        def send(path: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
            url = f"{emulator.root_url}/_emulator/page{path}"
            return session.post(url, data=fields, headers=headers, allow_redirects=False, timeout=20)

        yield send
