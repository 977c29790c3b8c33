"""Request bodies that know their length, use little memory, and remember whether sending them has begun.

`requests` does not meet two needs. A training file may have a gigabyte, and the multipart encoder of `requests` builds
the whole body in memory. And after a broken connection the client must know whether the service can have received the
request: HTTP sends the headers first, so the service cannot have acted before the first piece of the body was read.
Both bodies here are iterables with `__len__`, which `requests` streams with a `Content-Length`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from pulumi_dashscope_ft.bounded.files import open_regular, size_of

__all__ = ["Body", "BodyWithheldError", "JsonBody", "MultipartBody"]

_PIECE = 64 * 1024


class Body(Protocol):
    """What the transport needs of a body. Good for one try: a second try needs a new body."""

    content_type: str
    begun: bool

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None:
        """Release what the body holds open. It is not used after that."""


class BodyWithheldError(Exception):
    """The file is not the promised one: shorter, longer, unreadable, or with another content. Its end was not sent.

    Not an `OSError`: urllib3 would take it for its own.
    """


class JsonBody:
    """A JSON document.

    :raises ValueError: `document` has no JSON form (NaN and infinity have none); also TypeError.
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

    def close(self) -> None:
        """Do nothing: the body holds nothing open."""


class MultipartBody:
    """`multipart/form-data` with text `fields` and one file part `files` (upload-file-api), read in pieces from disk.

    The file is opened once, when the body is made, and digested while it is sent. Its last piece and the end of the
    body are sent only if all of it was read and matches the promise: a service that gets less than the `Content-Length`
    stores nothing.

    :param sha256: the expected digest of the content in hexadecimal digits; without it only the size is compared.
    :raises OSError: `path` cannot be opened or is not a regular file.
    :raises BodyWithheldError: while sending, if the file is not the promised one.
    """

    def __init__(self, path: Path, *, filename: str, fields: Mapping[str, str], sha256: str | None = None) -> None:
        self.begun = False
        self._sha256 = sha256
        boundary = uuid.uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{_escape_filename(filename)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self._head = head.encode("utf-8")
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")
        self._file = open_regular(path)
        self._size = size_of(self._file)

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        yield self._head
        last = b""
        for piece in self._pieces():
            if last:
                yield last
            last = piece
        yield last + self._tail

    def close(self) -> None:
        """Close the file. The body can't be sent any more."""
        self._file.close()

    def _pieces(self) -> Iterator[bytes]:
        """Yield the content. Ends only if all of it was read and matches the promise."""
        digest, left = hashlib.sha256(), self._size
        try:
            while left and (piece := self._file.read(min(_PIECE, left))):
                left -= len(piece)
                digest.update(piece)
                yield piece
            changed = left != 0 or size_of(self._file) != self._size
        except OSError as error:
            raise BodyWithheldError(f"it can no longer be read ({error.strerror})") from None
        if changed:
            raise BodyWithheldError("its size changed while it was being sent")
        if self._sha256 is not None and digest.hexdigest() != self._sha256:
            raise BodyWithheldError("its content is not the one that was checked")


def _escape_filename(filename: str) -> str:
    """Return `filename` for a header: the three characters that would end it are percent-encoded, as browsers do."""
    return filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
