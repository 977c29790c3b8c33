"""The program that takes over a file of the service."""

from __future__ import annotations

from pathlib import Path

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions, notes_on, other_owner
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.file.adoption import mismatches
from pulumi_dashscope_ft.lifecycle.file.description import stamp_in, words_in
from pulumi_dashscope_ft.lifecycle.file.resource import RESOURCE, check
from pulumi_dashscope_ft.lifecycle.training_data.digest import digest


def takeover(file: File, options: TakeoverOptions) -> Takeover:
    """Return the resource that takes this file over. Raises ValueError when the provider would refuse to.

    The content at the path is compared; if nothing is there, a note says so.
    """
    plain = file.name not in (None, "", "..") and Path(str(file.name)).name == file.name and "\0" not in file.name
    chosen = options.path or (file.name if plain else None)
    if chosen is None:
        raise ValueError("the service shows no file name of it; say with --path where its content is")
    words = words_in(file)
    inputs = {"adoptFileId": file.file_id, "path": chosen, **({"description": words} if words else {})}
    notes = _content_notes(file, chosen, given=options.path is not None)
    stays = (
        "leave it on the service (retain_on_delete)"
        if options.retain
        else "delete it; jobs that have been given it go on"
    )
    notes.append(f"once adopted, `pulumi destroy` would {stays}")
    found = stamp_in(file)
    if found is not None:
        notes.append(other_owner("file", found.owner))
    name = (file.name or "").partition(".")[0]
    return Takeover(
        file.file_id,
        RESOURCE,
        name,
        inputs,
        tuple(notes),
        retained=options.retain,
        label="data",
        reference="fileId",
    )


def _content_notes(file: File, path: str, *, given: bool) -> list[str]:
    """Return notes about the content at `path`. Raises ValueError when it differs."""
    try:
        here = digest(Path(path).expanduser())
    except OSError as error:
        if given:
            raise ValueError(f"{path} can't be read: {error.strerror or error}") from None
        known = f" ({file.size} bytes, MD5 {file.md5})" if file.size is not None and file.md5 else ""
        return [
            f"its content is not here as {path}. Put it there before `pulumi up`, which compares it{known}, or say "
            "with --path where it is"
        ]
    wrong = mismatches(file, md5=here.md5, size=here.size)
    if wrong:
        elsewhere = "" if given else "; say with --path where the content is that was uploaded"
        raise ValueError(f"{path} has another content: {'; '.join(wrong)}{elsewhere}")
    checked = check(Request.of({}), Request.of({"path": path}), RunRegistry())
    return notes_on(checked.violations, checked.warnings)
