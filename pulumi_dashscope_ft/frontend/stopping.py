"""A request to stop, made by a signal handler.

Python runs a handler in the main thread, between two steps of whatever that thread does. If it waits for a
`threading.Event` at that moment, it may hold the event's lock, and a handler that sets the event waits for that lock
for ever: the process never ends. A `queue.SimpleQueue` may be put into from there (see its documentation).
"""

from __future__ import annotations

import contextlib
import queue


class StopRequest:
    """Whether somebody has asked to stop. `ask` may be called by a signal handler."""

    def __init__(self) -> None:
        self._asked = False
        self._wake = queue.SimpleQueue[None]()

    def ask(self) -> None:
        """Ask to stop. Asking again changes nothing."""
        self._asked = True
        self._wake.put(None)

    @property
    def is_asked(self) -> bool:
        """Whether somebody has asked."""
        return self._asked

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until somebody asks, and return whether somebody has.

        :param timeout: at most so many seconds; None: as long as it takes.
        """
        if not self._asked:
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=timeout)
        return self._asked
