"""Why this exists: all resources that one provider process serves share its configuration, its connections and its
memory (see `frontend.accounts`); here, what is particular to Pulumi's dynamic host: how wide it serves, and that what
it prints is what the user sees.

A provider object is pickled into the state, so it must hold nothing; what it needs lives here, in the process that
serves it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.frontend.accounts import CONFIGURATION_KEYS as CONFIGURATION_KEYS
from pulumi_dashscope_ft.frontend.accounts import NAMESPACE as NAMESPACE
from pulumi_dashscope_ft.frontend.accounts import Accounts
from pulumi_dashscope_ft.program.terminal import printable

WIDTH = 64
"""Provider calls served at once, where the host can be widened; the engine's own limit is `--parallel`."""


class Session(Accounts):
    """What one provider process knows. Thread-safe."""

    def __init__(self) -> None:
        super().__init__(self.report)
        self._printing = threading.Lock()
        self._said: set[str] = set()

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take over the stack's configuration; called once by each kind of resource, with the same values."""
        super().configure(config)
        if not host.widen(WIDTH):
            self.report_once("note: Pulumi's provider host serves four steps at a time here (see docs/concurrency.md)")

    def report(self, text: str) -> None:
        """Show a line to the user: what a provider prints appears live in the CLI.

        Statuses, names and ids in it come from the service, so it goes out without control characters and keys.
        """
        with self._printing:
            sys.stdout.write(f"{printable(text)}\n")
            sys.stdout.flush()

    def report_once(self, text: str) -> None:
        """Show a line unless this process has shown it before: the engine checks a resource twice when it replaces
        it.
        """
        with self._printing:
            if text in self._said:
                return
            self._said.add(text)
        self.report(text)


SESSION = Session()
"""The one session of this process."""
