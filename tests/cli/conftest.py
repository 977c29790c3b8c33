"""A command line in process: the real commands, over real sockets, against the emulator, on one simulated clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.cli.output.runtime import CommandRuntime
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

# pytest's importlib mode puts no test directory on the path, and a stage is too large for a fixture.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from emulated_clock import EmulatedClock

KEY = "sk-cli-0123456789abcdef"
OWNER = "0wner0wner"
VARIABLES = (
    *("DASHSCOPE_API_KEY_FILE_PATH", "DASHSCOPE_API_REGION", "DASHSCOPE_WORKSPACE_ID", "DASHSCOPE_FT_REPORT"),
    *("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
    *("PULUMI_HOME", "PULUMI_CREDENTIALS_PATH", "PULUMI_PYTHON_CMD", "FORCE_COLOR", "NO_COLOR"),
)


class AdjustableClock(EmulatedClock):
    """May be set wrong, and may let something happen before a sleep."""

    def __init__(self, emulator: EmulatorServer) -> None:
        super().__init__(emulator)
        self.skew = 0.0
        self.before_sleep: list[Any] = []
        """Called, and taken off, one before each sleep."""

    def time(self) -> float:
        return super().time() + self.skew

    def sleep(self, seconds: float) -> None:
        with self._lock:
            action = self.before_sleep.pop(0) if self.before_sleep else None
        if action is not None:
            action()
        super().sleep(seconds)


class CommandLine:
    """`run("jobs", "--json")`, and the service it talks to."""

    key = KEY
    owner = OWNER

    def __init__(self, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        self.clock = AdjustableClock(emulator)
        self.terminal = False
        self.client = Client(resolve_settings(base_url=emulator.base_url, api_key=KEY, environ={}), clock=self.clock)

    def run(self, *arguments: str, stdin: str = "") -> Result:
        here = CommandRuntime(clock=self.clock, terminal=self.terminal)
        result = CliRunner().invoke(cli, list(arguments), obj=here, input=stdin, prog_name="dashscope-ft")
        assert KEY not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        result = self.run(*arguments, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def job(self, status: str = "RUNNING", name: str | None = None, **fields: Any) -> str:
        """A job in this status; `name` "*" for one with a stamp."""
        body = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}, **fields}
        if name == "*":
            name = str(stamp.make("triage", OWNER, stamp.new_nonce(), {"model": "qwen3-8b"}))
        if name is not None:
            body["job_name"] = name
        job_id = self.client.fine_tunes.create(body).job_id
        self.emulator.force(job_id, status)
        return job_id

    def deployment(self, **fields: Any) -> str:
        """A deployment of a job's model."""
        model = self.client.fine_tunes.get(self.job("SUCCEEDED")).model_id
        body = {"model_name": model, "plan": "mu", "capacity": 1, "deploy_spec": "MU1", **fields}
        return self.client.deployments.create(body).deployed_model

    def later(self, seconds: float) -> None:
        self.emulator.clock.advance(seconds)

    def counts(self) -> dict[str, int]:
        """Changing calls that reached the service."""
        changing = ("cancel", "delete", "delete_file", "delete_deployment")
        return {name: n for name, n in self.emulator.count().items() if n and name in changing}


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as emulator:
        yield emulator


@pytest.fixture
def line(shared_emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> CommandLine:
    shared_emulator.reset()
    defaults = Settings(check_file_ids=False, canceling_seconds=4)
    shared_emulator.configure(
        **{name: getattr(defaults, name) for name in Settings.__dataclass_fields__ if name not in ("keys", "seed")}
    )
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", shared_emulator.base_url)
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return CommandLine(shared_emulator)


@pytest.fixture
def stage(line: CommandLine, tmp_path: Path) -> Any:
    """See `sweep_stage`."""
    from sweep_stage import Stage

    line.emulator.configure(running_seconds=1e7)
    return Stage(line, tmp_path)
