"""What create, read, diff, update and delete mean for a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from note.shelf import NOTES, Note, pin, unpin
from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import NotFoundError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    INPUT_NAMES,
    NONCE,
    changed_inputs,
    hidden_inputs,
    input_names,
    known_inputs,
    lasting_nonce,
    public,
    secret_marks,
    updated,
    user_inputs,
    written,
)
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

RESOURCE = "Note"


def check(olds: Mapping[str, Any], news: Mapping[str, Any], run_registry: RunRegistry) -> CheckResult:
    report = schema.validate(RESOURCE, public(news), secret_marks(news))
    return CheckResult({**news, NONCE: lasting_nonce(olds, run_registry)}, report.violations, report.warnings)


def create(connection: Connection, request: Request) -> tuple[str, dict[str, Any]]:
    inputs, nonce = request.inputs, request.run_nonce
    note_id = connection.run_registry.to_adopt(inputs.get("adoptNoteId"), request.name)
    if note_id is None:
        decisive, key = {"text": inputs["text"]}, connection.stamp_key.value
        label = stamp.make(request.name, request.owner, nonce, decisive, key=key)
        note_id = pin(connection.client, str(label), inputs["text"])
    note = connection.readers.reader(NOTES).read(note_id)
    connection.run_registry.note_kept(note_id, nonce)
    return note_id, _outputs(request.properties, note)


def read(connection: Connection, note_id: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        note = connection.readers.reader(NOTES).read(note_id)
    except NotFoundError:
        return None
    return _outputs({**known_inputs(properties), **hidden_inputs(properties)}, note)


def diff(connection: Connection, note_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
    changed = changed_inputs(RESOURCE, user_inputs(olds), news)
    replaces = tuple(name for name in changed if name == "text")
    told = f"text: replaces {note_id}, which is torn up" if replaces else None
    return DiffResult(replaces, bool(changed), False, told)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    return "the note is written anew"


def update(connection: Connection, note_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    return updated(olds, news)


def delete(connection: Connection, note_id: str, properties: Mapping[str, Any]) -> None:
    tear_up(connection, note_id)


def tear_up(connection: Connection, note_id: str) -> None:
    with connection.endings.of("note", note_id) as ending:
        unpin(connection.client, note_id)
        ending.did(ACCEPTED)
        connection.run_registry.note_ended(note_id)
        ending.went()


def _outputs(inputs: Mapping[str, Any], note: Note) -> dict[str, Any]:
    given = written(inputs)
    return {**given, "noteId": note.note_id, "createTime": note.create_time, INPUT_NAMES: input_names(given)}
