"""The toy world: a project with a recorded provider, on either engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from pulumi_dashscope_ft.testing import Secret, StackOperationFailed, open_stack, pulumi_command

TOYS = Path(__file__).parent / "toys"
HEADER = "import pulumi\nfrom pulumi import Output, ResourceOptions\nfrom toy_provider import Toy\n"


class World:
    """A project, a stack on one engine, and what the provider was asked. ``trace`` remembers every operation."""

    def __init__(self, kind: str, directory: Path, **options: Any) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._kind = kind
        self.directory = directory
        (directory / "Pulumi.yaml").write_text("name: toys\nruntime: python\n")
        self.env = {"TOY_DIR": str(directory), "PYTHONPATH": str(TOYS)}
        options.setdefault("parallel", 1)  # one thing at a time, so that orders can be compared
        options.setdefault("config", {"toy:plain": "5", "toy:hidden": Secret("hush-hush")})
        self.stack = open_stack(kind, directory, env=self.env, **options)
        self.trace: list[Any] = []
        self.result: Any = None

    def beside(self, stack: str) -> World:
        """Another stack of the same project; what happens there is in this world's trace, too."""
        other = World(self._kind, self.directory, stack=stack)
        other.trace = self.trace
        return other

    def program(self, source: str) -> None:
        (self.directory / "__main__.py").write_text(HEADER + textwrap.dedent(source))

    def control(self, **what: Any) -> None:
        wanted = {key.replace("_", ":", 1): value for key, value in what.items()}
        (self.directory / "control.json").write_text(json.dumps(wanted))

    def do(self, operation: str, source: str | None = None, **options: Any) -> Any:
        """Run an operation; the result also when it failed, with ``failed`` in the trace."""
        if source is not None:
            self.program(source)
        (self.directory / "calls.jsonl").unlink(missing_ok=True)
        failed, self.failure = False, ""
        try:
            self.result = getattr(self.stack, operation)(**options)
        except StackOperationFailed as failure:
            self.result, failed, self.failure = failure.result, True, failure.message
        self.failed = failed
        self.trace.append(
            {
                "operation": operation,
                "failed": failed,
                "summary": dict(self.result.summary),
                "steps": [(step.op, step.name, step.keys) for step in self.steps()],
                "calls": self.calls(),
                "errors": [(item.severity, item.urn) for item in self.result.diagnostics if item.urn],
                "outputs": self.result.outputs if operation != "preview" else None,
                "state": self.state(),
            }
        )
        return self.result

    def do_until(self, operation: str, call: str, act: Callable[[], None]) -> Any:
        """Run an operation, and ``act`` as soon as the provider has been asked for ``call``."""

        def watch() -> None:
            deadline = time.monotonic() + 60
            while call not in self.called() and time.monotonic() < deadline:
                time.sleep(0.02)
            act()

        (self.directory / "calls.jsonl").unlink(missing_ok=True)
        watcher = threading.Thread(target=watch)
        watcher.start()
        self.do(operation)
        watcher.join()
        return self.result

    def crash(self, call: str) -> None:
        """Begin an ``up`` and end the engine by SIGKILL once the provider has been asked for ``call``."""
        (self.directory / "calls.jsonl").unlink(missing_ok=True)
        if self.stack.engine == "local":
            command = [sys.executable, "-m", "pulumi_dashscope_ft.testing", "up", "--cwd", str(self.directory)]
            started = subprocess.Popen(command, env={**os.environ, **self.env}, stdout=subprocess.DEVNULL)
        else:
            threading.Thread(target=lambda: self.do("up")).start()
            started = None
        while call not in self.called():
            time.sleep(0.02)
        stack: Any = self.stack
        process = started or stack._process
        process.kill()
        process.wait()
        os.kill(int((self.directory / "host.pid").read_text()), signal.SIGKILL)
        shutil.rmtree(self.directory / ".pulumi-command" / "state" / ".pulumi" / "locks", ignore_errors=True)

    def steps(self) -> list[Any]:
        return [step for step in self.result.steps if not step.type.startswith("pulumi:")]

    def ops(self) -> list[tuple[str, str]]:
        return [(step.op, step.name) for step in self.steps() if step.op != "same"]

    def calls(self) -> list[dict[str, Any]]:
        return [{key: value for key, value in call.items() if key != "at"} for call in self._recorded()]

    def times(self, operation: str) -> list[float]:
        """When each call of this operation began, in seconds of the machine's monotonic clock."""
        return [call["at"] for call in self._recorded() if call["call"] == operation]

    def _recorded(self) -> list[dict[str, Any]]:
        file = self.directory / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def called(self, *but: str) -> list[str]:
        """``operation name`` of the calls, without those named."""
        found = []
        for call in self.calls():
            if call["call"] not in ("configure", *but):
                name = call.get("id") or (call.get("news") or call["props"])["name"]
                found.append(f"{call['call']} {name}")
        return found

    def urn(self, name: str) -> str:
        return next(str(item["urn"]) for item in self.stack.resources if item["urn"].endswith(f"::{name}"))

    def state(self) -> dict[str, Any]:
        """The export without what differs from run to run: times, places, ciphertexts, the provider's id."""
        deployment = self.stack.export()["deployment"]
        pending = [(item["type"], item["resource"]["urn"]) for item in deployment.get("pending_operations") or []]
        return {"resources": [_stable(item) for item in deployment.get("resources") or []], "pending": pending}


def _stable(item: dict[str, Any]) -> dict[str, Any]:
    found = {key: _shown(value) for key, value in item.items() if key not in _PASSING}
    for key in ("dependencies",):  # the SDK collects these in a set
        if key in found:
            found[key] = sorted(found[key])
    if "provider" in found:
        found["provider"] = found["provider"].rpartition("::")[0]
    if item["type"].startswith("pulumi:providers:"):
        found.pop("id")
    return found


_PASSING = {"created", "modified", "sourcePosition", "stackTrace"}


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return "[secret]" if "ciphertext" in value else {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def make_world(tmp_path: Path) -> Any:
    def make(kind: str = "local", **options: Any) -> World:
        if kind == "command" and pulumi_command() is None:
            pytest.skip("there is no pulumi command on PATH")
        return World(kind, tmp_path / kind, **options)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
