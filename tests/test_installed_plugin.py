"""The plugin out of a wheel in an empty environment: it serves its schema, and at once."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import yaml
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

sys.path.insert(0, str(Path(__file__).parent))

import empty_environment

from pulumi_dashscope_ft.plugin.package_schema import served_schema

ROOT = Path(__file__).parents[1]
LIMIT = 1.0
"""Seconds from the start of the process to the whole schema. Measured: 0.1 on a quiet machine, 0.35 on a busy one."""

NOT_NEEDED = (
    "pulumi.output",
    "pulumi.resource",
    "pulumi.automation",
    "requests",
    "jsonschema",
    "pulumi_dashscope_ft.api",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The executables of an empty environment with the wheel."""
    directory = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(directory), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    return empty_environment.install(wheel, directory / "environment")


@contextlib.contextmanager
def started(executables: Path, *by: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    name, *arguments = by or ("pulumi-resource-dashscope-ft",)
    command = [str(executables / name), *arguments]
    clean = {"PATH": os.defpath, "HOME": str(executables), **environment}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=executables, env=clean, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def schema_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        return str(stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=30).schema)


def test_it_serves_the_schema_within_a_second(installed: Path) -> None:
    # On a machine with more to do than it has cores, everything takes that many times longer.
    limit = LIMIT * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    took = []
    for _ in range(3):
        began = time.monotonic()
        with started(installed) as process:
            served = schema_of(process)
            took.append(time.monotonic() - began)
        assert json.loads(served) == json.loads(served_schema())
    assert min(took) <= limit, took


def test_a_checkout_is_started_by_the_name_of_the_package(installed: Path) -> None:
    """As Pulumi does with `runtime: python` in PulumiPlugin.yaml: the module is named as the project."""
    written = yaml.safe_load((ROOT / "PulumiPlugin.yaml").read_text())
    assert written == {"name": json.loads(served_schema())["name"], "runtime": "python"}
    with started(installed, "python", "-m", "pulumi_dashscope_ft") as process:
        assert json.loads(schema_of(process)) == json.loads(served_schema())


def test_to_serve_the_schema_it_loads_little(installed: Path) -> None:
    with started(installed, PYTHONPROFILEIMPORTTIME="1") as process:
        schema_of(process)
        process.terminate()
        _, said = process.communicate(timeout=30)
    loaded = set(re.findall(r"\| +(\S+)$", said, re.MULTILINE))
    assert "pulumi.runtime.proto.provider_pb2_grpc" in loaded
    assert "pulumi_dashscope_ft.plugin.servicer" in loaded
    assert [name for name in NOT_NEEDED if name in loaded] == []


def test_nothing_comes_from_elsewhere(installed: Path) -> None:
    program = (
        "import importlib.util as u, json, sys, pulumi_dashscope_ft as p;"
        "print(json.dumps([p.__file__, sys.path[1:], u.find_spec('pytest') is None, u.find_spec('starlette') is None]))"
    )
    environment = {"PATH": os.defpath, "HOME": str(installed)}
    command = [str(installed / "python"), "-c", program]
    done = subprocess.run(command, cwd=installed, env=environment, check=True, capture_output=True, text=True)
    file, path, *absent = json.loads(done.stdout)
    assert file.startswith(str(installed.parent))
    assert [place for place in path if "site-packages" in place and not place.startswith(str(installed.parent))] == []
    assert absent == [True, True]
