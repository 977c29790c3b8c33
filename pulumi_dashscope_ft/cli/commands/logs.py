"""`dashscope-ft logs`: the log of a job.

Only the log tells how far a run is and why it failed, and the API serves it in pages. Here it can be followed like any
other log, with a progress bar and the curve of the loss below it, and in a pipeline the exit code says how the job
ended.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.output.failing import INTERRUPTED, NO, CommandError
from pulumi_dashscope_ft.cli.output.following import Look, follow, whole_log
from pulumi_dashscope_ft.cli.output.rendering import (
    json_option,
    one_line,
    one_line_of_log,
    print_json,
    print_log,
    sparkline,
)
from pulumi_dashscope_ft.cli.output.runtime import clock, on_terminal
from pulumi_dashscope_ft.cli.targets import closeup_of

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["logs"]


@click.command(short_help="The log of a job.")
@click.argument("job_id", metavar="JOB")
@click.option("-f", "--follow", "following", is_flag=True, help="Continue until the job has ended.")
@click.option("-n", "--tail", type=click.IntRange(min=0), metavar="N", help="Only the last N lines that exist so far.")
@json_option
@account_options
def logs(account: Account, job_id: str, following: bool, tail: int | None, as_json: bool) -> None:
    """Print the log of a fine-tuning or compression job.

    With --follow, new lines appear as the service writes them, on a terminal with a progress bar and the curve of the
    loss; it ends when the job has ended, with exit code 0 for SUCCEEDED and 1 for FAILED and CANCELED. Ctrl-C ends
    only the command: the job goes on. With --json each line is an object: of type "log", "status" or "end".

    \b
      dashscope-ft logs ft-202410291653-1c7f --tail 50
      dashscope-ft logs -f ft-202410291653-1c7f && ./evaluate.sh
    """
    closeup, connection = closeup_of(job_id), account.connect()
    if closeup.log is None:
        raise CommandError(f"{job_id} has no log: the service writes none for an object of this kind.", NO)
    if not following:
        lines = _last(whole_log(connection, closeup, job_id), tail)
        if as_json:
            print_json({"jobId": job_id, "lines": list(lines)})
        else:
            _print_lines(lines)
        return
    view = partial(_as_json, closeup.product) if as_json else _as_bar if on_terminal() else _as_text
    last: Look | None = None
    try:
        with view() as show:
            for look in follow(connection, closeup, job_id, clock()):
                show(_cut(look, tail) if last is None else look)
                last = look
    except (KeyboardInterrupt, click.Abort):
        raise CommandError(
            f"stopped looking; {job_id} goes on. To end it: dashscope-ft cancel {job_id}", INTERRUPTED
        ) from None
    if last is not None and last.missed is not None:
        note(f"the end of the log could not be read: {last.missed}")
    if last is not None and last.job.status != "SUCCEEDED":
        raise CommandError(f"{job_id} has ended {last.job.status}. See: dashscope-ft show {job_id}", NO)


def _last(lines: tuple[str, ...], tail: int | None) -> tuple[str, ...]:
    return lines if tail is None else lines[len(lines) - min(tail, len(lines)) :]


def _cut(look: Look, tail: int | None) -> Look:
    return replace(look, lines=_last(look.lines, tail))


def _print_lines(lines: tuple[str, ...]) -> None:
    for line in lines:
        print_log(line)


Show = Callable[[Look], None]


@contextlib.contextmanager
def _as_text() -> Iterator[Show]:
    """Print lines to the standard output, and changes of the status to the standard error."""
    before: list[str] = []

    def show(look: Look) -> None:
        _print_lines(look.lines)
        if before[-1:] != [look.job.status]:
            before.append(look.job.status)
            note(f"{look.job.job_id} {look.job.status}")

    yield show


@contextlib.contextmanager
def _as_json(product: str) -> Iterator[Show]:
    """Print one JSON object per line; the id of the model under the key `product`."""
    before: list[str] = []

    def show(look: Look) -> None:
        for line in look.lines:
            print_json({"type": "log", "line": line}, line=True)
        if before[-1:] != [look.job.status]:
            before.append(look.job.status)
            print_json({"type": "status", "status": look.job.status, **_figures(look)}, line=True)
        if look.job.is_final:
            end = {"type": "end", "status": look.job.status, product: look.job.model_id}
            print_json({**end, "usage": look.job.usage}, line=True)

    yield show


def _figures(look: Look) -> dict[str, Any]:
    from pulumi_dashscope_ft.lifecycle.job.training_log import epochs_of

    progress = look.training.progress
    return {
        "epoch": progress.epoch,
        "step": progress.step,
        "steps": progress.steps,
        "loss": progress.loss,
        "share": progress.share(epochs_of(look.job)),
    }


@contextlib.contextmanager
def _as_bar() -> Iterator[Show]:
    """Let lines scroll; below them show status, bar, figures and the curve of the loss."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(force_terminal=True)
    with Live(console=console, refresh_per_second=4, transient=True) as live:

        def show(look: Look) -> None:
            for line in look.lines:
                live.console.print(Text(one_line_of_log(line)), soft_wrap=True)
            live.update(_bar(look), refresh=True)
            if look.job.is_final:
                live.console.print(_bar(look))

        yield show


def _bar(look: Look) -> RenderableType:
    """Draw two lines: the job's status; and how far it is, cut at the terminal's width."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    from pulumi_dashscope_ft.lifecycle.job.training_log import epochs_of

    epochs = epochs_of(look.job)
    share = 1.0 if look.job.status == "SUCCEEDED" else look.training.progress.share(epochs)
    parts: list[RenderableType] = []
    if share is not None:
        parts += [ProgressBar(total=1.0, completed=share, width=20), Text(f"{share:4.0%}")]
    words = look.training.progress.described(epochs)
    if words:
        parts.append(Text(words))
    if look.training.losses:
        parts.append(Text(sparkline(look.training.losses, 16), style="cyan"))
    head = Text(f"{look.job.job_id} {one_line(look.job.status)}", style="bold")
    if not parts:
        return head
    grid = Table.grid(padding=(0, 1))
    for _ in parts:
        grid.add_column(no_wrap=True, overflow="crop")
    grid.add_row(*parts)
    return Group(head, grid)
