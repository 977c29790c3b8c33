"""The API of notes: what the service shows, and where it is read."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pulumi_dashscope_ft.api import Client, File, NotFoundError
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Page

_PREFIX, _SUFFIX = "note-", ".note"


@dataclass(frozen=True)
class Note:
    """A note as the service shows it; a stamp of ours is its title."""

    note_id: str
    title: str
    text: str
    create_time: str | None


def _note(file: File) -> Note:
    title = (file.name or "").removesuffix(_SUFFIX)
    return Note(f"{_PREFIX}{file.file_id}", title, file.description or "", file.create_time)


def _get(client: Client, note_id: str) -> Note:
    file = client.files.get(note_id.removeprefix(_PREFIX))
    if not (file.name or "").endswith(_SUFFIX):
        raise NotFoundError(
            status=404, message="that is a file, and no note", operation="get_file", resource_id=note_id
        )
    return _note(file)


def _page(client: Client, number: int) -> Page[Note]:
    listed = client.files.list(page_no=number, page_size=PAGE_SIZE)
    notes = [_note(file) for file in listed.files if (file.name or "").endswith(_SUFFIX)]
    return Page({note.note_id: note for note in notes}, listed.has_more)


NOTES: Source[Note] = Source(_get, _page, "list_files")


def pin(client: Client, title: str, text: str) -> str:
    """Put a note on the shelf; its id."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "note.jsonl")
        path.write_text('{"text": "a note"}\n')
        return f"{_PREFIX}{client.files.upload(path, name=f'{title}{_SUFFIX}', description=text).file_id}"


def unpin(client: Client, note_id: str) -> None:
    client.files.delete(note_id.removeprefix(_PREFIX))
