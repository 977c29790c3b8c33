"""What the house has to know of notes."""

from __future__ import annotations

import re
from typing import Any

from note import resource
from note.derived import DERIVATION
from note.shelf import NOTES, Note
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.facts import age_seconds, name_of, stamp_facts
from pulumi_dashscope_ft.lifecycle.base.kind.imported import named
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject, called
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import OrphanSearch, Teardown, TeardownOptions
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest


def _import_request(connection: Connection, note_id: str) -> AnyRequest:
    note = connection.readers.reader(NOTES).read(note_id)
    return named({"text": note.text}, "remark", note.title, note_id)


def _live(note: Note) -> LiveObject:
    label = stamp.parse(note.title)
    return LiveObject("note", note.note_id, called(label, note.title), label, create_time=note.create_time)


def _title(note: Note) -> str | None:
    return note.title


def _facts(note: Note, now: float) -> dict[str, Any]:
    return {
        "noteId": note.note_id,
        "name": name_of(note.title),
        "text": note.text,
        **stamp_facts(stamp.parse(note.title)),
        "ageSeconds": age_seconds(note.create_time, now),
    }


def _takeover(note: Note, options: TakeoverOptions) -> Takeover:
    inputs = {"adoptNoteId": note.note_id, "text": note.text}
    return Takeover(note.note_id, resource.RESOURCE, name_of(note.title) or "", inputs, (), label="note")


def _tear_down(connection: Connection, note_id: str, name: str, options: TeardownOptions) -> None:
    resource.tear_up(connection, note_id)


KIND = Kind(
    resource.RESOURCE,
    "note",
    resource,
    _import_request,
    derivation=DERIVATION,
    id_property="noteId",
    updates=Updates(lasting=("noteId", "createTime")),
    objects=Listed(NOTES, _live, _title, _facts, _takeover),
    id_form=re.compile("note-.+"),
    teardown=Teardown(_tear_down),
    orphans=OrphanSearch(goes_on=lambda note: True, ending="tear it up", list_name="list of notes"),
)
