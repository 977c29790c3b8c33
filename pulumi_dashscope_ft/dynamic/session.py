"""Why this exists: all resources that one provider process serves share its configuration, its connections and its
memory.

A provider object is pickled into the state, so it must hold nothing; what it needs lives here, in the process that
serves it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, ApiError, Client, Settings, resolve_settings
from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.dynamic.terminal import printable
from pulumi_dashscope_ft.lifecycle.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.ledger import Ledger
from pulumi_dashscope_ft.lifecycle.progress import seconds

NAMESPACE = "dashscope-ft"
CONFIGURATION_KEYS = ("baseUrl", "apiKey", "workspaceId", "region")
WIDTH = 64
"""Provider calls served at once, where the host can be widened; the engine's own limit is `--parallel`."""


class Session:
    """What one provider process knows. Thread-safe."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._lock = threading.Lock()
        self._configuration: dict[str, str] = {}
        self._connections: dict[tuple[str, str | None, str | None], Connection] = {}
        self._said: set[str] = set()

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take over the stack's configuration; called once by each kind of resource, with the same values."""
        with self._lock:
            self._configuration = {key: str(value) for key, value in config.items() if value is not None}
        if not host.widen(WIDTH):
            self.report_once("note: Pulumi's provider host serves four steps at a time here (see docs/concurrency.md)")

    def settings(self, properties: Mapping[str, Any]) -> Settings:
        """The settings that hold for a resource with these properties.

        :raises SettingsError: no key, or a setting that can't be.
        """
        return resolve_settings(
            api_key_env=_text(properties.get("apiKeyEnv")),
            workspace_id=_text(properties.get("workspaceId")) if self._is_input(properties) else None,
            configuration=self._configuration,
        )

    def connection(self, properties: Mapping[str, Any]) -> Connection:
        """The shared connection to the account that this resource belongs to."""
        settings = self.settings(properties)
        account = (settings.base_url, settings.workspace_id, _text(properties.get("apiKeyEnv")))
        with self._lock:
            if account not in self._connections:
                client = Client(settings, clock=SYSTEM_CLOCK, on_retry=self._tell_retry)
                self._connections[account] = connect(client, clock=SYSTEM_CLOCK, ledger=self.ledger, report=self.report)
            return self._connections[account]

    def connections(self) -> list[Connection]:
        """The connections to all accounts that this process has used; that of the default account when it used none."""
        with self._lock:
            used = list(self._connections.values())
        return used or [self.connection({})]

    def report(self, text: str) -> None:
        """Show a line to the user: what a provider prints appears live in the CLI.

        Statuses, names and ids in it come from the service, so it goes out without control characters and keys.
        """
        with self._lock:
            sys.stdout.write(f"{printable(text)}\n")
            sys.stdout.flush()

    def report_once(self, text: str) -> None:
        """Show a line unless this process has shown it before: the engine checks a resource twice when it replaces
        it.
        """
        with self._lock:
            if text in self._said:
                return
            self._said.add(text)
        self.report(text)

    def _tell_retry(self, operation: str, resource_id: str | None, error: ApiError, wait: float) -> None:
        if wait >= 1:
            subject = f" {resource_id}" if resource_id else ""
            self.report(f"{operation}{subject}: {error}; trying again in {seconds(wait)}")

    @staticmethod
    def _is_input(properties: Mapping[str, Any]) -> bool:
        """Whether `workspaceId` was written by the user: the service fills it in, too."""
        return "workspaceId" in (properties.get("__inputs") or properties)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


SESSION = Session()
"""The one session of this process."""
