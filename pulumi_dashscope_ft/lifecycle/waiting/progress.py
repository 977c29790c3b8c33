"""Progress lines of a wait: enough to see that it moves, few enough to read.

One line when a status changes, and otherwise at most one line in ten seconds for each job or deployment (or in a longer
time, for waits of hours).

Between them, a status line every five seconds says how the wait stands, reckoned from what is known: it costs no call.
Front ends show it where a person watches, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi_dashscope_ft.api import Clock
from pulumi_dashscope_ft.lifecycle.waiting.waiter import HasStatus

Report = Callable[[str], None]
"""Receives one finished line of text for the user."""

QUIET_SECONDS = 10.0
STATUS_SECONDS = 5.0


def show_nowhere(line: str) -> None:
    """Drop a line."""


class StatusLine:
    """Shows every five seconds how a wait stands.

    :param show: receives the line.
    :param describe: returns the line as of now.
    """

    def __init__(self, show: Report, clock: Clock, describe: Callable[[], str]) -> None:
        self._show = show
        self._clock = clock
        self._describe = describe
        self._shown = clock.monotonic()

    def let_stand(self) -> None:
        """Let the line that was just shown stand for five seconds."""
        self._shown = self._clock.monotonic()

    def tick(self) -> None:
        """Show the line if it is due. Called several times a second while the wait lasts."""
        now = self._clock.monotonic()
        if now - self._shown >= STATUS_SECONDS:
            self._shown = now
            self._show(self._describe())


class Progress:
    """Reports how one wait goes. Lines look like `ft-202410291653-1c7f CANCELING 12s`.

    Status lines are shown at their resource, so they go without its id: `CANCELING 12s, at most 9m48s more`.

    :param quiet: seconds between two lines about the same status.
    :param show_status: receives the status lines.
    :param deadline: when the wait ends at the latest, as monotonic time.
    """

    def __init__(
        self,
        object_id: str,
        status: str,
        report: Report,
        clock: Clock,
        *,
        quiet: float = QUIET_SECONDS,
        show_status: Report = show_nowhere,
        deadline: float | None = None,
    ) -> None:
        self._quiet = quiet
        self._object_id = object_id
        self._status = status
        self._report = report
        self._clock = clock
        self._deadline = deadline
        self._began = self._spoke = clock.monotonic()
        self.status_line = StatusLine(show_status, clock, self._described)
        """The line between two reports."""

    def observe(self, seen: HasStatus) -> None:
        """Note the job or deployment as it was just read."""
        now = self._clock.monotonic()
        if seen.status == self._status and now - self._spoke < self._quiet:
            return
        self._status = seen.status
        self._spoke = now
        self._report(f"{self._object_id} {seen.status} {max(now - self._began, 0.0):.0f}s")
        self.status_line.let_stand()

    def tick(self) -> None:
        """Show the status line if it is due."""
        self.status_line.tick()

    def _described(self) -> str:
        now = self._clock.monotonic()
        line = f"{self._status} {seconds(now - self._began)}"
        return line if self._deadline is None else f"{line}, {at_most(self._deadline - now)}"


def at_most(left: float) -> str:
    """Write how long a wait may still last: `at most 9m48s more`."""
    return f"at most {seconds(left)} more"


def seconds(amount: float) -> str:
    """Write a span of time as people do: `45s`, `10m`, `1h30m`, `3d`, `1d12h`. None is shorter than `0s`."""
    days, rest = divmod(round(max(amount, 0.0)), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (left, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
