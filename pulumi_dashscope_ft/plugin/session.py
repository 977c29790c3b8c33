"""What one plugin process shares among the resources that it serves.

One plugin process serves one provider instance (the engine starts a process for each). All resources of that instance
share its configuration, its connections, its memory, its owner id, and one switch that ends every wait.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.api import Clock, Sending
from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.display.resource_lines import ResourceLines
from pulumi_dashscope_ft.frontend.accounts import CONFIGURATION_KEYS, Accounts, another_configuration
from pulumi_dashscope_ft.frontend.lines import TerminalText, sanitize_lines
from pulumi_dashscope_ft.frontend.replacing import ReplacementWatch
from pulumi_dashscope_ft.lifecycle.base.owner.provider import owner_of_provider
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.text import SecretTexts


class PluginSession:
    """What one plugin process knows. Thread-safe.

    :param log: where lines for the user go.
    :param clock: the clock that connections measure and wait by.
    :param send: makes their calls.
    """

    def __init__(self, log: EngineLog, clock: Clock, send: Sending) -> None:
        self.lines = ResourceLines(log, self.sanitize)
        self.accounts = Accounts(self.lines.report, clock, send)
        self.replacements = ReplacementWatch()
        self._owner: str | None = None
        self._is_configured = False
        self._lock = threading.Lock()
        self._configuring = threading.Lock()
        self._files: dict[str, Mapping[str, Any]] = {}
        self._declared: set[str] = set()
        self._secrets = SecretTexts()

    def configure(self, config: Mapping[str, Any], provider_id: str | None) -> None:
        """Take over the provider's configuration and, if the engine tells it, the provider's id in the state.

        :raises LifecycleError: they differ from the first ones; those still hold.
        """
        owner = owner_of_provider(provider_id) if provider_id else None
        with self._configuring:
            if owner and self._owner and owner != self._owner:
                raise another_configuration(["the id of the provider"])
            self.accounts.configure(
                {key: value for key in CONFIGURATION_KEYS if (value := config.get(key)) is not UNKNOWN}
            )
            self._owner = self._owner or owner
            if not self._is_configured:  # the first key also stays; nobody else can give this process another
                self.accounts.stamp_key.learn(Request.of(config).stamp_key)
                self._is_configured = True

    def owner(self, urn: str) -> str:
        """Return the owner id of what this provider makes.

        If the engine tells no provider id, only the names of stack and project are left, which are in the URN and which
        other people may use too.
        """
        return self._owner or owner_of_provider("::".join(urn.split("::")[:2]))

    @contextlib.contextmanager
    def serving(self, urn: str, resource_id: str = "") -> Iterator[None]:
        """Mark this thread as working on that resource until the block ends."""
        if urn and resource_id:
            self._note_met(resource_id, urn)
        with self.lines.serving(urn, resource_id):
            yield

    def note_urn(self, resource_id: str, urn: str) -> None:
        """Note that this id belongs to that resource."""
        self._note_met(resource_id, urn)
        self.lines.note_urn(resource_id, urn)

    def _note_met(self, resource_id: str, urn: str) -> None:
        self.accounts.run_registry.note_met(resource_id, urn.rpartition("::")[2])

    def note_declared(self, urn: str) -> None:
        """Note that a program of this run declares that resource: the engine has had it checked."""
        with self._lock:
            self._declared.add(urn)

    def is_declared(self, urn: str) -> bool:
        """Whether a program of this run declares that resource."""
        with self._lock:
            return urn in self._declared

    def note_file(self, file_id: Any, facts: Mapping[str, Any]) -> None:
        """Note what the check of a file that this provider has uploaded has found."""
        if isinstance(file_id, str):
            with self._lock:
                self._files[file_id] = facts

    def known_files(self, inputs: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """Return what is known of the files that these inputs of a job name; None when nothing is."""
        named = [*data_sources.named_in(inputs)]
        with self._lock:
            known = [{"path": [*path], **self._files[file_id]} for path, file_id in named if file_id in self._files]
        return known or None

    def add_secrets(self, texts: Collection[str]) -> None:
        """Note that these texts are secret: from now on they are not shown anywhere."""
        self._secrets.add(texts)

    def sanitize(self, text: str) -> TerminalText:
        """Make `text` safe to leave this process: no control characters, keys or secrets."""
        return sanitize_lines(text)
