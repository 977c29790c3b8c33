"""What one provider process of Pulumi's dynamic host shares among the resources that it serves.

Configuration, connections and memory are in `frontend.accounts`; this module has what is particular to the dynamic
host: how many calls it serves at once, and that the user sees what it prints. A provider object is pickled into the
state, so it must hold nothing; what it needs lives here, in the process that serves it.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.frontend.accounts import CONFIGURATION_KEYS as CONFIGURATION_KEYS
from pulumi_dashscope_ft.frontend.accounts import NAMESPACE as NAMESPACE
from pulumi_dashscope_ft.frontend.accounts import Accounts
from pulumi_dashscope_ft.pages import page
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.text import SecretTexts

WIDTH = 64
"""Provider calls served at once at first, if the host can be widened; the engine's limit is `--parallel`."""

_WIDEST = 1024


class Session(Accounts):
    """What one provider process knows. Thread-safe."""

    def __init__(self) -> None:
        self._ctrl_c = threading.Event()
        super().__init__(self.report, interrupted=self._ctrl_c.is_set)
        self._printing = threading.Lock()
        self._width = 0
        self._under_way = 0
        self._counting = threading.Lock()
        self._said: set[str] = set()
        self.secrets = SecretTexts()
        """What is shown nowhere: the values that the program has made secret."""
        self.has_identity = False
        """Whether the stack's identity takes part in this run: the engine has had it checked."""

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take over the stack's configuration; called once by each kind of resource, with the same values.

        :raises LifecycleError: the values differ from the first ones.
        """
        super().configure(config)
        host.print_anything()
        host.end_with_engine()
        host.on_cancel(self._ctrl_c.set)
        if host.widen(WIDTH):
            self._width = max(self._width, WIDTH)
        else:
            self.report_once(
                f"note: Pulumi's provider host serves four steps at a time here (see {page('concurrency')})"
            )

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Mark a step that may take long until the block ends.

        Room is made before it is needed, because a full host can't even be asked for more.
        """
        with self._counting:
            self._under_way += 1
            if 0 < self._width < _WIDEST and 4 * self._under_way >= 3 * self._width and host.widen(2 * self._width):
                self._width *= 2
        try:
            yield
        finally:
            with self._counting:
                self._under_way -= 1

    def report(self, text: str) -> None:
        """Show a line to the user: what a provider prints appears live in the CLI.

        Statuses, names and ids in it come from the service, so control characters, keys and secrets are removed.
        """
        with self._printing:
            sys.stdout.write(f"{sanitize_for_python(text)}\n")
            sys.stdout.flush()

    def report_once(self, text: str) -> None:
        """Show a line unless this process has shown it before: the engine checks a resource twice to replace it."""
        with self._printing:
            if text in self._said:
                return
            self._said.add(text)
        self.report(text)


SESSION = Session()
"""The one session of this process."""
