"""What create, read, diff, update and delete mean for a note."""

from __future__ import annotations

from typing import Any

from note.shelf import NOTES, Note, pin, unpin
from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import NotFoundError
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import AnyState, recorded

RESOURCE = "Note"


def check(olds: AnyRequest, news: AnyRequest, run_registry: RunRegistry) -> CheckResult:
    report = schema.validate(RESOURCE, news.inputs, news.secrets)
    return CheckResult(news.continuing(olds, run_registry), report.violations, report.warnings)


def create(connection: Connection, request: AnyRequest) -> tuple[str, AnyState]:
    inputs, nonce = request.inputs, request.run_nonce
    note_id = connection.run_registry.to_adopt(inputs.get("adoptNoteId"), request.name)
    if note_id is None:
        decisive, key = {"text": inputs["text"]}, connection.stamp_key.value
        label = stamp.make(request.name, request.owner, nonce, decisive, key=key)
        note_id = pin(connection.client, str(label), inputs["text"])
    note = connection.readers.reader(NOTES).read(note_id)
    connection.run_registry.note_kept(note_id, nonce)
    return note_id, recorded(request, inputs, _chosen(note))


def read(connection: Connection, note_id: str, state: AnyState) -> AnyState | None:
    try:
        note = connection.readers.reader(NOTES).read(note_id)
    except NotFoundError:
        return None
    return recorded(state, state.known_inputs, _chosen(note))


def diff(connection: Connection, note_id: str, olds: AnyState, news: AnyRequest) -> DiffResult:
    changed = changed_inputs(RESOURCE, olds.inputs, news.inputs)
    replaces = tuple(name for name in changed if name == "text")
    consequence = f"text: replaces {note_id}, which is torn up" if replaces else None
    return DiffResult(replaces, bool(changed), False, consequence)


def replaced_unasked(connection: Connection, known: tuple[str, str] | None, olds: AnyRequest, news: AnyRequest) -> str:
    return "the note is written anew"


def update(connection: Connection, note_id: str, olds: AnyState, news: AnyRequest) -> AnyState:
    return olds.updated(news)


def delete(connection: Connection, note_id: str, state: AnyState) -> None:
    tear_up(connection, note_id)


def tear_up(connection: Connection, note_id: str) -> None:
    with connection.endings.of("note", note_id) as ending:
        unpin(connection.client, note_id)
        ending.did(ACCEPTED)
        connection.run_registry.note_ended(note_id)
        ending.went()


def _chosen(note: Note) -> dict[str, Any]:
    return {"noteId": note.note_id, "createTime": note.create_time}
