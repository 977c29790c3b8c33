"""Everything that commands write to the standard output goes through here.

A person wants a coloured table as wide as the terminal, a pipeline wants plain columns that never wrap, a program wants
JSON. And none of them wants a job name that moves the cursor: control characters and anything that looks like a key are
removed from text of the service, in every form.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .layout import column_widths
from .runtime import on_terminal

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "Column",
    "coloured",
    "json_option",
    "markdown_item",
    "markdown_table",
    "one_line",
    "one_line_of_log",
    "print_csv",
    "print_fields",
    "print_json",
    "print_lines",
    "print_log",
    "print_markdown",
    "print_marked",
    "print_program",
    "print_sentence",
    "print_table",
    "sparkline",
]

_LONGEST = 4000
_GAP = "  "
"""Between two columns."""
_STYLES = {
    "RUNNING": "cyan",
    "SUCCEEDED": "green",
    "FAILED": "red",
    "CANCELING": "yellow",
    "CANCELED": "yellow",
    "UPDATING_FAILED": "red",
    "ARREARS_DOWN": "red",
    "STOPPED": "yellow",
    "DELETING": "yellow",
    "✓": "green",
    "!": "yellow",
    "✗": "red",
    "deleted": "green",
    "gone": "green",
    "kept": "yellow",
    "refused": "red",
    "unfinished": "red",
}
"""Words that are coloured on a terminal when they fill a cell."""

F = TypeVar("F", bound=Any)


def json_option(command: F) -> F:
    """Add `--json`, which every command has."""
    decorated: F = click.option("--json", "as_json", is_flag=True, help="Write JSON; the page below has its shape.")(
        command
    )
    return decorated


@dataclass(frozen=True)
class Column:
    """A column of a table; `right` aligns figures."""

    title: str
    right: bool = False


def one_line(value: Any) -> str:
    """Show a value to people: on one line, without control characters and keys; `-` for none."""
    from pulumi_dashscope_ft.text import redact, sanitize

    return "-" if value is None or value == "" else sanitize(redact(str(value)), limit=_LONGEST)


def one_line_of_log(line: str) -> str:
    """Show a line of a log: as :func:`one_line`, but with its spaces, which draw bars and columns."""
    from pulumi_dashscope_ft.text import redact, sanitize

    return re.sub(r"[^ ]+", lambda word: sanitize(word[0], _LONGEST), redact(line.expandtabs(4).rstrip()))


def print_lines(text: str) -> None:
    """Print lines for people, with their indentation; without control characters and keys."""
    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    click.echo(sanitize_lines(text))


def print_sentence(text: str) -> None:
    """Print a sentence below a table; on a terminal it is broken between words, and nowhere else."""
    line = one_line(text)
    if on_terminal():
        from rich.console import Console

        width = Console(force_terminal=True).width
        line = textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
    print_lines(line)


def print_marked(mark: str, title: str, text: str) -> None:
    """Print a line that begins with a mark, in its colour, and a title in our own words."""
    click.echo(f"{coloured(mark)} {title}{one_line(text)}")


def print_log(line: str) -> None:
    """Print a line of a log."""
    click.echo(one_line_of_log(line))


def print_program(text: str) -> None:
    """Print text to be pasted into a program.

    Text of others is a literal in it, so nothing is folded or cut; text outside literals has no control characters
    either.
    """
    from pulumi_dashscope_ft.text import escape

    for line in text.split("\n"):
        click.echo(escape(line))


def print_markdown(title: str, *blocks: str) -> None:
    """Print a comment for a pull request: a title in Markdown, and blocks.

    The title consists of our own words; the blocks come from :func:`markdown_table` and :func:`markdown_item`.
    """
    click.echo("\n\n".join([title, *blocks]))


def print_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print comma-separated values, one line per row, the titles first. No cell is a formula."""
    from pulumi_dashscope_ft.text import csv_line

    click.echo(csv_line(list(titles)))
    for row in rows:
        click.echo(csv_line(["" if cell is None or cell == "" else one_line(cell) for cell in row]))


def print_json(value: Any, *, line: bool = False, redacted: bool = True) -> None:
    """Print a value as JSON in ASCII, with keys redacted by default; `line`: on one line, for streams."""
    from pulumi_dashscope_ft.text import in_texts, redact

    # Ten thousand objects have the same few keys, kinds and verdicts: each text is searched once.
    text = json.dumps(in_texts(value, cache(redact)) if redacted else value, indent=None if line else 2)
    click.echo(text.replace("\x7f", "\\u007f"))  # the one control character that JSON does not escape


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, footer: str = "") -> None:
    """Print a table of rows, one cell per column; on a terminal in colour, else plain and never wrapped."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    if on_terminal():
        _rich_table(columns, cells)
    else:
        _plain_table(columns, cells)
    if footer:
        click.echo(one_line(footer))


def coloured(text: str) -> str:
    """Colour a whole cell on a terminal, unless the user has set NO_COLOR."""
    colour = _STYLES.get(text)
    return click.style(text, fg=colour) if colour and on_terminal() and not os.environ.get("NO_COLOR") else text


def print_fields(fields: Sequence[tuple[str, Any]]) -> None:
    """Print names and values, one pair per line; those without a value are left out."""
    width = max((len(name) for name, value in fields if value not in (None, "")), default=0)
    for name, value in fields:
        if value not in (None, ""):
            click.echo(f"{name + ':':<{width + 2}}{coloured(one_line(value))}")


def markdown_table(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> str:
    """Return the table for a comment in a pull request. A cell's content stays in its cell, and stays text."""
    from pulumi_dashscope_ft.text import markdown

    lines = ["| " + " | ".join(column.title for column in columns) + " |"]
    lines.append("|" + "|".join(" ---: " if column.right else " --- " for column in columns) + "|")
    lines += ["| " + " | ".join(markdown(one_line(value)) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def markdown_item(text: str) -> str:
    """Return a line of text as an item of a list in such a comment."""
    from pulumi_dashscope_ft.text import markdown

    return f"- {markdown(one_line(text), starts_line=True)}"


def sparkline(figures: Sequence[float], width: int = 24) -> str:
    """Draw figures as a line of blocks: the means of at most `width` equal parts, such as `█▆▄▃▂▁`."""
    if not figures:
        return ""
    count = min(width, len(figures))
    edge = [round(position * len(figures) / count) for position in range(count + 1)]
    shares = [figures[edge[position] : edge[position + 1]] for position in range(count)]
    means = [sum(share) / len(share) for share in shares]
    low, high = min(means), max(means)
    blocks = "▁▂▃▄▅▆▇█"
    return "".join(blocks[round((mean - low) / (high - low) * 7) if high > low else 0] for mean in means)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _plain_table(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
    lines = [[column.title.upper() for column in columns], *cells]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        padded = []
        for column, text, width in zip(columns, line, widths, strict=True):
            gap = " " * (width - _width(text))
            padded.append(gap + text if column.right else text + gap)
        click.echo(_GAP.join(padded).rstrip())


def _rich_table(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(force_terminal=True)
    titles = [column.title for column in columns]
    widths = column_widths(
        [titles, *cells], console.width, len(_GAP), cell_len, ends_in_sentences=not columns[-1].right
    )
    if widths is None:
        _rich_records(columns, cells, console)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column.title, justify="right" if column.right else "left", width=width)
    for row in cells:
        # Text, not markup: a name with [red] in it is a name with [red] in it.
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    console.print()
    console.print(table)
    console.print()


def _rich_records(columns: Sequence[Column], cells: Sequence[Sequence[str]], console: Console) -> None:
    """Show each row as a record, one line per cell that is not empty."""
    from rich.text import Text

    longest = max(_width(column.title) for column in columns)
    for row in cells:
        for column, cell in zip(columns, row, strict=True):
            if cell != "-":
                title = f"{column.title:<{longest}}{_GAP}", "bold"
                console.print(Text.assemble(title, (cell, _STYLES.get(cell, ""))), soft_wrap=True)
        console.print()
