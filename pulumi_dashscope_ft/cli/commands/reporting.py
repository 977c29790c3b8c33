"""`dashscope-ft report`: what a destroy did, and what it left.

A destroy in a pipeline writes its report as lines of JSON (`DASHSCOPE_FT_REPORT`, see `lifecycle.base.report`). A
person wants a table, a pull request a comment; and a pipeline should fail when something stayed that should not have.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pulumi_dashscope_ft.bounded.files import read_bounded
from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode
from pulumi_dashscope_ft.cli.output.failing import NO, CommandError
from pulumi_dashscope_ft.cli.output.rendering import Column, markdown_table, print_json, print_markdown, print_table

__all__ = ["report"]

_COLUMNS = [Column("kind"), Column("id"), Column("was"), Column("now"), Column("done"), Column("what stays, and why")]
_BAD = ("refused", "unfinished")
_LARGEST = 16 * 2**20
"""The largest report that is read, in bytes: some thirty thousand lines."""
_LONGEST_LINE = 256 * 1024
_LINE = JsonBounds(depth=16, values=10_000)
_UNKNOWN = "unknown"
"""What an unknown outcome is called: the word in the report may be anything."""
_SPEND = "spend"
"""The kind of the line that an `up` writes. It is about no object."""
_AT_MOST = 5
"""The number of unreadable lines that a message names."""


@click.command(short_help="Show what a destroy did.")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def report(source: Path, form: str, as_json: bool) -> None:
    """Show what a destroy did, from its report.

    `pulumi destroy` (or `dashscope-ft delete`) writes the report to the file that DASHSCOPE_FT_REPORT names; `-` reads
    the standard input. The last line about each object counts, because a second destroy may succeed where the first
    one was refused.

    Exit code 1 when something was refused or cut short; also when a line can't be read, or has an outcome that this
    version does not know, because that may have been a refusal.

    \b
      DASHSCOPE_FT_REPORT=$PWD/destroy.jsonl pulumi destroy --yes
      dashscope-ft report destroy.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"
    """
    try:
        if str(source) == "-" and sys.stdin is None:
            raise OSError(errno.EBADF, "the standard input is closed")
        text = _content(source).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{source} can't be read: {getattr(error, 'strerror', None) or error}.", NO) from None
    endings, broken, spend = _read(text)
    unknown = sum(1 for record in endings if record["outcome"] == _UNKNOWN)
    bad = [record for record in endings if record.get("outcome") in _BAD]
    if as_json or form == "json":
        ok = not (bad or broken or unknown)
        more = {} if spend is None else {"spend": spend}
        print_json({"endings": endings, "unreadableLines": len(broken), "ok": ok, **more})
    elif form == "markdown":
        print_markdown(f"### Teardown: {_summary(endings)}", markdown_table(_COLUMNS, _rows(endings)))
    else:
        print_table(_COLUMNS, _rows(endings), footer=_summary(endings))
    problems = []
    if bad:
        problems.append(f"{len(bad)} of {len(endings)} were not torn down.")
    if unknown:
        problems.append(
            f"{unknown} of {len(endings)} ended in a way that this version does not know; a newer one may: "
            "pip install --upgrade pulumi-dashscope-ft"
        )
    if broken:
        problems.append(f"{_lines(broken)} of {source} can't be read, and may tell of a refusal.")
    if problems:
        raise CommandError("\n".join(problems), NO)


def _content(source: Path) -> bytes:
    """Read the report, which may be a pipe. Raises `OSError`."""
    if str(source) == "-":
        return read_bounded(sys.stdin.buffer, _LARGEST)
    with source.open("rb") as file:
        return read_bounded(file, _LARGEST)


def _read(text: str) -> tuple[list[dict[str, Any]], list[int], dict[str, Any] | None]:
    """Return the last record of each object, in the order of those lines, and the numbers of unreadable lines.

    The third is what an `up` says that it has started, and what that costs; None where none has written into the file.
    """
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    broken = []
    spend = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        record = _document(line)
        if isinstance(record, dict) and record.get("kind") == _SPEND:
            spend = record
            continue
        if not isinstance(record, dict) or not all(
            isinstance(record.get(name), str) for name in ("kind", "id", "outcome")
        ):
            broken.append(number)
            continue
        key = (record["kind"], record["id"])
        latest.pop(key, None)
        latest[key] = {**record, "outcome": record["outcome"] if record["outcome"] in _known_outcomes() else _UNKNOWN}
    return list(latest.values()), broken, spend


def _document(line: str) -> Any:
    """Parse a line; None where it is not JSON, or larger than a line needs to be."""
    try:
        return decode(line, _LINE) if len(line) <= _LONGEST_LINE else None
    except ValueError:
        return None


def _known_outcomes() -> frozenset[str]:
    from pulumi_dashscope_ft.lifecycle.base import report

    return frozenset({report.DELETED, report.GONE, report.KEPT, report.REFUSED, report.UNFINISHED})


def _lines(numbers: Sequence[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:_AT_MOST])
    more = f" and {len(numbers) - _AT_MOST} more" if len(numbers) > _AT_MOST else ""
    return f"line{'s' if len(numbers) > 1 else ''} {named}{more}"


def _rows(endings: Sequence[dict[str, Any]]) -> list[list[Any]]:
    rows = []
    for record in endings:
        done = record.get("done")
        remarks = [str(record[key]) for key in ("stays", "why", "next") if record.get(key)]
        deeds = ", ".join(str(deed) for deed in done) if isinstance(done, list) else ""
        rows.append(
            [record["kind"], record["id"], record.get("statusBefore"), record["outcome"], deeds, "; ".join(remarks)]
        )
    return rows


def _summary(endings: Sequence[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for record in endings:
        word = record["outcome"]
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items())) or "nothing was torn down"
