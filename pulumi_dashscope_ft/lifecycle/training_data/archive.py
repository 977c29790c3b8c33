"""Training data in a zip archive: a `data.jsonl`, and the pictures, videos or recordings that its rows name.

The layout is that of the API reference, section 4.6.2. The usual mistakes are made while packing: the folder was packed
instead of its content, the rows file has another name, a picture was left out. An archive may also be made to do harm:
`zip.directory` and `zip.content`, which read it, refuse that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import IO, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.digest import DigestedFile
from pulumi_dashscope_ft.lifecycle.training_data.media.steps import LookUp, Medium
from pulumi_dashscope_ft.lifecycle.training_data.report import Findings
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import MEDIA
from pulumi_dashscope_ft.lifecycle.training_data.zip.content import MemberReader
from pulumi_dashscope_ft.lifecycle.training_data.zip.directory import ArchiveError, Member, read_directory
from pulumi_dashscope_ft.schema.quoting import quote_text

ROWS_FILE = "data.jsonl"

LARGEST_ROWS = 2 * 2**30
"""Bytes of the rows file in an archive, unpacked: twice what the service takes of a whole archive."""

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE_NAME = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)


def is_archive(beginning: bytes) -> bool:
    """Whether a file that begins like this is a zip archive."""
    return beginning[:4] in _MAGIC


class RowsRead(NamedTuple):
    """What the rows of an archive hold.

    :param kind: shape of the rows; None when there is no row with a known one.
    :param media: file that a row names → the first row that names it.
    """

    kind: str | None
    media: Mapping[str, FirstMention]


class FirstMention(NamedTuple):
    """Where a file is named first.

    :param needed: whether that row can't be trained on without it.
    """

    line: int
    needed: bool


ReadRows = Callable[[IO[bytes], Findings, LookUp], RowsRead]
"""Reads the rows file, and may look up the media that the rows name."""


def read_archive(
    archive: DigestedFile, findings: Findings, read_rows: ReadRows, media: Mapping[Member, Medium] | None = None
) -> None:
    """Open an archive, hand its rows file to `read_rows`, and look for the files that the rows name.

    What is wrong with the archive goes to `findings`.

    :param media: what is known of the members.
    :raises OSError: the file can't be read.
    """
    try:
        members = read_directory(archive.read_at, archive.size)
    except ArchiveError as error:
        findings.problem(str(error))
        return
    members = [member for member in members if not member.name.startswith("__MACOSX/")]
    names = [member.name for member in members]
    folder = _folder_of_rows(names)
    rows = next((member for member in members if folder is not None and member.name == folder + ROWS_FILE), None)
    if folder is None or rows is None:
        findings.problem(_no_rows_file(names))
        return
    if rows.unpacked > LARGEST_ROWS:
        findings.problem(
            f"has a {ROWS_FILE} of {rows.unpacked / 2**30:,.1f} GB, more than {LARGEST_ROWS // 2**30} GB: split it"
        )
        return
    inside = findings.inside(rows.name)
    files = _Files(members, folder)
    try:
        content = io.BufferedReader(MemberReader(rows, archive.read_at), 2**16)
        found = read_rows(content, inside, files.look_up(media or {}))
    except ArchiveError as error:
        inside.problem(str(error))
        findings.join(inside)
        return
    if folder and found.kind != MEDIA:
        findings.problem(_in_a_folder(rows.name))
        return
    if folder:
        findings.warning(
            f"has everything in the folder {quote_text(folder)}: paths in rows are taken as relative to it; not every "
            "guide allows such a folder, so better pack what is in it"
        )
    _look_for(found, files, inside)
    findings.join(inside)


class _Files:
    """The files of an archive, by their path from the folder of the rows."""

    def __init__(self, members: Sequence[Member], folder: str) -> None:
        self._by_path = {member.name.removeprefix(folder): member for member in members}
        self._by_base = {_base(path): path for path in reversed(self._by_path)}

    def path_of(self, name: str) -> str | None:
        """Return where the file is that a row names: at that path, or else the first with that base name."""
        plain = name.removeprefix("./")
        return plain if plain in self._by_path else self._by_base.get(_base(plain))

    def look_up(self, media: Mapping[Member, Medium]) -> LookUp:
        """Return what finds the medium that a row names."""

        def look_up(name: str) -> Medium | None:
            path = self.path_of(name)
            return None if path is None else media.get(self._by_path[path])

        return look_up

    def by_letters(self) -> Mapping[str, str]:
        """Return the files by their base name in small letters."""
        return {_base(path).lower(): path for path in reversed(self._by_path)}


def is_address(name: str) -> bool:
    """Whether a row names something that is not a file of the archive: `https://…`, `data:…`."""
    return _ADDRESS.match(name) is not None


def _folder_of_rows(names: Sequence[str]) -> str | None:
    """Find the folder that holds the rows: the root, else the only folder that there is.

    :returns: its name with the slash, "" for the root; None where neither holds the rows.
    """
    if ROWS_FILE in names:
        return ""
    folders = {name.partition("/")[0] for name in names if "/" in name}
    folder = f"{next(iter(folders))}/" if len(folders) == 1 else None
    return folder if folder is not None and folder + ROWS_FILE in names else None


def _no_rows_file(names: Sequence[str]) -> str:
    if not names:
        return f"is an empty archive: it must hold {ROWS_FILE} and the files that its rows name"
    if "[Content_Types].xml" in names:
        return "is an office document: training data is JSON Lines, or a zip with a data.jsonl in its root"
    deeper = [name for name in names if name.endswith(f"/{ROWS_FILE}")]
    if len(deeper) > 1:
        shown = " and ".join(map(quote_text, deeper[:2]))
        return (
            f"has no {ROWS_FILE} in its root, but several in folders ({shown}): pack one data set per archive, with "
            f"its {ROWS_FILE} in the root"
        )
    if deeper:
        return _in_a_folder(deeper[0])
    rows = next((name for name in names if name.endswith(".jsonl") and "/" not in name), None)
    named = f" (it has {quote_text(rows)})" if rows else ""
    return f"has no {ROWS_FILE} in its root{named}: the file with the rows must have that name"


def _in_a_folder(rows: str) -> str:
    return (
        f"has its {ROWS_FILE} in a folder ({quote_text(rows)}): it must be in the root; "
        "pack what is in the folder, not the folder"
    )


def _look_for(found: RowsRead, files: _Files, findings: Findings) -> None:
    """Look for the files that the rows name.

    Rows of image, video and speech models name them by their path from the folder of the rows. Pictures of
    conversations are taken as found when a file in any folder has their base name.
    """
    by_letters = files.by_letters()
    for name, (line, needed) in found.media.items():
        plain = name.removeprefix("./")
        path = files.path_of(name)
        if path != plain:
            if path is None:
                said = _missing(name, by_letters.get(_base(plain).lower()))
                if needed:
                    findings.problem(said, line)
                else:
                    findings.warning(said, line, "missing")
            elif found.kind == MEDIA:
                findings.warning(
                    f"names {quote_text(name)}, which is in the archive as {quote_text(path)} only: write the "
                    f"path from the folder of {ROWS_FILE}",
                    line,
                    "elsewhere",
                )
        if not _SAFE_NAME.fullmatch(name):
            findings.warning(
                f"the name {quote_text(name)} has characters other than ASCII letters, digits, `_` and `-`, "
                "which the service may refuse",
                line,
                "name",
            )


def _missing(name: str, nearly: str | None) -> str:
    if nearly is not None:
        return (
            f"names {quote_text(name)}, which is not in the archive; it has {quote_text(nearly)}, spelled with other "
            "capital letters: use the same spelling"
        )
    return f"names {quote_text(name)}, which is not in the archive: add it, or correct the name"


def _base(name: str) -> str:
    return name.rpartition("/")[2]
