"""The golden states, each on an emulator that holds what its service held, and a stack on today's code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from golden_states import GOLDEN, Golden, of_users
from golden_world import KEY, fill, project, settings_of, still_emulator

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import open_stack

SIGNATURE = "4dabf18193072939515e22adb298388d"


class Stage:
    """A golden state on its emulator. `only` and `held` make it hold a part of what there was."""

    key = KEY

    def __init__(
        self,
        golden: Golden,
        engine: str,
        directory: Path,
        emulator: EmulatorServer,
        *,
        keep: Callable[[dict[str, Any]], bool] = lambda resource: True,
        held: dict[str, Any] | None = None,
    ) -> None:
        self.golden, self.emulator, self.directory = golden, emulator, directory
        fill(emulator, golden.held if held is None else held)
        project(directory, golden.flavour)
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, directory, env=environment)
        self.program()
        state = golden.state
        deployment = state["deployment"]
        deployment["resources"] = [one for one in deployment["resources"] if keep(one)]
        deployment["secrets_providers"] = self._own_secrets()  # those of the state are in the clear
        self.stack.import_state(state)

    def _own_secrets(self) -> dict[str, Any]:
        """How the real engine is to encrypt: with what it has made for this very stack."""
        self.stack.export()  # makes the stack
        file = self.directory / f"Pulumi.{self.stack.stack}.yaml"
        salt = yaml.safe_load(file.read_text())["encryptionsalt"] if file.exists() else ""
        return {"type": "passphrase", "state": {"salt": salt}}

    def program(self, **settings: Any) -> None:
        """The golden state's own program, with these settings beside its own."""
        self.stack.set_config("settings", settings_of(self.golden.held, self.golden.flavour, **settings))

    @property
    def ids(self) -> dict[str, str]:
        """The ids of all resources, by type and name."""
        return {key(one): one["id"] for one in self.stack.resources if one.get("id")}

    def bags(self) -> dict[str, Any]:
        """Inputs and outputs of all resources, by type and name; secrets struck out."""
        return {
            key(one): [_plain(one.get("inputs")), _plain(one.get("outputs"))]
            for one in self.stack.resources
            if not one["type"].startswith("pulumi:")
        }

    def changes(self) -> dict[str, int]:
        """Changing calls that reached the service since the stage was set, by operation."""
        reading = ("list", "get", "logs", "stream", "checkpoints", "list_files", "get_file")
        more = ("list_deployments", "get_deployment", "deployable_models", "models")
        return {name: n for name, n in self.emulator.count().items() if n and name not in (*reading, *more)}


def key(resource: dict[str, Any]) -> str:
    """`FineTuningJob running-delete`."""
    _, _, types, name = resource["urn"].split("::", 3)
    return f"{types.rpartition(':')[2]} {name}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return "secret" if SIGNATURE in value else {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


@pytest.fixture(params=of_users(), ids=str)
def golden(request: pytest.FixtureRequest) -> Golden:
    """One golden state a flavour and release."""
    return request.param  # type: ignore[no-any-return]  # pytest does not know


@pytest.fixture(params=[one for one in GOLDEN if one.engine == "local"], ids=str)
def local_golden(request: pytest.FixtureRequest) -> Golden:
    """Each golden state of the local engine: one a flavour and release."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with still_emulator() as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, emulator: EmulatorServer) -> Callable[..., Stage]:
    """`stage(golden, engine)`: that state, on that engine."""
    return lambda golden, engine="local", **parts: Stage(golden, engine, tmp_path / "project", emulator, **parts)
