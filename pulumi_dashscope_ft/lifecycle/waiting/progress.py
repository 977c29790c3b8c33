"""Progress lines of a wait: enough to see that it moves, few enough to read.

One line when a status changes, and otherwise at most one line in ten seconds for each job or deployment (or in a longer
time, for waits of hours).
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi_dashscope_ft.api import Clock
from pulumi_dashscope_ft.lifecycle.waiting.waiter import HasStatus

Report = Callable[[str], None]
"""Receives one finished line of text for the user."""

QUIET_SECONDS = 10.0


class Progress:
    """Reports how one wait goes. Lines look like `ft-202410291653-1c7f CANCELING 12s`.

    :param quiet: seconds between two lines about the same status.
    """

    def __init__(
        self, object_id: str, status: str, report: Report, clock: Clock, *, quiet: float = QUIET_SECONDS
    ) -> None:
        self._quiet = quiet
        self._object_id = object_id
        self._status = status
        self._report = report
        self._clock = clock
        self._began = self._spoke = clock.monotonic()

    def observe(self, seen: HasStatus) -> None:
        """Note the job or deployment as it was just read."""
        now = self._clock.monotonic()
        if seen.status == self._status and now - self._spoke < self._quiet:
            return
        self._status = seen.status
        self._spoke = now
        self._report(f"{self._object_id} {seen.status} {max(now - self._began, 0.0):.0f}s")


def seconds(amount: float) -> str:
    """Write a span of time as people do: `45s`, `10m`, `1h30m`, `3d`, `1d12h`. None is shorter than `0s`."""
    days, rest = divmod(round(max(amount, 0.0)), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (left, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
