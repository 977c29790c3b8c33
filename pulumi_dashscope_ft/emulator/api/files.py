"""The `/files` endpoints.

The file API is a service of its own that differs from the job API in small ways: results are in `data`, failures of
single files are inside HTTP 200, and a delete answers only a request id (section 4).
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.errors import ApiProblemError, invalid_parameter, problem
from pulumi_dashscope_ft.emulator.model.service import Call, Service, StoredFile, Upload
from pulumi_dashscope_ft.emulator.model.settings import Settings
from pulumi_dashscope_ft.emulator.wire import Page, plain_time

from .listing import in_order
from .operations import MULTIPART, Endpoint

PURPOSES = ("fine-tune", "file-extract", "batch", "evaluation")
_FIRST_NUMBER = 1001


def upload(service: Service, call: Call) -> dict[str, Any]:
    """`POST /files`: one or more `files` parts; `descriptions` match by position.

    `purpose` is called required but the official SDK never sends it, so it defaults to `fine-tune` (inferred). Files
    that are refused are reported in `failed_uploads`, inside HTTP 200. Without a file part: 400 `InvalidParameter`
    (inferred).
    """
    purpose = (call.fields.get("purpose") or ["fine-tune"])[0]
    if purpose not in PURPOSES:
        raise invalid_parameter("purpose")
    if not call.uploads:
        raise invalid_parameter("files")
    descriptions = call.fields.get("descriptions") or []
    stored, failed = [], []
    for position, part in enumerate(call.uploads):
        refusal = _refusal(call, part)
        if refusal is not None:
            failed.append({"name": part.name, **refusal})
            continue
        description = descriptions[position] if position < len(descriptions) else ""
        stored.append({"file_id": _store(service, call, part, purpose, description), "name": part.name})
    return {"data": {"uploaded_files": stored, "failed_uploads": failed}}


def _refusal(call: Call, part: Upload) -> dict[str, str] | None:
    files, settings = call.workspace.files, call.settings
    if len(files) >= settings.max_files:
        return {
            "code": "BadRequest.TooMany",
            "message": f"Out of number, <{len(files)}> of <{settings.max_files}> files has been uploaded.",
        }
    used = sum(file.size for file in files.values())
    if part.size > settings.max_file_bytes:
        return {"code": "BadRequest.TooLarge", "message": "Upload file capacity exceed limit."}
    if used + part.size > settings.max_total_bytes:
        return {
            "code": "BadRequest.TooLarge",
            "message": f"Out of space, <{used}> B of <{settings.max_total_bytes}> B storage space has been used.",
        }
    return None


def _store(service: Service, call: Call, part: Upload, purpose: str, description: str) -> str:
    file_id = service.ids.file()
    call.workspace.files[file_id] = StoredFile(
        file_id=file_id,
        number=_FIRST_NUMBER
        + max((file.number - _FIRST_NUMBER + 1 for file in call.workspace.files.values()), default=0),
        name=part.name,
        description=description,
        size=part.size,
        md5=part.md5,
        purpose=purpose,
        created_at=call.now,
        uid=call.caller.uid,
    )
    return file_id


def list_files(service: Service, call: Call) -> dict[str, Any]:
    """`GET /files`: newest first (inferred), 10 to a page, at most 100; `purpose` filters."""
    page = Page.of(call.query, default=10, most=100)
    purpose = call.query.get("purpose")
    files = [file for file in call.workspace.files.values() if not purpose or file.purpose == purpose]
    files = in_order(files, call.settings, lambda file: (file.number, file.file_id))
    return {
        "data": {
            "total": len(files),
            "page_size": page.size,
            "page_no": page.number,
            "files": [_payload(file, call.settings) for file in page.cut(files)],
        }
    }


def get_file(service: Service, call: Call) -> dict[str, Any]:
    """`GET /files/{file_id}`."""
    return {"data": _payload(_found(call), call.settings)}


def delete_file(service: Service, call: Call) -> dict[str, Any]:
    """`DELETE /files/{file_id}`: the answer holds only `request_id`. A file in use can be deleted (inferred)."""
    del call.workspace.files[_found(call).file_id]
    return {}


def _found(call: Call) -> StoredFile:
    """Return the file in the path.

    The page quotes `InvalidParameter` / "File not found." without a status. 404 `NotFound` is the default here because
    the SDK's own test data has a 404 for it; `missing_file_status: 400` answers the quoted pair.
    """
    file = call.workspace.files.get(call.path["file_id"])
    if file is None:
        raise _missing(call)
    return file


def _missing(call: Call) -> ApiProblemError:
    return problem("file_not_found" if call.settings.missing_file_status == 404 else "file_not_found_400")


def _payload(file: StoredFile, settings: Settings) -> dict[str, Any]:
    return {
        "id": file.number,
        "file_id": file.file_id,
        "name": file.name,
        "description": file.description,
        "size": file.size,
        "md5": file.md5,
        "gmt_create": plain_time(file.created_at, settings.zone),
        "url": f"https://emulator.invalid/files/{file.file_id}?Expires={int(file.created_at) + 24 * 3600}",
        "region": "cn-beijing",
        "user_id": file.uid,
        "purpose": file.purpose,
    }


FILE_OPERATIONS = (
    Endpoint("upload", "POST", "/files", upload, body=MULTIPART, changes=True),
    Endpoint("list_files", "GET", "/files", list_files),
    Endpoint("get_file", "GET", "/files/{file_id}", get_file),
    Endpoint("delete_file", "DELETE", "/files/{file_id}", delete_file, changes=True),
)
