"""The providers of one operation: which process serves which resource.

To the engine a provider is a resource, too. Its state holds the settings and the id, and its resources refer to it by
both. A process starts with the first call to its provider, and is configured from the state at that time; if the state
changes within the operation, another process takes over.

Resources of Python's dynamic providers share one host, as in the real engine. A plugin is an executable named
`pulumi-resource-PACKAGE`: in a folder that `Pulumi.yaml` names (`plugins.providers`), on PATH, or beside the Python
that runs this.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.testing.environment import own_environment
from pulumi_dashscope_ft.testing.errors import ProviderError, UnsupportedByLocalEngine
from pulumi_dashscope_ft.testing.state.resource import PROVIDER_PREFIX, ResourceState
from pulumi_dashscope_ft.testing.values import UNKNOWN, Properties, changed_keys

from .client import ProviderClient
from .outcomes import CheckOutcome, DiffOutcome
from .process import ProviderProcess

DYNAMIC_PACKAGE = "pulumi-python"

FindProvider = Callable[[str], "ResourceState | None"]
"""Returns the state of the provider with this reference (`URN::id`)."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts provider processes. `folders` are searched first for a package's plugin."""

    project: str
    cwd: Path
    env: Mapping[str, str]
    on_line: Callable[[str], None]
    engine_address: Callable[[], str] = lambda: ""
    folders: Mapping[str, Path] = field(default_factory=dict)

    def launch(self, package: str) -> ProviderClient:
        """Start a provider of this package.

        :raises UnsupportedByLocalEngine: it was not found.
        """
        environment = {**own_environment(), **self.env}
        if package == DYNAMIC_PACKAGE:
            command = [sys.executable, "-u", "-m", "pulumi.dynamic", self.engine_address()]
            environment.update(PULUMI_PROJECT=self.project, PYTHONUNBUFFERED="1")
            return self._started(command, environment)
        address = self.engine_address()
        client = self._started([str(self._executable(package, environment)), address], environment)
        client.handshake(address)
        return client

    def _started(self, command: list[str], environment: Mapping[str, str]) -> ProviderClient:
        process = ProviderProcess(command, cwd=self.cwd, env=environment, on_line=self.on_line)
        return ProviderClient(process, process.start())

    def _executable(self, package: str, environment: Mapping[str, str]) -> Path:
        name = f"pulumi-resource-{package}"
        named = self.folders.get(package)
        beside = str(Path(sys.executable).parent)
        path = os.pathsep.join([*([str(named)] if named else []), environment.get("PATH", ""), beside])
        executable = shutil.which(name, path=path)
        if executable is None:
            raise UnsupportedByLocalEngine(
                f"there is no plugin for the package {package}: no {name} on PATH, beside {sys.executable}, or in a "
                "folder that plugins.providers in Pulumi.yaml names. The local engine downloads none: install it, or "
                "run this program with the pulumi command."
            )
        return Path(executable)


class Providers:
    """The provider processes of one operation. Thread-safe.

    :param find: returns a provider's present state.
    """

    def __init__(self, launcher: Launcher, find: FindProvider) -> None:
        self._launcher = launcher
        self._find = find
        self._lock = threading.RLock()
        self._configured: dict[str, tuple[Properties, ProviderClient]] = {}
        self._fresh: dict[str, ProviderClient] = {}
        self._replaced: list[ProviderClient] = []

    def of(self, state: ResourceState) -> ProviderClient:
        """Return the provider of a resource, started and configured.

        :raises ProviderError: it failed.
        """
        return self.at(state.provider)

    def at(self, reference: str) -> ProviderClient:
        """Return the provider with this reference."""
        with self._lock:
            provider = self._find(reference)
            if provider is None:
                raise ProviderError(f"the state has no provider {reference}, which this resource belongs to")
            known = self._configured.get(reference)
            if known is not None and not changed_keys(known[0], provider.inputs):
                return known[1]
            if known is not None:
                self._replaced.append(known[1])
            client = self._fresh.pop(provider.urn, None) or self._launcher.launch(package_of(provider.type))
            client.configure(provider.urn, provider.id or UNKNOWN, provider.inputs)
            self._configured[reference] = (provider.inputs, client)
            return client

    def check_config(self, urn: str, type_: str, olds: Properties, news: Properties) -> CheckOutcome:
        """Let a provider check its settings. The dynamic host accepts all."""
        if package_of(type_) == DYNAMIC_PACKAGE:
            return CheckOutcome(news, [])
        return self._unconfigured(urn, type_).check_config(urn, olds, news)

    def diff_config(self, urn: str, type_: str, olds: Properties, news: Properties) -> DiffOutcome:
        """Compare a provider's configuration with that of the last run."""
        if package_of(type_) == DYNAMIC_PACKAGE:
            keys = changed_keys(olds, news)
            return DiffOutcome(bool(keys), keys=keys)
        return self._unconfigured(urn, type_).diff_config(urn, olds, news)

    def _unconfigured(self, urn: str, type_: str) -> ProviderClient:
        with self._lock:
            if urn not in self._fresh:
                self._fresh[urn] = self._launcher.launch(package_of(type_))
            return self._fresh[urn]

    def cancel(self) -> None:
        """Tell all providers that the operation should end."""
        for client in self._all():
            client.cancel()

    def kill(self) -> None:
        """End all provider processes at once, like a crash."""
        for client in self._all():
            client.kill()

    def stop(self) -> None:
        """End all provider processes in order."""
        for client in self._all():
            client.stop()

    def _all(self) -> list[ProviderClient]:
        with self._lock:
            return [*(client for _, client in self._configured.values()), *self._fresh.values(), *self._replaced]


def package_of(type_: str) -> str:
    """Return the package of a resource's or provider's type, or of a function."""
    return type_.removeprefix(PROVIDER_PREFIX).partition(":")[0]


def settings_of(package: str, config: Mapping[str, Any]) -> Properties:
    """Return the inputs of a package's default provider: its part of the stack's configuration.

    The dynamic host gets all.
    """
    if package == DYNAMIC_PACKAGE:
        return dict(sorted(config.items()))
    prefix = f"{package}:"
    return {key.removeprefix(prefix): value for key, value in sorted(config.items()) if key.startswith(prefix)}
