"""Hosts of policy packs, for tests of the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import policy_host
from policy_host import PolicyHost

from pulumi_dashscope_ft.emulator import EmulatorServer

PACK = """
from pulumi_dashscope_ft.policy import policy_pack

policy_pack({})
"""


@pytest.fixture(scope="session")
def needs_policy_sdk() -> None:
    if policy_host.python() is None:
        pytest.skip("pulumi-policy is not installed: make policy-packages")


@pytest.fixture(scope="module")
def start(needs_policy_sdk: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., PolicyHost]]:
    """Starts the host of a pack with these arguments of `policy_pack`."""
    hosts = []

    def started(arguments: str = "", **options: Any) -> PolicyHost:
        pack = tmp_path_factory.mktemp("pack")
        (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
        (pack / "__main__.py").write_text(PACK.format(arguments))
        hosts.append(PolicyHost(pack, **{"stack": "dev", **options}))
        return hosts[-1]

    yield started
    for host in hosts:
        host.close()


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=60.0) as server:
        yield server
