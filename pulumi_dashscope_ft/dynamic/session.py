"""What one provider process of Pulumi's dynamic host shares among the resources that it serves.

Configuration, connections and memory are in `frontend.accounts`; this module has what is particular to the dynamic
host: how many calls it serves at once, and how its lines reach the user: through the engine, at their resource, or else
printed. A provider object is pickled into the
state, so it must hold nothing; what it needs lives here, in the process that serves it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.display.resource_lines import ResourceLines
from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.dynamic.counted_files import CountedFiles
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
        self.lines = ResourceLines(EngineLog(), sanitize_for_python)
        super().__init__(self.lines.report, interrupted=self._ctrl_c.is_set)
        self._width = 0
        self._under_way = 0
        self._counting = threading.Lock()
        self.secrets = SecretTexts()
        """What is shown nowhere: the values that the program has made secret."""
        self.counted_files = CountedFiles()
        self.has_identity = False
        """Whether the stack's identity takes part in this run: the engine has had it checked."""

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take over the stack's configuration; called once by each kind of resource, with the same values.

        :raises LifecycleError: the values differ from the first ones.
        """
        super().configure(config)
        host.print_anything()
        self.lines.log.attach(host.engine_address())
        host.end_with_engine()
        host.on_cancel(self._ctrl_c.set)
        if host.widen(WIDTH):
            self._width = max(self._width, WIDTH)
        else:
            self.lines.report_once(
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


SESSION = Session()
"""The one session of this process."""
