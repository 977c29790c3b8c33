"""Progress of a long command: a bar on a terminal, a line now and then elsewhere.

A sweep of thousands of jobs and dozens of stacks takes minutes, and users interrupt a command that is silent for
minutes. The bar is on the standard error, so that the standard output has only the answer; while it moves, all lines
for people have to go above it, which is why `note` writes through `say`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from .runtime import clock, on_error_terminal

if TYPE_CHECKING:
    from rich.console import Console

    from pulumi_dashscope_ft.frontend.lines import TerminalText

__all__ = ["At", "say", "steps"]

QUIET_SECONDS = 10.0
"""Without a terminal, at most one line is printed in this time."""

At = Callable[[str, "int | None", "int | None"], None]
"""Receives what is being done, how many of it are done, and how many there are (None when unknown)."""

_NARROW, _WIDE = 9, 31
"""Columns of the terminal that the bar takes beside the text and the count."""

_LIVE: list[Console] = []
"""The console that draws the bar of this process, while there is one."""


def say(text: TerminalText) -> None:
    """Print a line, or several, to the standard error, above the bar if there is one."""
    console = _LIVE[-1] if _LIVE else None
    # A closed output (`2>&1 | head`) must not stop a teardown half-way.
    with contextlib.suppress(OSError):
        if console is None:
            click.echo(text, err=True)
            return
        from rich.text import Text

        console.print(Text(text), soft_wrap=True)


@contextlib.contextmanager
def steps(*, silent: bool = False) -> Iterator[At]:
    """Show what is passed to the yielded function until the end of the block; then the bar vanishes.

    :param silent: show nothing, for answers that a program reads.
    """
    if silent:
        yield lambda what, done, total: None
    elif on_error_terminal():
        with _bar() as at:
            yield at
    else:
        yield _Lines().at


def whole_words(text: str, room: int) -> str:
    """Return as much of the text as fits, and `…` for the rest. A word that is cut could be half of an id."""
    if len(text) <= room:
        return text
    begin = text[: max(room - 1, 0)]
    return begin.rpartition(" ")[0] + " …" if " " in begin else "…"


class _Lines:
    """Prints at most one line in ten seconds, and none for a quick command. Thread-safe."""

    def __init__(self) -> None:
        self._clock = clock()
        self._lock = threading.Lock()
        self._spoke = self._clock.monotonic()

    def at(self, what: str, done: int | None, total: int | None) -> None:
        now = self._clock.monotonic()
        with self._lock:
            if now - self._spoke < QUIET_SECONDS:
                return
            self._spoke = now
        from pulumi_dashscope_ft.frontend.lines import sanitize_lines

        of = "" if done is None else f": {done}" if total is None else f": {done} of {total}"
        say(sanitize_lines(f"{what}{of}"))


@contextlib.contextmanager
def _bar() -> Iterator[At]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
    from rich.table import Column
    from rich.text import Text

    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    class _Count(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text("" if task.total is None else f"{task.completed:.0f}/{task.total:.0f}")

    console = Console(stderr=True, force_terminal=True)
    narrow = console.width < 80
    columns: list[ProgressColumn] = [
        *([] if narrow else [SpinnerColumn()]),
        # Plain text, not markup.
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        BarColumn(bar_width=6 if narrow else 16),
        _Count(),
        *([] if narrow else [TimeElapsedColumn()]),
    ]
    progress = Progress(
        *columns, console=console, transient=True, expand=True, redirect_stdout=False, redirect_stderr=False
    )
    task = progress.add_task("", total=None)

    def at(what: str, done: int | None, total: int | None) -> None:
        count = 0 if total is None else 2 * len(str(total)) + 1
        room = console.width - count - (_NARROW if narrow else _WIDE)
        said = whole_words(sanitize_lines(what), room)
        progress.update(task, description=said, completed=done or 0, total=total, refresh=True)

    with progress:
        _LIVE.append(console)
        try:
            yield at
        finally:
            _LIVE.remove(console)
