"""Which line belongs to which resource.

The engine names the resource (its URN) with each call. Most lines come from the thread that serves the call; but one
thread looks for all that wait, and then a line is about the resource whose id it names.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.frontend.lines import TerminalText

if TYPE_CHECKING:  # a plugin that only serves its schema loads no client
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection


class ResourceLines:
    """Shows the lines of one provider process at the resources that they are about. Thread-safe.

    :param log: where the lines go.
    :param sanitize: makes a line safe to show, in the spelling of the user's language.
    """

    def __init__(self, log: EngineLog, sanitize: Callable[[str], TerminalText]) -> None:
        self.log = log
        self._sanitize = sanitize
        self._lock = threading.Lock()
        self._urns: dict[str, str] = {}
        self._under_way: Counter[str] = Counter()
        self._thread = threading.local()

    @contextlib.contextmanager
    def serving(self, urn: str, resource_id: str = "") -> Iterator[None]:
        """Mark this thread as working on that resource until the block ends."""
        before = self.current
        self._thread.urn = urn
        with self._lock:
            self._under_way[urn] += 1
        if urn and resource_id:
            self.note_urn(resource_id, urn)
        try:
            yield
        finally:
            self._thread.urn = before
            with self._lock:
                self._under_way[urn] -= 1

    @property
    def current(self) -> str:
        """The URN of the resource that this thread works on; empty if it works on none."""
        return str(getattr(self._thread, "urn", ""))

    def note_urn(self, resource_id: str, urn: str) -> None:
        """Note that this id belongs to that resource."""
        with self._lock:
            self._urns[resource_id] = urn

    def report(self, text: str) -> None:
        """Show a line at the resource that it is about."""
        self.report_at(self._urn_of(text), text)

    def report_at(self, urn: str, text: str) -> None:
        """Show a line at this resource."""
        self.log.say(self._sanitize(text), urn)

    def report_once(self, text: str) -> None:
        """Show a line unless this resource has shown it before."""
        self.log.say_once(self._sanitize(text), self._urn_of(text))

    def show_status_at(self, urn: str, text: str) -> None:
        """Show a line at this resource until the next one, if a person watches."""
        if urn:
            self.log.show_status(self._sanitize(text), urn)

    def connected(self, connection: Connection, urn: str) -> Connection:
        """Return the connection for one step, which shows its lines at this resource.

        One thread looks for all that wait, so each wait brings its own way to the resource it is about.
        """
        return connection.showing_at(partial(self.report_at, urn), partial(self.show_status_at, urn))

    def _urn_of(self, text: str) -> str:
        """Return the resource that this thread works on, or that the line names if it is also in progress.

        A resource that is not in progress waits for nothing: the line only mentions it.
        """
        words = [word.rstrip(":") for word in text.split(" ", 3)[:3]]
        with self._lock:
            named = (self._urns[word] for word in words if word in self._urns)
            urn = next((urn for urn in named if self._under_way[urn] > 0), None)
        return urn if urn is not None else self.current
