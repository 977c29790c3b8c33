"""The calls about files.

The file API's answers differ from those of the jobs: results are in `data`, a refused upload comes inside HTTP 200, and
a delete answers only a request id. Page: model-customization-file-management-service.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api.errors import InvalidRequestError
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.body import MultipartBody
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.http.classification import failed_upload
from pulumi_dashscope_ft.api.models.fields import UnusableError, output, require_about, text
from pulumi_dashscope_ft.api.models.jobs import File, FilePage, UploadedFile

from .pages import Pages

__all__ = ["Files"]


class Files:
    """`client.files`. Every method raises `SettingsError` without a usable key, and `ApiError`s as listed there."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._pages = Pages(caller, "list_files", FilePage.from_json, part="data")

    def upload(
        self,
        path: Path,
        *,
        name: str | None = None,
        description: str | None = None,
        purpose: str = "fine-tune",
        sha256: str | None = None,
    ) -> UploadedFile:
        """Store the file at `path`. It is read from disk while it is sent. Each success is a new file with a new id.

        An ambiguous error may leave a file that nobody refers to; it costs storage, not training.

        :param name: default: the file's own name.
        :param sha256: expected digest of the content in hexadecimal digits, compared while it is sent, by each try.
        :raises QuotaExceededError: the account's storage is full.
        :raises InvalidRequestError: the file cannot be read.
        :raises FileChangedError: the size changed during the upload, or the content differs from `sha256`; the end was
            withheld and nothing is stored.
        """
        filename = path.name if name is None else name
        fields = {"purpose": purpose}
        if description is not None:
            fields["descriptions"] = description

        def body() -> MultipartBody:
            try:
                return MultipartBody(path, filename=filename, fields=fields, sha256=sha256)
            except OSError as problem:
                reason = problem.strerror or "it cannot be read"
            except UnicodeEncodeError:
                reason = "its name or description cannot be written in UTF-8"
            except ValueError:
                reason = "that is no path"
            raise InvalidRequestError(f"{path}: {reason}.", operation="upload", resource_id=filename)

        def read(answer: Any, whole: Answer) -> UploadedFile:
            data = output(answer, "data")
            stored = _first(data, "uploaded_files")
            file_id = text(stored.get("file_id")) if stored else None
            if stored and file_id:
                return UploadedFile(file_id=file_id, name=text(stored.get("name")))
            refused = _first(data, "failed_uploads")
            if refused:
                raise failed_upload(refused, filename, request_id=whole.request_id, redactor=self._caller.redact)
            raise UnusableError("names no stored file")

        return self._caller.call("upload", filename, read=read, body=body)

    def list(self, page_no: int = 1, page_size: int = 100) -> FilePage:
        """Return one page of the files.

        :param page_size: 1 to 100.
        """
        return self._pages.fetch(page_no, page_size)

    def get(self, file_id: str) -> File:
        """Return one file's record.

        :raises NotFoundError: it does not exist (any more).
        """

        def read(answer: Any, _: Answer) -> File:
            file = File.from_json(output(answer, "data"))
            require_about(file_id, file.file_id, "file")
            return file

        return self._caller.call("get_file", file_id, read=read)

    def delete(self, file_id: str) -> None:
        """Delete a file.

        :raises NotFoundError: it was gone already, perhaps by an earlier try whose answer was lost.
        """

        def read(answer: Any, whole: Answer) -> None:
            # The page shows `{"request_id": …}` and nothing else. An answer without the id comes from a gateway, not
            # from the service.
            if not isinstance(answer, Mapping) or not answer.get("request_id"):
                raise UnusableError("is not the service's: it holds no request_id")

        self._caller.call("delete_file", file_id, read=read)


def _first(data: Any, name: str) -> Mapping[str, Any] | None:
    items = data.get(name) if isinstance(data, Mapping) else None
    if isinstance(items, list) and items and isinstance(items[0], Mapping):
        return items[0]
    return None
