"""A file for others: for a sweep, for the command, and as inputs that a user would have written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.facts import age_seconds, stamp_facts
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject, called
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import written
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.file.description import stamp_in, words_in
from pulumi_dashscope_ft.lifecycle.file.properties import FileRequest
from pulumi_dashscope_ft.lifecycle.file.resource import check


def live_object(file: File) -> LiveObject:
    """Describe a file, whose stamp is in its description, for a sweep."""
    found = stamp_in(file)
    return LiveObject("file", file.file_id, file.name or called(found, None), found, create_time=file.create_time)


def facts(file: File, now: float) -> dict[str, Any]:
    """Describe a file for the command; `now` is in seconds since 1970."""
    return {
        "fileId": file.file_id,
        "name": file.name,
        "description": file.description,
        "size": file.size,
        "md5": file.md5,
        "purpose": file.purpose,
        **stamp_facts(stamp_in(file)),
        "createTime": file.create_time,
        "ageSeconds": age_seconds(file.create_time, now),
    }


def import_request(connection: Connection, file_id: str) -> FileRequest:
    """Return the request for the live file.

    The service shows only the MD5 of the content, so a file with that content has to be found on this machine.
    """
    live: File = connection.files.read(file_id)
    path = Path(live.name or "")
    plain = bool(live.name) and path.name == live.name and path.is_file()
    wanted = Request.of({"path": live.name})
    checked = check(Request.of({}), wanted, connection.run_registry) if plain else None
    if checked is None or (not checked.violations and checked.request.content_md5 != live.md5):
        raise LifecycleError(
            f"file {file_id} can be imported only where its content is.",
            state=f"the service shows it as {live.name or 'a file without a name'}, MD5 {live.md5 or 'unknown'}.",
            done="nothing was changed.",
            next_step=f"put that content beside Pulumi.yaml as {live.name or 'the name it was uploaded by'} and run "
            "`pulumi import` again; or use the file's id as it is, without a resource.",
        )
    if checked.violations:
        raise LifecycleError(f"file {file_id} can't be imported: {checked.violations[0]}", done="nothing was changed.")
    request = checked.request
    label = stamp_in(live)
    if label is not None:
        request = request.knowing(nonce=label.nonce)
    return request.with_inputs(written({**request.inputs, "description": words_in(live) or None}))
