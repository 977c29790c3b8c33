"""Parses multipart bodies as they arrive.

An upload may hold a gigabyte, of which the emulator needs the size and the MD5. So it keeps nothing of a file, neither
in memory nor on disk, and limits every other piece of the body. A body that breaks off before its last boundary is
refused: half an upload must not look like a whole one.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from pulumi_dashscope_ft.emulator.errors import problem
from pulumi_dashscope_ft.emulator.limits import FIELD_BYTES, MOST_PARTS, PART_HEAD_BYTES
from pulumi_dashscope_ft.emulator.model.service import Upload

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEDIA_TYPE = b"multipart/form-data"


async def read_multipart(
    content_type: str, chunks: AsyncIterator[bytes], most: int
) -> tuple[dict[str, list[str]], tuple[Upload, ...]]:
    """Return text fields by name, and the facts of the files, in order.

    :param most: largest size of the whole body in bytes.
    :raises ApiProblemError: 400 `BadRequest.TooLarge` beyond that; 400 `InvalidParameter` if the body is no complete
        `multipart/form-data`, or has too many or too large pieces.
    """
    kind, parameters = parse_options_header(content_type)
    boundary = parameters.get(b"boundary", b"")
    if kind.lower() != MEDIA_TYPE or not boundary:
        raise problem("invalid_body")
    form = _Form()
    read = 0
    try:
        parser = MultipartParser(boundary, form.callbacks())
        async for chunk in chunks:
            read += len(chunk)
            if read > most:
                raise problem("too_large")
            parser.write(chunk)
    except (FormParserError, UnicodeDecodeError):
        raise problem("invalid_body") from None
    if not form.ended:
        raise problem("invalid_body")
    return form.fields, tuple(form.uploads)


class _Form:
    """Collects what the parser finds. Raises 400 as soon as a piece is too large."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.uploads: list[Upload] = []
        self.ended = False
        self._parts = 0
        self._begin()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._field_name,
            "on_header_value": self._field_value,
            "on_header_end": self._field_end,
            "on_headers_finished": self._head_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._head_bytes = 0
        self._header, self._value, self._disposition = bytearray(), bytearray(), b""
        self._name = ""
        self._file_name: str | None = None
        self._text = bytearray()
        self._size, self._digest = 0, hashlib.md5(usedforsecurity=False)

    def _field_name(self, data: bytes, start: int, end: int) -> None:
        self._head(end - start)
        self._header += data[start:end]

    def _field_value(self, data: bytes, start: int, end: int) -> None:
        self._head(end - start)
        self._value += data[start:end]

    def _head(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > PART_HEAD_BYTES:
            raise problem("invalid_body")

    def _field_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _head_end(self) -> None:
        self._parts += 1
        _, options = parse_options_header(self._disposition)
        if self._parts > MOST_PARTS or b"name" not in options:
            raise problem("invalid_body")
        self._name = options[b"name"].decode()
        self._file_name = options[b"filename"].decode() if b"filename" in options else None

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file_name is not None:
            self._digest.update(memoryview(data)[start:end])
        elif self._size > FIELD_BYTES:
            raise problem("invalid_body")
        else:
            self._text += data[start:end]

    def _end(self) -> None:
        if self._file_name is None:
            self.fields.setdefault(self._name, []).append(self._text.decode())
        else:
            self.uploads.append(Upload(self._file_name, self._size, self._digest.hexdigest()))

    def _finish(self) -> None:
        self.ended = True
