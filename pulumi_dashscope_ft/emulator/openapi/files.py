"""The file endpoints in words and shapes, for `/openapi.json`.

As in :mod:`.jobs`, for the API that answers in `data` and reports failures inside HTTP 200.
"""

from __future__ import annotations

from pulumi_dashscope_ft.emulator.api.files import PURPOSES

from .shapes import (
    PLAIN_TIME,
    Description,
    Parameter,
    Schema,
    choice,
    named,
    open_record,
    paged,
    pages,
    record,
    several,
    text,
    whole,
)

_BYTES: Schema = {"type": "string", "format": "binary"}

SCHEMAS: dict[str, Schema] = {
    "NewFiles": {
        **open_record(
            "multipart parts",
            files=several(_BYTES, "each with a file name", least=1),
            purpose={**choice(PURPOSES, "the SDK never sends it"), "default": "fine-tune"},
            descriptions=several(text(), "matched to the files by position"),
        ),
        "required": ["files"],
    },
    "Uploads": record(
        {
            "uploaded_files": several(record({"file_id": text(filled=True), "name": text()})),
            "failed_uploads": several(record({"name": text(), "code": text(filled=True), "message": text()})),
        },
        None,
        "What failed is told inside HTTP 200.",
    ),
    "File": record(
        {
            "id": whole("a number beside the id; a string in one table"),
            "file_id": text(filled=True),
            "name": text(),
            "description": text(),
            "size": whole("bytes"),
            "md5": text(pattern=r"^[0-9a-f]{32}$"),
            "gmt_create": text(pattern=PLAIN_TIME),
            "url": text("signed, expires; leads nowhere here"),
            "region": text(),
            "user_id": text(),
            "purpose": choice(PURPOSES),
        },
        None,
        "model-customization-file-management-service",
    ),
    "Files": paged("files", named("File")),
}


DESCRIPTIONS: dict[str, Description] = {
    "upload": Description(
        "Store one or more files",
        {"data": named("Uploads")},
        body=named("NewFiles"),
        follow={
            name: {"file_id": "$response.body#/data/uploaded_files/0/file_id"} for name in ("get_file", "delete_file")
        },
    ),
    "list_files": Description(
        "Files, newest first",
        {"data": named("Files")},
        query=(*pages(default=10, most=100), Parameter("purpose", text("only of this purpose"))),
    ),
    "get_file": Description("One file", {"data": named("File")}, refusals=(404,)),
    "delete_file": Description("Delete a file", refusals=(404,)),
}
