"""The file endpoints over HTTP."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer


def test_upload_list_get_delete(emulator: EmulatorServer, call: Caller) -> None:
    content = b'{"messages": []}\n' * 3
    data = call.upload(content, descriptions="training data")
    assert data["failed_uploads"] == []
    (uploaded,) = data["uploaded_files"]
    assert uploaded["name"] == "train.jsonl"
    file_id = uploaded["file_id"]
    assert str(uuid.UUID(file_id)) == file_id

    shown = call("GET", f"/files/{file_id}").json()["data"]
    assert shown["size"] == len(content)
    assert shown["md5"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert (shown["description"], shown["purpose"]) == ("training data", "fine-tune")
    listed = call("GET", "/files?page_no=1&page_size=20").json()["data"]
    assert (listed["total"], listed["page_no"], listed["page_size"]) == (1, 1, 20)
    assert listed["files"] == [shown]
    assert emulator.files[file_id].name == "train.jsonl"

    gone = call("DELETE", f"/files/{file_id}")
    assert gone.status_code == 200
    assert set(gone.json()) == {"request_id"}
    assert not emulator.files


def test_several_files_with_descriptions_by_position(call: Caller) -> None:
    parts = [
        ("descriptions", (None, "first")),
        ("files", ("a", b"1")),
        ("descriptions", (None, "second")),
        ("files", ("b", b"22")),
    ]
    data = call("POST", "/files", files=parts).json()["data"]
    assert [one["name"] for one in data["uploaded_files"]] == ["a", "b"]
    files = call("GET", "/files").json()["data"]["files"]
    assert [(one["name"], one["description"], one["size"]) for one in files] == [("b", "second", 2), ("a", "first", 1)]
    assert files[0]["id"] > files[1]["id"]


@pytest.mark.parametrize(
    ("setting", "code", "message"),
    [
        ({"max_file_bytes": 3}, "BadRequest.TooLarge", "Upload file capacity exceed limit."),
        ({"max_total_bytes": 3}, "BadRequest.TooLarge", "Out of space, <0> B of <3> B storage space has been used."),
        ({"max_files": 0}, "BadRequest.TooMany", "Out of number, <0> of <0> files has been uploaded."),
    ],
)
def test_failures_come_inside_200(
    emulator: EmulatorServer, call: Caller, setting: dict[str, Any], code: str, message: str
) -> None:
    emulator.configure(**setting)
    assert call.upload(b"1234") == {
        "uploaded_files": [],
        "failed_uploads": [{"name": "train.jsonl", "code": code, "message": message}],
    }
    assert not emulator.files


@pytest.mark.parametrize(
    "options",
    [
        {"files": [("purpose", (None, "fine-tune"))]},
        {"json": {}},
        {"data": b""},
        {"data": b"junk", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"files": [("purpose", (None, "nonsense")), ("files", ("a", b"1"))]},
    ],
)
def test_uploads_that_are_none(emulator: EmulatorServer, call: Caller, options: dict[str, Any]) -> None:
    answer = call("POST", "/files", **options)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert not emulator.files


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(("status", "code"), [(404, "NotFound"), (400, "InvalidParameter")])
def test_unknown_file(emulator: EmulatorServer, call: Caller, method: str, status: int, code: str) -> None:
    emulator.configure(missing_file_status=status)
    answer = call(method, "/files/nowhere")
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (status, code, "File not found.")


def test_purpose_filter_and_numbering_after_a_delete(call: Caller) -> None:
    first = call.upload(purpose="batch")["uploaded_files"][0]["file_id"]
    call.upload()
    assert call("GET", "/files?purpose=batch").json()["data"]["total"] == 1
    call("DELETE", f"/files/{first}")
    call.upload()
    numbers = [one["id"] for one in call("GET", "/files").json()["data"]["files"]]
    assert numbers == sorted(set(numbers), reverse=True)


def test_a_large_file_is_measured(emulator: EmulatorServer, call: Caller) -> None:
    content = b"x" * 5_000_000
    file_id = call.upload(content)["uploaded_files"][0]["file_id"]
    assert emulator.files[file_id].size == len(content)
