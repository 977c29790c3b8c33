"""Why this exists: data with pictures or video comes as a .zip with a `data.jsonl` in its root (API reference, page
model-training-overview). The usual mistakes are made while packing: the folder was packed instead of its content,
the rows file has another name, a picture was left out.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from pulumi_dashscope_ft.lifecycle.data_notes import quoted
from pulumi_dashscope_ft.lifecycle.data_report import Findings

ROWS_FILE = "data.jsonl"

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE_NAME = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)


def is_archive(file: IO[bytes]) -> bool:
    """Whether an open file begins like a zip archive; it is left at its beginning."""
    beginning = file.read(4)
    file.seek(0)
    return beginning in _MAGIC


def read_archive(path: Path, findings: Findings, read_rows: Callable[[IO[bytes]], Iterable[str]]) -> None:
    """Opens an archive, hands its rows file to `read_rows`, and checks the names of media that this returns.

    What is wrong with the archive is told to `findings`.

    Raises:
        OSError: the file can't be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]
            if ROWS_FILE not in names:
                findings.problem(_no_rows_file(names))
                return
            findings.place = f"{findings.place} > {ROWS_FILE}"
            with archive.open(ROWS_FILE) as file:
                media = read_rows(file)
    except _BROKEN as error:
        findings.problem(_broken(error))
        return
    _check_media(media, names, findings)


def _broken(error: Exception) -> str:
    text = str(error)
    if isinstance(error, RuntimeError) and "encrypted" in text:
        return "is encrypted: pack it without a password"
    if isinstance(error, NotImplementedError):
        return "is compressed in a way that can't be read here: pack it again as a plain zip (deflate)"
    return f"is a broken or incomplete zip archive ({text or type(error).__name__}): pack it again"


def _no_rows_file(names: list[str]) -> str:
    if not names:
        return f"is an empty archive: it must hold {ROWS_FILE} and the files that its rows name"
    if "[Content_Types].xml" in names:
        return "is an office document: training data is JSON Lines, or a zip with a data.jsonl in its root"
    deeper = next((name for name in names if name.endswith(f"/{ROWS_FILE}")), None)
    if deeper is not None:
        return (
            f"has its {ROWS_FILE} in a folder ({quoted(deeper)}): it must be in the root; "
            "pack what is in the folder, not the folder"
        )
    rows = next((name for name in names if name.endswith(".jsonl") and "/" not in name), None)
    named = f" (it has {quoted(rows)})" if rows else ""
    return f"has no {ROWS_FILE} in its root{named}: the file with the rows must have that name"


def _check_media(media: Iterable[str], names: list[str], findings: Findings) -> None:
    present = {*names, *(name.rpartition("/")[2] for name in names)}
    for name in dict.fromkeys(media):
        if _ADDRESS.match(name):
            continue
        if name.removeprefix("./") not in present:
            findings.problem(f"the rows name {quoted(name)}, which is not in the archive: add it, or mend the name")
        elif not _SAFE_NAME.fullmatch(name):
            findings.warning(
                f"the name {quoted(name)} has characters other than ASCII letters, digits, `_` and `-`, "
                "which the service may refuse"
            )
