"""The check of a training data file, before a byte is uploaded.

The service takes any file, and a job with a faulty one fails minutes later, when nobody watches any more. This module
opens the file once, reads it line by line in bounded memory, digests the very bytes that it judges, and says for each
fault where it is and what to write instead.

The formats are those of the API reference, section 4.6 (page text-generation-tuning-data-upload-rules and the guides of
the single models). Size limits are warnings: they grew more than once within a year.
"""

from __future__ import annotations

import errno
import io
from functools import partial
from pathlib import Path
from typing import IO

from pulumi_dashscope_ft.bounded.files import NotRegularError, open_regular, size_of
from pulumi_dashscope_ft.lifecycle.training_data.archive import (
    FirstMention,
    RowsRead,
    is_address,
    is_archive,
    read_archive,
)
from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.digest import Digest, DigestedFile, DigestingReader
from pulumi_dashscope_ft.lifecycle.training_data.lines import UnreadableDataError, json_rows
from pulumi_dashscope_ft.lifecycle.training_data.media.passing import of_archive
from pulumi_dashscope_ft.lifecycle.training_data.media.steps import LookUp, nothing_known
from pulumi_dashscope_ft.lifecycle.training_data.report import DataReport, Findings, Problem
from pulumi_dashscope_ft.lifecycle.training_data.rows.looking import Row, look_at
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import (
    CHAT,
    EXAMPLES,
    PROMPT,
    clash,
    contradiction,
    together,
)
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import row_texts
from pulumi_dashscope_ft.lifecycle.training_data.tokens import LengthMeter

__all__ = ["DataReport", "Problem", "check_data_file"]

TEXT_LIMIT = 300 * 2**20
MEDIA_LIMIT = 2**30
LARGEST = 16 * 2**30
"""The largest file that is read at all, in bytes: a sparse file of many terabytes costs nothing to make."""
_BUFFER = 64 * 1024
_MOST_MEDIA = 200_000
_LONGEST_NAME = 2000
"""The longest name that is kept, in characters. No archive has a file with a longer one."""


def check_data_file(
    path: str | Path,
    *,
    training_type: str | None = None,
    max_problems: int = 20,
    meter: TokenMeter | None = None,
) -> DataReport:
    """Check a training data file: JSON Lines, or a zip archive with a data.jsonl in its root.

    With a training type, rows that it can't train on are a problem; an unknown type is assumed to accept all rows.
    Reading stops after `max_problems` problems. Never raises because of what the file is or contains.

    :param meter: counts the tokens of the rows in the same pass.
    """
    check = _Check(Path(path), training_type, max_problems, meter)
    check.run()
    return check.report()


class _Check:
    """One pass over one file."""

    def __init__(self, path: Path, training_type: str | None, most: int, meter: TokenMeter | None) -> None:
        self.path = path
        self.training_type = training_type
        self.findings = Findings(str(path), most)
        self.rows = 0
        self.size = 0
        self.digest: Digest | None = None
        self.kind: str | None = None
        self.complete = False
        self.lengths = LengthMeter()
        self._meter = meter
        self._extra = False
        self._media: dict[str, FirstMention] = {}
        self._first: tuple[int, str] | None = None

    def report(self) -> DataReport:
        found = self.findings
        return DataReport(
            path=self.path,
            rows=self.rows,
            problems=tuple(found.problems),
            warnings=tuple(found.warnings),
            kind=self.kind,
            longest=self.lengths.longest,
            size=self.size,
            digest=self.digest,
            complete=self.complete,
        )

    def run(self) -> None:
        try:
            with open_regular(self.path) as file:
                self.size = size_of(file)
                if self._is_of_a_size():
                    self._check(file)
        except FileNotFoundError:
            self.findings.problem(
                "there is no such file: correct the path (a relative one starts at the project's folder)"
            )
        except PermissionError:
            self.findings.problem("can't be read: you lack the permission; try `chmod u+r` on it")
        except NotRegularError as error:
            self.findings.problem(
                "is a folder: name the .jsonl or .zip file in it"
                if error.errno == errno.EISDIR
                else "is not a regular file: name a .jsonl or .zip file"
            )
        except (OSError, ValueError) as error:
            self.complete = False
            self.findings.problem(f"can't be read: {getattr(error, 'strerror', None) or error}")

    def _is_of_a_size(self) -> bool:
        if self.size == 0:
            self.findings.problem(f"is empty: write one JSON object per line, such as {EXAMPLES[CHAT]}")
        elif self.size > LARGEST:
            self.findings.problem(
                f"has {self.size / 2**30:,.0f} GB, and no more than {LARGEST // 2**30} GB are read: split it"
            )
        else:
            return True
        return False

    def _check(self, file: io.FileIO) -> None:
        reader = DigestingReader(file)
        buffered = io.BufferedReader(reader, _BUFFER)
        archive = is_archive(buffered.peek(4))
        if not self._is_what_it_is_named(archive):
            return
        self._check_size(archive)
        if archive:
            passing = of_archive(file, self.size) if self._meter is not None else None
            whole = DigestedFile(file, None if passing is None else passing.take)
            found = None if passing is None else passing.found
            read_archive(whole, self.findings, partial(self._read, loose=True), found)
            digest = whole.digest
        else:
            self._check_lines(buffered)
            digest = reader.digest()
        if self.complete:
            self.digest, self.size = digest, digest.size

    def _is_what_it_is_named(self, archive: bool) -> bool:
        suffix, wanted = self.path.suffix.lower(), ".zip" if archive else ".jsonl"
        if suffix == ".zip" and not archive:
            self.findings.problem("is named .zip but is no zip archive: pack it again, or name it .jsonl if it is text")
            return False
        if suffix != wanted:
            what = "a zip archive" if archive else "JSON Lines"
            self.findings.warning(f"should be named {wanted}, as it is {what}: the service may go by the name")
        return True

    def _check_size(self, archive: bool) -> None:
        limit = MEDIA_LIMIT if archive else TEXT_LIMIT
        if self.size > limit:
            self.findings.warning(
                f"has {self.size / 2**20:,.0f} MB, more than the {limit // 2**20:,} MB that were documented as the most"
            )

    def _check_lines(self, file: IO[bytes]) -> None:
        media = self._read(file, self.findings, nothing_known).media
        if any(":" not in name for name in media):
            self.findings.warning(
                "names pictures, videos or recordings that do not come with it: pack them and the rows (as data.jsonl) "
                "into a .zip"
            )

    def _read(self, file: IO[bytes], findings: Findings, look_up: LookUp, *, loose: bool = False) -> RowsRead:
        """Check the rows."""
        nothing = RowsRead(self.kind, {})
        try:
            for number, value in json_rows(file, findings):
                self.rows += 1
                self._extra |= isinstance(value, dict) and "rollout_extra" in value
                row = look_at(value, loose=loose)
                self._take(number, row, findings)
                texts = row_texts(row.kind, value)
                if texts is not None:
                    self.lengths.take(number, texts)
                if self._meter is not None and texts is not None:
                    self._meter.take(texts, look_up)
                elif self._meter is not None and row.timed is not None:
                    self._meter.take_timed(row.timed, look_up)
                if findings.full:
                    return nothing._replace(kind=self.kind)
        except UnreadableDataError:
            return nothing._replace(kind=self.kind)
        if self.rows == 0 and not findings.problems:
            findings.problem(f"has only blank lines: write one JSON object per line, such as {EXAMPLES[CHAT]}")
        if self.kind == PROMPT and self.training_type is None and not self._extra:
            findings.warning(
                "has no assistant message in any row, so there is no answer to learn: only reinforcement and pg_opd "
                "train on such rows"
            )
        self.complete = not findings.full
        return RowsRead(self.kind, self._media)

    def _take(self, number: int, row: Row, findings: Findings) -> None:
        for note in row.notes:
            if note.fatal:
                findings.problem(note.text, number)
            else:
                findings.warning(note.text, number, note.kind)
        if row.kind is None:
            return
        for mention in row.media:
            # The row itself may contain a picture, as a `data:` address of some megabytes.
            if len(self._media) < _MOST_MEDIA and not is_address(mention.name):
                name = mention.name[:_LONGEST_NAME]
                if name not in self._media or (mention.needed and not self._media[name].needed):
                    self._media[name] = FirstMention(number, mention.needed)
        if self._first is None:
            self._first = (number, row.kind)
            against = contradiction(row.kind, self.training_type)
            if against is not None and against.fatal:
                findings.problem(against.text, number)
            elif against is not None:
                findings.warning(against.text, number)
        line, first = self._first
        against_first = clash(row.kind, first, line)
        if against_first is None:
            self.kind = together(self.kind, row.kind)
        else:
            findings.problem(against_first, number)
