"""How a file is uploaded once.

The same content uploaded twice is two files with two ids, and a job that gets another id is another run. The procedure
is the create driver's (`base/creating/driver.py`); this module has what is particular to a file. A file that is
uploaded twice nevertheless costs storage, not training: so the wait after a lost answer is shorter, and only the stamp
counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.driver import Creation, Words
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.file.description import described, stamp_in
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE

_WORDS = Words(
    make="upload",
    making="uploading",
    made="uploaded",
    listing="the file list",
    sought="the file",
    first="the file before it uploads it",
    nothing="nothing was uploaded.",
    unsettled="nothing is recorded in the state.",
    none_there="the file list shows no such file.",
)


def upload(connection: Connection, path: Path, label: Stamp, *, words: str | None, sha256: str, md5: str) -> str:
    """Upload the file, or find it already uploaded; return its id.

    :param words: the user's description, if there is one.
    :param sha256: of the content that was checked, in hexadecimal digits. Other content is not uploaded.
    :param md5: of the same content.
    :raises AmbiguousCreateError: it is unknown whether it was uploaded; nothing is lost, the next `up` settles it.
    :raises LifecycleError: the service refused.
    """
    strategy = _UploadStrategy(path, label, described(label, words), sha256, md5)
    return Creation(connection, connection.files.listing, strategy).run().file_id


@dataclass(frozen=True, slots=True)
class _UploadStrategy:
    """What the create driver needs to know about a file. Its members are described in `CreateStrategy`."""

    path: Path
    stamp: Stamp
    description: str
    sha256: str
    md5: str

    words: ClassVar[Words] = _WORDS
    looks: ClassVar[tuple[float, ...]] = CREATE_VISIBLE[:4]
    recognition: ClassVar[None] = None

    @property
    def subject(self) -> str:
        return str(self.path)

    @property
    def short(self) -> str:
        return self.path.name

    def id_of(self, seen: File) -> str:
        return seen.file_id

    def stamp_of(self, seen: File) -> Stamp | None:
        return stamp_in(seen)

    def usable(self, left_over: list[File]) -> list[File]:
        return [file for file in left_over if file.md5 in (None, self.md5)]

    def taken_over(self, seen: File) -> str:
        return f"file {seen.file_id} was uploaded by this stack from the same content: adopted"

    def require_need(self, creation: Creation[File], left_over: list[File]) -> None:
        """Do nothing: a file costs too little to refuse an upload."""

    def ask(self, creation: Creation[File]) -> File:
        uploaded = creation.connection.client.files.upload(self.path, description=self.description, sha256=self.sha256)
        return File(uploaded.file_id, uploaded.name)

    def is_it(self, seen: File) -> str:
        return f"file {seen.file_id} is it: adopted"
