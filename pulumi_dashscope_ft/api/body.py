"""Request bodies that know their length, use little memory, and remember whether sending them has begun.

Why it exists: two needs that `requests` leaves open. A training file may have a gigabyte, and its own multipart
encoder builds the whole body in memory. And after a broken connection it must be known whether the service can have
received the request: HTTP sends the headers first, so as long as nobody has asked for the first piece of the body, no
service can have acted on it. Both bodies here are iterables with `__len__`, which `requests` streams with a
`Content-Length`.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Body", "FileChangedError", "JsonBody", "MultipartBody"]

_PIECE = 64 * 1024


class Body(Protocol):
    """What the transport needs of a body. Good for one try: a second needs a new one."""

    content_type: str
    begun: bool

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


class FileChangedError(Exception):
    """The file became shorter, longer or unreadable while it was being sent.

    Not an `OSError`: urllib3 would take it for its own.
    """


class JsonBody:
    """A JSON document.

    Raises `ValueError` or `TypeError` when `document` has no JSON form (NaN and infinity have none).
    """

    content_type = "application/json"

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.begun = False
        self._content = json.dumps(dict(document), ensure_ascii=False, allow_nan=False).encode("utf-8")

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        yield self._content


class MultipartBody:
    """`multipart/form-data` with text `fields` and one file part `files` (upload-file-api), read piece by piece from
    disk.

    Raises `OSError` when `path` cannot be opened, and while being sent `FileChangedError` when its size is no longer
    the same: the length was promised in the header already.
    """

    def __init__(self, path: Path, *, filename: str, fields: Mapping[str, str]) -> None:
        self.begun = False
        self._path = path
        with path.open("rb") as stream:
            self._size = os.fstat(stream.fileno()).st_size
        boundary = uuid.uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{_escaped(filename)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self._head = head.encode("utf-8")
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        yield self._head
        left = self._size
        try:
            with self._path.open("rb") as stream:
                while piece := stream.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        break
                    yield piece
        except OSError as error:
            raise FileChangedError(f"it can no longer be read ({error.strerror})") from None
        if left:
            raise FileChangedError("its size changed while it was being sent")
        yield self._tail


def _escaped(filename: str) -> str:
    """`filename` for a header: the three characters that would end it are percent-written, as browsers do."""
    return filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
