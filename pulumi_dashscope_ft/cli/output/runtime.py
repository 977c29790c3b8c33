"""The environment of a command: a clock, and perhaps a terminal.

Commands wait, show ages and draw. Nobody would write a test that had to wait for them, or to allocate a terminal. So
what they need from outside is one object that the caller may pass (`cli.main(…, obj=CommandRuntime(clock=…))`), and the
real thing otherwise.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Clock

__all__ = ["CommandRuntime", "clock", "on_error_terminal", "on_terminal", "typed_line"]


@dataclass(frozen=True)
class CommandRuntime:
    """`clock`: None for the system's. `terminal`: whether a person watches; None to ask the streams."""

    clock: Clock | None = None
    terminal: bool | None = None


def _here() -> CommandRuntime:
    context = click.get_current_context(silent=True)
    return (context.find_object(CommandRuntime) if context is not None else None) or CommandRuntime()


def clock() -> Clock:
    """Return the clock of the running command."""
    given = _here().clock
    if given is not None:
        return given
    from pulumi_dashscope_ft.api import SYSTEM_CLOCK

    return SYSTEM_CLOCK


def on_terminal() -> bool:
    """Whether the standard output is a terminal: then tables have colours and progress moves."""
    given = _here().terminal
    # Any of the three streams may be closed (`>&-`); then it is None.
    return sys.stdout is not None and sys.stdout.isatty() if given is None else given


def on_error_terminal() -> bool:
    """Whether the standard error is a terminal on which lines can be redrawn."""
    given = _here().terminal
    if given is not None:
        return given
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def typed_line(question: str) -> str:
    """Return what is typed in answer to a question, without spaces around it; empty when nobody can be asked.

    :raises KeyboardInterrupt: Ctrl-C.
    """
    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    # The answer begins after the space at its end.
    click.echo(f"{sanitize_lines(question)} ", err=True, nl=False)
    typed = sys.stdin.readline() if sys.stdin is not None else ""
    if sys.stdin is None or not sys.stdin.isatty():
        click.echo(err=True)  # nobody has ended this line by typing
    return typed.strip()
