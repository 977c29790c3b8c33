"""Training data in a zip archive: a `data.jsonl` in its root, and the pictures or videos that its rows name.

The layout is that of the API reference, page model-training-overview. The usual mistakes are made while packing: the
folder was packed instead of its content, the rows file has another name, a picture was left out. An archive may also be
made to do harm: `zip.directory` and `zip.content`, which read it, refuse that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import IO

from pulumi_dashscope_ft.lifecycle.training_data.digest import DigestedFile
from pulumi_dashscope_ft.lifecycle.training_data.notes import quote_text
from pulumi_dashscope_ft.lifecycle.training_data.report import Findings
from pulumi_dashscope_ft.lifecycle.training_data.zip.content import MemberReader
from pulumi_dashscope_ft.lifecycle.training_data.zip.directory import ArchiveError, read_directory

ROWS_FILE = "data.jsonl"

LARGEST_ROWS = 2 * 2**30
"""Bytes of the rows file in an archive, unpacked: twice what the service takes of a whole archive."""

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE_NAME = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)


def is_archive(beginning: bytes) -> bool:
    """Whether a file that begins like this is a zip archive."""
    return beginning[:4] in _MAGIC


def read_archive(archive: DigestedFile, findings: Findings, read_rows: Callable[[IO[bytes]], Iterable[str]]) -> None:
    """Open an archive, hand its rows file to `read_rows`, and check the media names that this returns.

    What is wrong with the archive goes to `findings`.

    :raises OSError: the file can't be read.
    """
    try:
        members = read_directory(archive.read_at, archive.size)
        names = [member.name for member in members if not member.name.startswith("__MACOSX/")]
        rows = next((member for member in members if member.name == ROWS_FILE), None)
        if rows is None:
            findings.problem(_no_rows_file(names))
            return
        if rows.unpacked > LARGEST_ROWS:
            findings.problem(
                f"has a {ROWS_FILE} of {rows.unpacked / 2**30:,.1f} GB, more than {LARGEST_ROWS // 2**30} GB: split it"
            )
            return
        findings.place = f"{findings.place} > {ROWS_FILE}"
        media = read_rows(io.BufferedReader(MemberReader(rows, archive.read_at), 2**16))
    except ArchiveError as error:
        findings.problem(str(error))
        return
    _check_media(media, names, findings)


def is_address(name: str) -> bool:
    """Whether a row names something that is not a file of the archive: `https://…`, `data:…`."""
    return _ADDRESS.match(name) is not None


def _no_rows_file(names: list[str]) -> str:
    if not names:
        return f"is an empty archive: it must hold {ROWS_FILE} and the files that its rows name"
    if "[Content_Types].xml" in names:
        return "is an office document: training data is JSON Lines, or a zip with a data.jsonl in its root"
    deeper = next((name for name in names if name.endswith(f"/{ROWS_FILE}")), None)
    if deeper is not None:
        return (
            f"has its {ROWS_FILE} in a folder ({quote_text(deeper)}): it must be in the root; "
            "pack what is in the folder, not the folder"
        )
    rows = next((name for name in names if name.endswith(".jsonl") and "/" not in name), None)
    named = f" (it has {quote_text(rows)})" if rows else ""
    return f"has no {ROWS_FILE} in its root{named}: the file with the rows must have that name"


def _check_media(media: Iterable[str], names: list[str], findings: Findings) -> None:
    present = {*names, *(name.rpartition("/")[2] for name in names)}
    for name in dict.fromkeys(media):
        if name.removeprefix("./") not in present:
            findings.problem(
                f"the rows name {quote_text(name)}, which is not in the archive: add it, or correct the name"
            )
        elif not _SAFE_NAME.fullmatch(name):
            findings.warning(
                f"the name {quote_text(name)} has characters other than ASCII letters, digits, `_` and `-`, "
                "which the service may refuse"
            )
