"""Take over a file that already exists on the service.

Jobs name their data by file id, and the same content uploaded once more has another id, which makes every job that uses
it a new, paid run. So an existing file can be taken over instead (see `base.creating.adoption`).

A file is its content, and the service shows an MD5 and a size of it (API page
model-customization-file-management-service). Both have to agree with the content at `path`.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

_ADOPTION = Adoption(
    option="adoptFileId",
    kind="file",
    nothing="nothing was uploaded",
    untouched="nothing was uploaded, the file on the service is untouched.",
    anew="upload it anew",
    belongs="the file of",
)


def adopt(connection: Connection, file_id: str, path: str, *, md5: str, size: int, resource_name: str) -> File:
    """Take over the existing file that the user named, after checking that its content is that of the file at `path`.

    :param md5: of the content at `path`, in hexadecimal digits.
    :param size: of that content, in bytes.
    :raises LifecycleError: no such file, other content, or another resource of this run holds it.
    """
    file = _ADOPTION.found(file_id, connection.client.files.get)
    wrong = mismatches(file, md5=md5, size=size)
    if wrong:
        raise LifecycleError(
            f"adoptFileId: the content of {file_id} is not that of {path}: {'; '.join(wrong)}.",
            state=f"the service shows it as {file.name or 'a file without a name'}, uploaded "
            f"{file.create_time or 'at an unknown time'}.",
            done=_ADOPTION.untouched,
            next_step="set path to the file with that content, or drop adoptFileId to upload this one; then run "
            "`pulumi up` again.",
        )
    _ADOPTION.claim(connection, file_id, resource_name)
    unproven = "" if file.md5 else " (the service shows no MD5 of it, so its content could not be compared)"
    connection.report(f"file {file_id}{f' ({file.name})' if file.name else ''}: adopted{unproven}")
    return file


def mismatches(file: File, *, md5: str, size: int) -> list[str]:
    """How the file on the service differs from a content with this MD5 and size, as clauses for a message.

    What the service does not show is not compared.
    """
    found = []
    if file.size is not None and file.size != size:
        found.append(f"{file.size} bytes on the service, {size} here")
    if file.md5 and file.md5.lower() != md5:
        found.append(f"MD5 {file.md5} on the service, {md5} here")
    return found
