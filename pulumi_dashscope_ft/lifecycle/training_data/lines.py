"""Turn the bytes of a data file into numbered JSON values.

A data file may be hundreds of megabytes, may be one endless line, and may not be text at all. This module keeps one
line in memory at a time, and no more of it than a row can need. About each line that is not JSON it says what the line
is instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from pulumi_dashscope_ft.bounded.json_text import JsonBoundError, JsonBounds, decode
from pulumi_dashscope_ft.lifecycle.training_data.report import Findings

LONGEST_LINE = 16 * 1024 * 1024
"""The longest line that is parsed, in bytes. The longest row the service trains on, 131,072 tokens, is far shorter."""
ROW_BOUNDS = JsonBounds(depth=64, values=1_000_000)
"""No documented row is more than five levels deep."""

_PIECE = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_FOREIGN = (
    (b"\xff\xfe", "is text in UTF-16, not UTF-8: save it as UTF-8"),
    (b"\xfe\xff", "is text in UTF-16, not UTF-8: save it as UTF-8"),
    (b"\x1f\x8b", "is compressed with gzip: unpack it (gunzip) and use the file inside"),
    (b"PAR1", "is a Parquet file: export it as JSON Lines, one JSON object per line"),
    (b"%PDF", "is a PDF: training data is JSON Lines, one JSON object per line"),
    (b"SQLite format 3", "is a database: export the rows as JSON Lines, one JSON object per line"),
)


class UnreadableDataError(Exception):
    """The file can't be read on; the reason is in the findings."""


def json_rows(file: IO[bytes], findings: Findings) -> Iterator[tuple[int, Any]]:
    """Yield line number and JSON value of each line that has one. Blank lines are skipped.

    Lines that are not JSON go to `findings`, and reading goes on; a file that isn't text ends it.

    :raises UnreadableDataError: the file is binary or in another encoding; `findings` says so.
    :raises OSError: the file can't be read on.
    """
    for number, line in _lines(file, findings):
        if number == 1:
            line = _beginning(line, findings)
        text = _text(line, number, findings)
        if text.strip() == "":
            continue
        try:
            yield number, decode(text, ROW_BOUNDS)
        except JsonBoundError as error:
            findings.problem(f"{error}, which no row needs: look at what wrote it", number)
        except ValueError as error:
            findings.problem(_what_it_is(text, error), number)


def _lines(file: IO[bytes], findings: Findings) -> Iterator[tuple[int, bytes]]:
    """Yield numbered lines without their ends; nothing is kept of a line that is too long."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            _refuse_zeros(line, number, findings)
            findings.warning(f"is longer than {LONGEST_LINE // 2**20} MB and was not checked", number)
            while (rest := file.readline(_PIECE)) and not rest.endswith(b"\n"):
                _refuse_zeros(rest, number, findings)
            continue
        yield number, line.rstrip(b"\r\n")


def _refuse_zeros(piece: bytes, number: int, findings: Findings) -> None:
    """Refuse a disk image or a file with holes: it is not text, no matter how long its line would get."""
    if b"\0" in piece:
        findings.problem(
            "is binary, not text: it has zero bytes; training data is JSON Lines in UTF-8, one JSON object per line",
            number,
        )
        raise UnreadableDataError


def _beginning(line: bytes, findings: Findings) -> bytes:
    for magic, what in _FOREIGN:
        if line.startswith(magic):
            findings.problem(what)
            raise UnreadableDataError
    if line.startswith(_BOM):
        findings.problem("begins with a byte order mark (EF BB BF): save the file as UTF-8 without BOM", 1)
        return line[len(_BOM) :]
    return line


def _text(line: bytes, number: int, findings: Findings) -> str:
    zero = line.find(b"\0")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        if zero < 0 or error.start < zero:
            findings.problem(
                f"is not UTF-8 text: byte {error.start + 1} of the line is 0x{line[error.start]:02X}; "
                "save the file as UTF-8",
                number,
            )
            raise UnreadableDataError from None
    if zero >= 0:
        findings.problem(
            f"is binary, not text: byte {zero + 1} of the line is zero; "
            "training data is JSON Lines in UTF-8, one JSON object per line",
            number,
        )
        raise UnreadableDataError
    return text


def _what_it_is(text: str, error: ValueError) -> str:
    """Say why a line is not JSON, and what it probably is instead."""
    start = text.strip()
    if not isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error}"
    if start in ("{", "[") or (start.startswith(("[{", "[ {")) and not start.endswith("]")):
        return "is only a piece of JSON: every row must be one whole JSON object on one line, without line breaks"
    if error.msg == "Extra data" and start.startswith(("{", "[")):
        rest = text[error.pos :].lstrip()
        if rest.startswith(","):
            return "ends in a comma: write one JSON object per line and nothing between the lines"
        return f"goes on after its JSON value, at character {error.pos + 1}: write one JSON object per line"
    if not start.startswith(("{", "[", '"')):
        return 'is not JSON: a row must be an object such as {"messages": […]}'
    return f"is not JSON: {_in_a_clause(error.msg)} at character {error.pos + 1}"


def _in_a_clause(message: str) -> str:
    """Rewrite the parser's sentence as a clause of ours."""
    return message[:1].lower() + message[1:].removesuffix(" at")
