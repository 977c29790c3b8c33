"""Why this exists: the same content uploaded twice is two files with two ids, and a job that is given another id is
another run. How it is made sure that there is only one is told in `creation`; here is what is particular to a file. One
that is uploaded twice all the same costs storage, not training: less is waited for, and only the stamp counts.
"""

from __future__ import annotations

from pathlib import Path

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.once import Creation, Words
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
    """Upload the file, or find it uploaded already; its id.

    :param words: the user's description, if there is one.
    :param sha256: of the content that was checked, in hexadecimal digits. No other is uploaded.
    :param md5: of the same content.
    :raises AmbiguousCreateError: whether it was uploaded could not be settled; nothing is lost, `up` settles it.
    :raises LifecycleError: the service refused.
    """
    return _Upload(connection, path, label, described(label, words), sha256, md5).run().file_id


class _Upload(Creation[File]):
    looks = CREATE_VISIBLE[:2]

    def __init__(
        self, connection: Connection, path: Path, label: Stamp, description: str, sha256: str, md5: str
    ) -> None:
        super().__init__(connection, connection.files.listing, label, _WORDS, str(path), path.name)
        self._path = path
        self._description = description
        self._sha256 = sha256
        self._md5 = md5

    def id_of(self, one: File) -> str:
        return one.file_id

    def stamp_of(self, one: File) -> Stamp | None:
        return stamp_in(one)

    def ask(self) -> File:
        uploaded = self.connection.client.files.upload(self._path, description=self._description, sha256=self._sha256)
        return File(uploaded.file_id, uploaded.name)

    def is_it(self, one: File) -> str:
        return f"file {one.file_id} is it: adopted"

    def left_over(self) -> File | None:
        file = self.take_over(one for one in self.ours() if one.md5 in (None, self._md5))
        if file is not None:
            self.connection.report(f"file {file.file_id} was uploaded by this stack from the same content: adopted")
        return file
